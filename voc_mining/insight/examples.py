"""Examples of a topic or a code, side by side in columns."""

from __future__ import annotations

import polars as pl

EXAMPLES = 3
EXAMPLE_COLUMNS = tuple(f"example_{no}{part}" for no in range(1, EXAMPLES + 1) for part in ("", "_voc_id"))


def in_columns(best: pl.DataFrame) -> pl.DataFrame:
    """Put the first statements of each topic into columns.

    Parameters
    ----------
    best : DataFrame
        ``topic_id``, ``text``, ``voc_id``, the best of each topic first.

    Returns
    -------
    DataFrame
        ``topic_id`` (unique), and ``EXAMPLE_COLUMNS``.
    """
    listed = best.group_by("topic_id", maintain_order=True).agg("text", "voc_id")
    return listed.select(
        "topic_id",
        *[
            pl.col(column).list.get(no, null_on_oob=True).alias(f"example_{no + 1}{suffix}")
            for no in range(EXAMPLES)
            for column, suffix in (("text", ""), ("voc_id", "_voc_id"))
        ],
    )
