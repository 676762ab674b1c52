"""Two groups of customers compared thing by thing: who raises a topic, or uses a word, more than the others.

The difference is that of the log odds of rarefied reach, with an interval by bootstrap over customers, or accounts where
they are known (:mod:`voc_mining.insight.bootstrap`), a p-value by an exact test on effective counts
(:mod:`voc_mining.insight.effective_counts`), and q-values over all that is compared (Benjamini and Hochberg 1995). Where the mix of segments or
plans differs, both sides are given the same one (:mod:`voc_mining.insight.strata`). Nothing is tested where either side
heard too few, or too few raise a thing: counted in customers and in the units that are drawn, for twenty users of
one account are one voice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from voc_mining.insight.bootstrap import Floats, SideSums, difference, side_sums
from voc_mining.insight.effective_counts import p_values
from voc_mining.insight.params import InsightParams
from voc_mining.insight.reach import heard, mentions, rarefaction_k, rarefied_mention
from voc_mining.insight.strata import common_mix, evened_accounts

_DIGITS = 6
_MEASURES = ("left_reach", "right_reach", "log_odds", "ci_low", "ci_high", "p_value", "q_value", "crude_log_odds")


@dataclass(frozen=True, slots=True)
class Voices:
    """What was heard on one side.

    Parameters
    ----------
    heard : DataFrame
        ``customer_key`` (unique), ``n``: statements of each.
    mentions : DataFrame
        ``customer_key``, ``entry`` (unique together), ``m``: statements of each on each thing.
    """

    heard: pl.DataFrame
    mentions: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out of comparing two sides.

    Parameters
    ----------
    table : DataFrame
        ``entry`` (unique), ``raised_by`` (customers on either side), ``lacking`` (why it was not compared: ``left``,
        ``right`` or ``raising``, else null), ``left_reach``, ``right_reach`` (rarefied and of the same mix, 0-1), ``log_odds``
        (left minus right), ``ci_low``, ``ci_high``, ``p_value``, ``q_value``, ``crude_log_odds`` (each side with the
        mix it has). The measures are null where nothing was compared.
    rarefied_to : int
        Statements a customer was thinned to.
    stratified_by : tuple of str
        What the mix was evened out by; empty where it did not differ, or could not be.
    """

    table: pl.DataFrame
    rarefied_to: int
    stratified_by: tuple[str, ...]


def numbered(statements: pl.DataFrame, profiles: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put numbers in the place of customers' keys, in the keys' order: numbers are grouped and joined in a fraction of the time."""
    keys = (
        pl.concat([frame.select("customer_key") for frame in (statements, profiles)])
        .drop_nulls()
        .unique()
        .sort("customer_key")
        .with_row_index("number")
    )
    told, known = (
        frame.join(keys, on="customer_key", how="left", validate="m:1", maintain_order="left")
        .drop("customer_key")
        .rename({"number": "customer_key"})
        for frame in (statements, profiles)
    )
    return told, known


def voices(statements: pl.DataFrame, column: str = "topic_id") -> Voices:
    """Count what known customers said, and about what; each statement stands once."""
    return Voices(heard(statements), mentions(statements, column))


def compare(
    left: Voices, right: Voices, things: list[Any], profiles: pl.DataFrame, params: InsightParams
) -> Comparison:
    """Compare two sides; customers may be on both.

    Parameters
    ----------
    left, right : Voices
        The sides.
    things : list of str
        What they are compared by.
    profiles : DataFrame
        ``customer_key`` (unique), ``account_key``, ``plan``, ``segment``; customers may be missing.
    params : InsightParams
        Thresholds, draws, seed.
    """
    units = units_of(pl.concat([side.heard.select("customer_key") for side in (left, right)]), profiles)
    sides = [side.heard.join(units, on="customer_key", validate="1:1") for side in (left, right)]
    k = rarefaction_k(sides, params)
    table = _enough(sides, pl.concat([left.mentions, right.mentions]), things, params)
    compared = table.filter(pl.col("lacking").is_null())["entry"]
    if compared.is_empty():
        return Comparison(table.pipe(_without_measures), k, ())
    kept = [evened_accounts(side.filter(pl.col("n") >= k), params) for side in sides]
    evened, by = common_mix((kept[0], kept[1]), params)
    n_units = units["unit"].n_unique()
    sums, crude = (
        [
            side_sums(customers, _degrees(side.mentions, customers, k), compared, units=n_units, seed=params.seed)
            for side, customers in zip((left, right), each, strict=True)
        ]
        for each in (evened, kept)
    )
    tested = _tested(sums, crude, compared, params)
    return Comparison(table.join(tested, on="entry", how="left", validate="1:1"), k, by)


def _tested(sums: list[SideSums], crude: list[SideSums], compared: pl.Series, params: InsightParams) -> pl.DataFrame:
    left, right = sums
    low, high = difference(left, right, draws=params.draws, seed=params.seed)
    p_value = p_values(left, right)
    q_value = stats.false_discovery_control(p_value, method="bh")
    log_odds, plain = (_log_odds(pair) for pair in (sums, crude))
    measures = (left.reach, right.reach, log_odds, low, high, p_value, q_value, plain)
    return compared.to_frame().with_columns(
        pl.Series(name, values, dtype=pl.Float64).round(_DIGITS)
        for name, values in zip(_MEASURES, measures, strict=True)
    )


def _log_odds(sides: list[SideSums]) -> Floats:
    left, right = sides
    difference_of_odds: Floats = np.log(left.odds) - np.log(right.odds)
    return difference_of_odds


def which_side(params: InsightParams, prefix: str, names: tuple[str, str]) -> pl.Expr:
    """Name the side that raises more, by the q-value of a comparison; ``both`` where neither does.

    Parameters
    ----------
    params : InsightParams
        Significance.
    prefix : str
        What the columns of the comparison begin with.
    names : tuple of str
        Left and right side. Where nothing was compared, ``insufficient``.
    """
    more, less = names
    q_value, log_odds = pl.col(f"{prefix}q_value"), pl.col(f"{prefix}log_odds")
    return (
        pl.when(log_odds.is_null())
        .then(pl.lit("insufficient"))
        .when((q_value < params.significance) & (log_odds < 0))
        .then(pl.lit(less))
        .when((q_value < params.significance) & (log_odds > 0))
        .then(pl.lit(more))
        .otherwise(pl.lit("both"))
    )


def units_of(customers: pl.DataFrame, profiles: pl.DataFrame) -> pl.DataFrame:
    """Describe customers, with the unit that is drawn as one: the account where there is one, else the customer.

    Returns
    -------
    DataFrame
        ``customer_key`` (unique), ``segment``, ``plan``, ``unit`` (from 0, without gaps); sorted.
    """
    return (
        customers.select("customer_key")
        .unique()
        .join(
            profiles.select("customer_key", "account_key", "segment", "plan"),
            on="customer_key",
            how="left",
            validate="1:1",
        )
        .with_columns(
            pl.coalesce(pl.format("account:{}", "account_key"), pl.format("customer:{}", "customer_key")).alias("name")
        )
        .select("customer_key", "segment", "plan", (pl.col("name").rank("dense") - 1).cast(pl.Int64).alias("unit"))
        .sort("customer_key")
    )


def _enough(sides: list[pl.DataFrame], said: pl.DataFrame, things: list[Any], params: InsightParams) -> pl.DataFrame:
    """Count who raises each thing, and say what is lacking for a comparison."""
    units = pl.concat([side.select("customer_key", "unit") for side in sides]).unique()
    raising = (
        said.join(units, on="customer_key", validate="m:1")
        .group_by("entry")
        .agg(
            pl.col("customer_key").n_unique().cast(pl.Int64).alias("raised_by"),
            pl.col("unit").n_unique().cast(pl.Int64).alias("units"),
        )
    )
    few = [min(side.height, side["unit"].n_unique()) < params.min_heard for side in sides]
    return (
        pl.DataFrame({"entry": things}, schema={"entry": said.schema["entry"]})
        .sort("entry")
        .join(raising, on="entry", how="left", validate="1:1", maintain_order="left")
        .with_columns(pl.col("raised_by", "units").fill_null(0))
        .select(
            "entry",
            "raised_by",
            pl.when(pl.lit(few[0]))
            .then(pl.lit("left"))
            .when(pl.lit(few[1]))
            .then(pl.lit("right"))
            .when(pl.col("units") < params.min_raising)
            .then(pl.lit("raising"))
            .alias("lacking"),
        )
    )


def _degrees(said: pl.DataFrame, customers: pl.DataFrame, k: int) -> pl.DataFrame:
    return said.join(customers.select("customer_key", "n"), on="customer_key", validate="m:1").select(
        "customer_key", "entry", rarefied_mention(pl.col("n"), pl.col("m"), k).alias("degree")
    )


def _without_measures(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.lit(None, pl.Float64).alias(name) for name in _MEASURES)
