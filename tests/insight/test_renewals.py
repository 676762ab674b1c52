from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.insight import renewal_worlds as rw
from tests.insight import worlds
from voc_mining.contracts.objectives import Aims, Cohort, Objective
from voc_mining.errors import UserError
from voc_mining.insight.cohorts import LEAD_DAYS, at_freeze
from voc_mining.insight.frozen import FEATURES, frozen_features
from voc_mining.insight.objectives import check_objective, default_objectives, takes
from voc_mining.insight.opportunities import opportunities
from voc_mining.insight.params import InsightParams
from voc_mining.insight.renewal import renewal
from voc_mining.insight.units import members

AS_OF = worlds.AS_OF
EVERYONE = InsightParams(as_of=AS_OF, aims=Aims((Objective("all", (Cohort("all"),)),)))


def terms(*contracts: dict) -> pl.DataFrame:
    rows = [{"contract_id": f"K{no}", "customer_key": f"C{no}", **one} for no, one in enumerate(contracts)]
    return opportunities(rw.table("contracts", *rows), worlds.rows("customers"), AS_OF)


def term(due: date, **more: object) -> dict:
    return {"start": due - timedelta(days=365), "renewal_due": due, **more}


@pytest.mark.parametrize(
    ("contract", "state"),
    [
        (term(date(2026, 9, 30), outcome="renewed"), "renewed"),
        (term(date(2026, 9, 30), outcome="expanded"), "renewed"),
        (term(date(2026, 9, 30)), "undecided"),
        (term(date(2026, 9, 30), notice_at=date(2026, 8, 1)), "churned"),
        (term(date(2026, 9, 30), notice_at=date(2026, 8, 1), outcome="renewed"), "renewed"),
        (term(date(2026, 9, 1), outcome="churned"), "churned"),
        (term(date(2026, 12, 1)), "open"),
        (term(date(2026, 12, 1), outcome="renewed"), "open"),
        (term(date(2026, 12, 1), outcome="churned"), "open"),
        (term(date(2026, 12, 1), notice_at=date(2026, 9, 30)), "churned"),
        (term(date(2026, 12, 1), notice_at=date(2026, 10, 1), outcome="churned"), "open"),
    ],
)
def test_a_term_is_what_was_known_of_it_on_the_day(contract, state):
    assert terms(contract)["state"].to_list() == [state]


@pytest.mark.parametrize(
    "contract",
    [
        {"start": date(2026, 1, 1)},
        {"start": date(2026, 5, 1), "renewal_due": date(2026, 4, 1)},
        {"start": date(2026, 11, 1), "renewal_due": date(2027, 11, 1)},
        {**term(date(2026, 9, 1)), "customer_key": None},
    ],
)
def test_terms_without_an_end_the_wrong_way_round_in_the_future_or_of_nobody_are_left_out(contract):
    assert not terms(contract).height


def test_without_contracts_yearly_terms_are_assumed_and_said_so():
    customers = worlds.rows(
        "customers",
        {"customer_key": "C1", "contract_start": date(2024, 7, 1)},
        {"customer_key": "C2", "contract_start": date(2024, 7, 1), "notice_at": date(2026, 5, 1)},
        {"customer_key": "C3", "contract_start": date(2024, 7, 1), "contract_end": date(2025, 3, 1)},
    )
    found = opportunities(None, customers, AS_OF)
    assert found.select("unit_key", "due", "state").rows() == [
        ("customer:C1", date(2025, 7, 1), "renewed"),
        ("customer:C1", date(2026, 7, 1), "renewed"),
        ("customer:C1", date(2027, 7, 1), "open"),
        ("customer:C2", date(2025, 7, 1), "renewed"),
        ("customer:C2", date(2026, 7, 1), "churned"),
        ("customer:C3", date(2025, 3, 1), "churned"),
    ]
    row = rw.drawn(customers, params=EVERYONE).frames["cohorts"].row(0, named=True)
    assert row["basis"] == "顧客データから仮定した1年ごとの更新"
    assert (row["n_renewed"], row["n_churned"]) == (3, 2)


def test_without_open_terms_the_estimate_is_the_plain_share():
    past = [term(date(2026, 6, 1) + timedelta(days=no), outcome="renewed") for no in range(30)]
    left = [
        term(date(2026, 6, 1), outcome="churned", notice_at=date(2026, 3, 1) + timedelta(days=no)) for no in range(10)
    ]
    found = renewal(terms(*past, *left).with_columns(pl.lit(AS_OF).alias("as_of")))
    assert found.rate == pytest.approx(0.75)
    assert found.ci_low < 0.75 < found.ci_high


def test_early_notice_counts_only_once_its_peers_are_at_risk_and_open_terms_count_as_far_as_they_got():
    open_terms = [term(AS_OF + timedelta(days=10)) for _ in range(20)]
    early = term(AS_OF + timedelta(days=300), notice_at=date(2026, 9, 1))
    decided = [term(date(2026, 6, 1), outcome="renewed"), term(date(2026, 6, 1), notice_at=date(2026, 5, 25))]
    found = renewal(terms(*open_terms, early, *decided).with_columns(pl.lit(AS_OF).alias("as_of")))
    assert (found.open, found.churned, found.renewed) == (20, 1, 1)
    # The open ones have passed the day of the notice but for 7 days before the end: they are no longer at risk there.
    assert found.rate == pytest.approx(0.5)


@pytest.mark.parametrize(("outcome", "rate"), [("renewed", 1.0), ("churned", 0.0)])
def test_where_all_renewed_or_all_left_the_interval_is_exact(outcome, rate):
    found = renewal(terms(*[term(date(2026, 6, 1), outcome=outcome)] * 1).with_columns(pl.lit(AS_OF).alias("as_of")))
    assert found.rate == rate
    assert found.ci_high - found.ci_low == pytest.approx(0.975)


def test_an_account_of_500_users_is_one_customer():
    customers = worlds.rows(
        "customers",
        *[
            {
                "customer_key": f"C{no:03}",
                "account_key": "A",
                "annual_value": 600.0,
                "contract_start": date(2024, 10, 1),
            }
            for no in range(500)
        ],
    )
    contracts = rw.table("contracts", {"contract_id": "K", "account_key": "A", **term(date(2026, 10, 1))})
    row = rw.drawn(customers, contracts=contracts, params=EVERYONE).frames["cohorts"].row(0, named=True)
    assert (row["customers"], row["n_opportunities"], row["annual_value"], row["value_of_one_point"]) == (
        1,
        1,
        600.0,
        6.0,
    )


def test_units_are_told_once_a_customer():
    customers = worlds.rows(
        "customers",
        {"customer_key": "C1", "account_key": "A"},
        {"customer_key": "C1", "account_key": "B", "as_of": date(2026, 9, 1)},
        {"customer_key": "C2", "account_key": "B"},
        {"customer_key": "C3"},
    )
    contracts = rw.table(
        "contracts", {"contract_id": "K1", "account_key": "B"}, {"contract_id": "K2", "customer_key": "C2"}
    )
    assert members(customers, contracts).rows() == [
        ("C1", "account:B"),
        ("C2", "customer:C2"),
        ("C3", "customer:C3"),
    ]


def test_features_are_what_was_known_and_absence_is_not_ignorance():
    customers = worlds.rows("customers", {"customer_key": "C1", "plan": "pro", "contract_start": date(2025, 1, 1)})
    contacts, statements = rw.facts(
        {"customer_key": "C9", "day": date(2026, 1, 1)}, {"customer_key": "C1", "day": date(2026, 8, 1)}
    )
    known = rw.known(customers, contacts=contacts, statements=statements)
    moments = pl.DataFrame(
        {"moment_id": ["early", "late"], "unit_key": ["customer:C1"] * 2, "day": [date(2026, 3, 1), date(2026, 9, 1)]}
    )
    found = {row["moment_id"]: row for row in frozen_features(moments, known).to_dicts()}
    assert found["late"]["inquiries_180d"] == 1
    assert found["early"]["inquiries_180d"] is None  # records do not go back half a year
    assert found["late"]["supported_3m"] is None
    assert (found["late"]["plan"], found["late"]["members"]) == ("pro", 1)


def test_usage_is_compared_metric_by_metric():
    usage = rw.table(
        "usage",
        *rw.weeks("C1", date(2026, 8, 3), [10.0] * 4 + [5.0] * 4, "logins"),
        *rw.weeks("C1", date(2026, 8, 3), [1000.0] * 4 + [1100.0] * 4, "bytes"),
    )
    customers = worlds.rows("customers", {"customer_key": "C1", "contract_start": date(2025, 1, 1)})
    moments = pl.DataFrame({"moment_id": ["m"], "unit_key": ["customer:C1"], "day": [AS_OF]})
    row = frozen_features(moments, rw.known(customers, usage=usage)).row(0, named=True)
    assert (row["usage_metric"], row["usage_metric_change"]) == ("logins", pytest.approx(-0.5))
    assert row["usage_change"] == pytest.approx(-0.2)


@pytest.mark.parametrize(
    ("first", "values", "change"),
    [
        (date(2026, 8, 3), [10.0] * 4 + [0.0] * 4, -1.0),
        (date(2026, 8, 10), [10.0] * 3 + [20.0] * 4, None),  # began within the weeks compared
        (date(2026, 6, 1), [10.0] * 8, None),  # nothing delivered for weeks
        (date(2026, 7, 27), [99.0] + [10.0] * 4 + [8.0] * 4 + [0.0], -0.2),  # the running week is not complete
    ],
)
def test_usage_is_told_over_complete_weeks_that_were_delivered(first, values, change):
    usage = rw.table("usage", *rw.weeks("C1", first, values))
    customers = worlds.rows("customers", {"customer_key": "C1", "contract_start": date(2025, 1, 1)})
    moments = pl.DataFrame({"moment_id": ["m"], "unit_key": ["customer:C1"], "day": [AS_OF]})
    found = frozen_features(moments, rw.known(customers, usage=usage))["usage_change"].to_list()
    assert found == [pytest.approx(change) if change is not None else None]


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_features_never_use_what_came_later(seed):
    world = rw.random_world(seed)
    day = date(2026, 3, 1)

    def features(*, shaken: bool) -> pl.DataFrame:
        later = {part: [dict(row) for row in rows] for part, rows in world.items()}
        if shaken:
            for row in later["customers"]:
                if row["as_of"] > day:
                    row |= {
                        "annual_value": -1.0,
                        "usage_score": -1.0,
                        "renewal_outlook": "×",
                        "last_support_at": rw.at(day),
                    }
            later["usage"] = [
                row | ({"value": 999.0} if row["week"] > day - timedelta(days=6) else {}) for row in world["usage"]
            ]
            later["contacts"] = [
                row | ({"customer_key": "C001", "origin": "reactive"} if row["day"] > day else {})
                for row in world["contacts"]
            ]
            later["uses"] = [row for row in world["uses"] if row["at"].date() <= day] * 1
        contacts, statements = rw.facts(*later["contacts"], said=later["said"])
        known = rw.known(
            worlds.rows("customers", *later["customers"]),
            rw.table("contracts", *world["contracts"]),
            contacts=contacts,
            statements=statements,
            usage=rw.table("usage", *later["usage"]),
            self_service=rw.table("selfservice", *later["uses"]),
        )
        units = known.members.select("unit_key").unique().sort("unit_key")
        moments = units.select(pl.col("unit_key").alias("moment_id"), "unit_key", pl.lit(day).alias("day"))
        return frozen_features(moments, known)

    plain, shaken = features(shaken=False), features(shaken=True)
    assert plain.height == plain["moment_id"].n_unique()
    assert plain.equals(shaken)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_joins_multiply_nothing_and_features_are_older_than_any_notice(seed):
    world = rw.random_world(seed)
    customers = worlds.rows("customers", *world["customers"])
    contracts = rw.table("contracts", *world["contracts"])
    contacts, statements = rw.facts(*world["contacts"], said=world["said"])
    known = rw.known(customers, contracts, contacts=contacts, statements=statements)
    found = opportunities(contracts, customers, AS_OF)
    frozen = at_freeze(found, known, AS_OF)
    assert frozen["opportunity_id"].to_list() == found["opportunity_id"].to_list()
    assert frozen.filter(pl.col("day") >= pl.col("left_on")).is_empty()
    assert frozen.filter(pl.col("day") > pl.col("due") - timedelta(days=LEAD_DAYS)).is_empty()
    drawn = rw.of_world(world)
    assert drawn.beside.units["customer_key"].is_unique().all()
    assert drawn.beside.signs["unit_key"].is_unique().all()
    assert drawn.beside.blocks["customer_key"].is_unique().all()
    table = drawn.frames["cohorts"]
    for _, part in table.group_by("objective"):
        decided = part.select(pl.col("n_renewed").sum(), pl.col("n_churned").sum()).row(0)
        recent = found.filter(pl.col("due") > AS_OF - timedelta(days=730)).filter(
            pl.col("due") - timedelta(days=180) < AS_OF
        )
        counts = dict(recent.group_by("state").len().iter_rows())
        assert decided == (counts.get("renewed", 0), counts.get("churned", 0))
    assert drawn.frames["outreach_results"].height == len(world["asked"])


def test_an_empty_world_gives_empty_tables():
    drawn = rw.drawn(worlds.rows("customers"))
    assert all(drawn.frames[name].is_empty() for name in ("cohorts", "data_readiness", "outreach_effect"))
    assert drawn.frames["churn_model"]["status"].to_list() == ["too_few"]


def test_support_before_notice_is_told_apart_and_reasons_that_say_so_are_counted():
    customers = [{"customer_key": f"C{no:02}", "contract_start": date(2024, 1, 1)} for no in range(40)]
    contracts, contacts = [], [{"customer_key": "C01", "day": date(2026, 1, 5), "origin": "proactive"}]
    for no in range(40):
        supported, left = no % 2 == 0, no % 4 == 3
        more = (
            {"notice_at": date(2026, 7, 1), "outcome": "churned", "reason": "支援していない"}
            if left
            else {"outcome": "renewed"}
        )
        contracts.append({"contract_id": f"K{no}", "customer_key": f"C{no:02}", **term(date(2026, 8, 1), **more)})
        if supported:
            contacts.append({"customer_key": f"C{no:02}", "day": date(2026, 6, 1), "origin": "proactive"})
    row = rw.drawn(
        worlds.rows("customers", *customers),
        rw.facts(*contacts),
        EVERYONE,
        contracts=rw.table("contracts", *contracts),
    ).frames["cohorts"].row(0, named=True)  # fmt: skip
    assert (row["n_supported"], row["n_unsupported"]) == (20, 20)
    assert (row["renewal_supported"], row["renewal_unsupported"]) == (1.0, 0.5)
    assert row["difference_low"] < 0.5 < row["difference_high"]
    assert (row["churn_unsupported_share"], row["reason_unsupported_share"]) == (1.0, 1.0)
    assert row["churn_reasons"] == ["支援していない 10"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_built_in_objectives_can_be_evaluated(lang):
    for objective in default_objectives(lang):
        check_objective(objective)


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("annual_value >", "objectives.condition"),
        ("annual_value", "objectives.no_condition"),
        ("customer_key = 'C1'", "objectives.column"),
        ("(SELECT 1) = 1", "objectives.condition"),
        ("plan = 1", "objectives.condition"),
        ("read_csv('x') = 1", "objectives.condition"),
    ],
)
def test_a_condition_that_cannot_be_evaluated_says_what_to_do(where, code):
    with pytest.raises(UserError) as trouble:
        check_objective(Objective("o", (Cohort("c", where),)))
    assert trouble.value.code == code
    assert trouble.value.remedy


def test_a_condition_does_not_guess():
    features = pl.DataFrame({"annual_value": [1.0, None, 3.0]}).with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in FEATURES.items() if name != "annual_value"
    )
    features = features.with_columns(
        pl.lit(None, pl.Float64).alias("value_top_share"), pl.lit(None, pl.Float64).alias("tenure_months")
    )
    assert takes(features, Cohort("c", "annual_value >= 2")).to_list() == [False, None, True]
    assert takes(features, Cohort("c", "annual_value > AVG(annual_value)")).to_list() == [False, None, True]


def test_readiness_names_what_is_lacking_and_who_judged():
    customers = worlds.rows(
        "customers",
        {"customer_key": "C1", "contract_start": date(2025, 1, 1), "renewal_outlook": "A", "outlook_by": "CS担当",
         "outlook_at": date(2026, 8, 1)},
        {"customer_key": "C2", "contract_start": date(2025, 1, 1), "annual_value": 1.0},
        {"customer_key": "C3", "contract_start": date(2025, 1, 1), "contract_end": date(2026, 1, 1)},
    )  # fmt: skip
    table = rw.drawn(customers, params=EVERYONE).frames["data_readiness"]
    rows = {row["column"]: row for row in table.to_dicts()}
    assert (rows["customers.annual_value"]["filled_share"], rows["customers.annual_value"]["n_rows"]) == (0.5, 2)
    assert rows["customers.renewal_outlook"]["judged_by"] == "CS担当 2026-08-01–2026-08-01"
    assert rows["contracts.renewal_due"]["filled_share"] is None
    assert not rows["contracts.renewal_due"]["ready"]
    assert rows["customers.outlook_at"]["action"] == "そのまま使えます"
    assert table["required"].to_list() == sorted(table["required"].to_list(), reverse=True)
