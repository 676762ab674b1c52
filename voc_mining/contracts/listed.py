"""The table of whom a campaign listed: who was drawn to be asked, and who to be held out."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.table import UTC_TIME, Column, Table, text_column
from voc_mining.contracts.values import ARMS

_OUTREACH_LISTS = Table(
    "outreach_lists",
    "a customer on the list of a campaign; append-only, so that nobody is drawn twice",
    ("customer_key", "campaign"),
    (
        text_column("customer_key", "customer_id as delivered", optional=False),
        text_column("campaign", "name of the campaign", optional=False),
        text_column("unit_key", "what was drawn: the customer, or the account whose contract it is", optional=False),
        text_column("arm", "to be asked, or held out at random", optional=False, values=ARMS),
        Column("asked_at", UTC_TIME, "when the first message was to go out"),
        text_column("channel", "tool that was to send", optional=False, values=("mail", "sms", "app")),
        text_column("situation", "situation the messages were for", optional=False),
        Column("risk", pl.Int64, "risk on that day, 0-100", optional=True),
        Column("seed", pl.Int64, "seed of the draw"),
        Column("holdout", pl.Float64, "share that was to be held out, 0-1"),
    ),
)

LISTED = (_OUTREACH_LISTS,)
"""The tables of this module."""
