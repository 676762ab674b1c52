"""Columns of lists, built from flat ones: Polars makes a series of each list it is given by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from polars._typing import PolarsDataType


def lists(values: Sequence[Sequence[object]], inner: PolarsDataType) -> pl.Series:
    """Make a column of lists of plain values, none of them null.

    >>> lists([["a"], [], ["b", "c"]], pl.String).to_list()
    [['a'], [], ['b', 'c']]
    """
    flat = [value for each in values for value in each]
    return _grouped(pl.Series(flat, dtype=inner), values, inner)


def records(values: Sequence[Sequence[tuple[object, ...]]], struct: pl.Struct) -> pl.Series:
    """Make a column of lists of records, each a tuple in the order of the struct's fields."""
    flat = [record for each in values for record in each]
    fields = [
        pl.Series(field.name, [record[place] for record in flat], dtype=field.dtype)
        for place, field in enumerate(struct.fields)
    ]
    return _grouped(pl.DataFrame(fields).select(pl.struct(pl.all())).to_series(), values, struct)


def _grouped(flat: pl.Series, values: Sequence[Sequence[object]], inner: PolarsDataType) -> pl.Series:
    lengths = pl.Series([len(each) for each in values], dtype=pl.UInt32)
    rows = pl.DataFrame({"row": pl.Series(range(len(values)), dtype=pl.UInt32)})
    owners = rows["row"].repeat_by(lengths).explode().drop_nulls()
    held = pl.DataFrame({"row": owners, "value": flat}).group_by("row", maintain_order=True).agg("value")
    return (
        rows.join(held, on="row", how="left", maintain_order="left")["value"]
        .fill_null(pl.Series([[]], dtype=pl.List(inner)))
        .rename("")
    )
