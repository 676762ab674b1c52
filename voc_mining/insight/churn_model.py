"""The chance that a customer leaves at the next renewal: a regularized logistic regression, checked forward in time.

It stands beside the transparent score, never in its place, and only where it may: at least 50 opportunities ended with
leaving, at least ten of them per parameter, and on later opportunities than it was trained on it foresees better than the
bare share of those who left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from voc_mining.insight.renewal import exact_interval

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

FEATURES: dict[str, pl.Expr] = {
    "usage_change": pl.col("usage_change"),
    "supported_3m": pl.col("supported_3m").cast(pl.Float64),
    "trouble_180d": pl.col("trouble_180d").log1p(),
    "tenure_days": pl.col("tenure_days").log1p(),
    "annual_value": pl.col("annual_value").clip(lower_bound=0).log1p(),
    "outlook_poor": pl.col("outlook_poor").cast(pl.Float64),
    "inquiries_180d": pl.col("inquiries_180d").log1p(),
    "self_service_91d": pl.col("self_service_91d").log1p(),
}
"""What goes in, the first ones first where there are too few who left for all."""
WEIGHTS_SCHEMA: dict[str, PolarsDataType] = {"feature": pl.String, "log_odds": pl.Float64, "odds_ratio": pl.Float64}
CALIBRATION_SCHEMA: dict[str, PolarsDataType] = {
    "bin": pl.Int64, "n": pl.Int64, "predicted": pl.Float64, "observed": pl.Float64, "ci_low": pl.Float64,
    "ci_high": pl.Float64,
}  # fmt: skip
_MIN_TESTED = 10


@dataclass(frozen=True, slots=True)
class ChurnRules:
    """When there is a model.

    Parameters
    ----------
    min_churned : int
        Fewest opportunities that ended with leaving, in the earlier part that is trained on.
    per_parameter : int
        Fewest of them per parameter, and as many that renewed.
    min_filled : float
        Least share of opportunities in which a feature is known, 0-1.
    test_share : float
        Share of opportunities, the latest, that the check is made on.
    penalty : float
        Inverse strength of the L2 penalty on standardized features.
    bins : int
        Groups of the reliability table.
    """

    min_churned: int = 50
    per_parameter: int = 10
    min_filled: float = 0.5
    test_share: float = 0.3
    penalty: float = 1.0
    bins: int = 5


@dataclass(frozen=True, slots=True)
class ChurnModel:
    """What became of the attempt.

    Parameters
    ----------
    status : str
        ``used``, ``too_few`` (of those who left, to train or to check), ``not_better`` than the base rate.
    churned, decided : int
        Opportunities that ended with leaving, and all decided ones.
    trained, tested : int
        Opportunities on either side of the cut.
    cut : date or None
        Terms that ended up to this day trained; those whose features were frozen from this day on checked.
    base_rate : float or None
        Share that left among the trained.
    brier, brier_base : float or None
        Mean squared error on the later ones, of the model and of the base rate; smaller is better.
    auc : float or None
        How often one who left was given more than one who stayed.
    weights, calibration : DataFrame
        Per feature the change of log odds for one standard deviation; groups of equal size by what was predicted, with
        what was observed and its exact 95 % interval.
    estimator : Pipeline or None
        Fitted on all decided opportunities; None unless used.
    features : tuple of str
        That went in.
    """

    status: str
    churned: int
    decided: int
    trained: int = 0
    tested: int = 0
    cut: date | None = None
    base_rate: float | None = None
    brier: float | None = None
    brier_base: float | None = None
    auc: float | None = None
    weights: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=WEIGHTS_SCHEMA))
    calibration: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CALIBRATION_SCHEMA))
    estimator: Pipeline | None = None
    features: tuple[str, ...] = ()

    def chances(self, now: pl.DataFrame) -> pl.DataFrame:
        """Give the chance of leaving at the next renewal.

        Parameters
        ----------
        now : DataFrame
            ``unit_key`` and features as of today.

        Returns
        -------
        DataFrame
            ``unit_key``, ``churn_probability``, rounded to 1e-4; no rows unless the model is used.
        """
        if self.estimator is None or not now.height:
            return pl.DataFrame(schema={"unit_key": pl.String, "churn_probability": pl.Float64})
        given = self.estimator.predict_proba(_matrix(now, self.features))[:, 1]
        return now.select("unit_key", pl.Series("churn_probability", given).round(4))


def churn_model(decided: pl.DataFrame, rules: ChurnRules) -> ChurnModel:
    """Train on earlier opportunities, check on later ones, and if that holds fit on all.

    Parameters
    ----------
    decided : DataFrame
        ``moment_id`` (unique), ``day`` (when the features were frozen, before any notice), ``due``, ``churned`` and
        features, of decided opportunities.
    rules : ChurnRules
        Limits.

    Returns
    -------
    ChurnModel
        The same for the same rows, in any order.
    """
    ordered = decided.sort("due", "day", "moment_id")
    n, left = ordered.height, int(ordered["churned"].sum())
    if not n or left < rules.min_churned:
        return ChurnModel("too_few", left, n)
    cut = ordered["day"].sort()[min(n - 1, int(n * (1 - rules.test_share)))]
    train, test = ordered.filter(pl.col("due") <= cut), ordered.filter(pl.col("day") >= cut)
    features = _features(train, rules)
    enough = train["churned"].sum() >= rules.min_churned and bool(features)
    if not enough or min(test["churned"].sum(), (~test["churned"]).sum()) < _MIN_TESTED:
        return ChurnModel("too_few", left, n, train.height, test.height, cut)
    base = float(train["churned"].mean())  # type: ignore[arg-type]
    truth = test["churned"].to_numpy()
    predicted = _fit(train, features, rules).predict_proba(_matrix(test, features))[:, 1]
    brier, brier_base = brier_score_loss(truth, predicted), brier_score_loss(truth, np.full(truth.size, base))
    used = brier < brier_base
    estimator = _fit(ordered, features, rules)
    return ChurnModel(
        "used" if used else "not_better",
        left,
        n,
        train.height,
        test.height,
        cut,
        round(base, 4),
        round(float(brier), 4),
        round(float(brier_base), 4),
        round(float(roc_auc_score(truth, predicted)), 4),
        _weights(estimator, features),
        _calibration(truth, predicted, rules.bins),
        estimator if used else None,
        features,
    )


def _features(train: pl.DataFrame, rules: ChurnRules) -> tuple[str, ...]:
    """Take the features that are known often enough and vary, as many as there are events for."""
    left = int(train["churned"].sum())
    events = min(left, train.height - left)
    values = train.select(expression.alias(name) for name, expression in FEATURES.items())
    usable = [
        name
        for name in FEATURES
        if values[name].count() >= rules.min_filled * train.height and values[name].drop_nulls().n_unique() > 1
    ]
    return tuple(usable[: events // rules.per_parameter])


def _fit(rows: pl.DataFrame, features: Sequence[str], rules: ChurnRules) -> Pipeline:
    model: Pipeline = make_pipeline(
        SimpleImputer(), StandardScaler(), LogisticRegression(C=rules.penalty, max_iter=1000)
    )
    model.fit(_matrix(rows, features), rows["churned"].to_numpy())
    return model


def _matrix(rows: pl.DataFrame, features: Sequence[str]) -> np.ndarray:
    return rows.select(FEATURES[name].cast(pl.Float64).alias(name) for name in features).fill_null(np.nan).to_numpy()


def _weights(estimator: Pipeline, features: Sequence[str]) -> pl.DataFrame:
    log_odds = estimator[-1].coef_[0]
    return pl.DataFrame(
        {"feature": list(features), "log_odds": log_odds, "odds_ratio": np.exp(log_odds)}, schema=WEIGHTS_SCHEMA
    ).sort(pl.col("log_odds").abs(), descending=True)


def _calibration(truth: np.ndarray, predicted: np.ndarray, bins: int) -> pl.DataFrame:
    order = np.argsort(predicted, kind="stable")
    rows = []
    for no, part in enumerate(np.array_split(order, bins), start=1):
        k, n = int(truth[part].sum()), int(part.size)
        rows.append((no, n, float(predicted[part].mean()), k / n, *exact_interval(k, n)))
    return pl.DataFrame(rows, schema=CALIBRATION_SCHEMA, orient="row").with_columns(pl.col(pl.Float64).round(4))
