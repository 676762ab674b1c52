"""``customer_health.csv``: one row per customer as of the day, with a score that says why.

The health is a sum anyone can check: the base, and points for every sign that is seen, kept within 0 and 100.
It is no probability. Points and words are a data file.
"""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.values import ORIGINS
from voc_mining.insight.customer_signs import base_points, customer_signs, listed
from voc_mining.insight.params import InsightParams
from voc_mining.insight.word_data import word_table

_MOST = 100


def customer_health(
    customers: pl.DataFrame,
    signs: pl.DataFrame,
    contacts: pl.DataFrame,
    statements: pl.DataFrame,
    params: InsightParams,
) -> pl.DataFrame:
    """Describe every customer on the day: usage, need, value, outlook, contacts, state and health.

    Parameters
    ----------
    customers : DataFrame
        Row of the customers table of each customer on that day (``customer_key`` unique), with ``silence``,
        ``silence_reason``, ``existing``, ``day``, ``last_reactive_at``, ``quiet_since``.
    signs : DataFrame
        ``customer_key`` (unique), ``state``, ``n_self_service``, ``n_trouble_told``, ``usage_change``.
    contacts, statements : DataFrame
        Of :func:`voc_mining.insight.customer_contacts.customer_contacts` and of ``customer_statements``.
    params : InsightParams
        Day, language and what counts as a sign.

    Returns
    -------
    DataFrame
        Columns of ``customer_health.csv`` in order, those of the lowest health first, then by value; ``health`` is
        null for those who are no customers on that day.
    """
    joined = customers
    for part in (signs, contacts, statements):
        joined = joined.join(part, on="customer_key", how="left", validate="1:1")
    known_support = customers["last_support_at"].null_count() < customers.height
    found = customer_signs(params, support_known=known_support)
    points = pl.sum_horizontal(
        pl.lit(base_points()), *(pl.when(sign.seen).then(sign.points).otherwise(0) for sign in found.values())
    )
    weighed = [
        pl.when(sign.seen).then(pl.format("{} ({})", sign.told, pl.lit(f"{sign.points:+d}")))
        for sign in found.values()
        if sign.points
    ]
    existing = pl.col("existing").fill_null(value=False)
    quiet = pl.col("silence") == "quiet"
    return (
        joined.with_columns(
            pl.when(existing).then(points.clip(0, _MOST).cast(pl.Float64)).alias("health"),
            pl.when(existing).then(listed(weighed)).alias("reasons"),
            pl.when(quiet).then("state").alias("state"),
            listed(_missing(params.lang)).alias("missing"),
            (pl.col("day") - pl.col("outlook_at")).dt.total_days().alias("outlook_age_days"),
        )
        .sort("health", "annual_value", "customer_key", descending=[False, True, False], nulls_last=True)
        .select(
            pl.col("customer_key").alias("customer_id"),
            pl.col("day").alias("as_of"),
            "health",
            "reasons",
            pl.col("usage_score").alias("usage"),
            pl.col("annual_value").alias("value"),
            pl.col("renewal_outlook").alias("outlook"),
            "silence",
            *(pl.col(f"n_{origin}").alias(f"contacts_{origin}") for origin in ORIGINS),
            "topics",
            "last_outcome",
            "last_support_at",
            pl.col("account_key").alias("account_id"),
            "existing",
            "silence_reason",
            "state",
            "quiet_since",
            "plan",
            "segment",
            "lifecycle",
            pl.col("usage_purpose").alias("purpose"),
            "support_need",
            "usage_change",
            "last_active_at",
            "outlook_by",
            "outlook_at",
            "outlook_age_days",
            "contract_start",
            "contract_end",
            "notice_at",
            "last_reactive_at",
            "last_proactive_at",
            "n_statements",
            "n_self_service",
            pl.col("do_not_contact").fill_null(value=False),
            "missing",
        )
    )


def _missing(lang: str) -> list[pl.Expr]:
    """Name what is not known of a customer, so that a health of few signs is seen to be one."""
    words = dict(word_table("missing_inputs").select("input", lang).iter_rows())
    unknown = {
        "usage": pl.all_horizontal(pl.col("usage_score", "usage_change", "last_active_at").is_null()),
        "outlook": pl.col("renewal_outlook").is_null(),
        "value": pl.col("annual_value").is_null(),
        "support": pl.col("last_support_at").is_null(),
        "contacts": pl.sum_horizontal(f"n_{origin}" for origin in ORIGINS) == 0,
    }
    return [pl.when(absent).then(pl.lit(words[name])) for name, absent in unknown.items()]
