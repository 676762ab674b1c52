"""Which of a topic's statements stand for it."""

from __future__ import annotations

import polars as pl

EXAMPLES_SHOWN = 50
_BEST = (1, 2, 3)


def chosen_examples(voc: pl.DataFrame, topics: pl.DataFrame) -> pl.DataFrame:
    """Take at most 50 different statements of each topic.

    The best ones of ``topics`` come first; then every origin and both sound and writing have their turn, the
    newest first, so that a few statements of one side are not buried under the many of the other.

    Returns
    -------
    DataFrame
        Rows of ``voc``, by topic; within a topic the best first, then by time, the newest first.
    """
    newest = pl.col("occurred_at").rank("ordinal", descending=True)
    ranked = (
        voc.filter(pl.col("topic_id").is_not_null())
        .join(_best(topics), on="voc_id", how="left", validate="1:1")
        .with_columns(newest.alias("age"))
        .sort("best", "age", "voc_id", nulls_last=True)
        .unique(["topic_id", "text"], keep="first", maintain_order=True)
    )
    turn = pl.int_range(pl.len()).over("topic_id", "origin", pl.col("audio_link").is_null())
    return (
        ranked.with_columns(turn.alias("turn"))
        .sort("best", "turn", "age", "voc_id", nulls_last=True)
        .group_by("topic_id", maintain_order=True)
        .head(EXAMPLES_SHOWN)
        .sort("topic_id", "best", "age", "voc_id", nulls_last=True)
        .drop("best", "age", "turn")
    )


def _best(topics: pl.DataFrame) -> pl.DataFrame:
    """Statements named as examples with their place, each once."""
    named = [
        topics.select(pl.col(f"example_{place}_voc_id").alias("voc_id"), pl.lit(place).alias("best")) for place in _BEST
    ]
    return pl.concat(named).drop_nulls("voc_id").unique("voc_id", keep="first", maintain_order=True)
