"""Examples of a topic or a code: which statements stand for it, and how they stand side by side in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from rapidfuzz import fuzz

EXAMPLES = 3
_SIDES = ("reactive", "proactive")
_CONSIDERED = 40
_SAME = 75.0
"""Likeness from which two texts say the same: of the shorter one to the part of the longer that is most like it, 0-100."""
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


def typical(ranked: pl.DataFrame) -> pl.DataFrame:
    """Choose statements that stand for their topic: typical ones, none the like of another, of several customers and both sides.

    One after another the best ranked is taken that is no near-duplicate of those taken: first of customers not yet heard, so
    long as there are such; the last places are kept for a side (reactive, proactive) that the topic has and that is not yet
    among them. Where all that is left is near-duplicates, there are fewer.

    Parameters
    ----------
    ranked : DataFrame
        ``topic_id``, ``text_hash``, ``text``, ``voc_id``, ``customer_key``, ``origin``, the best of each topic first.

    Returns
    -------
    DataFrame
        At most ``EXAMPLES`` rows of each topic, in the order they were taken.
    """
    once = ranked.unique(["topic_id", "text_hash", "origin"], keep="first", maintain_order=True)
    place = pl.int_range(pl.len())
    kept = (place.over("topic_id") < _CONSIDERED) | (
        pl.col("origin").is_in(_SIDES) & (place.over("topic_id", "origin") < _CONSIDERED)
    )
    taken: list[int] = []
    for _, part in once.with_row_index("row").filter(kept).group_by("topic_id", maintain_order=True):
        taken += [row["row"] for row in _chosen(part.to_dicts())]
    return once[taken]


def _chosen(rows: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    missing = [side for side in _SIDES if any(row["origin"] == side for row in rows)]
    left, texts, customers = list(rows), list[str](), set[str | None]()
    for place in range(EXAMPLES):
        left = [row for row in left if not any(fuzz.partial_ratio(row["text"], text) >= _SAME for text in texts)]
        sides = [row for row in left if row["origin"] in missing] if EXAMPLES - place <= len(missing) else []
        among = sides or left
        new = [row for row in among if row["customer_key"] is None or row["customer_key"] not in customers]
        best = next(iter(new or among), None)
        if best is None:
            return
        texts.append(best["text"])
        customers.add(best["customer_key"])
        missing = [side for side in missing if side != best["origin"]]
        yield best
