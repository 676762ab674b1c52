"""Whom a campaign may ask, from the lake; what was listed goes back into it."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from pipelines.steps.customers import self_service_uses, weekly_usage
from pipelines.steps.edited import edited_topics
from pipelines.steps.insight import read_facts
from pipelines.steps.renewals import renewal_tables
from voc_mining.insight.contact_rules import contact_blocks
from voc_mining.insight.outreach_list import Campaign, OutreachList, outreach_list
from voc_mining.insight.params import InsightParams
from voc_mining.insight.proactive import proactive_voc
from voc_mining.insight.silent_customers import silent_customers, suggested_contacts
from voc_mining.segment.quiet_states import quiet_states
from voc_mining.segment.silence import silence_on
from voc_mining.store.delta import DeltaStore

ONBOARDING_DAYS = 30
"""Days from the start of a contract in which a customer is new."""
_ASKED = ("customer_key", "campaign", "asked_at", "arm")


def outreach_step(lake: DeltaStore, campaign: Campaign, params: InsightParams, only: str | None = None) -> OutreachList:
    """Draw up a campaign's list and record whom it lists; a repeat finds the record and draws nobody again.

    Parameters
    ----------
    lake : DeltaStore
        Tables.
    campaign : Campaign
        What is asked for.
    params : InsightParams
        Day, language, rules of contact.
    only : str, optional
        The only situation that is asked about.

    Returns
    -------
    OutreachList
        See :func:`voc_mining.insight.outreach_list.outreach_list`.
    """
    candidates = contact_candidates(lake, params)
    if only is not None:
        candidates = candidates.filter(pl.col("situation") == only)
    listed = outreach_list(candidates, lake.read("outreach_lists"), campaign)
    lake.append_new("outreach_lists", listed.recorded)
    return listed


def contact_candidates(lake: DeltaStore, params: InsightParams) -> pl.DataFrame:
    """List the quiet customers by risk, then the new ones, with what is suggested and what speaks against it.

    Returns
    -------
    DataFrame
        As :func:`voc_mining.insight.outreach_list.outreach_list` takes it.
    """
    topics = edited_topics(lake)
    contacts, statements, customers = read_facts(lake, params, topics.assigned)
    today = silence_on(contacts, customers, params.as_of, params.silence)
    stay = renewal_tables(
        lake, contacts=contacts, statements=statements, customers=customers, topics=topics.topics, params=params
    )
    quiet = today.filter(pl.col("silence") == "quiet")
    told = statements.filter(pl.col("origin") == "proactive")
    states = quiet_states(
        quiet,
        told,
        customers,
        params.quiet,
        self_service=self_service_uses(lake, params),
        usage=weekly_usage(lake, params),
    )
    silent = silent_customers(quiet, states, proactive_voc(statements), params, stay.beside).select(
        pl.col("customer_id").alias("customer_key"), "situation", "suggested_contact", "risk", "reasons"
    )
    new = (
        today.filter(
            pl.col("existing").fill_null(value=False)
            & (pl.col("contract_start") > params.as_of - timedelta(days=ONBOARDING_DAYS))
        )
        .join(silent, on="customer_key", how="anti")
        .sort("contract_start", "customer_key", descending=[True, False])
        .select("customer_key", pl.lit("onboarding").alias("situation"))
        .with_columns(pl.lit(suggested_contacts(params.lang)["onboarding"]).alias("suggested_contact"))
    )
    return (
        pl.concat([silent, new], how="diagonal")
        .join(stay.beside.units, on="customer_key", how="left", validate="1:1")
        .join(_blocks(lake, customers, contacts, params), on="customer_key", how="left", validate="1:1")
    )


def _blocks(lake: DeltaStore, customers: pl.DataFrame, contacts: pl.DataFrame, params: InsightParams) -> pl.DataFrame:
    """Say who is to be left alone; what earlier lists plan for the next days counts, too."""
    latest = customers.sort("customer_key", "as_of").unique("customer_key", keep="last", maintain_order=True)
    asked = pl.concat([lake.read(name, _ASKED) for name in ("outreach", "outreach_lists")])
    return contact_blocks(latest, contacts, asked, params.aims.contact, as_of=params.as_of, lang=params.lang)
