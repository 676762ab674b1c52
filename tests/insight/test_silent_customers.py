from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tests.insight import worlds
from voc_mining.contracts.rules import QuietRules, SilenceRules
from voc_mining.insight.facts import contact_facts, statement_facts
from voc_mining.insight.proactive import proactive_class, proactive_voc
from voc_mining.insight.renewals import Beside
from voc_mining.insight.silent_customers import silent_customers
from voc_mining.segment.quiet_states import quiet_states
from voc_mining.segment.silence import quiet_customers

RULES = SilenceRules(history_start=date(2025, 1, 1))
ANSWERED = datetime(2026, 9, 1, tzinfo=UTC)


def listed(customer: dict, said: list[dict] | None = None, snapshots: list[dict] | None = None, beside=None, **signs):
    customers = worlds.rows(
        "customers",
        {"customer_key": "C1", "contract_start": date(2025, 4, 1), **customer},
        *[{"customer_key": "C1", "contract_start": date(2025, 4, 1), **customer, **row} for row in snapshots or []],
    )
    contacts = worlds.rows(
        "contacts", {"contact_id": "k", "source": "checkin", "customer_key": "C1", "started_at": ANSWERED}
    )
    known = contact_facts(contacts, worlds.rows("segments", {"contact_id": "k", "origin": "proactive"}), worlds.PARAMS)
    voc = [
        {"voc_id": f"v{i}", "contact_id": "k", "first_no": i, "role": "writer", **one}
        for i, one in enumerate(said or [])
    ]
    statements = statement_facts(worlds.rows("voc", *voc), known, worlds.assigned({"T1": "T1"}))
    statements = statements.with_columns(proactive_class().alias("class"), pl.lit(0.7).alias("class_score"))
    quiet = quiet_customers(known, customers, worlds.AS_OF, RULES)
    states = quiet_states(quiet, statements, customers, QuietRules(), **signs)
    table = silent_customers(quiet, states, proactive_voc(statements), worlds.PARAMS, beside)
    return table.to_dicts()


def test_a_customer_without_signs_is_listed_with_none():
    row = listed({"account_key": "A1", "annual_value": 120.0})[0]
    assert (row["customer_id"], row["account_id"], row["state"], row["risk"]) == ("C1", "A1", "no_sign", 0)
    assert row["reasons"] == ["目立った兆候なし"]
    assert row["quiet_since"] == date(2025, 4, 1)
    assert row["do_not_contact"] is False


@pytest.mark.parametrize(
    ("customer", "risk", "reason"),
    [
        ({"renewal_outlook": "低"}, 30, "更新見込みが低い（低）"),
        ({"renewal_outlook": " At Risk "}, 30, "更新見込みが低い（ At Risk ）"),
        ({"renewal_outlook": "高"}, 0, "目立った兆候なし"),
        ({"last_active_at": datetime(2026, 8, 20, tzinfo=UTC)}, 20, "最終利用から41日経過"),
        ({"last_active_at": datetime(2026, 9, 20, tzinfo=UTC)}, 0, "目立った兆候なし"),
        ({"last_support_at": datetime(2026, 6, 1, tzinfo=UTC)}, 15, "直近3か月に支援なし"),
        ({"last_support_at": datetime(2026, 9, 1, tzinfo=UTC)}, 0, "目立った兆候なし"),
        ({"outlook_at": date(2026, 1, 1)}, 5, "更新見込みの判断が古い（272日前）"),
        ({"notice_at": date(2026, 9, 10)}, 40, "解約の申し出あり（2026-09-10）"),
    ],
)
def test_each_sign_has_its_points_and_words(customer, risk, reason):
    row = listed(customer)[0]
    assert (row["risk"], row["reasons"]) == (risk, [reason])


def test_what_was_told_when_asked_makes_dissatisfied_and_is_counted():
    row = listed({}, [{"text": "画面が重い", "kind": "complaint"}, {"text": "解約を検討中", "kind": "churn_signal"}])[0]
    assert (row["state"], row["n_proactive_voc"], row["risk"]) == ("dissatisfied", 2, 65)
    assert row["suggested_contact"] == "担当者から電話し、理由と条件を確認"


def test_falling_usage_is_seen_over_the_rows_of_the_customer():
    snapshots = [
        {"as_of": date(2026, 7, 1), "usage_score": 80.0},
        {"as_of": date(2026, 9, 1), "usage_score": 40.0},
        {"as_of": date(2026, 10, 5), "usage_score": 99.0},
    ]
    row = listed({}, snapshots=snapshots)[0]
    assert (row["state"], row["usage_score"], row["reasons"]) == ("usage_falling", 40.0, ["利用が50%減少"])


def test_self_service_goes_before_the_other_states():
    uses = pl.DataFrame({"customer_key": ["C1"], "at": [ANSWERED]}).cast({"at": pl.Datetime("us", "UTC")})
    row = listed({}, [{"text": "画面が重い", "kind": "complaint"}], self_service=uses)[0]
    assert row["state"] == "self_serving"


def test_weekly_usage_goes_before_the_scores():
    weeks = pl.DataFrame(
        {
            "customer_key": ["C1"] * 8,
            "week": [date(2026, 8, 3 + 7 * i) if i < 5 else date(2026, 9, 7 * (i - 4)) for i in range(8)],
            "metric": ["logins"] * 8,
            "value": [10.0] * 4 + [1.0] * 4,
        }
    )
    assert listed({}, usage=weeks)[0]["state"] == "usage_falling"


def test_those_who_must_not_be_contacted_stay_visible():
    row = listed({"do_not_contact": True, "renewal_outlook": "低"})[0]
    assert (row["do_not_contact"], row["suggested_contact"]) == (True, "連絡しない（連絡不可）")


@pytest.mark.parametrize(
    "customer",
    [
        {"contract_start": date(2026, 9, 15)},
        {"contract_start": date(2026, 10, 15)},
        {"contract_end": date(2026, 9, 30)},
    ],
)
def test_new_future_and_ended_contracts_are_not_listed(customer):
    assert listed(customer) == []


def beside(**signs) -> Beside:
    unit = {
        "unit_key": ["customer:C1"], "usage_metric": [None], "usage_metric_change": [None], "supported_3m": [None],
        "renewal_due": [None], "n_similar": [20], "n_similar_left": [8], "left_share": [0.4], "base_share": [0.1],
        "similar_left": [False], "similar_topics": [["T1", "T2"]], "churn_probability": [None],
    }  # fmt: skip
    types = {"usage_metric": pl.String, "usage_metric_change": pl.Float64, "supported_3m": pl.Boolean,
             "renewal_due": pl.Date, "churn_probability": pl.Float64}  # fmt: skip
    return Beside(
        pl.DataFrame({"customer_key": ["C1"], "unit_key": ["customer:C1"]}),
        pl.DataFrame({**unit, **{name: [value] for name, value in signs.items()}}, schema_overrides=types),
        pl.DataFrame({"customer_key": ["C1"], "block": ["just_contacted"], "block_reason": ["連絡したばかり"]}),
        {"T1": "料金"},
        "note",
    )


@pytest.mark.parametrize(
    ("signs", "risk", "reason"),
    [
        ({"usage_metric": "logins", "usage_metric_change": -0.5}, 25, "利用が50%（logins）減少"),
        ({"usage_metric": "logins", "usage_metric_change": -0.1}, 0, "目立った兆候なし"),
        ({"supported_3m": False}, 15, "直近3か月に支援なし"),
        ({"supported_3m": True}, 0, "目立った兆候なし"),
        ({"renewal_due": date(2026, 10, 30)}, 5, "契約更新まで30日"),
        ({"renewal_due": date(2027, 10, 30)}, 0, "目立った兆候なし"),
        ({"similar_left": True}, 15, "似た顧客（プラン・契約年数・利用の傾向）の離反が多い（8/20件）"),
    ],
)
def test_what_is_known_beside_silence_has_its_points_and_words(signs, risk, reason):
    row = listed({}, beside=beside(**signs))[0]
    assert (row["risk"], row["reasons"]) == (risk, [reason])


def test_topics_of_those_alike_who_left_are_named_and_count_where_they_were_raised():
    row = listed({}, [{"text": "T1", "kind": "other"}], beside=beside())[0]
    assert row["similar_topics"] == ["料金"]
    assert row["reasons"] == ["離反した似た顧客と同じ話題の発言あり（1件）"]
    assert row["contact_blocked"] == "連絡したばかり"
    assert (row["churn_probability"], row["churn_note"]) == (None, "note")


def test_the_chance_stands_beside_the_score_and_never_in_it():
    row = listed({}, beside=beside(churn_probability=0.9))[0]
    assert (row["risk"], row["churn_probability"]) == (0, 0.9)
