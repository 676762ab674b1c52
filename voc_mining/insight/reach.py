"""Reach of topics among the customers heard on one side, thinned to the same number of statements each."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from voc_mining.insight.facts import in_window
from voc_mining.insight.params import InsightParams

_DIGITS = 6


def sides_of(statements: pl.DataFrame, params: InsightParams) -> dict[str, pl.DataFrame]:
    """Take the statements of the window apart: reactive, proactive, and of these the quiet customers'."""
    windowed = in_window(statements, params)
    proactive = windowed.filter(pl.col("origin") == "proactive")
    return {
        "reactive": windowed.filter(pl.col("origin") == "reactive"),
        "proactive": proactive,
        "quiet": proactive.filter(pl.col("silence") == "quiet"),
    }


def with_reach(
    table: pl.DataFrame, raising: Mapping[str, pl.DataFrame], heard_on: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """Add to a table of topics, by side, the customers who raise each, those heard, and their share.

    Parameters
    ----------
    table : DataFrame
        ``topic_id`` (unique).
    raising : mapping of str to DataFrame
        By side: statements with the ``topic_id`` they count for.
    heard_on : mapping of str to DataFrame
        By side: all statements, each once.

    Returns
    -------
    DataFrame
        The table with ``<side>_customers``, ``<side>_unidentified``, ``<side>_heard``, ``<side>_reach`` (0-1; null where
        nobody was heard).
    """
    for side, rows in raising.items():
        n_heard = heard(heard_on[side]).height
        table = table.join(reach_by_topic(rows, side), on="topic_id", how="left", validate="1:1").with_columns(
            pl.col(f"{side}_customers", f"{side}_unidentified").fill_null(0),
            pl.lit(n_heard, pl.Int64).alias(f"{side}_heard"),
        )
        share = pl.col(f"{side}_customers") / pl.col(f"{side}_heard")
        table = table.with_columns(
            pl.when(pl.col(f"{side}_heard") > 0).then(share.round(_DIGITS)).alias(f"{side}_reach")
        )
    return table


def heard(statements: pl.DataFrame) -> pl.DataFrame:
    """Distinct known customers with at least one statement, with their number of statements.

    Returns
    -------
    DataFrame
        ``customer_key`` (unique), ``n``; sorted.
    """
    return _known(statements).group_by("customer_key").agg(pl.len().cast(pl.Int64).alias("n")).sort("customer_key")


def mentions(statements: pl.DataFrame, column: str = "topic_id") -> pl.DataFrame:
    """Statements of each known customer that have each value of a column, a topic by default.

    Returns
    -------
    DataFrame
        ``customer_key``, ``entry`` (unique together), ``m``; sorted.
    """
    return (
        _known(statements)
        .filter(pl.col(column).is_not_null())
        .group_by("customer_key", pl.col(column).alias("entry"))
        .agg(pl.len().cast(pl.Int64).alias("m"))
        .sort("customer_key", "entry")
    )


def reach_by_topic(statements: pl.DataFrame, side: str) -> pl.DataFrame:
    """Distinct customers raising each topic on one side, and its statements without a customer.

    Returns
    -------
    DataFrame
        ``topic_id`` (unique), ``<side>_customers``, ``<side>_unidentified``.
    """
    return (
        statements.filter(pl.col("topic_id").is_not_null())
        .group_by("topic_id")
        .agg(
            pl.col("customer_key").drop_nulls().n_unique().cast(pl.Int64).alias(f"{side}_customers"),
            pl.col("customer_key").null_count().cast(pl.Int64).alias(f"{side}_unidentified"),
        )
    )


def rarefied_mention(n: pl.Expr, m: pl.Expr, k: int) -> pl.Expr:
    """Probability that k of n statements, drawn without replacement, hold at least one of m.

    1 − C(n−m, k)/C(n, k), as the product of (n−m−i)/(n−i) over i < k; 0-1. ``n`` must be at least ``k``.

    >>> frame = pl.DataFrame({"n": [3, 6], "m": [1, 1]})
    >>> frame.select(rarefied_mention(pl.col("n"), pl.col("m"), 3)).to_series().to_list()
    [1.0, 0.5]
    """
    missed = pl.lit(1.0)
    for i in range(k):
        missed = missed * ((n - m - i).clip(lower_bound=0) / (n - i))
    return 1.0 - missed


def rarefaction_k(sides: list[pl.DataFrame], params: InsightParams) -> int:
    """Greatest k up to the wanted one that leaves enough customers on every side.

    Enough are ``min_heard`` and at least half of those heard: thinning to three statements says little
    where most customers made one. With k = 1 a customer counts by the share of their statements.
    """
    for k in range(params.rarefaction_k, 1, -1):
        left = [side.filter(pl.col("n") >= k).height for side in sides]
        if all(n >= params.min_heard and 2 * n >= side.height for n, side in zip(left, sides, strict=True)):
            return k
    return 1


def _known(statements: pl.DataFrame) -> pl.DataFrame:
    return statements.filter(pl.col("customer_key").is_not_null())
