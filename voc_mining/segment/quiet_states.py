"""What kind of quiet: the four states of a quiet customer, where data allow to tell them.

The signs are those of any customer at any moment; the state is what they mean for one who is quiet.

The first that fits, in this order: ``self_serving`` (used the FAQ, search or chatbot), ``dissatisfied``
(told us trouble when asked), ``usage_falling``, ``no_sign``. All signs are handed on beside the state,
so that a list can show those behind it too.
"""

from __future__ import annotations

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.contracts.rules import QuietRules
from voc_mining.usage_trend import usage_trend

_TROUBLE_KINDS = ("complaint", "churn_signal")


def quiet_states(  # noqa: PLR0913 -- one frame per kind of sign, the optional ones by name
    quiet: pl.DataFrame,
    statements: pl.DataFrame,
    customers: pl.DataFrame,
    rules: QuietRules,
    *,
    self_service: pl.DataFrame | None = None,
    usage: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Tell the quiet customers' states and the signs they rest on.

    Parameters
    ----------
    quiet : DataFrame
        ``customer_key`` (unique), ``since`` and ``at`` (UTC, the look-back), ``day`` (date of ``at``).
    statements : DataFrame
        Proactive statements: ``customer_key``, ``started_at``, ``kind``, ``polarity``.
    customers : DataFrame
        Rows of the customers table: ``customer_key``, ``as_of``, ``usage_score``.
    rules : QuietRules
        Falling usage.
    self_service : DataFrame or None
        ``customer_key``, ``at``: uses of FAQ, search or chatbot; None where there are no such data.
    usage : DataFrame or None
        ``customer_key``, ``week`` (date of its first day), ``metric``, ``value``; None where there are no such data.

    Returns
    -------
    DataFrame
        ``customer_key``, ``state``, ``n_self_service``, ``n_trouble_told``, ``usage_change`` (relative; null
        where it cannot be told), one row per quiet customer, sorted.
    """
    uses = _count_within(quiet, self_service, "at", "n_self_service")
    trouble = statements.filter(
        pl.col("kind").is_in(_TROUBLE_KINDS) | ((pl.col("polarity") == "negative") & (pl.col("kind") != "praise"))
    )
    told = _count_within(quiet, trouble, "started_at", "n_trouble_told")
    scores = _change_of_scores(quiet, customers)
    weekly = _change_of_weeks(quiet, usage, rules.recent_weeks)
    signs = quiet.select("customer_key")
    for found in (uses, told, scores, weekly):
        signs = signs.join(found, on="customer_key", how="left", validate="1:1")
    change = pl.coalesce("weekly_change", "score_change")
    return (
        signs.with_columns(pl.col("n_self_service", "n_trouble_told").fill_null(0), change.alias("usage_change"))
        .with_columns(
            pl.when(pl.col("n_self_service") > 0)
            .then(pl.lit("self_serving"))
            .when(pl.col("n_trouble_told") > 0)
            .then(pl.lit("dissatisfied"))
            .when(pl.col("usage_change") <= -rules.min_drop)
            .then(pl.lit("usage_falling"))
            .otherwise(pl.lit("no_sign"))
            .alias("state")
        )
        .select("customer_key", "state", "n_self_service", "n_trouble_told", "usage_change")
        .sort("customer_key")
    )


def _count_within(quiet: pl.DataFrame, events: pl.DataFrame | None, time: str, name: str) -> pl.DataFrame:
    if events is None:
        return pl.DataFrame(schema={"customer_key": pl.String, name: pl.Int64})
    return (
        events.select("customer_key", pl.col(time).alias("event_at"))
        .join(quiet.select("customer_key", "since", "at"), on="customer_key", how="inner", validate="m:1")
        .filter(pl.col("event_at").is_between("since", "at"))
        .group_by("customer_key")
        .agg(pl.len().cast(pl.Int64).alias(name))
    )


def _change_of_scores(quiet: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """Latest usage_score of the look-back against the mean of the earlier ones in it."""
    seen = (
        customers.select("customer_key", "as_of", "usage_score")
        .drop_nulls()
        .join(
            quiet.select("customer_key", tokyo_date(pl.col("since")).alias("since"), "day"),
            on="customer_key",
            how="inner",
            validate="m:1",
        )
        .filter(pl.col("as_of").is_between("since", "day"))
        .sort("customer_key", "as_of")
    )
    return _relative_change(
        seen.group_by("customer_key", maintain_order=True).agg(
            pl.col("usage_score").last().alias("latest"),
            pl.col("usage_score").head(pl.len() - 1).mean().alias("before"),
        ),
        "score_change",
    )


def _change_of_weeks(quiet: pl.DataFrame, usage: pl.DataFrame | None, weeks: int) -> pl.DataFrame:
    """Use of the latest whole weeks against as many before them, the mean over metrics."""
    if usage is None:
        return pl.DataFrame(schema={"customer_key": pl.String, "weekly_change": pl.Float64})
    key = pl.col("customer_key")
    moments = quiet.select(key.alias("moment_id"), key.alias("unit_key"), "day")
    trend = usage_trend(moments, usage.rename({"customer_key": "unit_key"}), weeks)
    return trend.select(pl.col("moment_id").alias("customer_key"), pl.col("usage_change").alias("weekly_change"))


def _relative_change(compared: pl.DataFrame, name: str) -> pl.DataFrame:
    change = (pl.col("latest") - pl.col("before")) / pl.col("before")
    return compared.select("customer_key", pl.when(pl.col("before") > 0).then(change).alias(name))
