"""What differs between two states of a table."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from voc_mining.contracts import Table


@dataclass(frozen=True, slots=True)
class Differences:
    """Rows that a table has and had not, and rows that it had and has no more."""

    came: pl.DataFrame
    gone: pl.DataFrame


def rows_that_differ(contract: Table, stored: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Find the rows that are in one of two frames but not in the other."""
    if stored.is_empty():
        return rows
    left = stored.with_columns(_row_digest(stored))
    right = rows.with_columns(_row_digest(rows))
    on = [*contract.key, "__content"]
    return pl.concat([left.join(right, on=on, how="anti"), right.join(left, on=on, how="anti")]).drop("__content")


def _row_digest(frame: pl.DataFrame) -> pl.Expr:
    """Make each row's content comparable: nested columns as their JSON text."""
    parts = [
        pl.struct(name).struct.json_encode() if dtype.is_nested() else pl.col(name).cast(pl.String)
        for name, dtype in frame.schema.items()
    ]
    return pl.concat_str([part.fill_null("\x00") for part in parts], separator="\x1f").alias("__content")
