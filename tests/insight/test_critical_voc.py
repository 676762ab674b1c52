"""``critical_voc.csv``: one row per statement and family, up to the day of the figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.insight import worlds
from voc_mining.insight.critical_voc import critical_voc
from voc_mining.insight.facts import contact_facts

SPOKEN = {"part": "audio", "start_s": 7.25, "words": "煙が出", "text": "煙が出ています"}


def test_rows_lead_to_their_second_and_the_newest_come_first():
    contacts = worlds.rows(
        "contacts",
        {"contact_id": "a", "started_at": datetime(2026, 9, 1, tzinfo=UTC), "recording_path": "a.wav"},
        {"contact_id": "b", "started_at": datetime(2026, 9, 2, tzinfo=UTC), "customer_key": "C1"},
    )
    known = contact_facts(contacts, worlds.rows("segments"), worlds.PARAMS)
    signs = worlds.rows(
        "critical",
        {"voc_id": "1", "contact_id": "a", "family": "accident", **SPOKEN},
        {"voc_id": "2", "contact_id": "b", "family": "leak"},
        {"voc_id": "3", "contact_id": "later", "family": "leak"},
    )
    table = critical_voc(signs, known, replace(worlds.PARAMS, audio_base="../inbox"))
    assert table.select("voc_id", "evidence", "audio_link", "customer_id").rows() == [
        ("2", "words", None, "C1"),
        ("1", "煙が出ています", "../inbox/a.wav#t=7.25", None),
    ]
