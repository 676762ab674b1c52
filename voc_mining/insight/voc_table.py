"""``voc.csv``: one row per statement that counts."""

from __future__ import annotations

import polars as pl

from voc_mining.insight.coding import SHOWN
from voc_mining.insight.corrections import CORRECTIONS_SHOWN, shown_corrections
from voc_mining.insight.params import InsightParams

_UNSAFE_IN_LINKS = {"%": "%25", "#": "%23", "?": "%3F", " ": "%20"}


def voc_table(
    statements: pl.DataFrame,
    topics: pl.DataFrame,
    corrections: pl.DataFrame,
    params: InsightParams,
    *,
    codes: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Statements with origin, silence at the time, topic and a link to the second of the recording.

    Parameters
    ----------
    statements : DataFrame
        Of :func:`voc_mining.insight.facts.statement_facts`.
    topics : DataFrame
        Effective topics: ``topic_id`` (unique), ``label``.
    corrections : DataFrame
        Of :func:`voc_mining.insight.corrections.statement_corrections`.
    params : InsightParams
        For ``audio_base``.
    codes : DataFrame, optional
        Of :func:`voc_mining.insight.coding.code_columns`.

    Returns
    -------
    DataFrame
        Columns of ``voc.csv`` in order, by time and place in the contact.
    """
    return (
        statements.join(
            topics.select("topic_id", pl.col("label").alias("topic_label")), on="topic_id", how="left", validate="m:1"
        )
        .join(shown_corrections(corrections), on="voc_id", how="left", validate="1:1")
        .join(pl.DataFrame(schema=SHOWN) if codes is None else codes, on="voc_id", how="left", validate="1:1")
        .sort("started_at", "contact_id", "first_no", "voc_id", nulls_last=True)
        .select(
            "voc_id",
            "contact_id",
            "source",
            "source_id",
            "channel",
            "origin",
            "silence",
            pl.col("customer_key").alias("customer_id"),
            pl.col("started_at").alias("occurred_at"),
            "start_s",
            "end_s",
            "role",
            "text",
            "kind",
            "polarity",
            "urgency",
            "topic_id",
            "topic_label",
            "topic_strength",
            audio_link(params.audio_base),
            "origin_rule",
            "quoted",
            CORRECTIONS_SHOWN,
            "kind_score",
            "kind_evidence",
            "polarity_score",
            "urgency_family",
            "urgency_evidence",
            "experience",
            "is_reason",
            "topic_by",
            "codes",
            "code_evidence",
        )
    )


def audio_link(base: str | None) -> pl.Expr:
    """Link to the second of the recording where a spoken statement starts; null for written ones."""
    return pl.when(pl.col("part") == "audio").then(recording_link(base, "start_s")).alias("audio_link")


def recording_link(base: str | None, second: str) -> pl.Expr:
    """Link to the second of the recording that a column names; null where there is no recording or no second."""
    prefix = pl.lit(f"{base.rstrip('/')}/" if base else "")
    path = (prefix + pl.col("recording_path")).str.replace_many(_UNSAFE_IN_LINKS)
    at = pl.col(second).round(2).cast(pl.String)
    return pl.when(at.is_not_null() & path.is_not_null()).then(pl.format("{}#t={}", path, at))
