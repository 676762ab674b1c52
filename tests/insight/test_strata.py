from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tests.insight.worlds import PARAMS
from voc_mining.insight.strata import common_mix, evened_accounts

LAX = replace(PARAMS, min_heard=10)


def side(name: str, sizes: dict[tuple[str | None, str | None], int]) -> pl.DataFrame:
    rows = [(segment, plan) for (segment, plan), n in sizes.items() for _ in range(n)]
    return pl.DataFrame(
        {"customer_key": [f"{name}{i}" for i in range(len(rows))], "weight": [1.0] * len(rows)}
        | {"segment": [segment for segment, _ in rows], "plan": [plan for _, plan in rows]},
        schema_overrides={"segment": pl.String, "plan": pl.String},
    )


def mix(sides, column):
    return [
        dict(one.group_by(column).agg(pl.col("weight").sum() / one["weight"].sum()).sort(column).iter_rows())
        for one in sides
    ]


def test_both_sides_get_the_same_mix():
    left, right = side("L", {("s", "a"): 80, ("l", "a"): 20}), side("R", {("s", "a"): 15, ("l", "a"): 45})
    evened, by = common_mix((left, right), LAX)
    assert by == ("segment",)
    one, other = mix(evened, "segment")
    assert one == pytest.approx(other)
    assert [one["weight"].sum() for one in evened] == pytest.approx([100, 60])


def test_a_mix_that_hardly_differs_is_left_alone():
    left, right = side("L", {("s", "a"): 50, ("l", "a"): 50}), side("R", {("s", "a"): 54, ("l", "a"): 46})
    assert common_mix((left, right), LAX) == ((left, right), ())


def test_a_stratum_of_one_side_alone_weighs_nothing():
    left, right = side("L", {("s", "a"): 50, ("x", "a"): 30}), side("R", {("s", "a"): 40, ("l", "a"): 3})
    (one, other), by = common_mix((left, right), LAX)
    assert by == ("segment",)
    assert one.filter(pl.col("segment") == "x")["weight"].sum() == 0
    assert other.filter(pl.col("segment") == "l")["weight"].sum() == 0


def test_fewer_columns_are_taken_where_too_few_customers_could_be_compared():
    left = side("L", {("s", "a"): 40, ("l", "b"): 40})
    right = side("R", {("s", "b"): 20, ("l", "b"): 60})
    assert common_mix((left, right), LAX)[1] == ("segment", "plan")
    assert common_mix((left, right), replace(PARAMS, min_heard=41))[1] == ("segment",)
    apart = side("L", {("s", "a"): 40}), side("R", {("l", "b"): 40})
    assert common_mix(apart, LAX) == (apart, ())


def test_what_nobody_knows_tells_no_mix():
    left, right = side("L", {(None, None): 40}), side("R", {("l", "b"): 40})
    assert common_mix((left, right), LAX)[1] == ()


def test_a_large_account_is_cut_until_enough_equal_ones_are_left():
    sizes = [500, *[2] * 40]
    customers = pl.DataFrame({"unit": [unit for unit, size in enumerate(sizes) for _ in range(size)]})
    weights = evened_accounts(customers, PARAMS).group_by("unit").agg(pl.col("weight").sum()).sort("unit")["weight"]
    assert weights.sum() == pytest.approx(580)
    assert weights.sum() ** 2 / (weights**2).sum() >= 30
    even = pl.DataFrame({"unit": list(range(40)) * 3})
    assert evened_accounts(even, PARAMS)["weight"].to_list() == [1.0] * 120
