"""What a customer's contacts and statements add up to, within a look-back of their own."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.values import ORIGINS

_COUNTS = ("n_churn_told", "n_complaints", "n_praise", "n_statements")


def customer_contacts(moments: pl.DataFrame, contacts: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Count each customer's contacts by origin in the look-back, and name the last ones up to the moment.

    Parameters
    ----------
    moments : DataFrame
        ``customer_key`` (unique), ``since`` and ``at`` (UTC, the look-back).
    contacts : DataFrame
        Of :func:`voc_mining.insight.facts.contact_facts`.
    outcomes : DataFrame
        ``contact_id`` (unique), ``outcome``.

    Returns
    -------
    DataFrame
        ``customer_key`` (those of the moments), ``n_reactive``, ``n_proactive``, ``n_other``, ``n_unknown`` (a call
        passed on counts once),
        ``last_proactive_at``, ``last_contact_at`` (at any distance before the moment) and ``last_outcome`` (of the
        latest contact in the look-back whose outcome is known).
    """
    own = (
        contacts.select(
            "contact_id",
            "customer_key",
            "origin",
            "started_at",
            (pl.col("contact_id") == pl.col("whole_contact_id")).alias("whole"),
        )
        .join(moments.select("customer_key", "since", "at"), on="customer_key", how="inner", validate="m:1")
        .filter(pl.col("started_at") <= pl.col("at"))
        .join(outcomes.select("contact_id", "outcome"), on="contact_id", how="left", validate="1:1")
    )
    recent, started = pl.col("started_at") >= pl.col("since"), pl.col("started_at")
    counted_once = recent & pl.col("whole")
    known = recent & (pl.col("outcome") != "unknown").fill_null(value=False)
    counted = (
        own.sort("started_at", "contact_id")
        .group_by("customer_key", maintain_order=True)
        .agg(
            *(
                (counted_once & (pl.col("origin") == origin)).sum().cast(pl.Int64).alias(f"n_{origin}")
                for origin in ORIGINS
            ),
            started.filter(pl.col("origin") == "proactive").max().alias("last_proactive_at"),
            started.max().alias("last_contact_at"),
            pl.col("outcome").filter(known).last().alias("last_outcome"),
        )
    )
    return (
        moments.select("customer_key")
        .join(counted, on="customer_key", how="left", validate="1:1")
        .with_columns(pl.col(f"n_{origin}").fill_null(0) for origin in ORIGINS)
    )


def customer_statements(moments: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """Count what each customer said in the look-back, and name the topics, the most frequent first.

    Parameters
    ----------
    moments : DataFrame
        As for :func:`customer_contacts`.
    statements : DataFrame
        Of :func:`voc_mining.insight.facts.statement_facts`.

    Returns
    -------
    DataFrame
        ``customer_key`` (those of the moments), ``n_statements``, ``n_churn_told``, ``n_praise`` (of any origin),
        ``n_complaints`` (reactive: what was told when we asked is counted with the signs of the quiet), ``topics``
        (topic_id; empty where there is none).
    """
    said = (
        statements.select("customer_key", "started_at", "kind", "origin", "topic_id")
        .join(moments.select("customer_key", "since", "at"), on="customer_key", how="inner", validate="m:1")
        .filter(pl.col("started_at").is_between("since", "at"))
    )
    complaint = (pl.col("kind") == "complaint") & (pl.col("origin") == "reactive")
    counted = said.group_by("customer_key").agg(
        pl.len().cast(pl.Int64).alias("n_statements"),
        (pl.col("kind") == "churn_signal").sum().cast(pl.Int64).alias("n_churn_told"),
        (pl.col("kind") == "praise").sum().cast(pl.Int64).alias("n_praise"),
        complaint.sum().cast(pl.Int64).alias("n_complaints"),
    )
    topics = (
        said.filter(pl.col("topic_id").is_not_null())
        .group_by("customer_key", "topic_id")
        .len()
        .sort("customer_key", "len", "topic_id", descending=[False, True, False])
        .group_by("customer_key", maintain_order=True)
        .agg(pl.col("topic_id").alias("topics"))
    )
    return (
        moments.select("customer_key")
        .join(counted, on="customer_key", how="left", validate="1:1")
        .join(topics, on="customer_key", how="left", validate="1:1")
        .with_columns(pl.col(_COUNTS).fill_null(0), pl.col("topics").fill_null(pl.lit([], pl.List(pl.String))))
    )
