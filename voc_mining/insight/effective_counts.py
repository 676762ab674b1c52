"""Whether two sides differ, by an exact test on effective counts.

Customers of one account say alike, and a customer's degree of raising a thing is no whole number, so counts of customers are
no binomial ones. Rao and Scott (1992) divide them by the design effect: the variance over units, as the jackknife
gives it, over that of as many independent customers. A single thing's design effect is uncertain where few raise it, so it is
drawn towards the mean over all things of the side (generalized variance function, Wolter 2007), but never below
its own: what twenty users of one account say is one voice.

Effective counts x of exposure E = n / (design effect · (1 − p)) have the variance of Poisson counts, so that, given their sum,
one of them is binomial under no difference; p is the two-sided mid-p (Lancaster 1961) by doubling the smaller tail, extended to
fractions by the incomplete beta function. It holds where nobody on one side raises a thing, where a normal approximation
on the scale of log odds tells nearly nothing. Few units cost what Student's t costs them (Korn and Graubard 1998).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from voc_mining.insight.bootstrap import Floats, SideSums, freedom

_NORMAL = 1.959964
_UPPER = 0.975
_OWN = 5.0  # units raising a thing, from which on its own design effect counts for more than the mean one
_LEAST = 1e-9
_MOST_REACH = 0.999
_MOST_SHARED = (0.5, 2.0)


@dataclass(frozen=True, slots=True)
class _Side:
    """Reach, its deviations by unit as the jackknife weighs them, and the exposure of effective counts but for (1 − p)."""

    reach: Floats
    deviations: Floats
    exposure: Floats


def p_values(left: SideSums, right: SideSums) -> Floats:
    """Two-sided p of no difference in reach, per thing."""
    sides = _side(left), _side(right)
    total = sum((side.exposure for side in sides), np.zeros(1))
    pooled = sum((side.reach * side.exposure for side in sides), np.zeros(1)) / total
    student = float(special.stdtrit(freedom((left, right)), _UPPER))
    scale = _shared(*sides) * (_NORMAL / student) ** 2 / (1.0 - np.minimum(pooled, _MOST_REACH))
    exposures = [side.exposure * scale for side in sides]
    counts = [side.reach * exposure for side, exposure in zip(sides, exposures, strict=True)]
    share = exposures[1] / (exposures[0] + exposures[1])
    tails = _at_most(counts[0], counts[1], share), _at_most(counts[1], counts[0], 1.0 - share)
    p_value: Floats = np.minimum(1.0, 2.0 * np.minimum(*tails))
    return p_value


def _side(side: SideSums) -> _Side:
    total = side.heard.sum()
    reach = side.reach
    part = np.minimum(side.heard / total, 1.0 - _LEAST)
    deviations: Floats = (side.raises - reach * side.heard[:, None]) / (1.0 - part)[:, None] / total
    raising = (side.raises > 0).sum(axis=0)
    independent = np.maximum(reach * (1.0 - reach) / total, _LEAST / total)
    own = np.where(raising > 0, np.square(deviations).sum(axis=0) / independent, 0.0)
    mean = float((raising * own).sum() / raising.sum()) if raising.any() else 1.0
    drawn = (raising * own + _OWN * mean) / (raising + _OWN)
    return _Side(reach, deviations, total / np.maximum(np.maximum(drawn, own), _LEAST))


def _shared(left: _Side, right: _Side) -> float:
    """Say how much more two sides tell for sharing units: variance of unrelated sides over that of the difference."""
    apart = np.square(left.deviations).sum() + np.square(right.deviations).sum()
    together = np.square(left.deviations - right.deviations).sum()
    return float(np.clip(apart / together, *_MOST_SHARED)) if together > 0 else 1.0


def _at_most(other: Floats, count: Floats, share: Floats) -> Floats:
    """Mid-p of at most this count, given the sum of both and its share of the exposure."""
    at_most = np.where(other > _LEAST, special.betainc(np.maximum(other, _LEAST), count + 1.0, 1.0 - share), 1.0)
    below = np.where(count > _LEAST, special.betainc(other + 1.0, np.maximum(count, _LEAST), 1.0 - share), 0.0)
    mid: Floats = 0.5 * (at_most + below)
    return mid
