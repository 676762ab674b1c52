from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.segment import worlds
from voc_mining.contracts.rules import NEW_YEAR, OriginRules, SilenceRules
from voc_mining.segment.stage import SegmentTables, segment

CASES = pl.read_csv(
    Path(__file__).parent.parent / "cases/segment/origins.tsv", separator="\t", infer_schema=False
).to_dicts()
FRIDAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # 10:00 in Tokyo; Monday the 23rd is a holiday


@pytest.mark.parametrize("case", CASES)
def test_provenance_decides(case):
    rules = OriginRules(campaign={"督促2026": "other"}, queue={"配送デスク": "other"})
    row = {name: (value or "").strip(" ") or None for name, value in case.items() if not name.startswith("origin")}
    row["purpose"] = case["purpose"]
    if row["source"] == "inquiry":
        row["direction"] = "inbound"
    found = decide([{"contact_id": "k", "started_at": FRIDAY, "answered_at": None, **row}], rules=rules)
    assert found["k"][:2] == (case["origin"], case["origin_rule"])


def call(name, start, direction, *, answered=True, **more):
    return {
        "contact_id": name, "source": "call", "started_at": start, "direction": direction,
        "answered_at": start if answered else None, "customer_key": "C1", **more,
    }  # fmt: skip


def decide(rows, customers=(), identities=(), said=(), rules=None):
    tables = SegmentTables(
        worlds.contact_frame(list(rows)),
        worlds.log_frame(list(rows)),
        worlds.customer_frame(list(customers)),
        worlds.identity_frame(list(identities)),
        worlds.confirmation_frame(list(said)),
    )
    found = segment(tables, rules or OriginRules(), SilenceRules())
    columns = ("origin", "origin_rule", "related_contact_id", "customer_key", "customer_rule")
    return {row["contact_id"]: tuple(row[name] for name in columns) for row in found.iter_rows(named=True)}


def decided(*rows, **more):
    return {name: found[:3] for name, found in decide(rows, **more).items()}


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


@pytest.mark.parametrize(
    ("asked", "called", "closed", "origin"),
    [
        # 28 December 2026 is a Monday; the company opens again on Monday, 4 January.
        ("2026-12-28 17:00", "2027-01-06 23:59", NEW_YEAR, "reactive"),
        ("2026-12-28 17:00", "2027-01-07 00:00", NEW_YEAR, "proactive"),
        ("2026-12-28 17:00", "2027-01-04 09:00", frozenset(), "proactive"),  # 29, 30, 31 are business days
        ("2026-12-28 17:00", "2026-12-31 18:00", frozenset(), "reactive"),
        ("2026-12-31 10:00", "2027-01-06 10:00", NEW_YEAR, "reactive"),  # asked on a day that is closed
        # Golden Week 2027: 29 April, 3, 4 and 5 May are holidays, 1 and 2 May a weekend.
        ("2027-04-28 10:00", "2027-05-07 23:00", NEW_YEAR, "reactive"),
        ("2027-04-28 10:00", "2027-05-08 00:01", NEW_YEAR, "proactive"),
        ("2027-04-28 10:00", "2027-05-10 10:00", NEW_YEAR | {"2027-04-30"}, "reactive"),
        # A day ends at midnight in Tokyo, on the last Sunday of March as on any other.
        ("2027-03-25 23:59", "2027-03-30 23:59", NEW_YEAR, "reactive"),
        ("2027-03-26 00:00", "2027-03-31 23:59", NEW_YEAR, "reactive"),
        ("2027-03-25 23:59", "2027-03-31 00:00", NEW_YEAR, "proactive"),
    ],
)
def test_business_days_around_holidays(asked, called, closed, origin):
    def at(text):
        return datetime.fromisoformat(text).replace(tzinfo=worlds.TOKYO).astimezone(UTC)

    rows = [call("a", at(asked), "inbound"), call("b", at(called), "outbound")]
    assert decided(*rows, rules=OriginRules(closed_days=closed))["b"][0] == origin


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
