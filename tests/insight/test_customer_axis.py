"""Health, churn, accounts and journeys of small worlds; joins that multiply nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings

from pipelines.steps.customers import customer_tables
from tests.insight import worlds
from tests.segment import silent_worlds
from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.rules import SilenceRules
from voc_mining.export.files import conform, csv_files
from voc_mining.insight.accounts import accounts_table
from voc_mining.insight.customer_silence import account_silence
from voc_mining.insight.facts import contact_facts, customer_facts, statement_facts
from voc_mining.insight.journeys import journeys
from voc_mining.insight.silent_customers import silent_customers
from voc_mining.insight.worth_a_page import PAGES_OF, worth_a_page
from voc_mining.segment.quiet_states import quiet_states
from voc_mining.segment.silence import silence_on

AS_OF = worlds.AS_OF
PARAMS = replace(worlds.PARAMS, silence=SilenceRules(history_start=date(2024, 1, 1)))
SINCE = date(2025, 4, 1)
TABLES = ("silent_churn", "customer_health", "accounts", "journeys")


def table(name: str, *rows: dict) -> pl.DataFrame:
    return silent_worlds.table(name, list(rows))


def at(month: int, day: int, hour: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def world(
    customers: list[dict],
    contacts: list[dict] | None = None,
    said: list[dict] | None = None,
    *,
    contracts: pl.DataFrame | None = None,
    usage: pl.DataFrame | None = None,
    params=PARAMS,
) -> dict[str, pl.DataFrame]:
    """Every table of the customer axis; contacts carry their origin and, where it is known, their outcome."""
    rows = [{"contact_id": f"k{i}", **one} for i, one in enumerate(contacts or [])]
    delivered = [{k: v for k, v in row.items() if k not in ("origin", "outcome")} for row in rows]
    decided = [{"contact_id": r["contact_id"], "origin": r.get("origin", "reactive")} for r in rows]
    known = contact_facts(worlds.rows("contacts", *delivered), worlds.rows("segments", *decided), params)
    ended = [{"contact_id": r["contact_id"], "outcome": r["outcome"]} for r in rows if "outcome" in r]
    voc = [{"voc_id": f"v{i}", "text": f"t{i}", **one} for i, one in enumerate(said or [])]
    statements = statement_facts(worlds.rows("voc", *voc), known, worlds.assigned({"T1": "T1", "T2": "T2"}))
    described = customer_facts(
        worlds.rows("customers", *[{"contract_start": SINCE, **row} for row in customers]), params
    )
    today = silence_on(known, described, params.as_of, params.silence)
    quiet = today.filter(pl.col("silence") == "quiet")
    proactive = statements.filter(pl.col("origin") == "proactive").with_columns(pl.lit("other").alias("class"))
    told = pl.DataFrame(
        schema=dict.fromkeys(("customer_id", "class", "topic_id"), pl.String)
        | {"occurred_at": pl.Datetime("us", "UTC")}
    )
    return customer_tables(
        contracts=LAKE_TABLES["contracts"].empty() if contracts is None else contracts,
        uses={"self_service": pl.DataFrame(schema={"customer_key": pl.String, "at": pl.Datetime("us", "UTC")})}
        | {"usage": LAKE_TABLES["usage"].empty() if usage is None else usage},
        today=today,
        contacts=known,
        statements=statements,
        customers=described,
        outcomes=worlds.rows("outcomes", *ended),
        silent=silent_customers(quiet, quiet_states(quiet, proactive, described, params.quiet), told, params),
        params=params,
    )


def health(customer: dict, *args, **kwargs) -> dict:
    (row,) = world([{"customer_key": "C1", **customer}], *args, **kwargs)["customer_health"].to_dicts()
    return row


def test_a_customer_of_whom_little_is_known_starts_from_the_base_and_says_so():
    row = health({})
    assert (row["health"], row["silence"], row["state"]) == (50.0, "quiet", "no_sign")
    assert row["reasons"] == ["問い合わせも支援もなし (-10)"]
    assert row["missing"] == ["利用", "更新見込み", "年間契約額", "顧客データの最終支援日", "期間内の接点"]


@pytest.mark.parametrize(
    ("customer", "points", "reason"),
    [
        ({"notice_at": date(2026, 9, 20)}, -60, "解約の申し出あり（2026-09-20） (-60)"),
        ({"renewal_outlook": "低"}, -25, "更新見込みが低い（低） (-25)"),
        ({"renewal_outlook": "高"}, 15, "更新見込みが高い（高） (+15)"),
        ({"last_active_at": at(8, 20)}, -20, "最終利用から41日 (-20)"),
        ({"last_active_at": at(9, 20)}, 10, "直近30日に利用あり (+10)"),
        ({"last_support_at": at(9, 1)}, 5, "直近3か月に支援あり (+5)"),
        ({"last_support_at": at(5, 1)}, -5, "直近3か月に支援なし (-5)"),
    ],
)
def test_each_sign_adds_its_points_in_words(customer, points, reason):
    row = health(customer)
    assert row["health"] == max(0.0, 50.0 + points)
    assert reason in row["reasons"]


def test_contacts_and_what_was_said_count_within_the_look_back():
    contacts = [
        {"customer_key": "C1", "started_at": at(9, 1), "outcome": "unresolved"},
        {"customer_key": "C1", "started_at": at(9, 9), "outcome": "unknown"},
        {"customer_key": "C1", "started_at": at(8, 1), "origin": "proactive", "source": "checkin"},
        {"customer_key": "C1", "started_at": at(1, 1), "outcome": "satisfied"},
    ]
    said = [
        {"contact_id": "k0", "kind": "complaint", "text": "T1"},
        {"contact_id": "k1", "kind": "churn_signal", "text": "T2"},
        {"contact_id": "k1", "kind": "inquiry", "text": "T2", "first_no": 1},
        {"contact_id": "k3", "kind": "complaint", "text": "T1"},
    ]
    row = health({}, contacts, said)
    assert (row["contacts_reactive"], row["contacts_proactive"], row["last_outcome"]) == (2, 1, "unresolved")
    assert (row["topics"], row["n_statements"], row["silence"]) == (["T2", "T1"], 3, "vocal")
    assert row["health"] == 60 - 30 - 15 - 10 + 5
    assert (row["last_reactive_at"], row["last_proactive_at"]) == (at(9, 9), at(8, 1))


def test_weekly_usage_falls_by_metric_and_stale_data_tell_nothing():
    weeks = [AS_OF - timedelta(days=AS_OF.weekday() + 7 * n) for n in range(1, 9)]
    values = {"logins": [5.0] * 4 + [10.0] * 4, "storage": [900.0] * 8}
    rows = [
        {"customer_key": "C1", "week": week, "metric": metric, "value": value, "month": "m"}
        for metric, series in values.items()
        for week, value in zip(weeks, series, strict=True)
    ]
    assert health({}, usage=table("usage", *rows))["usage_change"] == -0.25
    old = [{**row, "week": row["week"] - timedelta(days=60)} for row in rows]
    assert health({}, usage=table("usage", *old))["usage_change"] is None


def test_who_is_no_customer_any_more_has_no_health_but_a_row():
    row = health({"contract_end": date(2026, 8, 31)})
    assert (row["health"], row["existing"], row["reasons"], row["silence_reason"]) == (
        None,
        False,
        None,
        "not_existing",
    )


def test_leavers_are_told_with_what_was_seen_before_and_nothing_later():
    customers = [
        {"customer_key": "C1", "contract_end": date(2026, 8, 31), "annual_value": 120.0, "churn_reason": "価格"}
        | {"renewal_outlook": "低", "outlook_at": date(2026, 8, 1), "last_active_at": at(6, 1), "account_key": "A1"},
        {
            "customer_key": "C2",
            "notice_at": date(2026, 9, 10),
            "renewal_outlook": "低",
            "outlook_at": date(2026, 9, 12),
        },
        {"customer_key": "C3", "contract_end": date(2026, 7, 1)},
        {"customer_key": "C4"},
    ]
    contacts = [
        {"customer_key": "C1", "started_at": at(7, 1), "origin": "proactive", "source": "checkin"},
        {"customer_key": "C1", "started_at": at(9, 1)},
        {"customer_key": "C2", "started_at": at(9, 10)},
        {"customer_key": "C3", "started_at": at(6, 1)},
    ]
    said = [{"contact_id": "k0", "kind": "complaint"}]
    rows = {row["customer_id"]: row for row in world(customers, contacts, said)["silent_churn"].to_dicts()}
    assert {key: row["silent"] for key, row in rows.items()} == {"C1": True, "C2": True, "C3": False}
    assert rows["C1"]["earlier_signs"] == [
        "更新見込みが低い（低）",
        "最終利用から90日",
        "尋ねたとき不満・困りごとの発言（1件）",
    ]
    assert rows["C2"]["earlier_signs"] == ["問い合わせも支援もなし"]
    assert (rows["C1"]["last_proactive_at"], rows["C1"]["last_reactive_at"]) == (at(7, 1), None)
    assert (rows["C1"]["annual_value"], rows["C1"]["known_reason"], rows["C1"]["account_id"]) == (120.0, "価格", "A1")
    assert rows["C2"]["ended_at"] == date(2026, 9, 10)


def test_a_leaver_that_only_a_contract_names_is_told():
    left = {"contract_id": "V", "customer_key": "C9", "renewal_due": date(2026, 9, 1), "outcome": "churned"}
    (row,) = world([], contracts=table("contracts", left | {"reason": "支援していない"}))["silent_churn"].to_dicts()
    assert (row["customer_id"], row["silent"], row["known_reason"], row["told_by"]) == (
        "C9",
        True,
        "支援していない",
        "contracts",
    )


def test_one_administrators_call_does_not_make_500_users_vocal():
    users = [{"customer_key": f"U{i:03}", "account_key": "BIG", "annual_value": 10.0} for i in range(500)]
    alone = [{"customer_key": "S1", "account_key": "SMALL", "annual_value": 9.0}, {"customer_key": "N1"}]
    new = {"customer_key": "E1", "account_key": "NEW", "contract_start": AS_OF}
    found = world([*users, *alone, new], [{"customer_key": "U000", "started_at": at(9, 1)}])
    rows = {row["account_id"]: row for row in found["accounts"].to_dicts()}
    big = rows["BIG"]
    assert (big["silence"], big["n_customers"], big["n_vocal"], big["n_quiet"]) == ("vocal", 500, 1, 499)
    assert (big["quiet_share"], big["annual_value"], big["n_inquirers"]) == (0.998, 5000.0, 1)
    assert (rows["SMALL"]["silence"], rows["NEW"]["silence"]) == ("quiet", "too_early")
    assert set(rows) == {"BIG", "SMALL", "NEW"}
    assert account_silence(found["accounts"]).rows() == [
        ("quiet", 1, 1, 1),
        ("vocal", 1, 500, 499),
        ("too_early", 1, 1, 0),
    ]


def test_an_account_that_might_have_asked_is_undetermined():
    short = replace(PARAMS, silence=SilenceRules(look_back_by_plan={"短": 10}, history_start=date(2026, 9, 1)))
    users = [{"customer_key": "U1", "account_key": "A", "plan": "短"}, {"customer_key": "U2", "account_key": "A"}]
    (row,) = world(users, params=short)["accounts"].to_dicts()
    assert (row["silence"], row["n_quiet"], row["n_undetermined"]) == ("undetermined", 1, 1)


def test_journeys_go_over_all_channels_in_time_and_undated_contacts_come_last():
    contacts = worlds.rows(
        "contacts",
        {"contact_id": "b", "customer_key": "C1", "started_at": at(9, 3, 15), "channel": "chat"},
        {"contact_id": "a", "customer_key": "C1", "started_at": at(9, 1), "source": "call", "channel": "phone"},
        {"contact_id": "c", "customer_key": "C1", "started_at": None},
        {"contact_id": "d", "customer_key": None, "started_at": at(9, 2)},
    )
    known = contact_facts(contacts, worlds.rows("segments"), PARAMS)
    voc = [
        {"voc_id": "1", "contact_id": "a", "text": "T2"},
        {"voc_id": "2", "contact_id": "a", "text": "T1", "first_no": 1},
        {"voc_id": "3", "contact_id": "a", "text": "T2", "first_no": 2},
    ]
    said = statement_facts(worlds.rows("voc", *voc), known, worlds.assigned({"T1": "T1", "T2": "T2"}))
    found = journeys(known, said, worlds.rows("outcomes", {"contact_id": "a", "outcome": "appeased"}))
    assert found.select("contact_id", "seq", "channel", "topics", "outcome", "days_since_previous").rows() == [
        ("a", 1, "phone", ["T2", "T1"], "appeased", None),
        ("b", 2, "chat", None, "unknown", 2.5),
        ("c", 3, "form", None, "unknown", None),
    ]


def test_a_call_passed_on_is_one_contact_with_what_all_its_legs_said():
    contacts = worlds.rows(
        "contacts",
        {"contact_id": "l1", "customer_key": "C1", "started_at": at(9, 1), "source": "call", "channel": "phone"},
        {"contact_id": "l2", "customer_key": "C1", "started_at": at(9, 1, 4), "source": "call", "channel": "phone"},
    )
    segments = worlds.rows(
        "segments",
        {"contact_id": "l1"},
        {"contact_id": "l2", "origin_rule": "leg", "related_contact_id": "l1"},
    )
    known = contact_facts(contacts, segments, PARAMS)
    voc = [{"voc_id": "1", "contact_id": "l1", "text": "T1"}, {"voc_id": "2", "contact_id": "l2", "text": "T2"}]
    said = statement_facts(worlds.rows("voc", *voc), known, worlds.assigned({"T1": "T1", "T2": "T2"}))
    ended = worlds.rows("outcomes", {"contact_id": "l1"}, {"contact_id": "l2", "outcome": "satisfied"})
    (step,) = journeys(known, said, ended).to_dicts()
    assert (step["contact_id"], step["topics"], step["outcome"], step["n_statements"]) == (
        "l1",
        ["T1", "T2"],
        "satisfied",
        2,
    )


def test_few_customers_get_a_page_each_once():
    n = 200
    customers = [{"customer_key": f"C{i:03}", "annual_value": float(i)} for i in range(n)]
    gone = [{"customer_key": f"D{i:03}", "contract_end": date(2026, 8, 1)} for i in range(n)]
    chosen = world([*customers, *gone])["chosen_customers"]
    assert dict(chosen["why"].value_counts().iter_rows()) == {"silent": 40, "churned": 30}
    assert chosen["customer_id"].is_unique().all()
    assert chosen.height <= sum(PAGES_OF.values())


@settings(max_examples=60, deadline=None)
@given(silent_worlds.contacts(), silent_worlds.customers(), silent_worlds.contracts())
def test_joins_multiply_no_row(contacts, customers, contracts):
    keys = {row["customer_key"] for row in customers}
    params = replace(PARAMS, as_of=silent_worlds.AS_OF, silence=silent_worlds.RULES)
    given = [{k: v for k, v in row.items() if k != "contact_id"} for row in contacts]
    found = world(customers, given, contracts=table("contracts", *contracts), params=params)
    for name in TABLES:
        contract = csv_files().files[name]
        frame = conform(found[name], contract)
        assert frame.columns == [column.name for column in contract.columns]
        assert frame.select(pl.struct(contract.key).is_unique().all()).item() is not False, name
    assert set(found["customer_health"]["customer_id"]) == keys
    dated = [c for c in contacts if c["started_at"] is None or silent_worlds.day_of(c["started_at"]) <= params.as_of]
    assert found["journeys"].height == sum(c["customer_key"] is not None for c in dated)
    assert found["accounts"]["n_customers"].sum() <= len(keys)
    counted = found["customer_silence"]["n_customers"].sum()
    assert counted == found["customer_health"]["existing"].sum()


def test_no_customers_table_gives_empty_tables_and_the_journeys():
    found = world([], [{"customer_key": "C1", "started_at": at(9, 1)}])
    assert {name: found[name].height for name in TABLES} == {
        "silent_churn": 0, "customer_health": 0, "accounts": 0, "journeys": 1,
    }  # fmt: skip
    assert found["customer_silence"].is_empty()
    assert found["customer_states"].is_empty()


@pytest.mark.parametrize(("asking", "state"), [(range(0), "quiet"), (range(5), "vocal")])
def test_everybody_or_nobody_quiet(asking, state):
    found = world(
        [{"customer_key": f"C{i}"} for i in range(5)],
        [{"customer_key": f"C{i}", "started_at": at(9, 1)} for i in asking],
    )
    assert found["customer_silence"].rows() == [(state, None, 5)]


def test_half_of_the_contacts_unidentified_and_a_short_history_are_told_apart():
    customers = [{"customer_key": "C1"}, {"customer_key": "C2"}]
    contacts = [{"customer_key": key, "started_at": at(9, 1)} for key in ("C1", None)]
    half = world(customers, contacts)["customer_silence"].rows()
    assert half == [("vocal", None, 1), ("undetermined", "unidentified_contacts", 1)]
    short = world(customers, contacts[:1], params=replace(PARAMS, silence=SilenceRules()))["customer_silence"].rows()
    assert short == [("vocal", None, 1), ("undetermined", "history_too_short", 1)]


def test_states_are_told_at_ends_of_months_up_to_the_day():
    states = world([{"customer_key": "C1"}], [{"customer_key": "C1", "started_at": at(2, 10)}])["customer_states"]
    told = dict(states.select("day", "silence").iter_rows())
    assert (told[date(2026, 1, 31)], told[date(2026, 2, 28)], told[date(2026, 7, 31)]) == ("quiet", "vocal", "vocal")
    assert (told[date(2026, 8, 31)], told[AS_OF]) == ("quiet", "quiet")
    assert states["day"].to_list() == sorted(states["day"])


def test_accounts_without_customers_left_have_no_state():
    found = world([{"customer_key": "C1", "account_key": "A", "contract_end": date(2026, 8, 1)}])
    (row,) = accounts_table(found["customer_health"], found["silent_churn"]).to_dicts()
    assert (row["silence"], row["n_customers"], row["n_churned"], row["n_left_silently"]) == (None, 0, 1, 1)


def test_a_customer_with_every_reason_has_one_page():
    frame = pl.DataFrame({"customer_id": ["C1"]})
    silent = frame.with_columns(do_not_contact=pl.lit(value=False), risk=1, annual_value=1.0)
    churned = frame.with_columns(left_on=pl.lit(AS_OF), annual_value=1.0)
    valued = frame.with_columns(value=1.0, existing=pl.lit(value=True))
    assert worth_a_page(silent, churned, valued).rows() == [("C1", "silent")]
