"""``topic_quality.csv``: how well each topic holds together, and which an analyst should look at.

Everything is told by distinct texts, so that a sentence that many people paste does not speak for its topic. A topic is to be
looked at where it is

- ``broad``: its texts are at least ``broad`` times as many as those of the middle topic, and its coherence is in the lower
  quarter of all topics;
- ``twin``: another topic is so similar, or so many of its texts could as well be of the other, that the two may be one;
- ``drifting``: the texts of the last days are less like the topic than those before, by more than chance (two standard errors)
  and more than a trifle.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from voc_mining.insight.params import InsightParams

BROAD, TWIN, DRIFTING = "broad", "twin", "drifting"
_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicQualityParams:
    """When a topic is to be looked at.

    Parameters
    ----------
    recent_days : int
        Days that are compared with those before.
    min_recent : int
        Texts needed in either time.
    broad : float
        How many times the texts of the middle topic are many.
    twin : float
        Similarity of two topics (less what all have in common) from which they may be one.
    shared : float
        Share of a topic's texts that fit one other topic nearly as well, from which the two may be one.
    min_shared : int
        Texts that must fit both.
    drift : float
        Least fall of the mean similarity.
    """

    recent_days: int = 28
    min_recent: int = 10
    broad: float = 3.0
    twin: float = 0.60
    shared: float = 0.25
    min_shared: int = 5
    drift: float = 0.02


def topic_quality(  # noqa: PLR0913 - one frame per table it reads
    statements: pl.DataFrame,
    topics: pl.DataFrame,
    params: InsightParams,
    *,
    seconds: pl.DataFrame,
    nearest: pl.DataFrame,
    rules: TopicQualityParams | None = None,
) -> pl.DataFrame:
    """Describe the topics that are not headings.

    Parameters
    ----------
    statements : DataFrame
        Of :func:`voc_mining.insight.facts.statement_facts`.
    topics : DataFrame
        Effective topics: ``topic_id`` (unique), ``label``, ``layer``, ``status``.
    params : InsightParams
        Day of the figures.
    seconds : DataFrame
        ``text_hash`` (unique), ``second_topic_id``: a topic that fits a text nearly as well as its own; null for none.
    nearest : DataFrame
        ``topic_id`` (unique), ``nearest_topic_id``, ``nearest_similarity``.
    rules : TopicQualityParams, optional
        When a topic is to be looked at.

    Returns
    -------
    DataFrame
        Columns of ``topic_quality.csv``: those to be looked at first, then by texts.
    """
    limits = rules or TopicQualityParams()
    begins = params.as_of - timedelta(days=limits.recent_days)
    texts = (
        statements.drop_nulls("topic_id")
        .group_by("topic_id", "text_hash")
        .agg(pl.col("topic_strength").first(), pl.col("business_date").max().alias("last_said"), pl.len().alias("n"))
    )
    recent, like = pl.col("last_said") > begins, pl.col("topic_strength")
    known = like.is_not_null() & pl.col("last_said").is_not_null()
    measured = texts.group_by("topic_id").agg(
        pl.col("n").sum().cast(pl.Int64).alias("n_voc"),
        pl.len().cast(pl.Int64).alias("n_texts"),
        like.mean().alias("coherence"),
        *_window("recent", like.filter(known & recent)),
        *_window("before", like.filter(known & ~recent)),
    )
    total = int(measured["n_voc"].sum())
    table = (
        topics.filter((pl.col("layer") == 0) & (pl.col("status") != "hidden"))
        .select("topic_id", "label")
        .join(measured, on="topic_id", how="inner", validate="1:1")
        .join(nearest, on="topic_id", how="left", validate="1:1")
        .join(_shared(texts, seconds), on="topic_id", how="left", validate="1:1")
        .with_columns(pl.col("shared").fill_null(0.0), (pl.col("n_voc") / max(total, 1)).alias("share"))
    )
    return (
        table.with_columns(_flags(table, limits))
        .with_columns(pl.col(pl.Float64).round(_DIGITS))
        .sort(pl.col("flags").list.len(), "n_texts", "topic_id", descending=[True, True, False])
        .select(
            "topic_id", "label", "flags", "n_voc", "share", "n_texts", "coherence",
            pl.col("recent_mean").alias("coherence_recent"), pl.col("recent_n").alias("n_texts_recent"),
            "nearest_topic_id", "nearest_similarity", "shared", "shared_topic_id",
        )
    )  # fmt: skip


def _window(name: str, values: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Texts of a time, their mean similarity, and the square of its standard error."""
    return (
        values.len().cast(pl.Int64).alias(f"{name}_n"),
        values.mean().alias(f"{name}_mean"),
        (values.var() / values.len()).alias(f"{name}_error"),
    )


def _shared(texts: pl.DataFrame, seconds: pl.DataFrame) -> pl.DataFrame:
    """Share of each topic's texts that fit one other topic nearly as well: of the others the most frequent."""
    sizes = texts.group_by("topic_id").agg(pl.len().alias("size"))
    both = texts.join(seconds.drop_nulls("second_topic_id"), on="text_hash").filter(
        pl.col("second_topic_id") != pl.col("topic_id")
    )
    return (
        both.group_by("topic_id", pl.col("second_topic_id").alias("shared_topic_id"))
        .len()
        .sort("len", "shared_topic_id", descending=[True, False])
        .unique("topic_id", keep="first", maintain_order=True)
        .join(sizes, on="topic_id", validate="1:1")
        .select(
            "topic_id",
            "shared_topic_id",
            pl.col("len").alias("n_shared"),
            (pl.col("len") / pl.col("size")).alias("shared"),
        )
    )


def _flags(table: pl.DataFrame, limits: TopicQualityParams) -> pl.Expr:
    middle, low = table["n_texts"].median(), table["coherence"].quantile(0.25)
    large = pl.col("n_texts") >= limits.broad * float(middle or 0)  # type: ignore[arg-type]
    broad = large & (pl.col("coherence") <= (low or 0.0))
    shares = (pl.col("shared") >= limits.shared) & (pl.col("n_shared") >= limits.min_shared)
    twin = (pl.col("nearest_similarity") >= limits.twin) | shares
    fall = pl.col("before_mean") - pl.col("recent_mean")
    enough = pl.min_horizontal("recent_n", "before_n") >= limits.min_recent
    chance = 2.0 * (pl.col("before_error") + pl.col("recent_error")).sqrt()
    drifting = enough & (fall >= limits.drift) & (fall > chance)
    told = [
        pl.when(fits.fill_null(value=False)).then(pl.lit(name))
        for name, fits in ((BROAD, broad), (TWIN, twin), (DRIFTING, drifting))
    ]
    return pl.concat_list(told).list.drop_nulls().alias("flags")
