"""Renewal per opportunity by Kaplan–Meier, open terms included as far as they have got.

Time runs over the last half year before a term ends: who gives notice leaves at that day, who leaves without notice at
the end, who renewed survives it, and an open term is censored today. Renewals that are not yet due are so neither left
out nor taken for granted, and who gives notice early is not counted before others in the same half year are at risk.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from lifelines import KaplanMeierFitter
from scipy import stats

WINDOW_DAYS = 180
_AT_THE_END = WINDOW_DAYS + 1


@dataclass(frozen=True, slots=True)
class Renewal:
    """Opportunities at risk, what became of them, and the share that renews with its 95 % interval (None: unknown)."""

    n: int
    renewed: int
    churned: int
    open: int
    undecided: int
    rate: float | None
    ci_low: float | None
    ci_high: float | None


def renewal(opportunities: pl.DataFrame) -> Renewal:
    """Estimate the share of opportunities that renew.

    Parameters
    ----------
    opportunities : DataFrame
        Rows of :func:`voc_mining.insight.opportunities.opportunities`, with ``as_of`` (date): terms whose last half year
        has begun by then.

    Returns
    -------
    Renewal
        The Kaplan–Meier estimate over the half year, with lifelines' interval (Greenwood, log-log); where none or all
        left, the exact interval of a proportion over the decided. Without a decided opportunity there is no estimate.
    """
    at_risk = opportunities.filter(pl.col("due") - pl.duration(days=WINDOW_DAYS) < pl.col("as_of"))
    counts = dict(at_risk.group_by("state").len().iter_rows())
    renewed, churned = counts.get("renewed", 0), counts.get("churned", 0)
    found = Renewal(
        at_risk.height, renewed, churned, counts.get("open", 0), counts.get("undecided", 0), None, None, None
    )
    if not renewed + churned:
        return found
    if not renewed or not churned:
        return _with(found, 1.0 if renewed else 0.0, *exact_interval(renewed, renewed + churned))
    timed = at_risk.select(duration().alias("time"), (pl.col("state") == "churned").alias("left"))
    fitted = KaplanMeierFitter().fit(timed["time"].to_numpy(), timed["left"].to_numpy())
    low, high = fitted.confidence_interval_survival_function_.iloc[-1]
    return _with(found, float(fitted.survival_function_.iloc[-1, 0]), float(low), float(high))


def duration() -> pl.Expr:
    """Days of the last half year that an opportunity survived, from 1; one more where it survived the end."""
    last = pl.when(pl.col("state") == "churned").then("left_on").when(pl.col("state") == "open").then("as_of")
    days = WINDOW_DAYS - (pl.col("due") - last).dt.total_days()
    noticed = pl.col("left_on") < pl.col("due")
    return (
        pl.when((pl.col("state") == "renewed") | ((pl.col("state") == "churned") & ~noticed))
        .then(_AT_THE_END)
        .when(pl.col("state") == "undecided")
        .then(WINDOW_DAYS)
        .otherwise(days.clip(1, WINDOW_DAYS))
        .cast(pl.Int64)
    )


def exact_interval(k: int, n: int) -> tuple[float, float]:
    """95 % interval of a proportion by Clopper and Pearson.

    >>> [round(bound, 3) for bound in exact_interval(10, 10)]
    [0.692, 1.0]
    """
    test = stats.binomtest(k, n)  # type: ignore[attr-defined] # exported at run time
    interval = test.proportion_ci(method="exact")
    return float(interval.low), float(interval.high)


def _with(found: Renewal, rate: float, low: float, high: float) -> Renewal:
    return Renewal(found.n, found.renewed, found.churned, found.open, found.undecided, rate, low, high)
