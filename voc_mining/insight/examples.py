"""Examples of a topic or a code, side by side in columns."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

EXAMPLES = 3
EXAMPLE_COLUMNS = tuple(f"example_{no}{part}" for no in range(1, EXAMPLES + 1) for part in ("", "_voc_id"))


def in_columns(best: pl.DataFrame, by: Sequence[str] = ("topic_id",)) -> pl.DataFrame:
    """Put the first statements of each topic, or of whatever ``by`` names, into columns.

    Parameters
    ----------
    best : DataFrame
        Columns of ``by``, ``text``, ``voc_id``, the best of each first.
    by : sequence of str
        Columns that name what the examples are of.

    Returns
    -------
    DataFrame
        Columns of ``by`` (unique together), and ``EXAMPLE_COLUMNS``.
    """
    listed = best.group_by(by, maintain_order=True).agg("text", "voc_id")
    return listed.select(
        *by,
        *[
            pl.col(column).list.get(no, null_on_oob=True).alias(f"example_{no + 1}{suffix}")
            for no in range(EXAMPLES)
            for column, suffix in (("text", ""), ("voc_id", "_voc_id"))
        ],
    )
