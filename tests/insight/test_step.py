from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from pipelines.publish import REPORT_FRAMES
from pipelines.steps.insight import InsightParams, corrections_step, insight_step, report_step
from tests.insight import worlds
from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.rules import SilenceRules
from voc_mining.export.files import conform, csv_files
from voc_mining.store.delta import DeltaStore, open_lake
from voc_mining.topics.edits import merge, rename

START = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
PARAMS = InsightParams(as_of=worlds.AS_OF, draws=100, silence=SilenceRules(history_start=date(2025, 1, 1)))


def insights(lake: DeltaStore, params: InsightParams) -> dict[str, pl.DataFrame]:
    return insight_step(lake, params, corrections_step(lake))


def conformed(frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    written = {name: frame for name, frame in frames.items() if name not in REPORT_FRAMES}
    for name, frame in written.items():
        contract = csv_files().files[name]
        assert frame.columns == [column.name for column in contract.columns], name
    return {name: conform(frame, csv_files().files[name]) for name, frame in written.items()}


def table(name: str, *rows: dict) -> pl.DataFrame:
    contract = LAKE_TABLES[name]
    return contract.conform(pl.DataFrame(rows, schema_overrides=dict(contract.schema)))


@pytest.fixture
def lake(tmp_path) -> DeltaStore:
    """Forty customers who write in, forty who are asked; topics A, B and C, the last of an older registry."""
    store = open_lake(str(tmp_path / "lake"))
    contacts, segments, voc, customers = [], [], [], []
    for i in range(80):
        asked = i >= 40
        contacts.append(
            {
                "contact_id": f"k{i:02}", "source": "checkin" if asked else "inquiry", "channel": "web" if asked else "form",
                "customer_key": f"C{i:02}", "started_at": START + timedelta(hours=i), "handle_s": 60.0,
            }
        )  # fmt: skip
        segments.append(
            {
                "contact_id": f"k{i:02}", "origin": "proactive" if asked else "reactive",
                "silence": "quiet" if asked else "vocal",
            }
        )  # fmt: skip
        text = "a" if i % 2 else "b"
        voc.append({"voc_id": f"v{i:02}", "contact_id": f"k{i:02}", "text": text, "kind": "complaint"})
        customers.append({"customer_key": f"C{i:02}", "contract_start": date(2025, 4, 1)})
    topics = [
        {
            "registry_version": version, "topic_id": topic, "label": f"話題{topic}", "keywords": [topic], "exemplars": ["a"],
            "centroid": [1.0], "threshold": 0.5, "layer": 0, "pool": "all", "size": 1, "status": "active", "lineage": "{}",
        }
        for version, topic in ((1, "C"), (2, "A"), (2, "B"))
    ]  # fmt: skip
    registries = [
        {"registry_version": 1, "model_id": "m", "mean": [0.0], "formulas": [], "params": "{}", "state": "retired"},
        {"registry_version": 2, "model_id": "m", "mean": [0.0], "formulas": [], "params": "{}", "state": "active"},
    ]
    assignments = [
        {"text_hash": text, "registry_version": version, "topic_id": topic, "strength": 0.9, "tried": True}
        for text, version, topic in (("a", 1, "C"), ("a", 2, "A"), ("b", 2, "B"))
    ]
    for name, rows in (("contacts", contacts), ("segments", segments), ("voc", voc), ("customers", customers)):
        store.append_new(name, worlds.rows(name, *rows))
    for name, rows in (("topics", topics), ("registries", registries), ("assignments", assignments)):
        store.append_new(name, table(name, *rows))
    return store


def test_an_empty_lake_gives_every_table_empty_and_within_its_contract(tmp_path):
    frames = conformed(insights(open_lake(str(tmp_path / "lake")), PARAMS))
    assert set(frames) == {
        "voc", "contacts", "topics", "contrast", "proactive_voc", "silent_customers", "pareto", "kpi_daily", "call_anatomy",
        "critical_voc", "topic_quality", "coding", "coding_topics", "silent_churn", "customer_health", "accounts", "journeys",
        "business_seeds", "keyness", "response", "origin_rules", "cohorts", "data_readiness", "outreach_effect",
        "outreach_results",
    }  # fmt: skip
    assert all(frame.is_empty() for frame in frames.values())


def test_every_table_keeps_its_contract_and_counts_by_the_active_registry(lake):
    frames = conformed(insights(lake, PARAMS))
    assert frames["topics"].select("topic_id", "n_voc", "n_reactive", "n_quiet").rows() == [
        ("A", 40, 20, 20),
        ("B", 40, 20, 20),
    ]
    assert frames["contrast"]["side"].to_list() == ["both", "both"]
    assert frames["pareto"].select("topic_id", "n_inquiries", "handle_seconds").rows() == [
        ("A", 20, 1200),
        ("B", 20, 1200),
    ]
    assert frames["silent_customers"].height == 40
    assert frames["silent_customers"]["state"].unique().to_list() == ["dissatisfied"]
    assert frames["proactive_voc"]["class"].unique().to_list() == ["trouble"]


def test_edits_are_applied_on_read(lake):
    at = datetime(2026, 10, 1, tzinfo=UTC)
    lake.append_new("topic_edits", merge("A", "B", author="x", at=at))
    lake.append_new("topic_edits", rename("B", "ログイン", author="x", at=at))
    frames = conformed(insights(lake, PARAMS))
    assert frames["topics"].select("topic_id", "label", "n_voc").rows() == [("B", "ログイン", 80)]
    assert frames["voc"]["topic_label"].unique().to_list() == ["ログイン"]
    assert frames["contacts"]["reason_topic_id"].unique().to_list() == ["B"]


def test_a_past_day_sees_its_own_records_only(lake):
    frames = conformed(insights(lake, InsightParams(as_of=date(2026, 8, 31))))
    assert frames["voc"].is_empty()
    assert frames["contacts"].is_empty()
    first_day = conformed(insights(lake, InsightParams(as_of=date(2026, 9, 1))))
    assert first_day["contacts"].height == 14


def test_two_computations_are_equal(lake):
    one, two = insights(lake, PARAMS), insights(lake, PARAMS)
    assert all(one[name].equals(two[name]) for name in one)


def test_the_report_agrees_with_the_list_of_silent_customers(lake):
    frames, beside = insights(lake, PARAMS), report_step(lake)
    counts = dict(frames["customer_silence"].select("silence", "n_customers").iter_rows())
    assert counts == {"quiet": frames["silent_customers"].height, "vocal": 40}
    assert set(beside["statement_words"]["voc_id"]) >= set(frames["voc"]["voc_id"])


def test_calls_are_told_with_the_hold_of_the_log_and_links_to_their_second(lake):
    started = {"started_at": START, "recording_path": "recordings/a b.wav", "audio_sha256": "s"}
    lake.append_new("contacts", worlds.rows("contacts", {"contact_id": "call", "source": "call", **started}))
    logged = {"offered_at": START, "business_date": START.date(), "hold_s": 30.0}
    lake.append_new("call_log", worlds.rows("call_log", {"call_id": "1", "contact_id": "call", **logged}))
    figures = {name: 0.0 for name, kind in LAKE_TABLES["anatomy"].schema.items() if kind == pl.Float64}
    went = {"contact_id": "call", "channels": 2, "n_holds": 1, "month": "2026-09"} | figures
    lake.append_new("anatomy", table("anatomy", went | {"longest_wait_at_s": 12.5, "longest_hold_at_s": None}))
    why = {"decided_by": "words", "agent": 0, "score": 6.5, "clearness": 0.812, "evidence": ["opening 6.5"]}
    lake.append_new("call_roles", table("call_roles", why | {"contact_id": "call", "month": "2026-09"}))
    (call,) = conformed(insights(lake, PARAMS))["call_anatomy"].iter_rows(named=True)
    assert (call["hold_heard_s"], call["hold_logged_s"]) == (0.0, 30.0)
    assert (call["agent_told_by"], call["agent_clearness"], call["agent_evidence"]) == ("words", 0.81, ["opening 6.5"])
    assert (call["longest_wait_link"], call["longest_hold_link"]) == ("recordings/a%20b.wav#t=12.5", None)


def test_who_was_asked_is_told_with_their_silence_then_and_words_are_compared(lake):
    asked = {"campaign": "春", "asked_at": START, "content_key": "k", "source_file": "f", "source_row": 1}
    answered = asked | {"customer_key": "C50", "answered_at": START}
    lake.append_new("outreach", table("outreach", answered, asked | {"customer_key": "C00"}))
    said = worlds.rows(
        "voc", *({"voc_id": f"w{i}", "contact_id": f"k{i}", "text": "c", "terms": ["Excel"]} for i in range(40, 60))
    )
    lake.append_new("voc", said)
    frames = conformed(insights(lake, PARAMS))
    (campaign,) = frames["response"].iter_rows(named=True)
    assert (campaign["asked"], campaign["quiet_asked"], campaign["answered"], campaign["quiet_heard"]) == (2, 1, 1, 1)
    words = frames["keyness"].filter(group_by="silence", term="Excel").select("group", "customers", "heard").rows()
    assert sorted(words) == [("inquirer", 0, 40), ("quiet", 20, 40)]
