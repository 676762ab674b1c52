"""``critical_voc.csv``: what a supervisor hears first, with the words that named it and the second of the sound."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.values import HARASSMENT
from voc_mining.insight.params import InsightParams
from voc_mining.insight.voc_table import audio_link


def critical_voc(critical: pl.DataFrame, contacts: pl.DataFrame, params: InsightParams) -> pl.DataFrame:
    """Critical statements with whose they are, the newest first.

    Parameters
    ----------
    critical : DataFrame
        Table of the lake.
    contacts : DataFrame
        Of :func:`voc_mining.insight.facts.contact_facts`.
    params : InsightParams
        For ``audio_base``.

    Returns
    -------
    DataFrame
        Columns of ``critical_voc.csv`` in order, one row per statement and family; ``evidence`` is the statement.
        Statements of contacts later than the day of the figures are absent.
    """
    about = contacts.select(
        "contact_id", "source_id", "channel", "origin", "customer_key", "queue", "started_at", "recording_path"
    )
    return (
        critical.join(about, on="contact_id", how="inner", validate="m:1")
        .sort("started_at", "contact_id", "voc_id", "family", descending=[True, False, False, False], nulls_last=True)
        .select(
            "voc_id",
            "family",
            pl.col("text").alias("evidence"),
            pl.col("started_at").alias("occurred_at"),
            audio_link(params.audio_base),
            "words",
            "role",
            "start_s",
            "contact_id",
            "source_id",
            "channel",
            "origin",
            pl.col("customer_key").alias("customer_id"),
            "queue",
        )
    )


def harassment_of(critical: pl.DataFrame) -> pl.DataFrame:
    """Families of harassment in each contact.

    Returns
    -------
    DataFrame
        ``contact_id`` (unique), ``harassment``: families, in the order of the contract.
    """
    families = pl.col("family").cast(pl.Enum(HARASSMENT))
    return (
        critical.filter(pl.col("family").is_in(HARASSMENT))
        .group_by("contact_id")
        .agg(families.unique().sort().cast(pl.String).alias("harassment"))
        .sort("contact_id")
    )
