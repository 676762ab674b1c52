"""``contacts.csv``: one row per contact."""

from __future__ import annotations

import polars as pl

from voc_mining.insight.critical_voc import harassment_of
from voc_mining.insight.facts import contact_reasons

_COURSE = ("emotion_opening", "emotion_middle", "emotion_end")


def contacts_table(
    contacts: pl.DataFrame, statements: pl.DataFrame, outcomes: pl.DataFrame, critical: pl.DataFrame
) -> pl.DataFrame:
    """Contacts with the rule behind their origin, their reason, their outcome, and how the customer felt.

    Parameters
    ----------
    contacts, statements : DataFrame
        Of :mod:`voc_mining.insight.facts`.
    outcomes, critical : DataFrame
        Tables of the lake.

    Returns
    -------
    DataFrame
        Columns of ``contacts.csv`` in order, by time. ``source_id`` of a recording is its path.
    """
    counted = statements.group_by("contact_id").agg(pl.len().cast(pl.Int64).alias("n_statements"))
    ended = outcomes.select(
        "contact_id",
        "outcome",
        pl.col("evidence").alias("outcome_evidence"),
        pl.col("readback").alias("reason_readback"),
        *_COURSE,
    )
    reasons = statements.filter("is_reason").select("contact_id", pl.col("text").alias("reason_text"))
    joined = contacts
    for part in (counted, ended, contact_reasons(statements), reasons, harassment_of(critical)):
        joined = joined.join(part, on="contact_id", how="left", validate="1:1")
    return joined.sort("started_at", "contact_id", nulls_last=True).select(
        "contact_id",
        "source",
        "source_id",
        "channel",
        "direction",
        "origin",
        "origin_rule",
        "related_contact_id",
        pl.col("customer_key").alias("customer_id"),
        "silence",
        "started_at",
        "duration_s",
        "reason_topic_id",
        "category_l",
        "category_m",
        "category_s",
        pl.col("outcome").fill_null("unknown"),
        "outcome_evidence",
        pl.col("n_statements").fill_null(0),
        "silence_reason",
        "queue",
        "campaign",
        *_COURSE,
        "reason_text",
        "reason_readback",
        "harassment",
        "customer_rule",
    )
