from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from statistics import median

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.insight import worlds
from voc_mining.insight.facts import contact_facts, statement_facts
from voc_mining.insight.kpi import COLUMNS, kpi_daily

DAY = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
TOPICS = worlds.assigned({"t1": "T1", "t2": "T2"})


def call(no, start=DAY, *, disposition="answered", customer="C1", code=None, topic=None, **more):
    answered = more.pop("answered_at", start + timedelta(seconds=10) if disposition in {"answered", None} else None)
    return {
        "id": f"c{no:03}", "start": start, "source": "call", "direction": "inbound", "customer": customer, "code": code,
        "topic": topic, "disposition": disposition, "answered_at": answered, "ended_at": start + timedelta(seconds=130),
        "queue": "一般", **more,
    }  # fmt: skip


def form(no, start=DAY, *, customer="C1", code=None, topic=None, reply=None, solved=None):
    return {
        "id": f"f{no:03}", "start": start, "source": "inquiry", "direction": None, "customer": customer, "code": code,
        "topic": topic, "queue": None, "reply": reply and start + timedelta(hours=reply),
        "solved": solved and start + timedelta(hours=solved),
    }  # fmt: skip


def figures(records, *, as_of=date(2026, 9, 30)):
    contacts = worlds.rows(
        "contacts",
        *[
            {
                "contact_id": r["id"], "source": r["source"], "direction": r["direction"], "started_at": r["start"],
                "customer_key": r["customer"], "category_l": r["code"], "queue": r["queue"],
                "channel": "phone" if r["source"] == "call" else "form",
                "first_reply_at": r.get("reply"), "resolved_at": r.get("solved"),
            }
            for r in records
        ],
    )  # fmt: skip
    segments = worlds.rows(
        "segments",
        *[
            {
                "contact_id": r["id"], "origin": r.get("origin", "reactive"),
                "origin_rule": r.get("rule", "inbound_call"), "related_contact_id": r.get("related"),
            }
            for r in records
        ],
    )  # fmt: skip
    log = worlds.rows(
        "call_log",
        *[
            {
                "call_id": r["id"], "contact_id": r["id"], "direction": r["direction"], "offered_at": r["start"],
                **{k: r.get(k) for k in (
                    "answered_at", "ended_at", "disposition", "queue", "wait_s", "talk_s", "hold_s", "acw_s", "transfers"
                )},
            }
            for r in records
            if r["source"] == "call"
        ],
    )  # fmt: skip
    voc = worlds.rows(
        "voc",
        *[{"voc_id": r["id"], "contact_id": r["id"], "text": r["topic"]} for r in records if r["topic"]],
    )
    params = worlds.InsightParams(as_of=as_of)
    known = contact_facts(contacts, segments, params)
    return kpi_daily(known, statement_facts(voc, known, TOPICS), log, params)


def test_calls_by_disposition():
    ended = ["answered"] * 6 + ["abandoned_queue"] * 3 + [
        "abandoned_ivr", "after_hours", "overflow", "self_served", "callback_booked",
    ]  # fmt: skip
    records = [call(no, disposition=one, wait_s=10.0 * (no + 1)) for no, one in enumerate(ended)]
    records[6]["wait_s"] = 3.0
    row = figures(records).row(0, named=True)
    assert tuple(figures(records).columns) == COLUMNS
    assert (row["offered"], row["answered"], row["abandoned"], row["abandoned_short"]) == (10, 6, 3, 1)
    assert (row["ivr_abandoned"], row["after_hours"], row["overflow"], row["self_served"]) == (1, 1, 1, 1)
    assert (row["answer_rate"], row["abandon_rate"], row["service_level"]) == (0.6, 0.3, 0.2)
    assert row["abandon_rate_without_short"] == pytest.approx(2 / 9, abs=1e-6)
    assert row["basis"] == "disposition"


def test_handling_time_is_the_sum_of_its_parts_per_answered_call():
    records = [
        call(1, talk_s=100.0, hold_s=20.0, acw_s=30.0, transfers=1),
        call(2, talk_s=200.0, hold_s=0.0, acw_s=50.0, transfers=2),
        call(3, disposition="abandoned_queue", talk_s=None, acw_s=999.0),
    ]
    row = figures(records).row(0, named=True)
    assert (row["att_s"], row["hold_s"], row["acw_s"], row["aht_s"], row["transfers"]) == (150, 10, 40, 200, 3)


def test_without_a_disposition_column_the_answer_rate_is_of_all_inbound_calls_and_says_so():
    records = [call(1, disposition=None), call(2, disposition=None, answered_at=None)]
    row = figures(records).row(0, named=True)
    assert (row["offered"], row["answered"], row["answer_rate"], row["basis"]) == (2, 1, 0.5, "log")
    assert row["abandoned"] is None
    assert row["abandon_rate"] is None


def test_written_inquiries_have_reply_times():
    records = [form(1, reply=1, solved=5), form(2, reply=3, solved=None), form(3, reply=8, solved=7)]
    row = figures(records).row(0, named=True)
    assert row["first_reply_median_s"] == 3 * 3600
    assert row["resolution_median_s"] == 6 * 3600
    assert (row["queue"], row["offered"], row["n_written"]) == (None, 0, 3)


@pytest.mark.parametrize(
    ("later", "resolved"),
    [
        ([], 1.0),
        ([form(9, DAY + timedelta(days=7), code="料金", reply=None)], 0.0),
        ([form(9, DAY + timedelta(days=7, seconds=1), code="料金")], 1.0),
        ([form(9, DAY + timedelta(days=2), code="解約")], 1.0),
        ([form(9, DAY + timedelta(days=2), topic="t1")], 0.0),
        ([form(9, DAY + timedelta(days=2), topic="t2")], 1.0),
        ([form(9, DAY + timedelta(days=2), code="料金", customer="C2")], 1.0),
        ([{**form(9, DAY + timedelta(days=2), code="解約"), "rule": "callback", "related": "c001"}], 0.0),
        ([{**form(9, DAY + timedelta(days=2), code="料金"), "origin": "proactive"}], 1.0),
    ],
)
def test_first_contact_resolution(later, resolved):
    table = figures([call(1, code="料金", topic="t1"), *later])
    assert table.filter(pl.col("queue") == "一般")["fcr"].to_list() == [resolved]


def test_the_last_seven_days_have_no_resolution_rate():
    records = [call(1), call(2, DAY + timedelta(days=1)), call(3, DAY + timedelta(days=2), customer=None)]
    table = figures(records, as_of=date(2026, 9, 8))
    assert table["fcr"].to_list() == [1.0, None, None]
    assert figures(records, as_of=date(2026, 9, 20))["fcr"].to_list() == [1.0, 1.0, None]
    assert figures(records, as_of=date(2026, 9, 20))["identified_share"].to_list() == [1.0, 1.0, 0.0]
    assert table.select("n_inquiries", "n_identified").rows() == [(1, 1), (1, 1), (1, 0)]


@st.composite
def record(draw, no):
    start = DAY + timedelta(hours=draw(st.integers(0, 24 * 12)))
    common = {
        "customer": draw(st.sampled_from([None, "C1", "C2"])),
        "code": draw(st.sampled_from([None, "料金", "解約"])),
        "topic": draw(st.sampled_from([None, "t1", "t2"])),
    }
    if draw(st.booleans()):
        disposition = draw(st.sampled_from(["answered", "answered", "abandoned_queue"]))
        made = call(no, start, disposition=disposition, **common)
        made["direction"] = draw(st.sampled_from(["inbound", "inbound", "outbound"]))
        if made["direction"] == "outbound":
            made["rule"], made["related"] = "callback", f"c{draw(st.integers(0, 5)):03}"
        return made
    return form(no, start, reply=draw(st.sampled_from([None, 1, 5])), **common)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_resolution_is_that_of_the_definition_read_row_by_row(data):
    records = [data.draw(record(no)) for no in range(data.draw(st.integers(1, 14)))]
    expected: dict[tuple, list[bool]] = {}
    seconds: dict[tuple, list[float]] = {}
    for one in records:
        day = (one["start"] + timedelta(hours=9)).date()
        if one["source"] == "inquiry" and one["reply"]:
            seconds.setdefault((day, one["queue"]), []).append((one["reply"] - one["start"]).total_seconds())
        opened = one["source"] == "inquiry" or one["direction"] == "inbound"
        answered = one.get("reply") if one["source"] == "inquiry" else one["disposition"] == "answered"
        if not (opened and answered and one["customer"]) or day > date(2026, 9, 23):
            continue
        again = any(
            other["customer"] == one["customer"]
            and timedelta(0) < other["start"] - one["start"] <= timedelta(days=7)
            and any(other[matter] and other[matter] == one[matter] for matter in ("code", "topic"))
            for other in records
        )
        called_back = any(other.get("related") == one["id"] for other in records)
        expected.setdefault((day, one["queue"]), []).append(not (again or called_back))
    for row in figures(records).iter_rows(named=True):
        key = (row["business_date"], row["queue"])
        share = expected.get(key)
        assert row["fcr"] == (None if share is None else pytest.approx(sum(share) / len(share), abs=1e-6))
        assert row["first_reply_median_s"] == (median(seconds[key]) if key in seconds else None)


def test_what_was_recorded_after_the_day_of_the_figures_does_not_count():
    evening = datetime(2026, 9, 1, 14, 0, tzinfo=UTC)  # 23:00 in Tokyo
    records = [form(1, evening, reply=0.5, solved=2), form(2, evening, customer="C2", reply=2)]
    on_the_day = figures(records, as_of=date(2026, 9, 1)).to_dicts()[0]
    assert (on_the_day["first_reply_median_s"], on_the_day["resolution_median_s"]) == (1800, None)
    assert (on_the_day["n_inquiries"], on_the_day["n_written"]) == (1, 2), "the other is not answered yet"
    later = figures(records, as_of=date(2026, 9, 2)).to_dicts()[0]
    assert (later["first_reply_median_s"], later["resolution_median_s"], later["n_inquiries"]) == (4500, 7200, 2)


def test_a_call_that_was_passed_on_is_one_call_with_the_times_of_all_its_legs():
    legs = [
        call(1, talk_s=100.0, hold_s=10.0, acw_s=20.0, wait_s=5.0, transfers=1, code="請求"),
        call(2, DAY + timedelta(minutes=3), talk_s=60.0, hold_s=None, acw_s=5.0, rule="leg", related="c001", queue="技術",
             customer="C1", code="解約"),
    ]  # fmt: skip
    rows = {row["queue"]: row for row in figures(legs).iter_rows(named=True)}
    first, other = rows["一般"], rows["技術"]
    assert (first["offered"], first["answered"], first["legs"]) == (1, 1, 0)
    assert (first["att_s"], first["hold_s"], first["acw_s"], first["aht_s"]) == (160, 10, 25, 195)
    assert (other["offered"], other["answered"], other["legs"], other["n_inquiries"]) == (0, 0, 1, None)
    assert (first["n_inquiries"], first["fcr"]) == (1, 1.0)


def test_a_call_counts_as_answered_where_a_leg_was():
    legs = [
        call(1, disposition=None, answered_at=None),
        call(2, DAY + timedelta(seconds=30), disposition="answered", talk_s=60.0, rule="leg", related="c001"),
    ]
    row = figures(legs).row(0, named=True)
    assert (row["offered"], row["answered"], row["att_s"], row["n_inquiries"]) == (1, 1, 60, 1)


def test_a_reply_in_the_same_exchange_is_a_further_contact():
    letters = [form(1, reply=1), form(2, DAY + timedelta(days=1), reply=1) | {"rule": "follow_up", "related": "f001"}]
    by_day = figures(letters).sort("business_date")
    assert by_day["fcr"].to_list() == [0.0, 1.0]
