"""Worlds of customers in which it is known who raises what, for the contrast of two sides.

A customer has shares of topics (a Dirichlet draw around the side's, shared by all customers of an account) and makes a number of
statements that has nothing to do with them. The probability that k of these raise a topic is then known exactly, and
with it the log odds that a comparison estimates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from voc_mining.insight.comparison import Voices

Floats = npt.NDArray[np.float64]

SHARES = np.array(
    [.003, .004, .005, .006, .008, .01, .01, .012, .015, .02, .02, .025, .03, .03, .04, .05, .05, .06, .07, .08]
)  # fmt: skip
"""Shares of statements on each topic; the rest is on none."""
TOPICS = [f"T{i:02}" for i in range(len(SHARES))]
PLANTED = np.arange(0, len(SHARES), 4)
"""Topics that one side raises more in planted worlds."""
_ACCOUNT_TAIL = 1.2
_TALK_SHAPE = 0.6


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a world.

    Parameters
    ----------
    customers : int
        Customers heard.
    talk : float
        Mean number of statements.
    heavy : bool
        Whether a few customers make most statements.
    likeness : float or None
        How little customers differ in what they talk about: total of the Dirichlet; None: not at all.
    most_users : int
        Users of the largest accounts; 1: every customer is an account.
    """

    customers: int
    talk: float
    heavy: bool = True
    likeness: float | None = 10.0
    most_users: int = 1


def shares(factor: float) -> Floats:
    """Shares of topics, those of planted topics times a factor."""
    told = SHARES.copy()
    told[PLANTED] *= factor
    return told


def log_odds(side: Side, told: Floats, k: int) -> Floats:
    """True log odds that k statements of a customer raise each topic."""
    missed = (1.0 - told) ** k
    if side.likeness is not None:
        others = side.likeness * (1.0 - told)
        missed = np.prod([(others + i) / (side.likeness + i) for i in range(k)], axis=0)
    logit: Floats = np.log1p(-missed) - np.log(missed)
    return logit


def users(rng: np.random.Generator, side: Side) -> npt.NDArray[np.int64]:
    """Account of each customer; sizes have a heavy tail."""
    if side.most_users == 1:
        return np.arange(side.customers)
    sizes = np.minimum(1 + rng.pareto(_ACCOUNT_TAIL, side.customers).astype(np.int64), side.most_users)
    return np.repeat(np.arange(side.customers), sizes)[: side.customers]


def statements(rng: np.random.Generator, side: Side) -> npt.NDArray[np.int64]:
    """Number of statements of each customer, at least one."""
    mean = max(side.talk - 1.0, 0.0)
    rate = rng.gamma(_TALK_SHAPE, mean / _TALK_SHAPE, side.customers) if side.heavy else np.full(side.customers, mean)
    return 1 + rng.poisson(rate)


def said(
    rng: np.random.Generator, side: Side, told: Floats, account: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Statements of each customer, and those on each topic; shapes (customers,) and (customers, topics)."""
    whole = np.append(told, 1.0 - told.sum())
    if side.likeness is None:
        own = np.broadcast_to(whole, (len(account), len(whole)))
    else:
        own = rng.dirichlet(whole * side.likeness, int(account.max()) + 1)[account]
    n = statements(rng, side)
    return n, rng.multinomial(n, own)[:, :-1]


def voices(names: list[str], n: npt.NDArray[np.int64], m: npt.NDArray[np.int64]) -> Voices:
    """Lay out what customers said as the comparison takes it."""
    customer, topic = np.nonzero(m)
    heard = pl.DataFrame({"customer_key": names, "n": n})
    keys = np.array(names)
    return Voices(
        heard,
        pl.DataFrame(
            {"customer_key": keys[customer], "entry": np.array(TOPICS)[topic], "m": m[customer, topic]},
            schema={"customer_key": pl.String, "entry": pl.String, "m": pl.Int64},
        ),
    )


def profiles(names: list[str], accounts: list[str | None], **columns: list[str]) -> pl.DataFrame:
    """What is known of the customers."""
    known = {"customer_key": names, "account_key": accounts} | columns
    blank = {name: [None] * len(names) for name in ("plan", "segment") if name not in columns}
    schema = dict.fromkeys((*known, *blank), pl.String)
    return pl.DataFrame(known | blank, schema=schema)


def drawn(
    rng: np.random.Generator, left: Side, right: Side, factor: float = 1.0
) -> tuple[Voices, Voices, pl.DataFrame]:
    """One world: what either side said, and the profiles; the right side raises planted topics that much more."""
    sides, known = [], []
    for name, side, told in (("L", left, shares(1.0)), ("R", right, shares(factor))):
        account = users(rng, side)
        names = [f"{name}{i:05}" for i in range(side.customers)]
        sides.append(voices(names, *said(rng, side, told, account)))
        grouped = [f"{name}{i}" if side.most_users > 1 else None for i in account]
        known.append(profiles(names, grouped))
    return sides[0], sides[1], pl.concat(known)


def drawn_shared(rng: np.random.Generator, left: Side, right: Side) -> tuple[Voices, Voices, pl.DataFrame]:
    """One world without a difference in which two thirds of the customers are on both sides, and talk alike on both."""
    whole = np.append(SHARES, 1.0 - SHARES.sum())
    customers = left.customers + left.customers // 3
    own = rng.dirichlet(whole * (left.likeness or 10.0), customers)
    names = np.array([f"C{i:05}" for i in range(customers)])
    sides = []
    for side, start in ((left, 0), (right, customers - right.customers)):
        n = statements(rng, side)
        m = rng.multinomial(n, own[start : start + side.customers])[:, :-1]
        sides.append(voices(names[start : start + side.customers].tolist(), n, m))
    return sides[0], sides[1], profiles([], [])
