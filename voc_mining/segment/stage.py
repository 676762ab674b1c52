"""The segment stage: origin and silence of every contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import polars as pl

from voc_mining.business_time import HOLIDAYS
from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.ids import number
from voc_mining.segment.origin import decide_origins
from voc_mining.segment.silence import silence_at

_EDITION = 1
"""Raised when the same rules and tables give other segments."""


def segment(
    contacts: pl.DataFrame,
    call_log: pl.DataFrame,
    customers: pl.DataFrame,
    origin_rules: OriginRules,
    silence_rules: SilenceRules,
) -> pl.DataFrame:
    """Decide the origin of every contact and its customer's silence when it started.

    Parameters
    ----------
    contacts, call_log, customers : DataFrame
        Tables of the lake (of call_log: contact_id, answered_at).
    origin_rules, silence_rules : OriginRules, SilenceRules
        What decides.

    Returns
    -------
    DataFrame
        Rows of ``segments``, one per contact, sorted by contact_id.
    """
    origins = decide_origins(contacts, call_log, customers, origin_rules)
    known = contacts.join(origins, on="contact_id", how="inner", validate="1:1")
    return segments_of(origins, known, known, customers, silence_rules)


def segments_of(
    origins: pl.DataFrame,
    moments: pl.DataFrame,
    heard: pl.DataFrame,
    customers: pl.DataFrame,
    rules: SilenceRules,
) -> pl.DataFrame:
    """Add to origins the silence of each contact's customer when it started.

    Parameters
    ----------
    origins : DataFrame
        As :func:`decide_origins` returns it.
    moments : DataFrame
        ``contact_id``, ``customer_key``, ``started_at`` of the same contacts.
    heard, customers : DataFrame
        What :func:`silence_at` looks at.
    rules : SilenceRules
        What silent means.

    Returns
    -------
    DataFrame
        Rows of ``segments``, sorted by contact_id.
    """
    at = moments.select(pl.col("contact_id").alias("moment_id"), "customer_key", pl.col("started_at").alias("at"))
    states = silence_at(at, heard, customers, rules)
    return LAKE_TABLES["segments"].conform(
        origins.join(
            states.select(pl.col("moment_id").alias("contact_id"), "silence", "silence_reason"),
            on="contact_id",
            how="left",
            validate="1:1",
        ).sort("contact_id")
    )


def rules_number(origin_rules: OriginRules, silence_rules: SilenceRules) -> int:
    """Digest of everything but the tables that decides the segments, as a number of 60 bits."""
    values = [getattr(rules, field.name) for rules in (origin_rules, silence_rules) for field in fields(rules)]
    ordered = [
        sorted(value.items())
        if isinstance(value, Mapping)
        else sorted(value)
        if isinstance(value, frozenset)
        else value
        for value in values
    ]
    return number("segment", _EDITION, HOLIDAYS, *ordered)
