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


CUSTOMERS = [
    {"customer_key": key, "as_of": FRIDAY.date(), "contract_start": FRIDAY.date(), "phone_key": phone, "mail_key": mail}
    for key, phone, mail in (("C1", "P1", "M1"), ("C2", "P2", None), ("C3", "P9", None), ("C4", "P9", None))
]


@pytest.mark.parametrize(
    ("row", "identities", "customer"),
    [
        ({"customer_key": "C7", "phone_key": "P1"}, [], ("C7", "delivered")),
        ({"phone_key": "P1"}, [], (None, None)),  # the first row gives the number to C7 as well
        ({"phone_key": "P2"}, [], ("C2", "phone")),
        ({"phone_key": "P9"}, [], (None, None)),
        ({"phone_key": None}, [], (None, None)),
        ({"phone_key": "P5"}, [("C5", "phone", "P5", None)], ("C5", "phone")),
        ({"phone_key": "P5"}, [("C5", "phone", "P5", True)], (None, None)),
        ({"phone_key": "P5"}, [("C5", "user", "P5", None)], (None, None)),
        ({"phone_key": "P2"}, [("C5", "phone", "P2", None)], (None, None)),
        ({"mail_key": "M1"}, [], ("C1", "mail")),
        ({"phone_key": "P2", "mail_key": "M1"}, [], (None, None)),  # number and address at odds
        ({"phone_key": "P6", "mail_key": "M1"}, [], ("C1", "mail")),
    ],
)
def test_a_contact_is_counted_for_who_alone_has_its_number_or_address(row, identities, customer):
    listed = [dict(zip(("customer_key", "kind", "value_key", "shared"), each, strict=True)) for each in identities]
    rows = [
        call("a", FRIDAY, "inbound", customer_key="C7", phone_key="P1"),
        call("b", FRIDAY, "inbound", **{"customer_key": None, **row}),
    ]
    assert decide(rows, customers=CUSTOMERS, identities=listed)["b"][3:] == customer


def test_who_returns_our_call_is_found_by_the_number_of_the_customer():
    rows = [
        call("out", FRIDAY, "outbound", purpose="checkin", answered=False, disposition="not_reached"),
        call("in", FRIDAY + timedelta(hours=1), "inbound", customer_key=None, phone_key="P1"),
    ]
    assert decide(rows, customers=CUSTOMERS)["in"] == ("proactive", "returned_outreach", "out", "C1", "phone")


def talk(name, start, minutes, direction="inbound", **more):
    return call(name, start, direction, ended_at=start + timedelta(minutes=minutes), **more)


@pytest.mark.parametrize(
    ("gap", "more", "leg"),
    [
        (timedelta(seconds=3), {}, True),
        (timedelta(seconds=10), {}, True),
        (timedelta(seconds=11), {}, False),
        (timedelta(minutes=-2), {}, True),  # handed over while the first operator is still there
        (timedelta(seconds=3), {"customer_key": "C2"}, False),
        (timedelta(seconds=3), {"direction": "outbound"}, False),
    ],
)
def test_a_row_that_begins_as_a_call_ends_is_a_leg_of_it(gap, more, leg):
    first = talk("a", FRIDAY, 10)
    rows = [first, talk("b", FRIDAY + timedelta(minutes=10) + gap, 5, **more)]
    found = decided(*rows)["b"]
    assert (found == ("reactive", "leg", "a")) == leg
    assert decided(first | {"transfers": 0}, rows[1])["b"][1] != "leg"
    assert decided(first | {"transfers": 1}, rows[1])["b"] == found
    assert decided(first | {"answered_at": None, "disposition": "abandoned_queue"}, rows[1])["b"][1] != "leg"


def test_legs_of_legs_follow_the_first_and_take_its_customer():
    out = {"purpose": "checkin", "customer_key": "C1"}
    rows = [
        talk("a", FRIDAY, 5, "outbound", **out),
        talk("b", FRIDAY + timedelta(minutes=5), 5, contact_ref="a", leg_no=2, customer_key=None),
        talk("c", FRIDAY + timedelta(minutes=30), 5, contact_ref="a", leg_no=3, customer_key=None),
        talk("d", FRIDAY + timedelta(days=2), 5, contact_ref="a", leg_no=1, customer_key="C2"),
        talk("e", FRIDAY + timedelta(days=2, minutes=5), 5, "outbound", contact_ref="a", leg_no=2, customer_key=None),
    ]
    found = decide(rows)
    assert found["b"] == ("proactive", "leg", "a", "C1", "leg")
    assert found["c"] == ("proactive", "leg", "a", "C1", "leg")
    assert found["d"][:2] == ("reactive", "inbound_call")  # the number starts again: another call on the same case
    assert found["e"] == ("reactive", "leg", "d", "C2", "leg")


def test_a_callback_answers_the_call_and_not_its_last_leg():
    rows = [
        talk("a", FRIDAY, 5),
        talk("b", FRIDAY + timedelta(minutes=5), 5),
        call("c", FRIDAY + timedelta(hours=1), "outbound"),
    ]
    assert decided(*rows)["c"] == ("reactive", "callback", "a")


def letter(name, start, *, subject="S", reply=False, customer="C1", **more):
    return {
        "contact_id": name, "source": "inquiry", "channel": "mail", "started_at": start, "customer_key": customer,
        "subject_key": subject, "reply": reply, **more,
    }  # fmt: skip


def test_a_reply_under_the_same_subject_follows_the_earlier_mail():
    soon, late = FRIDAY + timedelta(days=3), FRIDAY + timedelta(days=8)
    first = letter("a", FRIDAY)
    assert decided(first, letter("b", soon, reply=True))["b"] == ("reactive", "follow_up", "a")
    assert decided(first, letter("b", late, reply=True))["b"] == ("reactive", "mail", None)
    assert decided(first, letter("b", soon))["b"] == ("reactive", "mail", None)
    assert decided(first, letter("b", soon, reply=True, subject="T"))["b"] == ("reactive", "mail", None)
    assert decided(first, letter("b", soon, reply=True, customer="C2"))["b"] == ("reactive", "mail", None)
    known = decide([first, letter("b", soon, reply=True, customer=None, mail_key="M1")], customers=CUSTOMERS)
    assert known["b"] == ("reactive", "follow_up", "a", "C1", "mail")


@pytest.mark.parametrize(
    ("row", "maps", "expected"),
    [
        ({"queue": "東京解約窓口"}, {"queue": {"*解約*": "other"}}, ("other", "queue:*解約*")),
        ({"queue": "解約窓口"}, {"queue": {"*解約*": "other", "解約窓口": "reactive"}}, ("reactive", "queue:解約窓口")),
        ({"queue": "解約窓口2"}, {"queue": {"解約*": "other", "解約窓口*": "unknown"}}, ("unknown", "queue:解約窓口*")),
        ({"queue": "WEB 窓口"}, {"queue": {"web*": "other"}}, ("other", "queue:web*")),
        ({"queue": "a.b"}, {"queue": {"a?b*": "other"}}, ("reactive", "inbound_call")),
        ({"campaign": "春の陣", "queue": "x"}, {"campaign": {"春*": "other"}, "queue": {"x": "reactive"}},
         ("other", "campaign:春*")),
        ({"ivr_path": "9-1"}, {"ivr_path": {"9-*": "other"}}, ("other", "ivr_path:9-*")),
        ({}, {"direction": {"inbound": "other"}}, ("other", "direction:inbound")),
        ({"queue": "x"}, {"direction": {"inbound": "other"}, "queue": {"x": "unknown"}}, ("unknown", "queue:x")),
        ({}, {"source": {"call": "other"}}, ("other", "source:call")),
        ({"purpose": "sales"}, {"source": {"call": "reactive"}}, ("other", "sales")),
        ({"source": "recording", "direction": None}, {"source": {"recording": "reactive"}},
         ("reactive", "source:recording")),
        ({"source": "checkin", "channel": "visit"}, {"channel": {"visit": "other"}}, ("other", "channel:visit")),
        ({"source": "survey", "contact_ref": "Q"}, {"source": {"survey": "other"}}, ("other", "source:survey")),
        ({"source": "inquiry", "channel": "mail", "direction": "outbound"}, {}, ("proactive", "thread_by_us")),
        ({"source": "inquiry", "channel": "chat", "direction": None}, {}, ("unknown", "thread_by_machine")),
    ],
)  # fmt: skip
def test_configured_rules_go_by_value_and_pattern_in_their_order(row, maps, expected):
    contact = {"contact_id": "k", "source": "call", "direction": "inbound", "started_at": FRIDAY, "answered_at": None}
    assert decided(contact | row, rules=OriginRules(**maps))["k"][:2] == expected


def test_an_outbound_call_decided_by_direction_can_still_be_a_callback():
    rules = OriginRules(direction={"outbound": "other"})
    rows = [call("a", FRIDAY, "inbound"), call("b", FRIDAY + timedelta(hours=1), "outbound")]
    assert decided(*rows, rules=rules)["b"] == ("reactive", "callback", "a")
    assert decided(rows[1], rules=rules)["b"] == ("other", "direction:outbound", None)


def test_half_of_the_contacts_unidentified_and_dates_to_come():
    future = FRIDAY + timedelta(days=3650)
    rows = [call(f"k{n}", FRIDAY + timedelta(hours=n), "inbound", customer_key=None) for n in range(6)]
    rows += [call(f"n{n}", FRIDAY + timedelta(hours=n), "inbound", customer_key="C1") for n in range(5)]
    rows.append(call("later", future, "outbound"))
    found = decide(rows)
    assert found["later"][:2] == ("proactive", "outbound_call")
    assert [found[f"k{n}"][3] for n in range(6)] == [None] * 6
