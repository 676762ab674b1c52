"""``journeys.csv``: every contact of every customer, over all channels, in the order of time."""

from __future__ import annotations

import polars as pl

_SECONDS_A_DAY = 86_400.0


def journeys(contacts: pl.DataFrame, statements: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Put each customer's contacts in order; those without a time come last. A call passed on is one contact.

    Parameters
    ----------
    contacts, statements : DataFrame
        Of :mod:`voc_mining.insight.facts`.
    outcomes : DataFrame
        ``contact_id`` (unique), ``outcome``.

    Returns
    -------
    DataFrame
        Columns of ``journeys.csv`` in order, by customer and ``seq`` (from 1). Contacts without a customer are in no
        journey.
    """
    legs = contacts.select("contact_id", "whole_contact_id", "started_at")
    statements = statements.join(
        legs.select("contact_id", pl.col("whole_contact_id").alias("of")), on="contact_id", how="inner", validate="m:1"
    )
    raised = (
        statements.filter(pl.col("topic_id").is_not_null())
        .sort("started_at", "contact_id", "first_no", "voc_id")
        .group_by("of", maintain_order=True)
        .agg(pl.col("topic_id").unique(maintain_order=True).alias("topics"))
    )
    said = statements.group_by("of").agg(pl.len().cast(pl.Int64).alias("n_statements"))
    ended = (
        outcomes.select("contact_id", "outcome")
        .join(legs, on="contact_id", how="inner", validate="1:1")
        .sort("started_at", "contact_id")
        .group_by(pl.col("whole_contact_id").alias("of"), maintain_order=True)
        .agg(pl.col("outcome").filter(pl.col("outcome") != "unknown").last())
    )
    since = pl.col("started_at") - pl.col("started_at").shift(1).over("customer_key")
    whole = pl.col("contact_id") == pl.col("whole_contact_id")
    found = contacts.filter(pl.col("customer_key").is_not_null() & whole)
    for part in (raised, said, ended):
        found = found.join(part, left_on="contact_id", right_on="of", how="left", validate="1:1")
    return found.sort("customer_key", "started_at", "contact_id", nulls_last=True).select(
        pl.col("customer_key").alias("customer_id"),
        pl.int_range(1, pl.len() + 1).over("customer_key").cast(pl.Int64).alias("seq"),
        pl.col("started_at").alias("occurred_at"),
        "channel",
        "origin",
        "topics",
        pl.col("outcome").fill_null("unknown"),
        (since.dt.total_seconds() / _SECONDS_A_DAY).round(2).alias("days_since_previous"),
        "contact_id",
        "source",
        "silence",
        pl.col("n_statements").fill_null(0),
    )
