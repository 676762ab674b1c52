"""Step: origin and silence of every contact."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.steps.segment_again import CONTACT_COLUMNS, LOG_COLUMNS, Decided, decide_again
from voc_mining.accounts import Account
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.segment.stage import rules_number, segment
from voc_mining.store.delta import DeltaStore, Differences, Overtaken, again_if_overtaken

_DECIDED_ON = {"contacts": CONTACT_COLUMNS, "call_log": LOG_COLUMNS, "customers": None}
_RULES = "rules"


@again_if_overtaken
def segment_step(lake: DeltaStore, rules: OriginRules, params: SilenceRules, *, full: bool = False) -> list[Account]:
    """Decide origin and silence of the contacts that something reaches since they were decided last.

    A late log row, a new callback or a row about a customer can change other contacts; what it can reach is
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
    changed = None if full else _changes(lake, basis)
    found = _decide_all(lake, rules, params) if changed is None else decide_again(lake, changed, rules, params)
    n_contacts = lake.scan("contacts").select(pl.len()).collect().item()
    if lake.seen(*_DECIDED_ON) != seen:  # while they were read
        raise Overtaken(f"{lake.uri}: written while segments were decided")
    different = found.rows.join(found.before, on=found.rows.columns, how="anti", nulls_equal=True)
    # Contacts that are only new are appended: an ordinary night does not write the table again.
    scope = pl.concat([different.select("contact_id"), found.gone])
    lake.replace("segments", different, scope=scope, seen=before, basis=basis)
    if lake.seen(*_DECIDED_ON) != seen:
        return segment_step(lake, rules, params, full=full)
    return [Account("segment", n_contacts, produced=different.height, unchanged=n_contacts - different.height).verify()]


def _changes(lake: DeltaStore, basis: Mapping[str, int]) -> dict[str, Differences] | None:
    """Find what came and went since the segments were decided; None where all is to be decided."""
    decided_on = lake.basis("segments", list(basis))
    if decided_on is None or decided_on[_RULES] != basis[_RULES]:
        return None
    changed = {}
    for table, columns in _DECIDED_ON.items():
        names = columns or lake.tables[table].schema.names()
        found = lake.differences(table, decided_on[table], names)
        if found is None:
            return None
        changed[table] = found
    return changed


def _decide_all(lake: DeltaStore, rules: OriginRules, params: SilenceRules) -> Decided:
    rows = segment(
        lake.read("contacts", CONTACT_COLUMNS),
        lake.read("call_log", LOG_COLUMNS),
        lake.read("customers"),
        rules,
        params,
    )
    before = lake.read("segments")
    return Decided(rows, before, before.join(rows, on="contact_id", how="anti").select("contact_id"))
