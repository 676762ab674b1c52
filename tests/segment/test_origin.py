from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.segment import worlds
from voc_mining.contracts.rules import OriginRules
from voc_mining.segment.origin import decide_origins

CASES = pl.read_csv(
    Path(__file__).parent.parent / "cases/segment/origins.tsv", separator="\t", infer_schema=False
).to_dicts()
FRIDAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # 10:00 in Tokyo; Monday the 23rd is a holiday


@pytest.mark.parametrize("case", CASES)
def test_provenance_decides(case):
    rules = OriginRules(campaign={"督促2026": "other"}, queue={"配送デスク": "other"})
    row = {name: (value or "").strip(" ") or None for name, value in case.items() if not name.startswith("origin")}
    row["purpose"] = case["purpose"]
    contacts = worlds.contact_frame([{"contact_id": "k", "started_at": FRIDAY, **row}])
    found = decide_origins(contacts, worlds.log_frame([]), worlds.customer_frame([]), rules)
    assert found.row(0)[1:3] == (case["origin"], case["origin_rule"])


def call(name, start, direction, *, answered=True, **more):
    return {
        "contact_id": name, "source": "call", "started_at": start, "direction": direction,
        "answered_at": start if answered else None, "customer_key": "C1", **more,
    }  # fmt: skip


def decided(*rows, customers=(), rules=None):
    contacts = worlds.contact_frame([{k: v for k, v in row.items() if k != "answered_at"} for row in rows])
    found = decide_origins(
        contacts, worlds.log_frame(list(rows)), worlds.customer_frame(list(customers)), rules or OriginRules()
    )
    return {row[0]: row[1:] for row in found.iter_rows()}


@pytest.mark.parametrize(
    ("later", "origin"),
    [
        (timedelta(minutes=1), "reactive"),
        (timedelta(days=6, hours=13, minutes=59), "reactive"),  # Thursday 23:59, the third business day
        (timedelta(days=6, hours=14), "proactive"),
        (timedelta(0), "proactive"),
    ],
)
def test_the_window_of_a_callback_is_three_business_days(later, origin):
    found = decided(call("a", FRIDAY, "inbound"), call("b", FRIDAY + later, "outbound"))
    assert found["b"] == ((origin, "callback", "a") if origin == "reactive" else (origin, "outbound_call", None))


def test_new_year_holidays_that_are_not_public_holidays_count_as_business_days():
    start = datetime(2026, 12, 29, 1, 0, tzinfo=UTC)
    found = decided(call("a", start, "inbound"), call("b", start + timedelta(days=6), "outbound"))
    assert found["b"][0] == "reactive"  # 30, 31 December and 4 January


def test_an_abandoned_call_opens_a_window_and_a_later_form_takes_it_over():
    rows = [
        call("a", FRIDAY, "inbound", answered=False, disposition="abandoned_queue"),
        {
            "contact_id": "f",
            "source": "inquiry",
            "channel": "form",
            "started_at": FRIDAY + timedelta(hours=1),
            "customer_key": "C1",
        },
        call("b", FRIDAY + timedelta(hours=2), "outbound"),
    ]
    assert decided(rows[0], rows[2])["b"] == ("reactive", "callback", "a")
    assert decided(*rows)["b"] == ("reactive", "callback", "f")


def test_numbers_link_unless_shared_or_withheld():
    known = {"customer_key": None, "phone_key": "P"}
    rows = [call("a", FRIDAY, "inbound", **known), call("b", FRIDAY + timedelta(hours=1), "outbound", **known)]
    owners = [
        {"customer_key": key, "as_of": FRIDAY.date(), "contract_start": FRIDAY.date(), "phone_key": "P"}
        for key in ("C1", "C2")
    ]
    assert decided(*rows)["b"][1] == "callback"
    assert decided(*rows, customers=owners[:1])["b"][1] == "callback"
    assert decided(*rows, customers=owners)["b"][1] == "outbound_call"
    assert decided(*rows, rules=OriginRules(shared_phone_keys=frozenset({"P"})))["b"][1] == "outbound_call"
    withheld = [{**row, "phone_key": None} for row in rows]
    assert decided(*withheld)["b"][1] == "outbound_call"


def test_a_customer_who_returns_our_unanswered_call_is_proactive_and_opens_no_callback():
    rows = [
        call("out", FRIDAY, "outbound", purpose="checkin", answered=False, disposition="not_reached"),
        call("in", FRIDAY + timedelta(hours=1), "inbound"),
        call("again", FRIDAY + timedelta(hours=2), "outbound"),
    ]
    found = decided(*rows)
    assert found["in"] == ("proactive", "returned_outreach", "out")
    assert found["again"] == ("proactive", "outbound_call", None)


def test_an_unanswered_callback_is_no_outreach():
    rows = [
        call("in", FRIDAY, "inbound"),
        call("back", FRIDAY + timedelta(hours=1), "outbound", answered=False, disposition="voicemail"),
        call("in2", FRIDAY + timedelta(hours=2), "inbound"),
    ]
    assert decided(*rows)["in2"] == ("reactive", "inbound_call", None)


def test_a_survey_after_a_contact_is_linked_to_it():
    rows = [
        {"contact_id": "q", "source": "inquiry", "source_id": "Q-1", "channel": "mail", "started_at": FRIDAY},
        {"contact_id": "s", "source": "survey", "channel": "survey", "contact_ref": "Q-1", "started_at": FRIDAY},
    ]
    assert decided(*rows)["s"] == ("reactive", "survey_after_contact", "q")
