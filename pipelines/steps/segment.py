"""Step: origin and silence of every contact."""

from __future__ import annotations

import polars as pl

from voc_mining.accounts import Account
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.segment.stage import segment
from voc_mining.store.delta import DeltaStore

_CONTACT_COLUMNS = (
    "contact_id",
    "source",
    "source_id",
    "channel",
    "direction",
    "queue",
    "campaign",
    "purpose",
    "disposition",
    "ivr_path",
    "contact_ref",
    "customer_key",
    "phone_key",
    "started_at",
    "category_l",
    "category_m",
    "category_s",
)
_DECIDED_ON = ("contacts", "call_log", "customers")


def segment_step(lake: DeltaStore, rules: OriginRules, params: SilenceRules) -> list[Account]:
    """Decide origin and silence anew for all contacts; write only if something differs.

    A late log row or a new callback can change other contacts, so all are decided in one pass; where another
    run has taken in something meanwhile, once more.
    """
    seen = lake.seen(*_DECIDED_ON)
    rows = segment(
        lake.read("contacts", _CONTACT_COLUMNS),
        lake.read("call_log", ("contact_id", "answered_at")),
        lake.read("customers"),
        rules,
        params,
    )
    before = lake.read("segments")
    different = rows.join(before, on=rows.columns, how="anti", nulls_equal=True)
    gone = before.join(rows, on="contact_id", how="anti")
    # Contacts that are only new are appended: an ordinary night does not write the table again.
    lake.replace("segments", different, scope=pl.concat([different, gone]).select("contact_id"))
    if lake.seen(*_DECIDED_ON) != seen:
        return segment_step(lake, rules, params)
    return [
        Account("segment", rows.height, produced=different.height, unchanged=rows.height - different.height).verify()
    ]
