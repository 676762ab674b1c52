"""The segment stage: origin and silence of every contact."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.segment.origin import decide_origins
from voc_mining.segment.silence import silence_at


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
    moments = known.select(pl.col("contact_id").alias("moment_id"), "customer_key", pl.col("started_at").alias("at"))
    states = silence_at(moments, known, customers, silence_rules)
    return LAKE_TABLES["segments"].conform(
        origins.join(
            states.select(pl.col("moment_id").alias("contact_id"), "silence", "silence_reason"),
            on="contact_id",
            how="left",
            validate="1:1",
        ).sort("contact_id")
    )
