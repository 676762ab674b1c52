"""Comparison of an export with the truth: right where it is right, telling where it is not."""

from __future__ import annotations

import polars as pl
import pytest

from voc_mining.sample.inbox import ExpectedReject
from voc_mining.sample.planned import PersonalValue
from voc_mining.sample.scoring import compare
from voc_mining.sample.truth import TrueCall, TrueContact, TrueCritical, TrueKpi, TrueStatement, Truth

_AT = "2026-10-05T10:12:00+09:00"


@pytest.fixture
def truth():
    return Truth(
        contacts=[
            TrueContact("c1", "inquiry", "Q1", "C1", _AT, "reactive", "direct", "", "vocal", ""),
            TrueContact("c2", "call", "V1", "C1", _AT, "reactive", "callback", "c1", "vocal", ""),
        ],
        statements=[
            TrueStatement("c1", "再設定メールが届きません。", "mail", "complaint", "", None, None, None),
            TrueStatement("c1", "請求書はどこですか。", "invoice", "inquiry", "", None, None, None),
            TrueStatement("c2", "アプリが落ちます。", "crash", "complaint", "trouble", 1.0, 3.0, 1),
        ],
        kpis=[TrueKpi("2026-10-05", "", 2, 1, 1, 0, 0, 0, 0, 0, 1, 0.5, 0.5, 0.5, 100.0, 0.0, 60.0, 160.0)],
        rejects=[ExpectedReject("inquiries", "inquiries.csv", 3, "bad_time")],
        personal=[PersonalValue("phone", "０９０－００００－1234"), PersonalValue("address", "大阪市北区見本町4-5-6")],
        quiet=["C2"],
        calls=[TrueCall("c2", 1, 14.0, 8.0, 1)],
        critical=[TrueCritical("c1", "leak")],
    )


def _export(folder, **changes):
    frames = {
        "contacts": {
            "contact_id": ["c1", "c2"],
            "source": ["inquiry", "call"],
            "source_id": ["Q1", "V1"],
            "customer_id": ["C1", "C1"],
            "origin": ["reactive", "reactive"],
            "origin_rule": ["form", "callback"],
            "related_contact_id": [None, "c1"],
            "silence": ["vocal", "vocal"],
            "started_at": [_AT, "2026-10-05T01:12:00+00:00"],
        },
        "voc": {
            "voc_id": ["v1", "v2", "v3"],
            "contact_id": ["c1", "c1", "c2"],
            "text": ["再設定メールが届きません", "請求書はどこですか", "アプリが踊ります"],
            "kind": ["complaint", "inquiry", "complaint"],
            "topic_id": ["T1", "T2", "T3"],
            "start_s": [None, None, "1.2"],
            "end_s": [None, None, "2.9"],
        },
        "silent_customers": {"customer_id": ["C2"]},
        "critical_voc": {"contact_id": ["c1"], "family": ["leak"]},
        "kpi_daily": {
            "business_date": ["2026-10-05"],
            "queue": [None],
            **{key: ["2"] for key in ("offered",)},
            **{key: ["1"] for key in ("answered", "abandoned", "transfers")},
            **{
                key: ["0"]
                for key in ("abandoned_short", "ivr_abandoned", "after_hours", "overflow", "self_served", "hold_s")
            },
            **{key: ["0.5"] for key in ("answer_rate", "abandon_rate", "service_level")},
            "att_s": ["100.0"],
            "acw_s": ["60"],
            "aht_s": ["160.0"],
        },
        "rejects": {"source": ["inquiries"], "file": ["inquiries.csv"], "row": ["3"], "reason": ["bad_time"]},
        "proactive_voc": {"voc_id": ["v3"], "class": ["trouble"]},
        "call_anatomy": {
            "contact_id": ["c2"],
            "n_holds": ["1"],
            "hold_heard_s": ["14.8"],
            "ivr_s": ["6.0"],
            "customer_interruptions": ["1"],
        },
    }
    for name, columns in frames.items():
        pl.DataFrame(columns | changes.get(name, {})).write_csv(folder / f"{name}.csv", include_bom=True)


def test_a_right_export_has_no_differences_and_full_scores(truth, tmp_path):
    _export(tmp_path)
    found = compare(truth, tmp_path)
    assert found.differences == ()
    assert found.leaks == ()
    assert found.scores == {
        "n_statements": 3,
        "written_recall": 1.0,
        "spoken_recall": 1.0,
        "spoken_likeness": pytest.approx(8 / 14),
        "precision": 1.0,
        "kind_accuracy": 1.0,
        "n_topics": 3,
        "topic_ari": 1.0,
        "topic_ami": pytest.approx(1.0),
        "topic_v": 1.0,
        "topics_found": 1.0,
        "hidden_needs_found": 0.0,
        "without_topic": 0.0,
        "class_accuracy": 1.0,
        "ivr_found": 0.75,
        "n_false_ivr": 0,
        "interruptions_found": 1.0,
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"contacts": {"origin": ["proactive", "reactive"]}},
            "inquiry Q1: origin is 'proactive', should be 'reactive'",
        ),
        (
            {"contacts": {"origin_rule": ["form", "outbound_call"]}},
            "call V1: origin_rule is 'direct', should be 'callback'",
        ),
        ({"contacts": {"contact_id": ["c1", "c9"]}}, "contact missing: call V1"),
        ({"contacts": {"started_at": [_AT, None]}}, "call V1: started_at is None"),
        ({"silent_customers": {"customer_id": ["C3"]}}, "quiet customer too many: C3"),
        ({"kpi_daily": {"answered": ["2"]}}, "kpi 2026-10-05 (no queue): answered is 2.0, should be 1"),
        ({"kpi_daily": {"queue": ["請求窓口"]}}, "kpi too many: 2026-10-05 請求窓口"),
        ({"call_anatomy": {"n_holds": ["0"]}}, "call c2: 0 holds of 14.8 s, should be 1 of 14.0 s"),
        ({"call_anatomy": {"hold_heard_s": ["9.0"]}}, "call c2: 1 holds of 9.0 s, should be 1 of 14.0 s"),
        ({"call_anatomy": {"contact_id": ["c9"]}}, "call with sound missing: c2"),
        ({"rejects": {"reason": ["bad_value"]}}, "reject missing: inquiries inquiries.csv:3 bad_time"),
    ],
)
def test_what_is_wrong_is_told(truth, tmp_path, changes, told):
    _export(tmp_path, **changes)
    assert any(told in difference for difference in compare(truth, tmp_path).differences)


@pytest.mark.parametrize("trace", ["090-0000-1234まで", "０９０００００１２３４", "090 0000 1234", "見本町の"])
def test_leaks_are_found_in_any_width(truth, tmp_path, trace):
    _export(tmp_path)
    (tmp_path / "topics.csv").write_text(f"label\r\n{trace}\r\n", encoding="utf-8")
    assert [leak.file for leak in compare(truth, tmp_path).leaks] == ["topics.csv"]


def test_topics_merged_or_missing_lower_the_scores(truth, tmp_path):
    _export(tmp_path, voc={"topic_id": ["T1", "T1", None]})
    scores = compare(truth, tmp_path).scores
    assert scores["topic_ari"] < 1.0
    assert scores["without_topic"] == pytest.approx(1 / 3)
    assert scores["n_topics"] == 1


def test_a_critical_voice_missed_and_one_too_many_are_told(truth, tmp_path):
    _export(tmp_path, critical_voc={"contact_id": ["c2"], "family": ["abuse"]})
    assert compare(truth, tmp_path).differences == (
        "critical voice missing: c1 leak",
        "critical voice too many: c2 abuse",
    )
