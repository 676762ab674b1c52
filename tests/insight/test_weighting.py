from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.insight.worlds import AS_OF, PARAMS
from voc_mining.insight.weighting import weighted_to_all

YEARS_AGO = date(AS_OF.year - 2, 1, 1)


def customers(name: str, *groups: tuple[int, str | None, float | None]) -> pl.DataFrame:
    rows = [(plan, usage) for n, plan, usage in groups for _ in range(n)]
    return pl.DataFrame(
        {
            "customer_key": [f"{name}{i:04}" for i in range(len(rows))],
            "plan": [plan for plan, _ in rows],
            "contract_start": [YEARS_AGO] * len(rows),
            "usage_score": [usage for _, usage in rows],
        },
        schema_overrides={"plan": pl.String, "usage_score": pl.Float64},
    )


def shares(found, heard, column):
    told = found.customers.join(heard, on="customer_key", validate="1:1")
    return dict(told.group_by(column).agg(pl.col("weight").sum() / told["weight"].sum()).iter_rows())


def test_margins_of_those_heard_become_those_of_everyone():
    heard = customers("H", (20, "a", 10.0), (10, "a", 90.0), (20, "b", 90.0), (10, "b", 10.0))
    everyone = customers("E", (100, "a", 10.0), (200, "a", 90.0), (100, "b", 50.0))
    found = weighted_to_all(heard, everyone, PARAMS)
    assert found.by == ("plan", "usage")
    assert shares(found, heard, "plan") == pytest.approx({"a": 0.75, "b": 0.25}, abs=1e-3)
    assert found.customers["weight"].sum() == pytest.approx(60)
    assert found.effective < 60


def test_what_trimmed_weights_cannot_give_is_given_up():
    heard = customers("H", (30, "a", 10.0), (20, "b", 90.0), (10, "b", 10.0))
    everyone = customers("E", (100, "a", 10.0), (200, "a", 90.0), (100, "b", 50.0))
    assert weighted_to_all(heard, everyone, PARAMS).by == ("plan",)


def test_no_weight_is_far_above_the_mean():
    heard = customers("H", (195, "a", None), (5, "b", None))
    found = weighted_to_all(heard, customers("E", (100, "a", None), (900, "b", None)), PARAMS)
    assert found is None  # what is left would rest on five customers
    milder = weighted_to_all(heard, customers("E", (890, "a", None), (110, "b", None)), PARAMS)
    assert milder.customers["weight"].max() < 5.0


def test_classes_of_which_too_few_were_heard_are_taken_together():
    heard = customers("H", (40, "a", None), (40, "b", None), (4, "c", None), (4, "d", None))
    everyone = customers("E", (100, "a", None), (100, "b", None), (50, "c", None), (50, "e", None))
    found = weighted_to_all(heard, everyone, PARAMS)
    told = shares(found, heard, "plan")
    assert told["c"] + told["d"] == pytest.approx(1 / 3, abs=1e-3)


@pytest.mark.parametrize(
    ("heard", "everyone"),
    [
        (customers("H", (29, "a", None)), customers("E", (100, "a", None), (100, "b", None))),
        (customers("H", (60, None, None)), customers("E", (100, None, None))),
        (customers("H", (60, "a", None)), customers("E")),
    ],
)
def test_where_it_cannot_be_done_there_are_no_weights(heard, everyone):
    assert weighted_to_all(heard, everyone, PARAMS) is None
