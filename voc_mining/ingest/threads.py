"""Mail and chat threads: messages that belong to an inquiry, or stand for one whose row is not there."""

from __future__ import annotations

from datetime import date

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.contracts import VAULT_TABLES
from voc_mining.contracts.table import UTC_TIME
from voc_mining.ids import contact_id, digest
from voc_mining.ingest.contacts import conformed, dated

SOURCE = "inquiry"
THREAD_ALONE = "thread"
"""Content key of a contact that is known by its messages alone."""
_CUSTOMER, _AGENT, _BOT = "customer", "agent", "bot"
_KEYS = {"contact_id": pl.String, "thread_key": pl.String}


def with_inquiry(records: pl.DataFrame) -> pl.DataFrame:
    """Add the ``contact_id`` of the inquiry that a message's thread is named after."""
    ids = [contact_id(SOURCE, thread) for thread in records["thread_id"]]
    return records.with_columns(pl.Series("contact_id", ids, dtype=pl.String))


def to_messages(records: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``messages`` in the vault, of records that have ``contact_id``."""
    frame = records.with_columns(
        pl.col("body").alias("text"), pl.col("file").alias("source_file"), pl.col("row").alias("source_row")
    )
    return VAULT_TABLES["messages"].conform(frame.select(VAULT_TABLES["messages"].schema.names()))


def thread_keys(messages: pl.DataFrame) -> pl.DataFrame:
    """Digest of the messages of each thread, to tell a thread that went on.

    Parameters
    ----------
    messages : DataFrame
        Rows of ``messages``: all of these threads.

    Returns
    -------
    DataFrame
        ``contact_id`` (unique), ``thread_key``.
    """
    grouped = messages.sort("contact_id", "seq").group_by("contact_id", maintain_order=True)
    keys = [
        (
            name,
            digest("thread", *(part for row in rows.select("seq", "role", "sent_at", "text").rows() for part in row)),
        )
        for (name,), rows in grouped
    ]
    return pl.DataFrame(keys, schema=_KEYS, orient="row")


def thread_contacts(messages: pl.DataFrame, since: date | None) -> pl.DataFrame:
    """Contacts of threads without a row among the inquiries: what the messages tell of who opened them.

    The first message by a person decides the direction: a customer's is ``inbound``, an operator's ``outbound``; where
    only a machine wrote, there is none. The channel is that of the first message which names one; else ``chat`` where a
    machine took part, else ``mail``.

    Parameters
    ----------
    messages : DataFrame
        Rows of ``messages``: all of these threads.
    since : date or None
        First day taken in: threads that began before are left out.

    Returns
    -------
    DataFrame
        Rows of ``contacts``.
    """
    by_person = pl.col("role").is_in([_CUSTOMER, _AGENT])
    by_agent = pl.col("role") == _AGENT
    asked_at = pl.col("sent_at").filter(pl.col("role") == _CUSTOMER).min()
    told = (
        messages.sort("contact_id", "seq")
        .group_by("contact_id", maintain_order=True)
        .agg(
            pl.col("thread_id").first().alias("source_id"),
            pl.col("sent_at").min().alias("started_at"),
            pl.col("role").filter(by_person).first().alias("first_by"),
            pl.col("channel").drop_nulls().first(),
            (pl.col("role") == _BOT).any().alias("machine"),
            pl.col("sent_at").filter(by_agent & (pl.col("sent_at") >= asked_at)).min().alias("first_reply_at"),
            pl.col("source_file", "source_row").first(),
        )
        .with_columns(
            pl.lit(SOURCE).alias("source"),
            pl.coalesce("channel", pl.when("machine").then(pl.lit("chat")).otherwise(pl.lit("mail"))).alias("channel"),
            pl.col("first_by")
            .replace_strict({_CUSTOMER: "inbound", _AGENT: "outbound"}, default=None, return_dtype=pl.String)
            .alias("direction"),
            pl.when(pl.col("first_by") == _CUSTOMER)
            .then("first_reply_at")
            .otherwise(pl.lit(None, UTC_TIME))
            .alias("first_reply_at"),
            pl.lit(THREAD_ALONE).alias("content_key"),
        )
    )
    if since is not None:
        told = told.filter((tokyo_date(pl.col("started_at")) >= since).fill_null(True))
    return conformed(dated(told))
