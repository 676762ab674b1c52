from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from voc_mining.insight.churn_model import FEATURES, ChurnRules, churn_model
from voc_mining.insight.likeness import LikenessRules, likeness

FIRST = date(2023, 1, 1)
KINDS = {"supported_3m": pl.Boolean, "outlook_poor": pl.Boolean, "trouble_180d": pl.Int64, "inquiries_180d": pl.Int64,
         "self_service_91d": pl.Int64, "tenure_days": pl.Int64}  # fmt: skip


def decided(n: int, effect: float, seed: int = 1, base: float = -1.5) -> pl.DataFrame:
    """Opportunities over three years; usage that fell makes leaving more likely, the rest is noise."""
    rng = np.random.default_rng(seed)
    usage = rng.normal(0, 0.4, n).clip(-1, 1)
    chance = 1 / (1 + np.exp(-(base - effect * usage)))
    day = [FIRST + timedelta(days=int(d)) for d in rng.integers(0, 1000, n)]
    return pl.DataFrame(
        {
            "moment_id": [f"m{no:05}" for no in range(n)],
            "unit_key": [f"u{no:05}" for no in range(n)],
            "day": day,
            "due": [one + timedelta(days=91) for one in day],
            "churned": rng.random(n) < chance,
            "usage_change": np.where(rng.random(n) < 0.1, np.nan, usage),
            "supported_3m": rng.random(n) < 0.3,
            "trouble_180d": rng.poisson(0.5, n),
            "tenure_days": rng.integers(30, 2000, n),
            "annual_value": rng.integers(1, 100, n).astype(float),
            "outlook_poor": rng.random(n) < 0.2,
            "inquiries_180d": rng.poisson(1, n),
            "self_service_91d": rng.poisson(1, n),
            "plan": rng.choice(["pro", "lite"], n),
        }
    ).with_columns(pl.col("usage_change").fill_nan(None))


def test_what_bears_on_leaving_is_found_and_the_chances_hold_later():
    model = churn_model(decided(3000, effect=3.0), ChurnRules())
    assert model.status == "used"
    assert model.brier < model.brier_base
    assert model.weights["feature"][0] == "usage_change"
    assert model.weights["odds_ratio"][0] < 1
    inside = model.calibration.filter(pl.col("predicted").is_between("ci_low", "ci_high")).height
    assert inside >= model.calibration.height - 1
    chances = model.chances(decided(50, effect=3.0, seed=2))
    assert chances["churn_probability"].is_between(0, 1).all()


def test_on_worlds_where_nothing_bears_on_leaving_it_is_mostly_not_used():
    used = [churn_model(decided(1500, effect=0.0, seed=seed), ChurnRules()).status == "used" for seed in range(8)]
    assert sum(used) <= 2


@pytest.mark.parametrize("n", [0, 1, 40, 200])
def test_too_few_who_left_give_no_model_and_no_chance(n):
    rows = decided(max(n, 1), effect=2.0, base=-2.0).head(n)
    model = churn_model(rows, ChurnRules())
    assert (model.status, model.decided, model.estimator) == ("too_few", n, None)
    assert model.chances(rows).is_empty()


def test_there_are_ten_who_left_for_each_item():
    model = churn_model(decided(620, effect=3.0), ChurnRules())
    assert model.status in {"used", "not_better"}
    assert len(model.features) <= model.churned // 10
    assert model.features == tuple(FEATURES)[: len(model.features)]


def test_the_order_of_rows_does_not_matter():
    rows = decided(1500, effect=2.0)
    first, second = (
        churn_model(rows, ChurnRules()),
        churn_model(rows.sample(fraction=1, shuffle=True, seed=3), ChurnRules()),
    )
    assert (first.brier, first.auc) == (second.brier, second.auc)
    now = decided(20, effect=2.0, seed=4)
    assert first.chances(now).equals(second.chances(now))


def test_what_is_later_than_the_cut_does_not_train():
    rows = decided(1500, effect=2.0)
    model = churn_model(rows, ChurnRules())
    assert rows.filter(pl.col("due") <= model.cut).height == model.trained
    assert rows.filter(pl.col("day") >= model.cut).height == model.tested


def past(cell: str, n: int, left: int, tenure: int = 500) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "moment_id": [f"{cell}{tenure}-{no}" for no in range(n)],
            "unit_key": [f"{cell}{tenure}-{no}" for no in range(n)],
            "plan": [cell] * n,
            "tenure_days": [tenure] * n,
            "usage_change": [-0.5] * n,
            "churned": [no < left for no in range(n)],
        }
    )


NOW = pl.DataFrame({"unit_key": ["now"], "plan": ["pro"], "tenure_days": [600], "usage_change": [-0.3]})
RAISED = pl.DataFrame({"moment_id": ["pro500-0", "pro500-1", "pro500-2", "pro500-9"], "topic_id": ["a", "a", "b", "c"]})


def told(*cells: pl.DataFrame, now: pl.DataFrame = NOW) -> dict:
    return likeness(now, pl.concat(cells), RAISED, LikenessRules()).row(0, named=True)


def test_customers_alike_are_of_the_same_plan_tenure_and_usage():
    row = told(past("pro", 20, 10), past("lite", 80, 2), past("pro", 50, 0, tenure=2000))
    assert (row["n_similar"], row["n_similar_left"], row["similar_left"]) == (20, 10, True)
    assert row["base_share"] == pytest.approx(12 / 150)
    assert row["similar_topics"] == ["a"]  # b by one who left, c by one who stayed


def test_where_few_are_alike_the_tenure_is_let_go():
    row = told(past("pro", 5, 3), past("pro", 30, 12, tenure=2000), past("lite", 80, 2))
    assert (row["n_similar"], row["n_similar_left"]) == (35, 15)


def test_nobody_alike_is_told_of_nobody():
    row = told(past("lite", 80, 20))
    assert (row["n_similar"], row["similar_left"], row["similar_topics"]) == (None, False, None)


def test_a_units_own_past_is_not_like_it():
    own = past("pro", 20, 10).with_columns(pl.lit("now").alias("unit_key"))
    assert told(own, past("lite", 30, 3))["n_similar"] is None
