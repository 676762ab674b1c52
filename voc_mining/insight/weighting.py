"""Those we heard weighted to all customers: raking by plan, tenure and usage, with trimmed weights.

Who answers differs from who does not. Where the classes of all customers are known, weights are fitted so that those
heard have the shares of all customers, by plan, by years of contract and by usage (iterative proportional fitting, Deming
and Stephan 1940). Weights far above the mean make figures rest on a few customers and are trimmed (Potter 1990). What is
left out of account is whether, within a plan, tenure and usage, those who answer are like those who do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from voc_mining.insight.bootstrap import Floats
from voc_mining.insight.params import InsightParams
from voc_mining.insight.strata import effective_number

CLASSES = ("plan", "tenure", "usage")
_FEWEST = 5  # heard in a class; smaller classes are taken together
_MOST = 5.0  # times the mean weight
_ROUNDS = 100
_CLOSE = 1e-6
_OFF = 0.02  # of a share, from which on weights do not give it
_REST = "\x00rest"
_YEARS = (365, 3 * 365)
_THIRDS = (1 / 3, 2 / 3)


@dataclass(frozen=True, slots=True)
class Weighted:
    """Customers heard, with weights that make them stand for all.

    Parameters
    ----------
    customers : DataFrame
        ``customer_key`` (unique), ``weight``: adds up to the number of customers.
    by : tuple of str
        What the weights were fitted by, of :data:`CLASSES`.
    effective : float
        Number of customers that would tell as much without weights (Kish 1965).
    """

    customers: pl.DataFrame
    by: tuple[str, ...]
    effective: float


def weighted_to_all(heard: pl.DataFrame, everyone: pl.DataFrame, params: InsightParams) -> Weighted | None:
    """Weight those heard so that they have the classes of everyone.

    Parameters
    ----------
    heard : DataFrame
        ``customer_key`` (unique), ``plan``, ``contract_start``, ``usage_score`` of those heard.
    everyone : DataFrame
        The same three of all customers they are to stand for.
    params : InsightParams
        Day, and ``min_heard``.

    Returns
    -------
    Weighted or None
        None where it cannot be done: fewer than ``min_heard`` were heard or are in effect left, no class is known, or
        trimmed weights cannot give the classes their shares. Usage, then tenure are given up before that.
    """
    if heard.height < params.min_heard or everyone.is_empty():
        return None
    thirds = [everyone["usage_score"].quantile(third) for third in _THIRDS]
    classes = _classes(params.as_of, thirds)
    told, described = heard.sort("customer_key").select("customer_key", *classes), everyone.select(classes)
    margins = {name: margin for name in CLASSES if (margin := _margin(told[name], described[name])) is not None}
    while margins:
        weights = pl.Series("weight", _raked(list(margins.values()), told.height))
        effective = effective_number(weights)
        if effective >= params.min_heard and all(margin.met(weights.to_numpy()) for margin in margins.values()):
            return Weighted(told.select("customer_key").with_columns(weights), tuple(margins), effective)
        margins.popitem()
    return None


@dataclass(frozen=True, slots=True)
class _Margin:
    """Class of each customer heard, and the share of each class among everyone."""

    of: npt.NDArray[np.int64]
    shares: Floats

    def met(self, weights: Floats) -> bool:
        """Whether weights give each class about its share."""
        found = np.bincount(self.of, weights=weights, minlength=len(self.shares)) / weights.sum()
        return bool(np.abs(found - self.shares).max() <= _OFF)


def _classes(as_of: date, thirds: list[float | None]) -> list[pl.Expr]:
    """Put customers into classes; what is not known is a class of its own."""
    first, second = (pl.lit(as_of - timedelta(days=days)) for days in _YEARS)
    start, score = pl.col("contract_start"), pl.col("usage_score")
    low, high = (pl.lit(third, pl.Float64) for third in thirds)
    tenure = pl.when(start > first).then(pl.lit("new")).when(start > second).then(pl.lit("settled"))
    usage = pl.when(score <= low).then(pl.lit("low")).when(score <= high).then(pl.lit("middle"))
    return [
        pl.col("plan"),
        tenure.when(start.is_not_null()).then(pl.lit("old")).alias("tenure"),
        usage.when(score.is_not_null()).then(pl.lit("high")).alias("usage"),
    ]


def _margin(heard: pl.Series, everyone: pl.Series) -> _Margin | None:
    """Compare the classes of those heard with everyone's; None where there is but one class, or nothing is known.

    Classes of which too few were heard are taken together, with the smallest other one if they are still too few.
    """
    if everyone.null_count() == len(everyone):
        return None
    counts = heard.fill_null("").value_counts(name="n").rename({heard.name: "class"}).sort("n", "class")
    all_classes = set(everyone.fill_null("").unique()) | set(counts["class"])
    large = counts.filter(pl.col("n") >= _FEWEST)
    rest = all_classes - set(large["class"])
    n_rest = counts.filter(pl.col("n") < _FEWEST)["n"].sum()
    if rest and n_rest < _FEWEST and not large.is_empty():
        rest |= {large["class"][0]}
        large = large.slice(1)
    names = [*large["class"].to_list(), *([_REST] if rest else [])]
    if len(names) < 2:
        return None
    place = dict(zip(names, range(len(names)), strict=True)) | dict.fromkeys(rest, len(names) - 1)
    of, all_of = (
        column.fill_null("").replace_strict(place, return_dtype=pl.Int64).to_numpy() for column in (heard, everyone)
    )
    return _Margin(of, np.bincount(all_of, minlength=len(names)) / len(all_of))


def _raked(margins: list[_Margin], n: int) -> Floats:
    """Weights of mean 1 that give each margin its shares, none above the most allowed."""
    weights = np.ones(n)
    for _ in range(_ROUNDS):
        before = weights
        for margin in margins:
            sums = np.bincount(margin.of, weights=weights, minlength=len(margin.shares))
            weights = weights * (margin.shares * n / sums)[margin.of]
        weights = np.minimum(weights, _MOST)
        weights = weights * n / weights.sum()
        if np.abs(weights - before).max() < _CLOSE:
            break
    return weights
