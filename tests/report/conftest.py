"""Frames that the report is tested with."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from voc_mining.export.files import csv_files, empty_frame


@pytest.fixture(scope="session")
def as_of() -> date:
    return date(2026, 10, 31)


@pytest.fixture(scope="session")
def empty() -> dict[str, pl.DataFrame]:
    return {name: empty_frame(file) for name, file in csv_files().files.items()}


NOW = datetime(2026, 10, 30, 1, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 9, 16, tzinfo=UTC)


def rows(name: str, *records: dict[str, object]) -> pl.DataFrame:
    schema = empty_frame(csv_files().files[name]).schema
    return pl.DataFrame([dict.fromkeys(schema) | record for record in records], schema=schema)


@pytest.fixture(scope="session")
def frames(empty) -> dict[str, pl.DataFrame]:
    statement = {
        "contact_id": "c1",
        "source": "call",
        "source_id": "CALL-1",
        "channel": "phone",
        "occurred_at": datetime(2026, 10, 30, 1, tzinfo=UTC),
        "role": "customer",
        "kind": "complaint",
        "polarity": "negative",
        "urgency": "none",
    }
    contact = {"source": "call", "source_id": "CALL-1", "channel": "phone", "started_at": NOW} | {
        "origin_rule": "inbound",
        "silence": "vocal",
        "n_statements": 1,
    }
    grave = {"voc_id": "v1", "role": "customer", "channel": "phone", "origin": "reactive"}
    grave |= {"contact_id": "c1", "source_id": "CALL-1", "occurred_at": NOW}
    silent = {"state": "no_sign", "do_not_contact": False, "reasons": ["理由"], "n_proactive_voc": 0}
    reason = {"layer": 0, "in_vital_few": True, "cumulative_share": 0.8, "n_with_reason": 10}
    window = {"window_from": date(2026, 8, 3), "window_to": date(2026, 10, 31)}
    compared = window | {
        f"{side}_{figure}": value
        for side in ("reactive", "proactive", "quiet")
        for figure, value in (("customers", 4), ("heard", 40), ("reach", 0.1))
    }
    compared |= {
        f"{side}_{figure}": value
        for side in ("quiet_unprompted", "inquirer")
        for figure, value in (("customers", 3), ("heard", 30), ("reach", 0.1))
    }
    compared |= {"ci_low": -3.0, "ci_high": 3.0, "p_value": 0.1, "quiet_rarefied_to": 2, "quiet_also_inquired": 1}
    compared |= {"quiet_ci_low": -9.0, "quiet_ci_high": 3.0, "hidden_need": False, "quiet_prompted_customers": 1}
    heard = dict.fromkeys(("unknown_talk_s", "ivr_s", "silence_s", "dead_air_s", "hold_heard_s"), 0.0)
    heard |= {"source": "call", "source_id": "CALL-1", "origin": "reactive", "started_at": NOW, "channels": 2}
    heard |= {"duration_s": 200.0, "conversation_s": 180.0, "n_holds": 0}
    kpi = {"queue": "一般", "n_inquiries": 2, "n_identified": 2, "service_level": 1.0}
    worded = {"group_by": "silence", "n": 9, "customers": 6, "heard": 40, "word_type": "pair"}
    filled = {
        "voc": rows(
            "voc",
            statement
            | {
                "voc_id": "v1",
                "origin": "reactive",
                "silence": "vocal",
                "customer_id": "K-1",
                "text": "再設定メールが<b>届かない</b>",
                "kind_evidence": "届かない",
                "topic_id": "T1",
                "topic_label": "再設定メール 届かない",
                "start_s": 72.4,
                "audio_link": "../inbox/recordings/a.wav#t=72.4",
            },
            statement
            | {
                "voc_id": "v2",
                "origin": "proactive",
                "silence": "quiet",
                "customer_id": "K-2",
                "text": "手作業でExcelに写しています",
                "topic_id": "T2",
                "topic_label": "Excel 写す",
            },
        ),
        "topics": rows(
            "topics",
            {
                "topic_id": "T1",
                "label": "再設定メール 届かない",
                "keywords": ["再設定", "届かない"],
                "layer": 0,
                "status": "active",
                "n_voc": 1,
                "n_customers": 1,
                "n_reactive": 1,
                "n_proactive": 0,
                "n_quiet": 0,
                "example_1": "再設定メールが<b>届かない</b>",
                "example_1_voc_id": "v1",
                "middle_id": "L1",
                "middle_label": "ログイン",
                "coarse_id": "L2",
                "coarse_label": "使い始め",
            },
        ),
        "proactive_voc": rows(
            "proactive_voc",
            {
                "voc_id": "v2",
                "source_id": "CALL-1",
                "customer_id": "K-2",
                "silence": "quiet",
                "class": "unmet_need",
                "prompted": False,
                "evidence": "手作業でExcelに写しています",
            },
        ),
        "contacts": rows(
            "contacts",
            contact
            | {"contact_id": "c1", "origin": "reactive", "customer_id": "K-1", "queue": "一般", "duration_s": 90.0}
            | {"emotion_opening": -1.0, "emotion_end": 0.0, "harassment": ["abuse", "threat"]},
            contact | {"contact_id": "c0", "origin": "reactive", "customer_id": "K-2", "started_at": LONG_AGO},
        ),
        "critical_voc": rows(
            "critical_voc",
            grave
            | {"family": "threat", "evidence": "<b>覚えておけ</b>", "words": "覚えておけ", "start_s": 72.4}
            | {"audio_link": "../inbox/recordings/a.wav#t=72.4"},
            grave | {"family": "leak", "evidence": "個人情報が漏れています", "contact_id": "c0"},
        ),
        "silent_customers": rows(
            "silent_customers",
            silent | {"customer_id": "K-2", "quiet_since": date(2026, 1, 10), "risk": 40, "n_proactive_voc": 1},
            silent | {"customer_id": "K-3", "quiet_since": date(2026, 1, 5), "risk": 0},
        ),
        "pareto": rows(
            "pareto",
            reason | {"rank": 1, "topic_id": "T1", "label": "再設定メール 届かない", "n_inquiries": 8, "share": 0.8},
            reason | {"rank": 2, "topic_id": "T9", "label": "隠したもの", "n_inquiries": 2, "share": 0.2},
            reason | {"rank": 3, "label": "理由なし", "n_inquiries": 5, "in_vital_few": False},
        ),
        "contrast": rows(
            "contrast",
            compared
            | {"topic_id": "T2", "label": "Excel 写す", "side": "proactive", "log_odds": -2.0, "q_value": 0.01}
            | {"quiet_side": "quiet", "quiet_log_odds": -1.5, "quiet_q_value": 0.02, "hidden_need": True}
            | {"quiet_stratified_by": ["plan"], "quiet_weighted_by": ["usage"], "quiet_effective_heard": 28.4}
            | {"quiet_weighted_reach": 0.12, "quiet_weighted_low": 0.05, "quiet_weighted_high": 0.2},
            compared
            | {"topic_id": "T1", "label": "再設定メール 届かない", "side": "both", "log_odds": 1.0, "q_value": 0.2}
            | {"quiet_side": "both", "quiet_log_odds": 0.5, "quiet_q_value": 0.3},
            compared
            | {"topic_id": "T9", "label": "隠したもの", "side": "insufficient"}
            | {"quiet_side": "insufficient", "quiet_lacking": "few_raising"},
        ),
        "keyness": rows(
            "keyness",
            worded | {"group": "quiet", "term": "Excel→<写す>", "log_odds": 2.0, "q_value": 0.01},
            worded | {"group": "quiet", "term": "手", "log_odds": 0.4, "q_value": 0.3},
            worded | {"group": "inquirer", "term": "届かない", "log_odds": 1.2, "q_value": 0.04},
        ),
        "response": rows(
            "response",
            window
            | {"campaign": "<春>の呼びかけ", "first_asked_on": date(2026, 9, 1), "last_asked_on": date(2026, 9, 2)}
            | {"held_out": 2, "asked": 20, "reached": 15, "answered": 8, "heard": 6, "reached_share": 0.75}
            | {"answered_share": 0.4, "quiet_asked": 10, "quiet_answered": 2, "quiet_answered_share": 0.2},
        ),
        "kpi_daily": rows(
            "kpi_daily",
            kpi | {"business_date": date(2026, 10, 29), "offered": 3, "answered": 1, "aht_s": 100.0, "fcr": 1.0},
            kpi | {"business_date": date(2026, 10, 30), "offered": 9, "answered": 9, "aht_s": 200.0},
        ),
        "call_anatomy": rows(
            "call_anatomy",
            heard
            | {"contact_id": "c1", "queue": "一般", "agent_talk_s": 60.0, "agent_share": 0.6, "overlap_s": 1.0}
            | {"longest_wait_s": 75.2, "n_holds": 1, "hold_heard_s": 70.0, "agent_interruptions": 2}
            | {"customer_interruptions": 1, "longest_wait_link": "../inbox/recordings/a.wav#t=31.5"}
            | {"longest_hold_link": "../inbox/recordings/a.wav#t=33.0"},
            heard | {"contact_id": "c0", "source_id": "V9.wav", "channels": 1, "longest_wait_s": 4.0},
            heard | {"contact_id": "c2", "source_id": "V8.wav", "conversation_s": 0.0, "started_at": None},
        ),
        "rejects": rows(
            "rejects",
            {
                "source": "inquiries",
                "file": "a<b>.csv",
                "row": 3,
                "stage": "ingest",
                "reason": "bad_time",
                "detail": "x",
            },
        ),
        "customer_silence": pl.DataFrame(
            {
                "silence": ["quiet", "undetermined"],
                "silence_reason": [None, "history_too_short"],
                "n_customers": [3, 1],
            }
        ),
        "statement_words": pl.DataFrame(
            {
                "voc_id": ["v1", "v2"],
                "terms": [["再設定メール", "届かない"], ["手作業", "Excel", "写す"]],
            }
        ),
        "topic_names": pl.DataFrame(
            {
                "topic_id": ["T1"],
                "candidates": [
                    (
                        '[{"name": "<b>メールが届かない", "source": "clause", "score": 1.25, "coverage": 0.4},'
                        ' {"name": "メール・届かない", "source": "pair"}]'
                    )
                ],
            }
        ),
        "statement_corrections": pl.DataFrame(
            {"voc_id": ["v1"], "start": [3], "end": [6], "original": ["<u>目売る"], "term": ["メール"]}
        ),
    }
    return empty | filled
