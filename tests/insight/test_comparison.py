from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from benchmarks.contrast_simulation import DESIGNS, PARAMS, answered, hidden, paradox, shared, simulate
from benchmarks.contrast_worlds import TOPICS, Side, drawn, profiles, voices
from voc_mining.insight.bootstrap import side_sums
from voc_mining.insight.comparison import compare
from voc_mining.insight.effective_counts import p_values

FAST = replace(PARAMS, draws=300)


@pytest.mark.parametrize(
    "design",
    ["five times the talk, 120 and 120", "lopsided, the few talk: 1,000 and 40", "accounts of up to 40 users"],
)
def test_null_worlds_keep_the_error_rates_and_intervals_hold_the_truth(design):
    found = simulate(DESIGNS[design], worlds=40, factor=1.0, params=FAST)
    assert found["p<.05"] < 0.07
    assert found["FDR"] <= 0.125  # 5 of 40 worlds: one in a hundred runs has more at a rate of 5 %
    assert found["coverage"] > 0.92
    assert found["coverage rare"] > 0.92


def test_customers_on_both_sides_keep_the_error_rates():
    found = shared(worlds=40, params=FAST)
    assert found["p<.05"] < 0.07
    assert found["FDR"] <= 0.125
    assert found["coverage"] > 0.92


def test_planted_differences_are_found_with_few_false_ones():
    found = simulate(DESIGNS["five times the talk, 300 and 300"], worlds=20, factor=4.0, params=FAST)
    assert found["power"] > 0.6
    assert found["FDR"] < 0.1
    assert found["coverage"] > 0.92
    assert abs(found["bias"]) < 0.1


def test_what_no_inquirer_says_is_found_though_its_log_odds_have_no_end():
    power, false = hidden(worlds=20, params=FAST, customers=100, reach=0.1)
    assert power > 0.9
    assert false < 0.1


def test_strata_take_a_paradox_away():
    worlds = list(paradox(worlds=20, params=FAST))
    assert np.mean([crude for _, crude in worlds]) > 0.3
    assert {one.stratified_by for one, _ in worlds} == {("segment",)}
    assert np.mean([(one.table["q_value"].drop_nulls() < 0.05).any() for one, _ in worlds]) <= 0.15


def test_weights_take_the_bias_of_who_answers_away():
    truth, raw, low, high = np.array(list(answered(worlds=20, params=FAST))).T
    assert ((low <= truth) & (truth <= high)).mean() >= 0.9
    assert (truth - raw).mean() > 0.05


def test_many_units_drawn_in_groups_give_the_same_interval():
    rng = np.random.default_rng(5)
    left, right, known = drawn(rng, Side(6000, 2.0), Side(6000, 2.0))
    found = compare(left, right, TOPICS, known, PARAMS).table
    width = (found["ci_high"] - found["ci_low"]).to_numpy()
    reach = (found["left_reach"] + found["right_reach"]).to_numpy() / 2
    kept = 6000
    binomial = 2 * 1.96 * np.sqrt(2 / (kept * reach * (1 - reach)))
    assert np.all(width > 0.7 * binomial)
    assert np.all(width < 1.6 * binomial)


def test_p_values_of_whole_counts_are_those_of_the_exact_test():
    customers = pl.DataFrame(
        {"customer_key": [f"C{i:03}" for i in range(400)], "unit": range(400), "weight": [1.0] * 400}
    )
    quiet, others = customers[:200], customers[200:]
    raises = quiet[:9].select("customer_key", pl.lit("A").alias("entry"), pl.lit(1.0).alias("degree"))
    sums = [side_sums(side, raises, pl.Series(["A"]), units=400, seed=1) for side in (quiet, others)]
    (found,) = p_values(*sums)
    assert found == pytest.approx(0.5**9, rel=0.5)  # mid-p of 9 against 0, doubled


def test_customers_on_both_sides_are_no_independent_ones():
    rng = np.random.default_rng(7)
    names = [f"C{i:03}" for i in range(200)]
    n = np.full(200, 3)
    m = rng.binomial(1, 0.3, (200, 1))
    same = voices(names, n, m)
    apart = voices([f"D{i:03}" for i in range(200)], n, m)
    none = profiles([], [])
    together = compare(same, same, ["T00"], none, PARAMS).table.row(0, named=True)
    independent = compare(same, apart, ["T00"], none, PARAMS).table.row(0, named=True)
    assert together["log_odds"] == independent["log_odds"] == 0
    assert together["ci_high"] < independent["ci_high"]
