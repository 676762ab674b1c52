"""Two groups held against each other, with the interval of their difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import ttest_ind
from statsmodels.stats.proportion import confint_proportions_2indep

MIN_GROUP = 10
"""Fewest in either group for a difference to be told."""


@dataclass(frozen=True, slots=True)
class Difference:
    """First group minus the second, with its 95 % interval."""

    value: float
    ci_low: float
    ci_high: float


def difference_of_shares(k_first: int, n_first: int, k_second: int, n_second: int) -> Difference | None:
    """Difference of two independent shares, interval by Newcombe; None where a group is too small.

    >>> difference_of_shares(3, 9, 5, 20) is None
    True
    >>> difference_of_shares(18, 20, 10, 20)
    Difference(value=0.4, ci_low=0.118, ci_high=0.613)
    """
    if min(n_first, n_second) < MIN_GROUP:
        return None
    low, high = confint_proportions_2indep(k_first, n_first, k_second, n_second, method="newcomb")
    return Difference(round(k_first / n_first - k_second / n_second, 4), round(float(low), 3), round(float(high), 3))


def difference_of_means(first: np.ndarray, second: np.ndarray) -> Difference | None:
    """Difference of two means, interval by Welch; None where a group is too small or does not vary."""
    if min(first.size, second.size) < MIN_GROUP or not (first.var() or second.var()):
        return None
    interval = ttest_ind(first, second, equal_var=False).confidence_interval()
    return Difference(
        round(float(first.mean() - second.mean()), 4), round(float(interval.low), 4), round(float(interval.high), 4)
    )
