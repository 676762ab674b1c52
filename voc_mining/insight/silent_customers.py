"""``silent_customers.csv``: the quiet existing customers, with the risk of losing them and what to do.

The risk is transparent: points for each sign that is seen, added up to at most 100, with the signs in words.
Points, words and suggestions are data files. A sign whose column nobody filled is not held against anyone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.insight.params import InsightParams
from voc_mining.insight.renewals import Beside
from voc_mining.insight.word_data import outlook_among, word_table

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

_AT_RISK = 30
_BESIDE: dict[str, PolarsDataType] = {
    "usage_metric": pl.String,
    "usage_metric_change": pl.Float64,
    "supported_3m": pl.Boolean,
    "renewal_due": pl.Date,
    "n_similar": pl.Int64,
    "n_similar_left": pl.Int64,
    "similar_left": pl.Boolean,
    "similar_topics": pl.List(pl.String),
    "n_shared_topics": pl.UInt32,
    "churn_probability": pl.Float64,
    "block_reason": pl.String,
}
_MOST = 100


def silent_customers(
    quiet: pl.DataFrame,
    states: pl.DataFrame,
    proactive: pl.DataFrame,
    params: InsightParams,
    beside: Beside | None = None,
) -> pl.DataFrame:
    """List quiet customers, those at the highest risk first, then by value.

    Parameters
    ----------
    quiet : DataFrame
        Row of the customers table of each quiet customer (``customer_key`` unique), with ``quiet_since``,
        ``since`` and ``at``.
    states : DataFrame
        ``customer_key`` (unique), ``state``, ``n_trouble_told``, ``usage_change``.
    proactive : DataFrame
        Of :func:`voc_mining.insight.proactive.proactive_voc`.
    params : InsightParams
        Day, language and ages that count as signs.
    beside : Beside, optional
        What is known of them beside their silence: usage by metric, support, renewal, customers alike, whether they may be
        contacted.

    Returns
    -------
    DataFrame
        Columns of ``silent_customers.csv`` in order. ``risk`` is 0-100, a score and no probability.
    """
    joined = _with_beside(
        quiet.join(states, on="customer_key", how="left", validate="1:1")
        .join(_told(quiet, proactive), on="customer_key", how="left", validate="1:1")
        .with_columns(pl.col("n_proactive_voc", "n_churn_told").fill_null(0)),
        beside,
    )
    signs = _signs(joined, params)
    points = dict(word_table("silent_signs").select("sign", pl.col("points").cast(pl.Int64)).iter_rows())
    words = dict(word_table("silent_signs").select("sign", params.lang).iter_rows())
    said = [
        pl.when(fits).then(pl.format(words[sign].replace("{n}", "{}"), figure))
        if "{n}" in words[sign]
        else pl.when(fits).then(pl.lit(words[sign]))
        for sign, (fits, figure) in signs.items()
    ]
    risk = pl.sum_horizontal(pl.when(fits).then(points[sign]).otherwise(0) for sign, (fits, _) in signs.items())
    reasons = pl.concat_list(said).list.drop_nulls()
    return (
        joined.with_columns(risk.clip(upper_bound=_MOST).cast(pl.Int64).alias("risk"), reasons.alias("reasons"))
        .with_columns(
            pl.when(pl.col("reasons").list.len() == 0)
            .then(pl.concat_list(pl.lit(words["none"])))
            .otherwise("reasons")
            .alias("reasons"),
            _situation(signs).alias("situation"),
        )
        .with_columns(pl.col("situation").replace_strict(suggested_contacts(params.lang)).alias("suggested_contact"))
        .sort("risk", "annual_value", "customer_key", descending=[True, True, False], nulls_last=True)
        .select(
            pl.col("customer_key").alias("customer_id"),
            pl.col("account_key").alias("account_id"),
            "quiet_since",
            "state",
            "annual_value",
            "renewal_outlook",
            "usage_score",
            "last_active_at",
            "last_support_at",
            pl.col("do_not_contact").fill_null(False),
            "risk",
            "reasons",
            "suggested_contact",
            "n_proactive_voc",
            "plan",
            "segment",
            "situation",
            pl.col("block_reason").alias("contact_blocked"),
            "renewal_due",
            "n_similar",
            "n_similar_left",
            "similar_topics",
            "churn_probability",
            pl.lit(beside.model_note if beside else None, pl.String).alias("churn_note"),
        )
    )


def suggested_contacts(lang: str) -> dict[str, str]:
    """Return what is suggested in each situation, in a language."""
    return dict(word_table("suggested_contacts").select("situation", lang).iter_rows())


def _with_beside(quiet: pl.DataFrame, beside: Beside | None) -> pl.DataFrame:
    """Add the signs of the unit each customer belongs to; topics by their names."""
    if beside is None:
        return quiet.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in _BESIDE.items())
    names = pl.element().replace_strict(dict(beside.labels), default=None, return_dtype=pl.String)
    shared = pl.col("topics_told").list.set_intersection("similar_topics").list.len()
    return (
        quiet.join(beside.units, on="customer_key", how="left", validate="m:1")
        .join(beside.signs, on="unit_key", how="left", validate="m:1")
        .join(beside.blocks.select("customer_key", "block_reason"), on="customer_key", how="left", validate="m:1")
        .with_columns(shared.alias("n_shared_topics"))
        .with_columns(pl.col("similar_topics").list.eval(names).list.drop_nulls())
    )


def _told(quiet: pl.DataFrame, proactive: pl.DataFrame) -> pl.DataFrame:
    """Count each customer's proactive statements; of those in the look-back, which speak of leaving, and their topics."""
    recent = pl.col("occurred_at").is_between("since", "at").fill_null(False)
    return (
        proactive.select(pl.col("customer_id").alias("customer_key"), "class", "topic_id", "occurred_at")
        .join(quiet.select("customer_key", "since", "at"), on="customer_key", how="inner", validate="m:1")
        .group_by("customer_key")
        .agg(
            pl.len().cast(pl.Int64).alias("n_proactive_voc"),
            ((pl.col("class") == "churn_signal") & recent).sum().cast(pl.Int64).alias("n_churn_told"),
            pl.col("topic_id").filter(recent).drop_nulls().unique().sort().alias("topics_told"),
        )
    )


def _signs(quiet: pl.DataFrame, params: InsightParams) -> dict[str, tuple[pl.Expr, pl.Expr]]:
    """Say for each sign when it is seen and the figure its words name."""
    today = pl.lit(params.as_of)
    idle = (today - tokyo_date(pl.col("last_active_at"))).dt.total_days()
    judged = (today - pl.col("outlook_at")).dt.total_days()
    supported = tokyo_date(pl.col("last_support_at")) > params.as_of - timedelta(days=params.support_days)
    known_support = quiet["last_support_at"].null_count() < quiet.height
    unsupported = pl.coalesce(~pl.col("supported_3m"), ~supported.fill_null(value=False) & pl.lit(known_support))
    # The customer's own use goes before that of the account; the metric is named where it fell as a whole.
    change = pl.coalesce("usage_change", "usage_metric_change")
    metric = pl.when(pl.col("usage_metric_change") <= -params.quiet.min_drop).then("usage_metric")
    drop = (change * -100).round(0).cast(pl.Int64)
    fallen = pl.concat_str(drop, pl.lit("%"), pl.format("（{}）", metric).fill_null(""))
    due_in = (pl.col("renewal_due") - today).dt.total_days()
    alike = pl.format("{}/{}", "n_similar_left", "n_similar")
    seen = {
        "notice_given": (pl.col("notice_at") <= today, pl.col("notice_at").cast(pl.String)),
        "churn_told": (pl.col("n_churn_told") > 0, pl.col("n_churn_told")),
        "outlook_poor": (outlook_among("poor_outlooks"), pl.col("renewal_outlook")),
        "trouble_told": (pl.col("n_trouble_told") > 0, pl.col("n_trouble_told")),
        "usage_falling": (change <= -params.quiet.min_drop, fallen),
        "inactive": (idle > params.inactive_days, idle),
        "no_support": (unsupported, pl.lit("")),
        "outlook_old": (judged > params.outlook_days, judged),
        "similar_left": (pl.col("similar_left"), alike),
        "leavers_topic": (pl.col("n_shared_topics") > 0, pl.col("n_shared_topics")),
        "renewal_near": (due_in <= params.renewal_near_days, due_in),
    }
    return {sign: (fits.fill_null(False), figure) for sign, (fits, figure) in seen.items()}


def _situation(signs: dict[str, tuple[pl.Expr, pl.Expr]]) -> pl.Expr:
    """Name the first situation that fits."""
    situations = {
        "do_not_contact": pl.col("do_not_contact").fill_null(False),
        "leaving": signs["notice_given"][0] | signs["churn_told"][0],
        "trouble": signs["trouble_told"][0],
        "usage_falling": signs["usage_falling"][0],
        "inactive": signs["inactive"][0],
        "self_serving": pl.col("state") == "self_serving",
        "at_risk": pl.col("risk") >= _AT_RISK,
        "loyal": pl.lit(True),
    }
    return pl.coalesce(pl.when(fits).then(pl.lit(name)) for name, fits in situations.items())
