from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import numpy as np
import polars as pl
import pytest

from tests.insight import renewal_worlds as rw
from tests.insight import worlds
from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.objectives import ContactRules
from voc_mining.insight.contact_rules import contact_blocks
from voc_mining.insight.facts import contact_facts
from voc_mining.insight.opportunities import opportunities
from voc_mining.insight.outreach_effect import outreach_effect
from voc_mining.insight.outreach_list import LIST_SCHEMA, Campaign, outreach_list
from voc_mining.insight.outreach_results import askings, outreach_results
from voc_mining.insight.proportions import difference_of_means, difference_of_shares

AS_OF = worlds.AS_OF
NOBODY = rw.table("outreach_lists")


def candidates(n: int, **more: object) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "customer_key": [f"C{no:04}" for no in range(n)],
            "unit_key": [f"customer:C{no:04}" for no in range(n)],
            "situation": ["trouble"] * n,
            "suggested_contact": ["連絡"] * n,
            "risk": [max(0, 100 - no) for no in range(n)],
            "reasons": [["理由1", "理由2"]] * n,
            "block": pl.Series([None] * n, dtype=pl.String),
            "block_reason": pl.Series([None] * n, dtype=pl.String),
        }
    ).with_columns(**{name: pl.lit(value) for name, value in more.items()})


CAMPAIGN = Campaign("秋", AS_OF, holdout=0.3, seed=7)


def test_arms_are_drawn_at_random_and_alike_every_time():
    first = outreach_list(candidates(2000), NOBODY, CAMPAIGN)
    again = outreach_list(candidates(2000).sample(fraction=1, shuffle=True, seed=1), NOBODY, CAMPAIGN)
    assert first.recorded.equals(again.recorded)
    assert (first.recorded["arm"] == "holdout").mean() == pytest.approx(0.3, abs=0.03)
    other = outreach_list(candidates(2000), NOBODY, replace(CAMPAIGN, seed=8))
    same = (first.recorded["arm"] == other.recorded["arm"]).mean()
    assert same == pytest.approx(0.3**2 + 0.7**2, abs=0.04)
    LAKE_TABLES["outreach_lists"].check(LAKE_TABLES["outreach_lists"].conform(first.recorded))


def test_who_is_on_record_keeps_the_arm_and_is_not_drawn_again():
    first = outreach_list(candidates(100), NOBODY, CAMPAIGN)
    later = replace(CAMPAIGN, as_of=AS_OF + timedelta(days=30), seed=99, holdout=0.0)
    again = outreach_list(candidates(110), first.recorded, later)
    assert again.recorded["customer_key"].to_list() == [f"C{no:04}" for no in range(100, 110)]
    held = {row["customer_id"] for row in first.rows.filter(pl.col("arm") == "holdout").to_dicts()}
    assert held
    assert {row["customer_id"] for row in again.rows.filter(pl.col("arm") == "holdout").to_dicts()} == held
    repeated = again.rows.filter(pl.col("customer_id").is_in(first.recorded["customer_key"].implode()))
    assert repeated.sort("customer_id", "step").equals(first.rows.sort("customer_id", "step"))


def test_customers_of_an_account_share_their_arm():
    listed = outreach_list(candidates(400).with_columns(pl.format("account:A{}", pl.int_range(400) // 8).alias("unit_key")),
                           NOBODY, CAMPAIGN).recorded  # fmt: skip
    assert listed.group_by("unit_key").agg(pl.col("arm").n_unique())["arm"].unique().to_list() == [1]


def test_the_limit_counts_those_asked_and_takes_the_first():
    listed = outreach_list(candidates(200), NOBODY, replace(CAMPAIGN, limit=20))
    asked = listed.recorded.filter(pl.col("arm") == "treat")
    assert asked.height == 20
    assert set(listed.recorded["customer_key"]) == {f"C{no:04}" for no in range(listed.recorded.height)}
    assert dict(listed.left_out.iter_rows())["limit"] == 200 - listed.recorded.height


def test_the_list_has_a_row_per_message_and_none_for_those_held_out():
    rows = outreach_list(candidates(40), NOBODY, CAMPAIGN).rows
    assert rows.columns == list(LIST_SCHEMA)
    assert rows.columns[:7] == ["customer_id", "campaign", "asked_at", "arm", "reached_at", "answered_at", "result"]
    asked, held = (rows.filter(pl.col("arm") == arm) for arm in ("treat", "holdout"))
    assert held.select(pl.col("channel", "message", "subject").null_count()).row(0) == (held.height,) * 3
    one = asked.filter(pl.col("customer_id") == asked["customer_id"][0]).sort("step")
    assert one["asked_at"].to_list() == [datetime(2026, 10, 1, 1, tzinfo=UTC), datetime(2026, 10, 15, 1, tzinfo=UTC)]
    assert not rows.select("customer_id", "campaign", "asked_at").is_duplicated().any()


def test_the_new_get_three_messages_on_business_days_and_nobody_sends_what_a_person_does():
    rows = outreach_list(
        candidates(1, situation="onboarding"), NOBODY, replace(CAMPAIGN, holdout=0.0, as_of=date(2026, 12, 29))
    ).rows
    days = [at.date() for at in rows["asked_at"].to_list()]
    assert days == [date(2026, 12, 30), date(2027, 1, 4), date(2027, 1, 6)]
    left = outreach_list(candidates(3, situation="leaving"), NOBODY, CAMPAIGN)
    assert left.rows.is_empty()
    assert left.left_out.rows() == [("person", 3)]


def test_blocked_customers_are_left_out_by_reason_even_when_they_are_on_record():
    first = outreach_list(candidates(10), NOBODY, replace(CAMPAIGN, holdout=0.0))
    now = candidates(10).with_columns(
        pl.when(pl.int_range(10) == 0).then(pl.lit("do_not_contact")).when(pl.int_range(10) == 1)
        .then(pl.lit("just_contacted")).alias("block")
    )  # fmt: skip
    again = outreach_list(now, first.recorded, replace(CAMPAIGN, holdout=0.0))
    assert "C0000" not in again.rows["customer_id"].to_list()
    assert "C0001" in again.rows["customer_id"].to_list()  # contacted by this very campaign


def test_texts_fit_a_short_message_in_both_languages():
    text = files("voc_mining.insight").joinpath("data", "contact_steps.csv").read_text("utf-8").splitlines()
    rows = list(csv.DictReader(line for line in text if not line.startswith("#")))
    assert all(len(row["text_ja"]) <= 70 and row["text_en"] and row["subject_en"] for row in rows)
    onboarding = [row for row in rows if row["situation"] == "onboarding"]
    assert [row["channel"] for row in onboarding] == ["any"] * 3 + ["person"]
    assert onboarding[-1]["after_days"] == "14"


def blocks(customer: dict, contacts: list[dict] = (), asked: list[dict] = (), rules: ContactRules | None = None):
    rows = [{"contact_id": f"k{no}", "customer_key": "C1", **one} for no, one in enumerate(contacts)]
    origins = [{"contact_id": row["contact_id"], "origin": row.pop("origin", "proactive")} for row in rows]
    known = contact_facts(worlds.rows("contacts", *rows), worlds.rows("segments", *origins), worlds.PARAMS)
    return contact_blocks(
        worlds.rows("customers", {"customer_key": "C1", **customer}),
        known,
        rw.table("outreach", *[{"customer_key": "C1", "campaign": "c", **one} for one in asked]),
        rules or ContactRules(),
        as_of=AS_OF,
        lang="ja",
    ).to_dicts()


@pytest.mark.parametrize(
    ("given", "block"),
    [
        ({"customer": {"do_not_contact": True}}, "do_not_contact"),
        ({"customer": {}, "contacts": [{"started_at": rw.at(date(2026, 9, 25)), "source": "checkin"}]}, "just_contacted"),
        ({"customer": {}, "contacts": [{"started_at": rw.at(date(2026, 9, 10)), "source": "checkin"}]}, None),
        ({"customer": {}, "asked": [{"asked_at": rw.at(date(2026, 9, 25)), "arm": "treat"}]}, "just_contacted"),
        ({"customer": {}, "asked": [{"asked_at": rw.at(date(2026, 9, 1)), "arm": "holdout"}]}, "held_out"),
        ({"customer": {}, "asked": [{"asked_at": rw.at(date(2026, 5, 1)), "arm": "holdout"}]}, None),
        ({"customer": {}, "asked": [{"asked_at": rw.at(date(2026, 8, 10)), "arm": "treat"},
                                    {"asked_at": rw.at(date(2026, 8, 30)), "arm": "treat"}]}, "often_contacted"),
        ({"customer": {}, "contacts": [{"started_at": rw.at(date(2026, 8, 30)), "source": "checkin"}],
          "asked": [{"asked_at": rw.at(date(2026, 8, 30)), "arm": "treat"}]}, None),
        ({"customer": {}, "contacts": [
            {"started_at": rw.at(date(2026, 9, 20)), "origin": "reactive"},
            {"started_at": rw.at(date(2026, 9, 1)), "origin": "reactive", "resolved_at": rw.at(date(2026, 9, 2))},
        ]}, "open_inquiry"),
        ({"customer": {}, "contacts": [{"started_at": rw.at(date(2026, 9, 20)), "origin": "reactive"}]}, None),
    ],
)  # fmt: skip
def test_who_is_left_alone(given, block):
    found = blocks(**given)
    assert [row["block"] for row in found] == ([block] if block else [])
    assert all(row["block_reason"] for row in found)


def test_the_arm_on_the_list_holds_and_who_never_came_back_still_counts():
    lists = rw.table(
        "outreach_lists",
        *[
            {"customer_key": key, "campaign": "c", "unit_key": f"customer:{key}", "arm": arm, "asked_at": rw.at(date(2026, 9, 1)),
             "channel": "mail", "situation": "trouble", "seed": 0, "holdout": 0.1}
            for key, arm in (("C1", "holdout"), ("C2", "treat"))
        ],
    )  # fmt: skip
    back = rw.table("outreach", {"customer_key": "C1", "campaign": "c", "asked_at": rw.at(date(2026, 9, 1)), "arm": "treat",
                                 "answered_at": rw.at(date(2026, 12, 1))})  # fmt: skip
    found = askings(back, lists, AS_OF).select("customer_key", "arm", "answered_at", "recorded").rows()
    assert found == [("C1", "holdout", None, True), ("C2", "treat", None, True)]


def test_an_answer_is_tied_to_the_contact_that_came_of_it():
    contacts, statements = rw.facts(
        {"customer_key": "C1", "day": date(2026, 9, 5), "origin": "proactive", "campaign": "b"},
        {"customer_key": "C1", "day": date(2026, 9, 6), "origin": "proactive"},
        {"customer_key": "C1", "day": date(2026, 9, 25), "origin": "proactive"},
        {"customer_key": "C2", "day": date(2026, 9, 3), "origin": "reactive"},
        said=[{"voc_id": "v", "contact_id": "k00000", "text": "x"}],
    )
    asked = rw.table(
        "outreach",
        {"customer_key": "C1", "campaign": "a", "asked_at": rw.at(date(2026, 9, 2)), "arm": "treat"},
        {"customer_key": "C1", "campaign": "b", "asked_at": rw.at(date(2026, 9, 1)), "arm": "treat"},
        {"customer_key": "C2", "campaign": "a", "asked_at": rw.at(date(2026, 9, 1)), "arm": "treat"},
    )
    found = outreach_results(askings(asked, NOBODY, AS_OF), contacts, statements, ContactRules())
    assert found.select("customer_id", "campaign", "contact_id", "n_voc").rows() == [
        ("C1", "a", "k00001", 0),
        ("C1", "b", "k00000", 1),
        ("C2", "a", None, None),
    ]


def effect(
    treat: int, holdout: int, chance: dict[str, float], seed: int = 1, day: date = date(2026, 3, 1)
) -> dict[str, dict]:
    rng = np.random.default_rng(seed)
    keys = [f"C{no:04}" for no in range(treat + holdout)]
    arms = ["treat"] * treat + ["holdout"] * holdout
    customers = worlds.rows("customers", *[{"customer_key": key, "contract_start": date(2024, 6, 1)} for key in keys])
    asked = rw.table("outreach", *[
        {"customer_key": key, "campaign": "c", "asked_at": rw.at(day), "arm": arm} for key, arm in zip(keys, arms, strict=True)
    ])  # fmt: skip
    left = [rng.random() < chance[arm] for arm in arms]
    contracts = rw.table("contracts", *[
        {"contract_id": key, "customer_key": key, "start": date(2025, 6, 1), "renewal_due": date(2026, 6, 1),
         "outcome": "churned" if gone else "renewed", "notice_at": date(2026, 4, 20) if gone else None}
        for key, gone in zip(keys, left, strict=True)
    ])  # fmt: skip
    contacts, statements = rw.facts(
        *[{"customer_key": key, "day": date(2026, 3, 10)} for key, gone in zip(keys, left, strict=True) if gone]
    )
    known = rw.known(customers, contracts, contacts=contacts, statements=statements)
    terms = opportunities(contracts, customers, AS_OF)
    table = outreach_effect(askings(asked, NOBODY, AS_OF), known, terms, AS_OF)
    return {row["effect_on"]: row for row in table.to_dicts()}


def test_all_who_were_to_be_asked_are_held_against_all_held_out():
    rows = effect(300, 100, {"treat": 0.1, "holdout": 0.3})
    assert (rows["renewed"]["n_treat"], rows["renewed"]["n_holdout"], rows["renewed"]["design"]) == (
        300,
        100,
        "randomized",
    )
    assert rows["renewed"]["ci_low"] > 0
    assert rows["left"]["ci_high"] < 0
    assert rows["inquired"]["difference"] == pytest.approx(
        rows["inquired"]["treat"] - rows["inquired"]["holdout"], abs=1e-4
    )
    assert rows["answered"]["design"] == "descriptive"


def test_where_outreach_does_nothing_the_interval_spans_zero_as_often_as_it_says():
    rng = np.random.default_rng(5)
    gaps = [
        difference_of_shares(int(rng.binomial(n, 0.2)), n, int(rng.binomial(m, 0.2)), m) for n, m in [(180, 40)] * 150
    ]
    assert np.mean([gap.ci_low <= 0 <= gap.ci_high for gap in gaps]) == pytest.approx(0.95, abs=0.05)
    means = [difference_of_means(rng.normal(0, 1, 60), rng.normal(0, 2, 25)) for _ in range(150)]
    assert np.mean([gap.ci_low <= 0 <= gap.ci_high for gap in means]) == pytest.approx(0.95, abs=0.05)


def test_without_a_hold_out_nothing_is_compared_and_small_arms_are_not_either():
    alone = effect(50, 0, {"treat": 0.2})
    assert {row["design"] for row in alone.values()} == {"descriptive"}
    assert alone["renewed"]["difference"] is None
    assert effect(50, 9, {"treat": 0.2, "holdout": 0.2})["renewed"]["difference"] is None


def test_what_is_not_over_yet_is_pending():
    rows = effect(20, 20, {"treat": 0.2, "holdout": 0.2}, day=AS_OF - timedelta(days=10))
    assert (rows["inquired"]["n_pending"], rows["left"]["n_pending"], rows["renewed"]["n_pending"]) == (40, 40, 40)
