"""How usage moved up to a moment: per metric, never summed over metrics that count different things.

The latest complete weeks are held against as many before them. A week without a row counts as none, up to the last
week that anybody's usage was delivered for; where that is long past, or the first row is younger than the comparison, nothing is
told: a beginning is no rise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

SCHEMA: dict[str, PolarsDataType] = {
    "moment_id": pl.String,
    "usage_change": pl.Float64,
    "usage_metric": pl.String,
    "usage_metric_change": pl.Float64,
}
_WEEK = 7
_STALE_DAYS = 35
_GREATEST = 1.0


def usage_trend(moments: pl.DataFrame, usage: pl.DataFrame, weeks: int) -> pl.DataFrame:
    """Tell the change of usage at moments.

    Parameters
    ----------
    moments : DataFrame
        ``moment_id`` (unique), ``unit_key``, ``day``: weeks that end later are not looked at.
    usage : DataFrame
        ``unit_key``, ``week`` (its Monday), ``metric``, ``value``.
    weeks : int
        Weeks on either side of the comparison.

    Returns
    -------
    DataFrame
        ``moment_id``, ``usage_change`` (mean over metrics of the relative change, each at most 1), ``usage_metric`` and
        ``usage_metric_change`` (the metric that fell most, or rose least). Moments of which nothing is known are absent.
    """
    delivered = usage.select("week").drop_nulls().unique().sort("week")
    if not delivered.height or not moments.height:
        return pl.DataFrame(schema=SCHEMA)
    complete = moments.with_columns((pl.col("day") - pl.duration(days=_WEEK - 1)).alias("monday")).sort("monday")
    anchored = complete.join_asof(
        delivered.with_columns(pl.col("week").alias("last_week")), left_on="monday", right_on="week"
    ).filter(pl.col("last_week") > pl.col("day") - pl.duration(days=_STALE_DAYS))
    age = (pl.col("last_week") - pl.col("week")).dt.total_days() // _WEEK
    begun = usage.group_by("unit_key", "metric").agg(pl.col("week").min().alias("first_week"))
    reaches_back = pl.col("first_week") <= pl.col("last_week") - pl.duration(days=_WEEK * (2 * weeks - 1))
    sums = (
        anchored.select("moment_id", "unit_key", "last_week")
        .join(usage.select("unit_key", "week", "metric", "value"), on="unit_key", how="inner")
        .with_columns(age.alias("age"))
        .filter(pl.col("age").is_between(0, 2 * weeks - 1))
        .join(begun, on=["unit_key", "metric"], how="left", validate="m:1")
        .filter(reaches_back)
        .group_by("moment_id", "metric")
        .agg(
            pl.col("value").filter(pl.col("age") < weeks).sum().alias("latest"),
            pl.col("value").filter(pl.col("age") >= weeks).sum().alias("before"),
        )
    )
    change = ((pl.col("latest") - pl.col("before")) / pl.col("before")).clip(upper_bound=_GREATEST)
    return (
        sums.filter(pl.col("before") > 0)
        .with_columns(change.alias("change"))
        .sort("moment_id", "change", "metric")
        .group_by("moment_id", maintain_order=True)
        .agg(
            pl.col("change").mean().alias("usage_change"),
            pl.col("metric").first().alias("usage_metric"),
            pl.col("change").first().alias("usage_metric_change"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )
