"""``silent_churn.csv``: who left, whether in silence, and what could have been seen before."""

from __future__ import annotations

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.insight.customer_signs import churn_signs, customer_signs, listed
from voc_mining.insight.params import InsightParams


def silent_churn(  # noqa: PLR0913 -- one frame per kind of thing known of who left
    *,
    left: pl.DataFrame,
    described: pl.DataFrame,
    customers: pl.DataFrame,
    signs: pl.DataFrame,
    contacts: pl.DataFrame,
    statements: pl.DataFrame,
    params: InsightParams,
) -> pl.DataFrame:
    """List who left, the latest first.

    Parameters
    ----------
    left : DataFrame
        ``customer_key`` (unique), ``ended_at``, ``notice_at``, ``left_on``, ``known_reason``, ``told_by``,
        ``returned``, ``account_key``, ``silent`` (null where it cannot be told), ``silence_reason``, ``since``, ``at``
        (the look-back before they left), ``last_reactive_at``.
    described : DataFrame
        Row of the customers table of each on the day before they left, ``customer_key`` unique; none for customers
        that only a contract names.
    customers : DataFrame
        All rows of the customers table: what was recorded later of the time before counts, too.
    signs, contacts, statements : DataFrame
        As for :func:`voc_mining.insight.customer_health.customer_health`, at that moment.
    params : InsightParams
        Language and what counts as a sign.

    Returns
    -------
    DataFrame
        Columns of ``silent_churn.csv`` in order.
    """
    rows = described.drop("account_key", "notice_at", "last_support_at", "last_active_at", "annual_value", "day")
    joined = left.join(rows, on="customer_key", how="left", validate="1:1")
    for part in (_recorded(left, customers), signs, contacts, statements):
        joined = joined.join(part, on="customer_key", how="left", validate="1:1")
    day = tokyo_date(pl.col("at"))
    judged_later = (pl.max_horizontal("as_of", "outlook_at") > day).fill_null(value=False)
    outlook = pl.when(~judged_later).then("renewal_outlook").alias("renewal_outlook")
    before = joined.with_columns(day.alias("day"), outlook)
    known_support = customers["last_support_at"].null_count() < customers.height
    seen = churn_signs(customer_signs(params, support_known=known_support))
    return (
        before.with_columns(listed(sign.told for sign in seen).alias("earlier_signs"))
        .sort("left_on", "customer_key", descending=[True, False])
        .select(
            pl.col("customer_key").alias("customer_id"),
            "ended_at",
            "annual_value",
            "silent",
            "last_reactive_at",
            "last_proactive_at",
            "last_support_at",
            "known_reason",
            "earlier_signs",
            pl.col("account_key").alias("account_id"),
            "notice_at",
            "left_on",
            "silence_reason",
            "returned",
            "told_by",
            "plan",
            "segment",
        )
    )


def _recorded(left: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """Value, last use and last support up to the day each left, by whichever row tells them."""
    rows = customers.sort("customer_key", "as_of").join(
        left.select("customer_key", "at"), on="customer_key", how="inner", validate="m:1"
    )
    return rows.group_by("customer_key").agg(
        pl.col("annual_value").drop_nulls().last(),
        *(pl.col(time).filter(pl.col(time) <= pl.col("at")).max() for time in ("last_active_at", "last_support_at")),
    )
