"""``accounts.csv``: companies as their customers make them up, and whether the company speaks at all."""

from __future__ import annotations

import polars as pl

_STATES = ("quiet", "vocal", "too_early", "undetermined")


def accounts_table(health: pl.DataFrame, churned: pl.DataFrame) -> pl.DataFrame:
    """Roll customers up to their accounts; the largest value first.

    One customer's call makes the account vocal, and nobody else in it: the counts by state stand beside. An account
    is ``quiet`` where no customer of it was in touch, at least one is quiet and none is undetermined; ``too_early``
    where all are; ``undetermined`` where one might have been in touch.

    Parameters
    ----------
    health : DataFrame
        Of :func:`voc_mining.insight.customer_health.customer_health`; customers without an account are in no row.
    churned : DataFrame
        Of :func:`voc_mining.insight.silent_churn.silent_churn`.

    Returns
    -------
    DataFrame
        Columns of ``accounts.csv`` in order.
    """
    members = health.filter(pl.col("account_id").is_not_null())
    existing = pl.col("existing").fill_null(value=False)
    count = {state: (existing & (pl.col("silence") == state)).sum().cast(pl.Int64) for state in _STATES}
    kept = members.group_by("account_id").agg(
        pl.col("as_of").first(),
        (pl.col("silence") == "vocal").any().alias("heard_of"),
        existing.sum().cast(pl.Int64).alias("n_customers"),
        *(n.alias(f"n_{state}") for state, n in count.items()),
        pl.col("value").filter(existing).sum().alias("annual_value"),
        pl.col("value").filter(existing).count().alias("n_valued"),
        pl.col("contacts_reactive", "contacts_proactive").sum(),
        (existing & (pl.col("contacts_reactive") > 0)).sum().cast(pl.Int64).alias("n_inquirers"),
        pl.col("last_reactive_at", "last_proactive_at", "last_support_at").max(),
        pl.col("health").min().alias("lowest_health"),
        pl.col("health").mean().round(1).alias("mean_health"),
    )
    gone = (
        churned.filter(~pl.col("returned"))
        .group_by("account_id")
        .agg(
            pl.len().cast(pl.Int64).alias("n_churned"),
            pl.col("silent").sum().cast(pl.Int64).alias("n_left_silently"),
            pl.col("silent").null_count().cast(pl.Int64).alias("n_left_undetermined"),
        )
    )
    told = pl.col("n_quiet") + pl.col("n_vocal")
    return (
        kept.join(gone.filter(pl.col("account_id").is_not_null()), on="account_id", how="left", validate="1:1")
        .with_columns(
            pl.col("n_churned", "n_left_silently", "n_left_undetermined").fill_null(0),
            _state().alias("silence"),
            pl.when(told > 0).then(pl.col("n_quiet") / told).alias("quiet_share"),
            pl.when(pl.col("n_valued") > 0).then("annual_value").alias("annual_value"),
        )
        .sort("annual_value", "account_id", descending=[True, False], nulls_last=True)
        .select(
            "account_id",
            "as_of",
            "silence",
            "n_customers",
            *(f"n_{state}" for state in _STATES),
            "quiet_share",
            "n_inquirers",
            "annual_value",
            "contacts_reactive",
            "contacts_proactive",
            "last_reactive_at",
            "last_proactive_at",
            "last_support_at",
            "lowest_health",
            "mean_health",
            "n_churned",
            "n_left_silently",
            "n_left_undetermined",
        )
    )


def _state() -> pl.Expr:
    """State of the account; null where it has no existing customer."""
    return (
        pl.when(pl.col("n_customers") == 0)
        .then(None)
        .when("heard_of")
        .then(pl.lit("vocal"))
        .when(pl.col("n_undetermined") > 0)
        .then(pl.lit("undetermined"))
        .when(pl.col("n_quiet") > 0)
        .then(pl.lit("quiet"))
        .otherwise(pl.lit("too_early"))
    )
