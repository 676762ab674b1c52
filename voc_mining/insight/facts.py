"""The joined frames all insight tables are drawn from: contacts and statements up to a day."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from voc_mining.business_time import end_of_day
from voc_mining.insight.params import InsightParams

CUSTOMER_OPENED = ((pl.col("source") == "inquiry") & (pl.col("direction") != "outbound").fill_null(True)) | (
    (pl.col("source") == "call") & (pl.col("direction") == "inbound")
)
"""Contacts that the customer opened: what is meant by inquiries."""

LATER_LEG = (pl.col("origin_rule") == "leg").fill_null(False)
"""Rows of the log that are a call passed on: they are no contact of their own where contacts are counted."""

TALK_S = pl.coalesce(
    "talk_s",
    (pl.col("ended_at") - pl.col("answered_at")).dt.total_seconds() - pl.col("hold_s").fill_null(0.0),
)
"""Seconds of talk without hold of a row of ``call_log``: as recorded, else from answer to end."""


def contact_facts(contacts: pl.DataFrame, segments: pl.DataFrame, params: InsightParams) -> pl.DataFrame:
    """Join contacts with their customer, origin and silence, up to the day of the figures.

    A contact without a date stays: it cannot be said to be later. One not yet segmented is ``unknown``. What was
    recorded of a contact later than that day is taken out: replies, resolutions, and the time they took.

    Returns
    -------
    DataFrame
        Columns of ``contacts`` and ``segments``, and ``whole_contact_id``: the first leg of a later leg, else the contact
        itself. One row per contact, sorted by contact_id. ``customer_key`` is the customer it is counted for.
    """
    decided = segments.rename({"customer_key": "resolved_customer"})
    dated = contacts.filter((pl.col("business_date") <= params.as_of).fill_null(True))
    after = end_of_day(params.as_of)
    return (
        _without(
            dated,
            {
                "first_reply_at": pl.col("first_reply_at") >= after,
                "resolved_at": pl.col("resolved_at") >= after,
                "handle_s": pl.col("resolved_at") >= after,
            },
        )
        .join(decided, on="contact_id", how="left", validate="1:1")
        .with_columns(
            pl.col("origin", "silence").fill_null("unknown"),
            pl.col("origin_rule").fill_null("not_segmented"),
            pl.coalesce("resolved_customer", "customer_key").alias("customer_key"),
            pl.when(LATER_LEG).then("related_contact_id").otherwise("contact_id").alias("whole_contact_id"),
        )
        .drop("resolved_customer")
        .sort("contact_id")
    )


def customer_facts(customers: pl.DataFrame, params: InsightParams) -> pl.DataFrame:
    """Rows of the customers table as they were known on the day of the figures.

    Rows that describe a later day go. Where a customer has no other, the earliest stands in, without what happened
    or was judged later; a usage score of a later day goes with it.

    Returns
    -------
    DataFrame
        Columns of ``customers``.
    """
    day = pl.col("as_of")
    first = day == day.min().over("customer_key")
    known = customers.filter((day <= params.as_of) | (first & (day > params.as_of)))
    after = end_of_day(params.as_of)
    judged_later = pl.col("outlook_at") > params.as_of
    return _without(
        known,
        {
            "last_active_at": pl.col("last_active_at") >= after,
            "last_support_at": pl.col("last_support_at") >= after,
            "usage_score": day > params.as_of,
            "renewal_outlook": judged_later,
            "outlook_by": judged_later,
            "outlook_at": judged_later,
            "churn_reason": pl.coalesce("notice_at", "contract_end") > params.as_of,
            "notice_at": pl.col("notice_at") > params.as_of,
        },
    )


def _without(frame: pl.DataFrame, later: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Empty the columns where they tell what was not known yet."""
    return frame.with_columns(
        pl.when(is_later.fill_null(False)).then(None).otherwise(pl.col(name)).alias(name)
        for name, is_later in later.items()
    )


def statement_facts(voc: pl.DataFrame, contacts: pl.DataFrame, assigned: pl.DataFrame) -> pl.DataFrame:
    """Join the statements that count with their contact and their topic.

    Parameters
    ----------
    voc : DataFrame
        Rows of ``voc``.
    contacts : DataFrame
        Of :func:`contact_facts`.
    assigned : DataFrame
        ``text_hash`` (unique), ``topic_id``, ``strength``, ``by`` (how a text came to its topic): the analysts' edits are
        applied.

    Returns
    -------
    DataFrame
        One row per statement; ``channel`` is the contact's medium, ``question`` the survey's or the agent's.
        Sorted by contact and place in it.
    """
    counted = voc.filter("counts").drop("channel", "month", "counts")
    taken = contacts.select(
        "contact_id",
        "source",
        "source_id",
        "channel",
        "direction",
        "origin",
        "origin_rule",
        "silence",
        "customer_key",
        "started_at",
        "business_date",
        pl.col("question").alias("survey_question"),
        "recording_path",
    )
    belongs = pl.col("topic_id").is_not_null()
    topics = assigned.select(
        "text_hash",
        "topic_id",
        pl.when(belongs).then("strength").alias("topic_strength"),
        pl.when(belongs).then("by").alias("topic_by"),
    )
    return (
        counted.join(taken, on="contact_id", how="inner", validate="m:1")
        .join(topics, on="text_hash", how="left", validate="m:1")
        .with_columns(pl.coalesce("survey_question", "question").alias("question"))
        .drop("survey_question")
        .sort("contact_id", "first_no", "voc_id")
    )


def in_window(frame: pl.DataFrame, params: InsightParams) -> pl.DataFrame:
    """Rows whose business date lies in the window; undated ones do not."""
    return frame.filter(pl.col("business_date").is_between(params.window_from, params.as_of))


def whole_contact_reasons(statements: pl.DataFrame, contacts: pl.DataFrame) -> pl.DataFrame:
    """Reason of each contact over all its legs: what the first leg that tells one is about.

    Parameters
    ----------
    statements, contacts : DataFrame
        Of :func:`statement_facts` and :func:`contact_facts`.

    Returns
    -------
    DataFrame
        ``contact_id`` (unique, of first legs), ``reason_topic_id``.
    """
    whole = contacts.select("contact_id", "whole_contact_id")
    return (
        statements.filter(pl.col("topic_id").is_not_null())
        .join(whole, on="contact_id", how="left", validate="m:1")
        .sort("whole_contact_id", ~pl.col("is_reason").fill_null(value=False), "started_at", "first_no", "voc_id")
        .unique("whole_contact_id", keep="first", maintain_order=True)
        .select(pl.col("whole_contact_id").alias("contact_id"), pl.col("topic_id").alias("reason_topic_id"))
    )


def contact_reasons(statements: pl.DataFrame) -> pl.DataFrame:
    """Reason of each contact: the topic of the statement that tells it, else of the first that has one.

    A contact has one reason, so reasons add up.

    Returns
    -------
    DataFrame
        ``contact_id`` (unique), ``reason_topic_id``; contacts without a topic are absent.
    """
    return (
        statements.filter(pl.col("topic_id").is_not_null())
        .sort("contact_id", ~pl.col("is_reason").fill_null(value=False), "first_no", "voc_id")
        .unique("contact_id", keep="first", maintain_order=True)
        .select("contact_id", pl.col("topic_id").alias("reason_topic_id"))
    )
