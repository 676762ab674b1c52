from __future__ import annotations

from datetime import date
from math import comb, log

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.insight import worlds
from voc_mining.insight.contrast import contrast_table
from voc_mining.insight.reach import rarefied_mention


def contrast(sides, *, params=worlds.PARAMS, accounts=None):
    names = sorted({topic for side in sides.values() for one in side for topic in one} - {"none"})
    table = contrast_table(worlds.said(sides), worlds.topics(*names), worlds.accounts(accounts), params)
    return {row["topic_id"]: row for row in table.iter_rows(named=True)}


@given(st.integers(1, 12), st.integers(0, 12), st.integers(1, 4))
def test_rarefied_mention_is_the_formula_with_binomials(n, m, k):
    n, m = max(n, k), min(m, n)
    found = pl.DataFrame({"n": [n], "m": [m]}).select(rarefied_mention(pl.col("n"), pl.col("m"), k)).item()
    assert found == pytest.approx(1 - comb(n - m, k) / comb(n, k))


def test_customers_are_counted_once_and_sides_apart():
    found = contrast(
        {
            "reactive": [["A", "A"]] * 10 + [["none"]] * 30,
            "proactive": [["A"]] * 2 + [["B"]] * 20 + [["none"]] * 18,
        }
    )
    a, b = found["A"], found["B"]
    assert (a["reactive_customers"], a["reactive_heard"], a["reactive_reach"]) == (10, 40, 0.25)
    assert (a["proactive_customers"], a["proactive_heard"], a["proactive_reach"]) == (2, 40, 0.05)
    assert (b["quiet_customers"], b["quiet_heard"], b["quiet_reach"]) == (10, 20, 0.5)
    assert b["side"] == "proactive"
    assert b["log_odds"] < 0
    assert b["ci_low"] < b["log_odds"] < b["ci_high"] < 0
    assert a["raised_by"] == 10


def test_plain_log_odds_carry_half_a_customer():
    found = contrast({"reactive": [["A"]] * 10 + [["none"]] * 30, "proactive": [["none"]] * 40})["A"]
    assert found["log_odds"] == pytest.approx(log(10.5 / 30.5) - log(0.5 / 40.5), abs=1e-5)


@pytest.mark.parametrize(
    ("sides", "side"),
    [
        ({"reactive": [["A"]] * 29, "proactive": [["none"]] * 40}, "insufficient"),
        ({"reactive": [["A"]] * 4 + [["none"]] * 36, "proactive": [["none"]] * 40}, "insufficient"),
        ({"reactive": [["A"]] * 20 + [["none"]] * 20, "proactive": [["none"]] * 20 + [["A"]] * 20}, "both"),
        ({"reactive": [["A"]] * 20 + [["none"]] * 20, "proactive": [["none"]] * 40}, "reactive"),
    ],
)
def test_side(sides, side):
    found = contrast(sides)["A"]
    assert found["side"] == side
    assert (found["p_value"] is None) == (side == "insufficient")


def test_statements_without_a_customer_are_in_no_share_and_old_ones_in_no_window():
    statements = worlds.said({"reactive": [["A"]] * 30, "proactive": [["A"]] * 30})
    unknown = pl.col("voc_id") == "reactive00000-0"
    old = pl.col("voc_id") == "reactive00001-0"
    statements = statements.with_columns(
        pl.when(~unknown).then("customer_key").alias("customer_key"),
        pl.when(old)
        .then(worlds.PARAMS.window_from - pl.duration(days=1))
        .otherwise("business_date")
        .cast(pl.Date)
        .alias("business_date"),
    )
    row = contrast_table(statements, worlds.topics("A"), worlds.accounts(), worlds.PARAMS).to_dicts()[0]
    assert (row["reactive_customers"], row["reactive_heard"], row["reactive_unidentified"]) == (28, 28, 1)
    assert row["side"] == "insufficient"


def test_one_account_of_many_users_is_one_voice():
    sides = {"reactive": [["A"]] * 30 + [["none"]] * 60, "proactive": [["none"]] * 90}
    alone = contrast(sides)["A"]
    threes = contrast(sides, accounts={f"C{i:05}": f"account {i // 3}" for i in range(90)})["A"]
    assert threes["log_odds"] == alone["log_odds"]
    assert threes["ci_high"] - threes["ci_low"] > alone["ci_high"] - alone["ci_low"]
    assert threes["p_value"] > alone["p_value"]
    together = contrast(sides, accounts={f"C{i:05}": "one" for i in range(30)})["A"]
    assert (together["raised_by"], together["side"]) == (30, "insufficient")


def test_the_same_seed_gives_the_same_figures_in_any_order():
    statements = worlds.said({"reactive": [["A"], ["B"]] * 20, "proactive": [["A"]] * 40})
    tables = [
        contrast_table(rows, worlds.topics("A", "B"), worlds.accounts(), worlds.PARAMS)
        for rows in (statements, statements.sample(fraction=1.0, shuffle=True, seed=7))
    ]
    assert tables[0].equals(tables[1])


def asked(quiet, inquirers, *, also=(), **changes):
    """Statements of customers asked while quiet, of inquirers, and of the quiet ones who inquired later."""
    told = worlds.said({"proactive": quiet, "reactive": [*also, *inquirers]})
    number = pl.col("customer_key").str.slice(1).cast(pl.Int64)
    moved = (pl.col("origin") == "reactive") & (number >= len(also))
    return told.with_columns(
        pl.when(pl.col("origin") == "proactive").then(pl.lit("quiet")).otherwise(pl.lit("vocal")).alias("silence"),
        pl.when(moved).then(pl.format("I{}", number)).otherwise("customer_key").alias("customer_key"),
        **changes,
    )


def main(statements, profiles=None):
    known = worlds.profiles() if profiles is None else profiles
    topics = worlds.topics(*sorted(statements["topic_id"].drop_nulls().unique()))
    return {row["topic_id"]: row for row in contrast_table(statements, topics, known, worlds.PARAMS).to_dicts()}


def test_the_main_comparison_is_between_different_customers():
    found = main(asked([["A"]] * 30 + [["none"]] * 30, [["B"]] * 20 + [["none"]] * 30, also=[["B"]] * 10))["A"]
    assert (found["quiet_unprompted_customers"], found["quiet_unprompted_heard"]) == (30, 60)
    assert (found["inquirer_customers"], found["inquirer_heard"], found["reactive_heard"]) == (0, 50, 60)
    assert found["quiet_also_inquired"] == 10
    assert (found["quiet_side"], found["hidden_need"], found["quiet_lacking"]) == ("quiet", True, None)
    assert found["quiet_ci_high"] < 0
    assert found["quiet_log_odds"] < 0


def test_praise_that_the_quiet_say_more_is_no_hidden_need():
    statements = asked([["A"]] * 30 + [["none"]] * 30, [["none"]] * 50)
    found = main(statements.with_columns(pl.lit("praise").alias("class")))["A"]
    assert (found["quiet_side"], found["hidden_need"]) == ("quiet", False)


def test_answers_to_questions_are_counted_apart_and_compared_apart():
    statements = asked([["A"]] * 30 + [["none"]] * 40, [["none"]] * 50)
    question = pl.when((pl.col("topic_id") == "A") & (pl.col("voc_id") < "proactive00028")).then(
        pl.lit("画面はいかがですか")
    )
    found = main(statements.with_columns(question.alias("question")))["A"]
    assert (found["quiet_customers"], found["quiet_unprompted_customers"], found["quiet_prompted_customers"]) == (
        30,
        2,
        28,
    )
    assert (found["quiet_heard"], found["quiet_unprompted_heard"]) == (70, 42)
    assert (found["quiet_lacking"], found["quiet_log_odds"]) == ("few_raising", None)
    assert found["quiet_all_log_odds"] < 0
    for asked_for in ("その他ご意見をお聞かせください", "お困りのことはありますか"):
        openly = main(statements.with_columns(pl.lit(asked_for).alias("question")))["A"]
        assert openly["quiet_unprompted_customers"] == 30


@pytest.mark.parametrize(
    ("quiet", "inquirers", "lacking"),
    [
        ([["A"]] * 3, [["A"]] * 60, "few_quiet"),
        ([], [["A"]] * 60, "few_quiet"),
        ([["A"]] * 60, [], "few_inquirers"),
        ([["A"]] * 2 + [["none"]] * 40, [["A"]] * 2 + [["none"]] * 40, "few_raising"),
    ],
)
def test_what_is_too_little_is_named(quiet, inquirers, lacking):
    found = main(asked(quiet, inquirers))["A"]
    assert (found["quiet_side"], found["quiet_lacking"], found["quiet_q_value"]) == ("insufficient", lacking, None)


def test_nothing_said_gives_a_table_of_its_columns():
    nothing = worlds.said({"reactive": [], "proactive": []})
    assert contrast_table(nothing, worlds.topics("A"), worlds.profiles(), worlds.PARAMS)["quiet_side"].to_list() == [
        "insufficient"
    ]
    assert contrast_table(nothing, worlds.topics(), worlds.profiles(), worlds.PARAMS).is_empty()


def test_unidentified_statements_change_no_share():
    statements = asked([["A"]] * 30 + [["none"]] * 30, [["A"]] * 10 + [["none"]] * 50)
    nobody = statements.with_columns(
        pl.lit(None, pl.String).alias("customer_key"), pl.format("u{}", "voc_id").alias("voc_id")
    ).filter(pl.col("origin") == "reactive")
    known, half = main(statements)["A"], main(pl.concat([statements, nobody]))["A"]
    assert half["reactive_unidentified"] == 10
    assert {**half, "reactive_unidentified": 0} == known


def test_an_account_of_500_users_is_cut_and_does_not_decide():
    small = worlds.PARAMS
    one = [{"customer_key": f"C{i:05}", "account_key": "one"} for i in range(500)]
    found = main(asked([["A"]] * 500 + [["none"]] * 60, [["none"]] * 60), worlds.profiles(*one))["A"]
    assert (found["quiet_unprompted_customers"], found["quiet_side"]) == (500, "insufficient")
    spread = asked([["A"]] * 500 + [["A"]] * 4 + [["none"]] * 60, [["A"]] * 4 + [["none"]] * 60)
    cut = main(spread, worlds.profiles(*one))["A"]
    assert cut["quiet_side"] == "both"
    assert cut["quiet_compared_reach"] < 0.3
    assert small.min_heard == 30


def test_the_share_of_all_quiet_customers_is_given_where_their_classes_are_known():
    statements = asked([["A"]] * 30 + [["none"]] * 30, [["none"]] * 50)
    quiet = {"existing": True, "silence": "quiet", "contract_start": date(2024, 4, 1)}
    heard = [quiet | {"customer_key": f"C{i:05}", "plan": "light" if i < 30 else "pro"} for i in range(60)]
    others = [quiet | {"customer_key": f"N{i}", "plan": "pro"} for i in range(60)]
    found = main(statements, worlds.profiles(*heard, *others))["A"]
    assert found["quiet_unprompted_reach"] == 0.5
    assert found["quiet_weighted_reach"] == pytest.approx(0.25, abs=1e-4)
    assert found["quiet_weighted_low"] < 0.25 < found["quiet_weighted_high"]
    assert found["quiet_weighted_by"] == ["plan"]
    assert found["quiet_effective_heard"] < 60
    assert main(statements)["A"]["quiet_weighted_reach"] is None
