"""Step: customer, origin and silence of every contact."""

from __future__ import annotations

import polars as pl

from pipelines.steps.segment_again import CONTACT_COLUMNS, IDENTITY_COLUMNS, LOG_COLUMNS, Decided, decide_again
from voc_mining.accounts import Account
from voc_mining.contracts import LAKE_TABLES
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.segment.stage import SegmentTables, rules_number, segment
from voc_mining.store.changes import changes
from voc_mining.store.conflicts import Overtaken, again_if_overtaken
from voc_mining.store.delta import DeltaStore

_DECIDED_ON = {
    "contacts": CONTACT_COLUMNS,
    "call_log": LOG_COLUMNS,
    "customers": LAKE_TABLES["customers"].schema.names(),
    "identities": IDENTITY_COLUMNS,
    "origin_confirmations": LAKE_TABLES["origin_confirmations"].schema.names(),
}
_RULES = "rules"


@again_if_overtaken
def segment_step(lake: DeltaStore, rules: OriginRules, params: SilenceRules, *, full: bool = False) -> list[Account]:
    """Decide customer, origin and silence of the contacts that something reaches since they were decided last.

    A late log row, a new callback, a row about a customer or a person's word can change other contacts; what it can reach is
    decided again, and the result is that of deciding all anew. ``segments`` keeps with each commit which versions
    of the other tables, and which rules, it was decided on. Where that is not known, or the rules are others, or
    ``full`` asks for it, all contacts are decided. Written is what differs; where another run has taken in something
    meanwhile, it is decided once more.

    Returns
    -------
    list of Account
        One account, over all contacts.

    Raises
    ------
    EngineTrouble
        If the store refuses a commit.
    """
    seen = lake.seen(*_DECIDED_ON)
    (before,) = lake.seen("segments")
    basis = dict(zip(_DECIDED_ON, seen, strict=True)) | {_RULES: rules_number(rules, params)}
    changed = None if full else changes(lake, "segments", basis, _DECIDED_ON)
    found = _decide_all(lake, rules, params) if changed is None else decide_again(lake, changed, rules, params)
    n_contacts = lake.count("contacts")
    if lake.seen(*_DECIDED_ON) != seen:  # while they were read
        raise Overtaken(f"{lake.uri}: written while segments were decided")
    different = found.rows.join(found.before, on=found.rows.columns, how="anti", nulls_equal=True)
    # Contacts that are only new are appended: an ordinary night does not write the table again.
    scope = pl.concat([different.select("contact_id"), found.gone])
    lake.replace("segments", different, scope=scope, seen=before, basis=basis)
    if lake.seen(*_DECIDED_ON) != seen:
        return segment_step(lake, rules, params, full=full)
    return [Account("segment", n_contacts, produced=different.height, unchanged=n_contacts - different.height).verify()]


def _decide_all(lake: DeltaStore, rules: OriginRules, params: SilenceRules) -> Decided:
    tables = SegmentTables(
        lake.read("contacts", CONTACT_COLUMNS),
        lake.read("call_log", LOG_COLUMNS),
        lake.read("customers"),
        lake.read("identities", IDENTITY_COLUMNS),
        lake.read("origin_confirmations"),
    )
    rows = segment(tables, rules, params)
    before = lake.read("segments")
    return Decided(rows, before, before.join(rows, on="contact_id", how="anti").select("contact_id"))
