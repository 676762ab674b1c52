"""The segment stage: customer, origin and silence of every contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import polars as pl

from voc_mining.business_time import HOLIDAYS
from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.ids import number
from voc_mining.segment.confirmations import confirmed_origins
from voc_mining.segment.customers import holders, holdings, shared_values, with_customers
from voc_mining.segment.origin import decide_origins
from voc_mining.segment.silence import silence_at

_EDITION = 2
"""Raised when the same rules and tables give other segments."""


@dataclass(frozen=True, slots=True)
class SegmentTables:
    """What segments are decided on: tables of the lake.

    Attributes
    ----------
    contacts, call_log, customers, identities : DataFrame
        As delivered (of call_log: contact_id, answered_at, transfers).
    confirmations : DataFrame
        Rows of ``origin_confirmations``.
    """

    contacts: pl.DataFrame
    call_log: pl.DataFrame
    customers: pl.DataFrame
    identities: pl.DataFrame = field(default_factory=LAKE_TABLES["identities"].empty)
    confirmations: pl.DataFrame = field(default_factory=LAKE_TABLES["origin_confirmations"].empty)


def segment(tables: SegmentTables, origin_rules: OriginRules, silence_rules: SilenceRules) -> pl.DataFrame:
    """Decide the customer and the origin of every contact, and its customer's silence when it started.

    Parameters
    ----------
    tables : SegmentTables
        What is known.
    origin_rules, silence_rules : OriginRules, SilenceRules
        What decides.

    Returns
    -------
    DataFrame
        Rows of ``segments``, one per contact, sorted by contact_id.
    """
    told = holdings(holders(tables.contacts, tables.customers, tables.identities), origin_rules)
    contacts = with_customers(tables.contacts, told)
    origins = decide_origins(
        contacts,
        tables.call_log,
        shared_values(told),
        origin_rules,
        confirmed=confirmed_origins(tables.confirmations),
    )
    known = contacts.join(origins, on="contact_id", how="inner", validate="1:1")
    return segments_of(origins, known, known, tables.customers, silence_rules)


def segments_of(
    origins: pl.DataFrame,
    moments: pl.DataFrame,
    heard: pl.DataFrame,
    customers: pl.DataFrame,
    rules: SilenceRules,
) -> pl.DataFrame:
    """Add to origins the customer of each contact, and the silence of that customer when it started.

    Parameters
    ----------
    origins : DataFrame
        As :func:`decide_origins` returns it.
    moments : DataFrame
        ``contact_id``, ``customer_key`` (resolved), ``customer_rule``, ``started_at`` of the same contacts.
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
            moments.select("contact_id", "customer_key", "customer_rule"),
            on="contact_id",
            how="left",
            validate="1:1",
        )
        .join(
            states.select(pl.col("moment_id").alias("contact_id"), "silence", "silence_reason"),
            on="contact_id",
            how="left",
            validate="1:1",
        )
        .sort("contact_id")
    )


def rules_number(origin_rules: OriginRules, silence_rules: SilenceRules) -> int:
    """Digest of everything but the tables that decides the segments, as a number of 60 bits."""
    values = [getattr(rules, each.name) for rules in (origin_rules, silence_rules) for each in fields(rules)]
    ordered = [
        sorted(value.items())
        if isinstance(value, Mapping)
        else sorted(value)
        if isinstance(value, frozenset)
        else value
        for value in values
    ]
    return number("segment", _EDITION, HOLIDAYS, *ordered)
