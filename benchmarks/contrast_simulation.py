"""Error rates, coverage and power of the contrast of two sides, over random worlds.

    python -m benchmarks.contrast_simulation [WORLDS]

prints the tables of RESULTS.md. Null worlds hold no difference, planted ones five topics of twenty that the right side raises
more; see :mod:`benchmarks.contrast_worlds`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl

from benchmarks.contrast_worlds import (
    PLANTED,
    SHARES,
    TOPICS,
    Side,
    Voices,
    drawn,
    drawn_shared,
    log_odds,
    profiles,
    shares,
    voices,
)
from voc_mining.insight.comparison import Comparison, compare
from voc_mining.insight.params import InsightParams
from voc_mining.insight.population_reach import population_reach

DESIGNS = {
    "equal talk, 120 and 120": (Side(120, 2.0, heavy=False, likeness=None), Side(120, 2.0, heavy=False, likeness=None)),
    "five times the talk, 120 and 120": (Side(120, 1.2), Side(120, 6.0)),
    "five times the talk, 300 and 300": (Side(300, 3.0), Side(300, 15.0)),
    "few: 40 and 60": (Side(40, 1.5), Side(60, 4.0)),
    "lopsided: 1,000 and 40": (Side(1000, 6.0), Side(40, 1.5)),
    "lopsided, the few talk: 1,000 and 40": (Side(1000, 1.5), Side(40, 6.0)),
    "accounts of up to 40 users": (Side(400, 2.0, most_users=40), Side(400, 6.0, most_users=40)),
    "accounts of up to 500 users": (Side(600, 2.0, most_users=500), Side(600, 6.0, most_users=500)),
}
FACTOR = 4.0
_LEVEL = 0.05
_RARE = 0.02
_AS_OF = date(2026, 9, 30)
PARAMS = InsightParams(as_of=_AS_OF)


@dataclass(slots=True)
class Tally:
    """Counts over worlds."""

    rows: list[pl.DataFrame] = field(default_factory=list)

    def add(self, found: Comparison, truth: np.ndarray, world: int) -> None:
        """Take the topics that were compared, with the truth about them."""
        order = pl.DataFrame(
            {"entry": TOPICS, "truth": truth, "share": SHARES, "planted": np.isin(np.arange(len(TOPICS)), PLANTED)}
        )
        table = found.table.filter(pl.col("log_odds").is_not_null()).join(order, on="entry", validate="1:1")
        self.rows.append(table.with_columns(pl.lit(world).alias("world")))

    def summary(self, worlds: int, *, planted: bool) -> dict[str, float]:
        """Rates over all worlds: coverage, p below 5 %, false discoveries, power, bias of the log odds."""
        table = pl.concat(self.rows).with_columns(
            pl.col("truth").is_between("ci_low", "ci_high").alias("covered"),
            (pl.col("q_value") < _LEVEL).alias("found"),
            (~pl.col("planted") | pl.lit(not planted)).alias("null"),
        )
        by_world = table.group_by("world").agg(
            (pl.col("found") & pl.col("null")).sum().alias("false"), pl.col("found").sum().alias("found")
        )
        null = table.filter("null")
        rare = pl.col("share") < _RARE
        return {
            "tested": table.height / worlds,
            "coverage rare": table.filter(rare)["covered"].mean(),
            "coverage": table.filter(~rare)["covered"].mean(),
            "p<.05": (null["p_value"] < _LEVEL).mean(),
            "FDR": (by_world["false"] / by_world["found"].clip(lower_bound=1)).sum() / worlds,
            "any false": (by_world["false"] > 0).sum() / worlds,
            "power": table.filter(~pl.col("null"))["found"].mean() if planted else float("nan"),
            "bias": (table["log_odds"] - table["truth"]).median(),
        }  # type: ignore[return-value]


def _compared(world: tuple[Voices, Voices, pl.DataFrame], params: InsightParams) -> Comparison:
    left, right, known = world
    return compare(left, right, TOPICS, known, params)


def simulate(
    sides: tuple[Side, Side], *, worlds: int, factor: float, params: InsightParams, seed: int = 1
) -> dict[str, float]:
    """Compare the sides of so many worlds."""
    left, right = sides
    rng = np.random.default_rng(seed)
    tally = Tally()
    for world in range(worlds):
        found = _compared(drawn(rng, left, right, factor), params)
        k = found.rarefied_to
        tally.add(found, log_odds(left, shares(1.0), k) - log_odds(right, shares(factor), k), world)
    return tally.summary(worlds, planted=factor != 1.0)


def shared(*, worlds: int, params: InsightParams, seed: int = 5) -> dict[str, float]:
    """Compare sides that share two thirds of their customers, one with five times the talk."""
    rng = np.random.default_rng(seed)
    tally = Tally()
    for world in range(worlds):
        found = _compared(drawn_shared(rng, Side(150, 1.5), Side(150, 7.5)), params)
        tally.add(found, np.zeros(len(TOPICS)), world)
    return tally.summary(worlds, planted=False)


def hidden(*, worlds: int, params: InsightParams, customers: int, reach: float, seed: int = 2) -> tuple[float, float]:
    """Power for topics that inquirers never raise and this share of quiet customers does; and the share of false finds."""
    rng = np.random.default_rng(seed)
    found_planted = found_other = 0
    for _ in range(worlds):
        sides = []
        for name, side in (("L", Side(customers, 6.0)), ("R", Side(customers, 2.0))):
            n = 1 + rng.poisson(side.talk - 1.0, customers)
            m = rng.multinomial(n, np.append(SHARES, 1.0 - SHARES.sum()))[:, :-1]
            m[:, PLANTED] = 0
            if name == "R":
                raises = rng.random((customers, len(PLANTED))) < reach
                n = n + raises.sum(axis=1)
                m[:, PLANTED] = raises
            sides.append(voices([f"{name}{i}" for i in range(customers)], n, m))
        table = compare(sides[0], sides[1], TOPICS, profiles([], []), params).table
        told = table.filter(pl.col("q_value") < _LEVEL)["entry"].to_list()
        planted = {TOPICS[i] for i in PLANTED}
        found_planted += len(planted & set(told))
        found_other += len(set(told) - planted)
    return found_planted / (worlds * len(PLANTED)), found_other / max(found_planted + found_other, 1)


def paradox(*, worlds: int, params: InsightParams, seed: int = 3) -> Iterator[tuple[Comparison, float]]:
    """Worlds in which the sides differ in their segments alone: large firms are quiet, and speak of other things.

    Yields the comparison, and the share of topics that a comparison without strata would find.
    """
    rng = np.random.default_rng(seed)
    blind = shares(1.0)
    large = shares(5.0)
    for _ in range(worlds):
        sides, known = [], []
        for name, share_of_large in (("L", 0.15), ("R", 0.75)):
            is_large = rng.random(200) < share_of_large
            n = 1 + rng.poisson(2.0, 200)
            whole = np.where(is_large[:, None], large, blind)
            m = rng.multinomial(n, np.column_stack([whole, 1.0 - whole.sum(axis=1)]))[:, :-1]
            names = [f"{name}{i}" for i in range(200)]
            sides.append(voices(names, n, m))
            known.append(profiles(names, [None] * 200, segment=["large" if one else "small" for one in is_large]))
        described = pl.concat(known)
        crude = compare(sides[0], sides[1], TOPICS, described.with_columns(pl.lit("all").alias("segment")), params)
        found = (crude.table["q_value"] < _LEVEL).sum() / len(PLANTED)
        yield compare(sides[0], sides[1], TOPICS, described, params), found


def answered(
    *, worlds: int, params: InsightParams, size: int = 3000, seed: int = 4
) -> Iterator[tuple[float, float, float, float]]:
    """Worlds in which those who answer use the product more, and those who use it less have the trouble.

    Yields the true share of all customers, that of those who answered, and the ends of the interval of the weighted one.
    """
    rng = np.random.default_rng(seed)
    start = [params.as_of - timedelta(days=int(days)) for days in rng.integers(30, 2000, size)]
    for _ in range(worlds):
        usage = rng.uniform(0, 100, size)
        plan = rng.choice(["basic", "pro"], size, p=[0.7, 0.3])
        trouble = rng.random(size) < np.where(usage < 100 / 3, 0.35, np.where(usage < 200 / 3, 0.15, 0.05))
        answers = rng.random(size) < np.where(usage < 100 / 3, 0.03, np.where(usage < 200 / 3, 0.08, 0.15)) * np.where(
            plan == "pro", 1.5, 0.8
        )
        names = np.array([f"C{i}" for i in range(size)])
        known = pl.DataFrame(
            {
                "customer_key": names,
                "plan": plan,
                "segment": ["s"] * size,
                "contract_start": start,
                "usage_score": usage,
            }
        ).with_columns(pl.lit(None, pl.String).alias("account_key"))
        told = names[answers]
        said = Voices(
            pl.DataFrame({"customer_key": told, "n": np.ones(len(told), np.int64)}),
            pl.DataFrame(
                {"customer_key": names[answers & trouble], "entry": "T00", "m": 1}, schema_overrides={"m": pl.Int64}
            ),
        )
        row = population_reach(said, ["T00"], everyone=known, profiles=known, params=params).row(0, named=True)
        yield float(trouble.mean()), float(trouble[answers].mean()), row["weighted_low"], row["weighted_high"]


def main(worlds: int) -> None:
    """Print the tables."""
    print(
        "| world | tested | p < 5 % | FDR, no difference | coverage, share < 2 % | coverage, share ≥ 2 % | planted: FDR | power | coverage | median bias |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, sides in DESIGNS.items():
        null = simulate(sides, worlds=worlds, factor=1.0, params=PARAMS)
        real = simulate(sides, worlds=worlds, factor=FACTOR, params=PARAMS, seed=11)
        both = (real["coverage"], real["coverage rare"])
        print(
            f"| {name} | {null['tested']:.1f} | {null['p<.05']:.1%} | {null['FDR']:.1%} | {null['coverage rare']:.1%} | "
            f"{null['coverage']:.1%} | {real['FDR']:.1%} | {real['power']:.0%} | {min(both):.1%} – {max(both):.1%} | {real['bias']:+.2f} |",
            flush=True,
        )
    both = shared(worlds=worlds, params=PARAMS)
    print(
        f"| two thirds on both sides | {both['tested']:.1f} | {both['p<.05']:.1%} | {both['FDR']:.1%} | "
        f"{both['coverage rare']:.1%} | {both['coverage']:.1%} | | | | |"
    )
    for customers, reach in ((100, 0.05), (100, 0.1), (300, 0.05)):
        power, false = hidden(worlds=worlds, params=PARAMS, customers=customers, reach=reach)
        print(
            f"| hidden: {reach:.0%} of {customers} quiet, no inquirer | power {power:.0%} | false among found {false:.1%} |"
        )
    found = list(paradox(worlds=worlds, params=PARAMS))
    q_values = [one.table["q_value"].drop_nulls() for one, _ in found]
    print(
        f"| paradox | without strata {np.mean([share for _, share in found]):.0%} of the planted topics found | "
        f"with strata any in {np.mean([(q < _LEVEL).any() for q in q_values]):.1%} of worlds |"
    )
    worlds_answered = np.array(list(answered(worlds=worlds, params=PARAMS)))
    truth, raw, low, high = worlds_answered.T
    print(
        f"| non-response | true {truth.mean():.1%} | of those who answered {raw.mean():.1%} | weighted interval "
        f"{low.mean():.1%}–{high.mean():.1%} | covers {((low <= truth) & (truth <= high)).mean():.1%} |"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
