"""Deciding again what changes reach gives what deciding everything anew gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.steps import segment as step
from pipelines.steps.segment import segment_step
from tests.meanwhile import Meanwhile
from tests.segment import worlds
from tests.segment.test_origin import FRIDAY, call
from voc_mining.business_time import month_of, tokyo_date
from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.segment.customers import HOLDER
from voc_mining.segment.reach import told_otherwise
from voc_mining.segment.stage import SegmentTables, rules_number, segment
from voc_mining.store.delta import open_lake

RULES = OriginRules()
SILENCE = SilenceRules(
    look_back_days=10,
    look_back_by_plan={"B": 5},
    min_identified_share=0.7,
    cancellation_queues=frozenset({"解約窓口"}),
)


@st.composite
def histories(draw, most_contacts: int = 14, most_steps: int = 3) -> list[tuple[list[dict], ...]]:
    """Draw what the tables hold after each night: contacts, customers, identities, words of people come and go."""
    held: dict[int, dict] = {}
    customers: list[dict] = []
    identities: list[dict] = []
    said: list[dict] = []
    log = draw(worlds.confirmations(most_contacts))
    nights = []
    for _ in range(draw(st.integers(2, most_steps))):
        for no in range(most_contacts):
            fate = draw(st.sampled_from(["stays", "stays", "stays", "stays", "comes", "goes", "timeless"]))
            if fate == "comes":
                held[no] = draw(worlds.contact(no))
            elif fate == "goes":
                held.pop(no, None)
            elif fate == "timeless" and no in held and draw(st.booleans()):
                held[no] = held[no] | {"started_at": None, "answered_at": None}
        if draw(st.booleans()):
            customers = draw(worlds.customers())
        if draw(st.booleans()):
            identities = draw(worlds.identities())
        said = log[: draw(st.integers(len(said), len(log)))]
        nights.append((list(held.values()), customers, identities, said))
    return nights


def store(lake, rows, customers, identities=(), said=()):
    """Make the tables those of one night."""
    timed = worlds.contact_frame(rows)
    contacts = timed.with_columns(month_of(tokyo_date(pl.col("started_at"))).alias("month"))
    log = [
        {"call_id": row["contact_id"], "offered_at": row["started_at"] or FRIDAY, "recording_missing": False}
        | {name: row.get(name) for name in ("contact_id", "direction", "answered_at", "transfers")}
        | {"business_date": FRIDAY.date(), "month": "2026-04"}
        for row in rows
        if row["source"] == "call"
    ]
    frame = pl.DataFrame(log, schema_overrides=dict(LAKE_TABLES["call_log"].schema), infer_schema_length=None)
    after_all = {
        "contacts": contacts,
        "call_log": frame,
        "customers": worlds.customer_frame(customers),
        "identities": worlds.identity_frame(list(identities)),
        "origin_confirmations": worlds.confirmation_frame(list(said)),
    }
    for name, after in after_all.items():
        now = LAKE_TABLES[name].empty() if after.is_empty() else LAKE_TABLES[name].conform(after)
        key = list(LAKE_TABLES[name].key)
        lake.replace(name, now, scope=pl.concat([lake.read(name, key), now.select(key)]))


def everything_anew(lake, rules=RULES, params=SILENCE):
    names = ("contacts", "call_log", "customers", "identities", "origin_confirmations")
    return segment(SegmentTables(*(lake.read(name) for name in names)), rules, params).sort("contact_id")


def stored(lake):
    return lake.read("segments").sort("contact_id")


@settings(max_examples=25, deadline=None)
@given(histories(), st.sampled_from([None, worlds.START.date(), worlds.START.date() + timedelta(days=12)]))
def test_whatever_changes_the_segments_are_those_of_deciding_all(tmp_path_factory, nights, history):
    lake = open_lake(str(tmp_path_factory.mktemp("lake")))
    params = replace(SILENCE, history_start=history)
    for rows, *others in nights:
        store(lake, rows, *others)
        told = segment_step(lake, RULES, params)[0]
        assert_frame_equal(stored(lake), everything_anew(lake, params=params))
        assert told.inputs == len(rows)


@pytest.fixture
def decided(monkeypatch):
    """Count how often everything is decided, and how many contacts else."""
    counts = {"all": 0, "again": []}
    decide_all, decide_again = step._decide_all, step.decide_again

    def count_all(*given):
        counts["all"] += 1
        return decide_all(*given)

    def count_again(*given):
        found = decide_again(*given)
        counts["again"].append(found.rows["contact_id"].to_list())
        return found

    monkeypatch.setattr(step, "_decide_all", count_all)
    monkeypatch.setattr(step, "decide_again", count_again)
    return counts


def two_weeks():
    """A call of one customer on each day."""
    return [call(f"k{n:02}", FRIDAY + timedelta(days=n), "inbound", customer_key=f"C{n % 3}") for n in range(14)]


def test_a_new_contact_of_the_last_day_is_decided_alone(tmp_path, decided):
    lake = open_lake(str(tmp_path))
    rows = two_weeks()
    store(lake, rows, [])
    segment_step(lake, RULES, SILENCE)
    rows.append(call("new", FRIDAY + timedelta(days=14), "outbound", customer_key="C1"))
    store(lake, rows, [])
    told = segment_step(lake, RULES, SILENCE)[0]
    assert (told.inputs, told.produced, decided) == (15, 1, {"all": 1, "again": [["new"]]})
    assert stored(lake).filter(pl.col("contact_id") == "new")["related_contact_id"].to_list() == ["k13"]


def test_a_second_customer_on_a_number_undoes_an_old_link(tmp_path, decided):
    lake = open_lake(str(tmp_path))
    rows = [
        *two_weeks(),
        call("asked", FRIDAY, "inbound", customer_key=None, phone_key="P"),
        call("answered", FRIDAY + timedelta(hours=1), "outbound", customer_key="C9", phone_key="P"),
    ]
    store(lake, rows, [])
    segment_step(lake, RULES, SILENCE)
    assert stored(lake)["origin_rule"].to_list().count("callback") == 1
    rows.append(call("new", FRIDAY + timedelta(days=14), "inbound", customer_key="C8", phone_key="P"))
    store(lake, rows, [])
    segment_step(lake, RULES, SILENCE)
    assert "callback" not in stored(lake)["origin_rule"].to_list()
    assert decided["all"] == 1
    assert_frame_equal(stored(lake), everything_anew(lake))


@pytest.mark.parametrize("why", ["rules", "full", "log", "files"])
def test_everything_is_decided_where_the_changes_do_not_tell_enough(tmp_path, decided, why):
    lake = open_lake(str(tmp_path))
    rows = two_weeks()
    store(lake, rows, [])
    segment_step(lake, RULES, SILENCE)
    rows[0] = rows[0] | {"customer_key": "C7"}
    store(lake, rows, [])
    if why == "log":
        lake._open("contacts").create_checkpoint()
        for version in (0, 1):
            (tmp_path / "contacts" / "_delta_log" / f"{version:020}.json").unlink()
    if why == "files":
        there = {path.rsplit("/", 1)[1] for path in lake._open("contacts").file_uris()}
        for path in (tmp_path / "contacts").rglob("*.parquet"):
            if path.name not in there:
                path.unlink()
    rules = replace(RULES, callback_business_days=1) if why == "rules" else RULES
    segment_step(lake, rules, SILENCE, full=why == "full")
    assert (decided["all"], decided["again"]) == (2, [])
    assert_frame_equal(stored(lake), everything_anew(lake, rules))


def test_of_two_runs_at_once_the_later_decides_on_what_the_first_left(tmp_path):
    lake = open_lake(str(tmp_path))
    rows = two_weeks()
    store(lake, rows, [])
    segment_step(lake, RULES, SILENCE)
    store(lake, [*rows, call("x", FRIDAY, "outbound", customer_key="C1")], [])

    def other() -> None:
        store(lake, [*rows, call("y", FRIDAY, "outbound", customer_key="C2")], [])
        segment_step(lake, RULES, SILENCE)
        store(lake, rows, [])

    segment_step(Meanwhile(lake, "segments", other), RULES, SILENCE)
    assert_frame_equal(stored(lake), everything_anew(lake))


def test_rules_of_equal_content_have_the_same_number():
    some = OriginRules(queue={"a": "other", "b": "reactive"}, other_purposes=frozenset({"x", "y", "z"}))
    same = OriginRules(queue={"b": "reactive", "a": "other"}, other_purposes=frozenset({"z", "y", "x"}))
    assert rules_number(some, SILENCE) == rules_number(same, SILENCE) != rules_number(RULES, SILENCE)
    assert rules_number(RULES, replace(SILENCE, min_age_days=31)) != rules_number(RULES, SILENCE)


def test_numbers_become_shared_and_unshared_and_change_hands():
    def told(*rows):
        pairs = [(number, customer, registered, False) for number, customer, registered in rows]
        return pl.DataFrame(pairs, schema=HOLDER, orient="row")

    held = told(
        ("P", "A", True), ("P", "B", False), ("Q", "A", True), ("Q", "B", True), ("Q", "B", True), ("R", "A", True),
        ("S", "A", True), ("T", "A", False), ("T", "A", True), ("U", "B", True),
    )  # fmt: skip
    came = told(("P", "B", False), ("Q", "B", True), ("T", "A", True), ("U", "B", True))
    gone = told(("R", "B", False), ("S", "A", False), ("U", "A", True))
    assert told_otherwise(held, came, gone, RULES).sort().to_list() == ["P", "R", "T", "U"]
