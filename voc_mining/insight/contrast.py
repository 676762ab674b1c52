"""``contrast.csv``: what is raised when customers call us, against what is raised when we ask.

Both sides are taken from the same window. The log odds are those of (rarefied) reach, reactive minus
proactive: below zero, a topic is raised more by those we asked. A topic is on a side where its q-value
(Benjamini–Hochberg over the topics compared) says so, on ``both`` else, and ``insufficient`` where either
side heard too few customers or too few raise the topic on the two sides together; then nothing is tested.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special, stats

from voc_mining.insight.bootstrap import drawn_log_odds, side_matrix
from voc_mining.insight.params import InsightParams
from voc_mining.insight.reach import heard, mentions, rarefaction_k, rarefied_mention, sides_of, with_reach

_DIGITS = 6
_HALF_WIDTH = 1.959964  # of a 95 % interval, in standard deviations
_TESTED = {"topic_id": pl.String, **dict.fromkeys(("log_odds", "ci_low", "ci_high", "p_value", "q_value"), pl.Float64)}


def contrast_table(
    statements: pl.DataFrame, topics: pl.DataFrame, accounts: pl.DataFrame, params: InsightParams
) -> pl.DataFrame:
    """Contrast the two sides, topic by topic.

    Parameters
    ----------
    statements : DataFrame
        Of :func:`voc_mining.insight.facts.statement_facts`.
    topics : DataFrame
        Effective topics: ``topic_id`` (unique), ``label``, ``status``; hidden ones are left out.
    accounts : DataFrame
        ``customer_key`` (unique), ``account_key``: customers of one account are drawn together.
    params : InsightParams
        Window, thresholds, draws, seed.

    Returns
    -------
    DataFrame
        Columns of ``contrast.csv`` in order, then ``reactive_unidentified`` and ``proactive_unidentified``
        (statements without a customer, in no share), ``rarefied_to`` (k), ``raised_by`` (customers on either
        side). The topics most proactive come first, those not compared last.
    """
    sides = sides_of(statements, params)
    table = with_reach(topics.filter(pl.col("status") != "hidden").select("topic_id", "label"), sides, sides)
    raised = (
        pl.concat([mentions(sides["reactive"]), mentions(sides["proactive"])])
        .group_by("topic_id")
        .agg(pl.col("customer_key").n_unique().cast(pl.Int64).alias("raised_by"))
    )
    table = table.join(raised, on="topic_id", how="left", validate="1:1").with_columns(pl.col("raised_by").fill_null(0))
    enough = (pl.min_horizontal("reactive_heard", "proactive_heard") >= params.min_heard) & (
        pl.col("raised_by") >= params.min_raising
    )
    k = rarefaction_k([heard(sides["reactive"]), heard(sides["proactive"])], params)
    compared = table.filter(enough)["topic_id"].sort().to_list()
    tested = _compare((sides["reactive"], sides["proactive"]), compared, accounts, k, params)
    return (
        table.join(tested, on="topic_id", how="left", validate="1:1")
        .with_columns(
            pl.lit(params.window_from).alias("window_from"),
            pl.lit(params.as_of).alias("window_to"),
            pl.lit(k, pl.Int64).alias("rarefied_to"),
            _side(params).alias("side"),
        )
        .sort("log_odds", "raised_by", "topic_id", descending=[False, True, False], nulls_last=True)
        .select(
            "topic_id",
            "label",
            "window_from",
            "window_to",
            *[f"{side}_{what}" for side in sides for what in ("customers", "heard", "reach")],
            "log_odds",
            "ci_low",
            "ci_high",
            "p_value",
            "q_value",
            "side",
            "reactive_unidentified",
            "proactive_unidentified",
            "rarefied_to",
            "raised_by",
        )
    )


def _compare(
    sides: tuple[pl.DataFrame, pl.DataFrame],
    topics: list[str],
    accounts: pl.DataFrame,
    k: int,
    params: InsightParams,
) -> pl.DataFrame:
    """Log odds, interval, p and q of the topics compared."""
    if not topics:
        return pl.DataFrame(schema=_TESTED)
    kept = [heard(side).filter(pl.col("n") >= k) for side in sides]
    units = _units(kept, accounts)
    matrices = []
    for side, customers in zip(sides, kept, strict=True):
        degrees = (
            mentions(side)
            .join(customers, on="customer_key", how="inner", validate="m:1")
            .with_columns(rarefied_mention(pl.col("n"), pl.col("m"), k).alias("degree"))
        )
        placed = customers.join(units, on="customer_key", how="left", validate="1:1")
        matrices.append(side_matrix(placed, degrees, topics))
    reactive, proactive = matrices
    log_odds = np.log(reactive.odds) - np.log(proactive.odds)
    draws = drawn_log_odds(reactive, proactive, units["unit"].n_unique(), draws=params.draws, seed=params.seed)
    low, middle, high = np.quantile(draws, [0.025, 0.5, 0.975], axis=0)
    p_value = _p_value(low, middle, high)
    return pl.DataFrame(
        {
            "topic_id": topics,
            "log_odds": log_odds,
            "ci_low": low,
            "ci_high": high,
            "p_value": p_value,
            "q_value": stats.false_discovery_control(p_value, method="bh"),
        },
        schema=_TESTED,
    ).with_columns(pl.col(pl.Float64).round(_DIGITS))


def _p_value(
    low: npt.NDArray[np.float64], middle: npt.NDArray[np.float64], high: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Two-sided p, normal with the spread on the side of the draws that faces zero.

    Where nobody on one side raises a topic, the draws have a long tail away from zero; the spread towards
    zero is what decides. p is below 0.05 exactly where the interval leaves zero out.
    """
    towards_zero = np.where(middle > 0, middle - low, high - middle) / _HALF_WIDTH
    p_value: npt.NDArray[np.float64] = 2.0 * special.ndtr(-np.abs(middle) / towards_zero)
    return p_value


def _units(sides: list[pl.DataFrame], accounts: pl.DataFrame) -> pl.DataFrame:
    """Name the unit that is drawn as one: the account where there is one, else the customer."""
    return (
        pl.concat([side.select("customer_key") for side in sides])
        .unique()
        .join(accounts.select("customer_key", "account_key"), on="customer_key", how="left", validate="1:1")
        .with_columns(
            pl.coalesce(pl.format("account:{}", "account_key"), pl.format("customer:{}", "customer_key")).alias("name")
        )
        .select("customer_key", (pl.col("name").rank("dense") - 1).cast(pl.Int64).alias("unit"))
    )


def _side(params: InsightParams) -> pl.Expr:
    return (
        pl.when(pl.col("log_odds").is_null())
        .then(pl.lit("insufficient"))
        .when((pl.col("q_value") < params.significance) & (pl.col("log_odds") < 0))
        .then(pl.lit("proactive"))
        .when((pl.col("q_value") < params.significance) & (pl.col("log_odds") > 0))
        .then(pl.lit("reactive"))
        .otherwise(pl.lit("both"))
    )
