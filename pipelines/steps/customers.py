"""The customer axis of the insight step: silence of customers and accounts, who left, health, journeys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from voc_mining.business_time import TOKYO, end_of_day
from voc_mining.insight.accounts import accounts_table
from voc_mining.insight.customer_contacts import customer_contacts, customer_statements
from voc_mining.insight.customer_health import customer_health
from voc_mining.insight.customer_silence import account_silence, customer_silence
from voc_mining.insight.journeys import journeys
from voc_mining.insight.params import InsightParams
from voc_mining.insight.silent_churn import silent_churn
from voc_mining.insight.worth_a_page import worth_a_page
from voc_mining.segment.churn import account_members, churned_customers, undated_churn
from voc_mining.segment.quiet_states import quiet_states
from voc_mining.segment.silence import customer_rows_at, silence_at, silence_before
from voc_mining.store.delta import DeltaStore

MONTHS_SHOWN = 18
"""Ends of months at which the pages of customers tell the state."""


def customer_tables(  # noqa: PLR0913 -- one frame per table it reads, all by name
    *,
    contracts: pl.DataFrame,
    uses: Mapping[str, pl.DataFrame],
    today: pl.DataFrame,
    contacts: pl.DataFrame,
    statements: pl.DataFrame,
    customers: pl.DataFrame,
    outcomes: pl.DataFrame,
    silent: pl.DataFrame,
    params: InsightParams,
) -> dict[str, pl.DataFrame]:
    """Compute what is told per customer and per account.

    Parameters
    ----------
    contracts : DataFrame
        Table of the lake.
    uses : mapping of str to DataFrame
        ``self_service`` and ``usage``, of :func:`self_service_uses` and :func:`weekly_usage`.
    today : DataFrame
        Of :func:`voc_mining.segment.silence.silence_on` on the day of the figures.
    contacts, statements, customers : DataFrame
        Of :mod:`voc_mining.insight.facts`.
    outcomes : DataFrame
        Table of the lake.
    silent : DataFrame
        ``silent_customers``.
    params : InsightParams
        Day, windows, thresholds.

    Returns
    -------
    dict of str to DataFrame
        ``silent_churn``, ``customer_health``, ``accounts``, ``journeys``; and for the report alone ``customer_silence``,
        ``account_silence``, ``chosen_customers``, ``customer_states`` and ``undated_churn``.
    """
    members = account_members(customers)
    told = statements.filter(pl.col("origin") == "proactive")
    churned = _churned(customers, contracts, contacts, params).join(
        members, on="customer_key", how="left", validate="1:1"
    )
    before = churned.select("customer_key", "since", "at", pl.col("left_on").dt.offset_by("-1d").alias("day"))
    gone = silent_churn(
        left=churned,
        described=customer_rows_at(before.select("customer_key", "day"), customers),
        customers=customers,
        signs=quiet_states(before, told, customers, params.quiet, **uses),
        contacts=customer_contacts(before, contacts, outcomes),
        statements=customer_statements(before, statements),
        params=params,
    )
    health = customer_health(
        today.drop("account_key").join(members, on="customer_key", how="left", validate="1:1"),
        quiet_states(today, told, customers, params.quiet, **uses),
        customer_contacts(today, contacts, outcomes),
        customer_statements(today, statements),
        params,
    )
    accounts, chosen = accounts_table(health, gone), worth_a_page(silent, gone, health)
    return {
        "silent_churn": gone,
        "customer_health": health,
        "accounts": accounts,
        "journeys": journeys(contacts, statements, outcomes),
        "customer_silence": customer_silence(today),
        "account_silence": account_silence(accounts),
        "chosen_customers": chosen,
        "customer_states": _states_by_month(chosen, contacts, customers, params),
        "undated_churn": pl.DataFrame({"n_contracts": [undated_churn(contracts)]}),
    }


def self_service_uses(lake: DeltaStore, params: InsightParams) -> pl.DataFrame:
    """Read who used the FAQ, the search or the chatbot, and when, up to the day of the figures."""
    return (
        lake.scan("selfservice")
        .filter((pl.col("kind") != "ivr") & (pl.col("customer_key") != "") & (pl.col("at") < end_of_day(params.as_of)))
        .select("customer_key", "at")
        .collect()
    )


def weekly_usage(lake: DeltaStore, params: InsightParams) -> pl.DataFrame:
    """Read the weekly usage up to the day of the figures."""
    columns = ("customer_key", "week", "metric", "value")
    return lake.scan("usage").filter(pl.col("week") <= params.as_of).select(columns).collect()


def _churned(
    customers: pl.DataFrame, contracts: pl.DataFrame, contacts: pl.DataFrame, params: InsightParams
) -> pl.DataFrame:
    left = churned_customers(customers, contracts, params.as_of)
    return left.join(
        silence_before(left, contacts, customers, params.silence), on="customer_key", how="left", validate="1:1"
    )


def _states_by_month(
    chosen: pl.DataFrame, contacts: pl.DataFrame, customers: pl.DataFrame, params: InsightParams
) -> pl.DataFrame:
    """State of the chosen customers at the end of each month shown, the last one at the day of the figures."""
    days = pl.DataFrame({"day": _ends_of_months(params.as_of)}, schema={"day": pl.Date})
    moments = (
        chosen.select(pl.col("customer_id").alias("customer_key")).join(days, how="cross").with_row_index("moment_id")
    )
    after = pl.col("day").dt.offset_by("1d").cast(pl.Datetime("us")).dt.replace_time_zone(TOKYO)
    at = (after.dt.convert_time_zone("UTC") - pl.duration(microseconds=1)).alias("at")
    states = silence_at(moments.select("moment_id", "customer_key", at), contacts, customers, params.silence)
    return moments.join(states, on="moment_id", how="inner", validate="1:1").select(
        pl.col("customer_key").alias("customer_id"), "day", "silence", "silence_reason"
    )


def _ends_of_months(as_of: date) -> list[date]:
    days, day = [as_of], as_of
    while len(days) < MONTHS_SHOWN:
        day = day.replace(day=1) - timedelta(days=1)
        days.append(day)
    return days[::-1]
