"""``call_anatomy.csv``: how each call with sound went."""

from __future__ import annotations

import polars as pl

from voc_mining.insight.params import InsightParams
from voc_mining.insight.voc_table import recording_link

_FIGURES = (
    "duration_s",
    "conversation_s",
    "agent_talk_s",
    "customer_talk_s",
    "unknown_talk_s",
    "ivr_s",
    "agent_share",
    "overlap_s",
    "silence_s",
    "dead_air_s",
    "dead_air_share",
    "opening_s",
    "longest_wait_s",
    "n_holds",
    "hold_heard_s",
    "hold_logged_s",
    "agent_interruptions",
    "customer_interruptions",
    "n_turns",
    "agent_morae_per_s",
    "customer_morae_per_s",
)


def call_anatomy(
    anatomy: pl.DataFrame,
    call_roles: pl.DataFrame,
    contacts: pl.DataFrame,
    call_log: pl.DataFrame,
    params: InsightParams,
) -> pl.DataFrame:
    """Join the figures of the calls with whose they are, how the agent was told, the log's hold, and links to the sound.

    Parameters
    ----------
    anatomy, call_roles, call_log : DataFrame
        Tables of the lake.
    contacts : DataFrame
        Of :func:`voc_mining.insight.facts.contact_facts`.
    params : InsightParams
        For ``audio_base``.

    Returns
    -------
    DataFrame
        Columns of ``call_anatomy.csv`` in order, by time; calls later than the day of the figures are absent.
    """
    logged = call_log.select("contact_id", pl.col("hold_s").alias("hold_logged_s"))
    told = call_roles.select(
        "contact_id",
        pl.col("decided_by").alias("agent_told_by"),
        pl.col("clearness").round(2).alias("agent_clearness"),
        pl.col("evidence").alias("agent_evidence"),
    )
    about = contacts.select(
        "contact_id",
        "source",
        "source_id",
        "direction",
        "origin",
        "customer_key",
        "queue",
        "started_at",
        "recording_path",
    )
    return (
        anatomy.drop("month")
        .rename({"hold_s": "hold_heard_s"})
        .join(about, on="contact_id", how="inner", validate="1:1")
        .join(logged, on="contact_id", how="left", validate="1:1")
        .join(told, on="contact_id", how="left", validate="1:1")
        .sort("started_at", "contact_id", nulls_last=True)
        .select(
            "contact_id",
            "source",
            "source_id",
            "direction",
            "origin",
            pl.col("customer_key").alias("customer_id"),
            "queue",
            "started_at",
            "channels",
            "agent_told_by",
            "agent_clearness",
            "agent_evidence",
            *_FIGURES,
            recording_link(params.audio_base, "longest_wait_at_s").alias("longest_wait_link"),
            recording_link(params.audio_base, "longest_hold_at_s").alias("longest_hold_link"),
        )
    )
