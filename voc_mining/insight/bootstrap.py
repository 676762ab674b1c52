"""Bayesian bootstrap over customers of a difference of log odds, and of a share.

Every unit (a customer, or the account that holds several) gets one random weight a draw, the same on both
sides, so that customers heard on both are not taken for independent ones (Rubin 1981). To the weighted sums of those
who raise a thing and of those who do not, a Gamma(½) amount of one unit is added: with plain reach this is Jeffreys'
posterior of a share, which keeps its width where nobody, or everybody, on one side raises it. One unit is as large as
units are on average (√(Σ w²/Σ w) customers, never less than one), as the gamma intervals of weighted sums
ask for (Fay and Feuer 1997).

Few units, or units of very different sizes, make the spread of the draws too small. It is widened as the spread
estimated from as many units would be: Student's t with Welch's and Satterthwaite's degrees of freedom on the effective
numbers of units (Kish 1965) instead of the normal, and the factor 1/√(1 − 1/n) of the jackknife.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

Floats = npt.NDArray[np.float64]

_DRAWS_AT_ONCE = 100
_HALDANE = 0.5
_NORMAL = 1.959964  # half of a 95 % interval, in standard deviations
_MOST_GROUPS = 2000
_MOST_PART = 0.9  # of a single unit, for the factor of the jackknife
_QUANTILES = (0.025, 0.5, 0.975)


@dataclass(frozen=True, slots=True)
class SideSums:
    """One side, summed over the customers of each unit; where there are very many units, of each random group of them.

    Parameters
    ----------
    raises : array, shape (groups, things)
        Weights of customers times the degree (0-1) to which they raise each thing.
    heard : array, shape (groups,)
        Weights of the customers heard; 0 for units of the other side only. All weights add up to the number of customers.
    effective_units : float
        Number of equally large units that would tell as much (Kish 1965).
    grain : float
        Size of one unit, in customers; at least one.
    """

    raises: Floats
    heard: Floats
    effective_units: float
    grain: float

    @property
    def reach(self) -> Floats:
        """Share of the weight that raises each thing."""
        share: Floats = self.raises.sum(axis=0) / self.heard.sum()
        return share

    @property
    def odds(self) -> Floats:
        """Odds of reach per thing with half a customer added to either part (Haldane 1956)."""
        total = self.raises.sum(axis=0)
        odds: Floats = (total + _HALDANE) / (np.maximum(self.heard.sum() - total, 0.0) + _HALDANE)
        return odds


def difference(left: SideSums, right: SideSums, *, draws: int, seed: int) -> tuple[Floats, Floats]:
    """Give the ends of the 95 % interval of log odds(left) − log odds(right); the same for the same seed."""
    drawn = _drawn(left, right, draws=draws, seed=seed)
    return _ends(drawn, freedom((left, right)), min(left.effective_units, right.effective_units))


def shares(side: SideSums, *, draws: int, seed: int) -> tuple[Floats, Floats]:
    """Give the ends of the 95 % interval of the reach of each thing on one side."""
    drawn = _drawn(side, None, draws=draws, seed=seed)
    low, high = (1.0 / (1.0 + np.exp(-end)) for end in _ends(drawn, freedom((side,)), side.effective_units))
    return low, high


def freedom(sides: Sequence[SideSums]) -> float:
    """Degrees of freedom of the variance of sides together (Welch 1947), by their effective units; at least one."""
    parts = [1.0 / side.effective_units for side in sides]
    return sum(parts) ** 2 / sum(part**2 / max(1.0 / part - 1.0, 1.0) for part in parts)


def side_sums(customers: pl.DataFrame, degrees: pl.DataFrame, things: pl.Series, *, units: int, seed: int) -> SideSums:
    """Sum one side up.

    Parameters
    ----------
    customers : DataFrame
        ``customer_key`` (unique), ``unit`` (0 to units − 1), ``weight``: those heard; weights add up to their number.
    degrees : DataFrame
        ``customer_key``, ``entry`` (unique together), ``degree``: to which degree customers raise things; of customers
        not among those heard nothing is taken.
    things : Series
        Entries of the columns, in order.
    units : int
        Units of both sides together.
    seed : int
        Seed of the groups; the same on both sides.
    """
    unit, weight = customers["unit"].to_numpy(), customers["weight"].to_numpy()
    of_units = np.bincount(unit, weights=weight, minlength=units)
    group = _groups(units, seed)
    columns = things.alias("entry").to_frame().with_row_index("column")
    placed = degrees.join(customers, on="customer_key", how="inner", validate="m:1").join(
        columns, on="entry", how="inner", validate="m:1"
    )
    n_groups = int(group.max()) + 1
    cell = group[placed["unit"].to_numpy()] * len(things) + placed["column"].to_numpy()
    said = (placed["degree"] * placed["weight"]).to_numpy()
    raises: Floats = np.bincount(cell, weights=said, minlength=n_groups * len(things)).astype(np.float64)
    heard: Floats = np.bincount(group, weights=of_units).astype(np.float64)
    squares = float(np.square(of_units).sum())
    total = float(of_units.sum())
    return SideSums(
        raises.reshape(n_groups, len(things)),
        heard,
        effective_units=total**2 / squares,
        grain=max(1.0, float(np.sqrt(squares / total))),
    )


def _groups(units: int, seed: int) -> npt.NDArray[np.int64]:
    """Put units into random groups where there are very many: each group is then drawn as one.

    The deviations of a group's members are independent, so their sum has the sum of their variances; with 2,000
    groups the spread is estimated to within 2 % (method of random groups, Wolter 2007).
    """
    if units <= _MOST_GROUPS:
        return np.arange(units)
    return np.random.default_rng(seed).permutation(units) % _MOST_GROUPS


def _drawn(left: SideSums, right: SideSums | None, *, draws: int, seed: int) -> Floats:
    """Draws of the log odds of one side, or of the difference of two; shape (draws, things)."""
    rng = np.random.default_rng(seed)
    parts = []
    for start in range(0, draws, _DRAWS_AT_ONCE):
        weights = rng.exponential(size=(min(_DRAWS_AT_ONCE, draws - start), len(left.heard)))
        drawn = _log_odds(left, weights, rng)
        parts.append(drawn if right is None else drawn - _log_odds(right, weights, rng))
    return np.concatenate(parts)


def _log_odds(side: SideSums, weights: Floats, rng: np.random.Generator) -> Floats:
    total = weights @ side.raises
    rest = np.maximum((weights @ side.heard)[:, None] - total, 0.0)
    raising, others = (side.grain * rng.gamma(_HALDANE, size=total.shape) for _ in range(2))
    drawn: Floats = np.log(total + raising) - np.log(rest + others)
    return drawn


def _ends(drawn: Floats, free: float, units: float) -> tuple[Floats, Floats]:
    """Take the ends of the 95 % interval from draws, and widen it for few units."""
    low, middle, high = np.quantile(drawn, _QUANTILES, axis=0)
    wider = float(special.stdtrit(free, _QUANTILES[-1])) / _NORMAL / np.sqrt(1.0 - min(1.0 / units, _MOST_PART))
    return middle - (middle - low) * wider, middle + (high - middle) * wider
