"""Customers like this one who left: same plan, length of contract and way of usage, and what they had talked about.

A customer is held against the decided renewal opportunities of the same cell: plan x tenure (under one year, one to three,
more) x usage (falling, steady, rising, unknown), frozen before anyone could give notice. Where a cell has too few, plan x
usage is taken, then plan x tenure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

_YEAR = 365
_LEVELS = (("plan", "tenure", "trend"), ("plan", "trend"), ("plan", "tenure"))
SCHEMA: dict[str, PolarsDataType] = {
    "unit_key": pl.String,
    "n_similar": pl.Int64,
    "n_similar_left": pl.Int64,
    "left_share": pl.Float64,
    "base_share": pl.Float64,
    "similar_left": pl.Boolean,
    "similar_topics": pl.List(pl.String),
}


@dataclass(frozen=True, slots=True)
class LikenessRules:
    """When customers count as similar, and when it is worth telling.

    Parameters
    ----------
    min_similar : int
        Fewest opportunities in a cell; fewer make the cell wider.
    min_left : int
        Fewest of them that ended with leaving.
    lift : float
        How many times the share of all must have left.
    change : float
        Least relative change of usage that counts as falling or rising.
    min_raising : int
        Fewest of those who left that raised a topic.
    topics : int
        Most topics named.
    """

    min_similar: int = 10
    min_left: int = 3
    lift: float = 1.5
    change: float = 0.2
    min_raising: int = 2
    topics: int = 3


def likeness(now: pl.DataFrame, past: pl.DataFrame, raised: pl.DataFrame, rules: LikenessRules) -> pl.DataFrame:
    """Tell for units how many similar ones left, and the topics those raised.

    Parameters
    ----------
    now : DataFrame
        Features of units now, one row per ``unit_key``.
    past : DataFrame
        ``moment_id`` (unique), ``unit_key``, ``churned`` and features of decided opportunities. A unit's own past does
        not count as similar to it.
    raised : DataFrame
        ``moment_id``, ``topic_id``: topics that units raised before their moment.
    rules : LikenessRules
        Thresholds.

    Returns
    -------
    DataFrame
        One row per unit of ``now``: ``n_similar``, ``n_similar_left``, ``left_share``, ``base_share``,
        ``similar_left`` (enough left, and far more than of all), ``similar_topics`` (of those who left, most often raised
        first). Shares are null where nothing is known.
    """
    if not past.height or not now.height:
        nothing = pl.DataFrame(schema=SCHEMA)
        return (
            now.select("unit_key")
            .join(nothing, on="unit_key", how="left")
            .with_columns(pl.col("similar_left").fill_null(value=False))
        )
    cells, here = _cells(past, rules), _cells(now, rules)
    base = float(past["churned"].mean() or 0.0)  # type: ignore[arg-type]
    found = here.select("unit_key")
    by_level = []
    for no, level in enumerate(_LEVELS):
        rates = cells.group_by(level).agg(
            pl.len().cast(pl.Int64).alias("n"), pl.col("churned").sum().cast(pl.Int64).alias("left")
        )
        own_here = cells.join(here.select("unit_key", *level), on=["unit_key", *level], how="semi", nulls_equal=True)
        own = own_here.group_by("unit_key").agg(
            pl.len().cast(pl.Int64).alias("own"), pl.col("churned").sum().cast(pl.Int64).alias("own_left")
        )
        by_level.append(
            here.select("unit_key", *level)
            .join(rates, on=level, how="inner", nulls_equal=True, validate="m:1")
            .join(own, on="unit_key", how="left", validate="m:1")
            .select(
                "unit_key",
                pl.lit(no).alias("level"),
                (pl.col("n") - pl.col("own").fill_null(0)).alias("n_similar"),
                (pl.col("left") - pl.col("own_left").fill_null(0)).alias("n_similar_left"),
            )
        )
    chosen = (
        pl.concat(by_level)
        .filter(pl.col("n_similar") >= rules.min_similar)
        .sort("unit_key", "level")
        .unique("unit_key", keep="first", maintain_order=True)
    )
    share = pl.col("n_similar_left") / pl.col("n_similar")
    enough = (pl.col("n_similar_left") >= rules.min_left) & (share >= rules.lift * base)
    topics = _topics(here.join(chosen, on="unit_key", how="inner", validate="1:1"), cells, raised, rules)
    return (
        found.join(chosen, on="unit_key", how="left", validate="1:1")
        .join(topics, on="unit_key", how="left", validate="1:1")
        .with_columns(
            share.alias("left_share"),
            pl.when(pl.col("n_similar").is_not_null()).then(base).alias("base_share"),
            enough.fill_null(value=False).alias("similar_left"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .sort("unit_key")
    )


def _cells(features: pl.DataFrame, rules: LikenessRules) -> pl.DataFrame:
    change = pl.col("usage_change")
    return features.with_columns(
        pl.when(pl.col("tenure_days") < _YEAR)
        .then(pl.lit("under_1"))
        .when(pl.col("tenure_days") < 3 * _YEAR)
        .then(pl.lit("1_to_3"))
        .when(pl.col("tenure_days").is_not_null())
        .then(pl.lit("over_3"))
        .alias("tenure"),
        pl.when(change <= -rules.change)
        .then(pl.lit("falling"))
        .when(change >= rules.change)
        .then(pl.lit("rising"))
        .when(change.is_not_null())
        .then(pl.lit("steady"))
        .otherwise(pl.lit("unknown"))
        .alias("trend"),
    )


def _topics(here: pl.DataFrame, cells: pl.DataFrame, raised: pl.DataFrame, rules: LikenessRules) -> pl.DataFrame:
    """Name the topics that the similar ones who left raised, per unit; counted once per cell, not per unit."""
    left = cells.filter("churned").join(raised.drop_nulls().unique(), on="moment_id", how="inner")
    parts = [pl.DataFrame(schema={"unit_key": pl.String, "similar_topics": pl.List(pl.String)})]
    for no, level in enumerate(_LEVELS):
        named = (
            left.group_by(*level, "topic_id")
            .agg(pl.col("unit_key").n_unique().alias("n"))
            .filter(pl.col("n") >= rules.min_raising)
            .sort("n", "topic_id", descending=[True, False])
            .group_by(level, maintain_order=True)
            .agg(pl.col("topic_id").head(rules.topics).alias("similar_topics"))
        )
        parts.append(
            here.filter(pl.col("level") == no)
            .select("unit_key", *level)
            .join(named, on=level, how="inner", nulls_equal=True, validate="m:1")
            .select("unit_key", "similar_topics")
        )
    return pl.concat(parts)
