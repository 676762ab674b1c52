from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.insight import worlds
from voc_mining.insight.facts import contact_facts, statement_facts
from voc_mining.insight.pareto import pareto_table

START = datetime(2026, 9, 1, tzinfo=UTC)


def pareto(said: list[list[str]], calls: tuple[dict[str, object], ...] = (), **contact):
    contacts = worlds.rows(
        "contacts", *[{"contact_id": f"q{i:03}", "started_at": START, **contact} for i in range(len(said))]
    )
    segments = worlds.rows("segments", *[{"contact_id": f"q{i:03}"} for i in range(len(said))])
    voc = [
        {"voc_id": f"{i}-{n}", "contact_id": f"q{i:03}", "first_no": n, "text": text}
        for i, texts in enumerate(said)
        for n, text in enumerate(texts)
    ]
    known = contact_facts(contacts, segments, worlds.PARAMS)
    statements = statement_facts(worlds.rows("voc", *voc), known, worlds.assigned({c: c for c in "ABCDE"}))
    return pareto_table(known, statements, worlds.topics(*"ABCDE"), worlds.rows("call_log", *calls), worlds.PARAMS)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from("ABCDE-"), max_size=3), max_size=25))
def test_reasons_add_up_and_the_vital_few_are_the_smallest_set(said):
    table = pareto(said)
    reasons = Counter(next((c for c in texts if c != "-"), None) for texts in said)
    unexplained = reasons.pop(None, 0)
    named = {row["topic_id"]: row for row in table.iter_rows(named=True)}
    assert {topic: named[topic]["n_inquiries"] for topic in reasons} == dict(reasons)
    assert (named[None]["n_inquiries"] if None in named else 0) == unexplained
    total = sum(reasons.values())
    few = [row["n_inquiries"] for row in named.values() if row["in_vital_few"]]
    if total:
        assert sum(few) >= 0.8 * total - 1e-9
        assert sum(few) - few[-1] < 0.8 * total
        assert sum(row["share"] or 0 for row in named.values()) == pytest.approx(1, abs=1e-4)
    assert table["rank"].to_list() == list(range(1, table.height + 1))


def test_eighty_per_cent_exactly_is_enough():
    table = pareto([["A"]] * 8 + [["B"]] * 2, handle_s=60.0)
    assert table["in_vital_few"].to_list() == [True, False]
    assert table["handle_seconds"].to_list() == [480, 120]
    assert table["cumulative_share"].to_list() == [0.8, 1.0]


def test_handling_time_of_calls_is_taken_from_the_clock_where_the_log_has_no_seconds():
    end = START + timedelta(seconds=100)
    offered = {"offered_at": START, "business_date": START.date()}
    calls = (
        {"contact_id": "q000", "answered_at": START, "ended_at": end, "hold_s": 10.0, "acw_s": 5.0},
        {"contact_id": "q001", "ended_at": end},
        {"contact_id": "q002", "talk_s": 30.0},
    )
    calls = tuple({"call_id": call["contact_id"], **offered, **call} for call in calls)
    table = pareto([["A"], ["A"], ["B"], ["C"]], calls=calls)
    assert dict(table.select("topic_id", "handle_seconds").iter_rows()) == {"A": 105, "B": 30, "C": None}
