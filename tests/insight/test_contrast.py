from __future__ import annotations

from dataclasses import replace
from math import comb, log

import numpy as np
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


def test_null_worlds_keep_the_error_rate_also_when_one_side_talks_five_times_as_much():
    rng = np.random.default_rng(20260401)
    shares = [0.02, 0.05, 0.1, 0.1, 0.2]
    params = replace(worlds.PARAMS, draws=300)
    low, tested, falsely, worlds_with_any = 0, 0, 0, 0
    for _ in range(60):
        found = contrast(
            {
                "reactive": worlds.null_side(rng, 120, shares, 1.2),
                "proactive": worlds.null_side(rng, 120, shares, 6.0),
            },
            params=params,
        )
        rows = [row for row in found.values() if row["p_value"] is not None]
        tested += len(rows)
        low += sum(row["p_value"] < 0.05 for row in rows)
        falsely += sum(not row["ci_low"] <= 0 <= row["ci_high"] for row in rows)
        worlds_with_any += any(row["q_value"] < 0.05 for row in rows)
    assert tested > 250
    assert low / tested < 0.08
    assert falsely / tested < 0.08
    assert worlds_with_any / 60 < 0.15
