"""Tables of what is known of customers beside their contacts: identities, contracts, usage, outreach, self-service."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.table import UTC_TIME, Column, Table, text_column
from voc_mining.contracts.values import ARMS, CONTRACT_OUTCOMES, IDENTITY_KINDS, MONTH, SELF_SERVICE_KINDS

_ROW = (
    text_column("attributes", "further columns, masked, as a JSON object"),
    text_column("content_key", "digest of the row's content", optional=False),
    text_column("source_file", "file it came from", optional=False),
    Column("source_row", pl.Int64, "line in that file, 1-based"),
)

_IDENTITIES = Table(
    "identities",
    "a number, address or user name that belongs to a customer",
    ("customer_key", "kind", "value_key"),
    (
        text_column("customer_key", "customer_id as delivered", optional=False),
        text_column("kind", "what it is", optional=False, values=IDENTITY_KINDS),
        text_column("value_key", "pseudonym of the number, address or name", optional=False),
        Column("shared", pl.Boolean, "several people use it: it links nobody alone", optional=True),
        *_ROW,
    ),
)

_CONTRACTS = Table(
    "contracts",
    "a contract with one opportunity of renewal",
    ("contract_id",),
    (
        text_column("contract_id", "as delivered", optional=False),
        text_column("customer_key", "customer, where the contract is a customer's"),
        text_column("account_key", "account, where the contract is an account's"),
        Column("start", pl.Date, "first day of the term", optional=True),
        Column("renewal_due", pl.Date, "day on which the term ends or is renewed", optional=True),
        Column("notice_at", pl.Date, "notice of cancellation", optional=True),
        text_column("outcome", "what became of it; null while it is open", values=CONTRACT_OUTCOMES),
        Column("mrr", pl.Float64, "recurring revenue a month, in the currency delivered", optional=True),
        text_column("reason", "reason recorded at cancellation, masked"),
        *_ROW,
    ),
)

_USAGE = Table(
    "usage",
    "how much a customer used something in a week",
    ("customer_key", "week", "metric"),
    (
        text_column("customer_key", "customer_id as delivered", optional=False),
        Column("week", pl.Date, "Monday of the week"),
        text_column("metric", "what was counted, as delivered", optional=False),
        Column("value", pl.Float64, "how much", optional=True),
        MONTH,
        *_ROW,
    ),
    partition="month",
)

_OUTREACH = Table(
    "outreach",
    "a customer we asked, or held out, in a campaign",
    ("customer_key", "campaign", "asked_at"),
    (
        text_column("customer_key", "customer_id as delivered", optional=False),
        text_column("campaign", "campaign as delivered", optional=False),
        Column("asked_at", UTC_TIME, "when we asked; of the held out, when we would have"),
        text_column("arm", "asked, or held out at random", values=ARMS),
        Column("reached_at", UTC_TIME, "when the customer was reached", optional=True),
        Column("answered_at", UTC_TIME, "when the customer answered", optional=True),
        text_column("result", "result as recorded, masked"),
        *_ROW,
    ),
)

_SELF_SERVICE = Table(
    "selfservice",
    "a use of the FAQ, the search, the chatbot or the voice menu",
    ("at", "customer_key", "kind", "item"),
    (
        Column("at", UTC_TIME, "when"),
        text_column("customer_key", "customer_id as delivered; empty where nobody was signed in", optional=False),
        text_column("kind", "what was used", optional=False, values=SELF_SERVICE_KINDS),
        text_column("item", "what was looked for, masked", optional=False),
        Column("solved", pl.Boolean, "whether it helped, as the customer said", optional=True),
        MONTH,
        *_ROW,
    ),
    partition="month",
)

RELATIONS = (_IDENTITIES, _CONTRACTS, _USAGE, _OUTREACH, _SELF_SERVICE)
"""The tables of this module."""
