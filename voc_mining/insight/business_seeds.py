"""``business_seeds.csv``: needs that the product does not meet and uses it was not made for, with who stands behind them.

A seed is what customers say about one matter: the unmet needs, or the unexpected uses, among the proactive statements of
one topic. A statement without a topic is a seed of its own, so that what a single customer says is not lost. Inquiries
never make a seed: who calls about what exists does not tell what is missing. They are counted beside it.
"""

from __future__ import annotations

import polars as pl

from voc_mining.ids import digest
from voc_mining.insight.examples import EXAMPLE_COLUMNS, EXAMPLES, in_columns

SEED_CLASSES = ("unmet_need", "unexpected_use")
RELATED_SHOWN = 3
_FEWEST_IN_COMMON = 3
_DIGITS = 3
_QUIET = pl.col("silence") == "quiet"
_SEED = ["class", "matter"]


def business_seeds(
    statements: pl.DataFrame, proactive: pl.DataFrame, topics: pl.DataFrame, customers: pl.DataFrame
) -> pl.DataFrame:
    """Group needs and uses by matter, with the customers and the annual value behind each.

    Parameters
    ----------
    statements : DataFrame
        Of :func:`voc_mining.insight.facts.statement_facts`.
    proactive : DataFrame
        Of :func:`voc_mining.insight.proactive.proactive_voc`.
    topics : DataFrame
        Effective topics: ``topic_id`` (unique), ``label``.
    customers : DataFrame
        ``customer_key`` (unique), ``account_key``, ``annual_value``: each customer as known on the day of the figures.

    Returns
    -------
    DataFrame
        Columns of ``business_seeds.csv`` in order. ``annual_value`` sums the customers whose value is known, each once; a
        customer may stand behind several seeds, so values do not add up. The seeds of most customers come first.
    """
    told = (
        proactive.filter(pl.col("class").is_in(SEED_CLASSES))
        .join(statements.select("voc_id", "text_hash", "business_date"), on="voc_id", how="left", validate="1:1")
        .with_columns(pl.coalesce("topic_id", "text_hash").alias("matter"))
    )
    described = told.join(customers, left_on="customer_id", right_on="customer_key", how="left", validate="m:1")
    counted = _counts(described).join(_related(statements, described), on=_SEED, how="left", validate="1:1")
    inquired = (
        statements.filter(pl.col("origin") == "reactive")
        .group_by("topic_id")
        .agg(pl.col("customer_key").drop_nulls().n_unique().cast(pl.Int64).alias("n_inquirers"))
    )
    heard = proactive["customer_id"].drop_nulls().n_unique()
    seed_ids = [digest("seed", *seed)[:12] for seed in counted.select(_SEED).iter_rows()]
    return (
        counted.with_columns(pl.Series("seed_id", seed_ids, pl.String))
        .join(inquired, on="topic_id", how="left", validate="m:1")
        .join(topics.select("topic_id", pl.col("label").alias("named")), on="topic_id", how="left", validate="m:1")
        .join(_examples(told), on=_SEED, how="left", validate="1:1")
        .with_columns(
            pl.coalesce("named", "example_1").alias("label"),
            pl.col("n_inquirers").fill_null(0),
            pl.lit(heard, pl.Int64).alias("heard"),
        )
        .sort("n_customers", "annual_value", "n_statements", "seed_id", descending=[True, True, True, False])
        .select(
            "seed_id",
            "class",
            "topic_id",
            "label",
            "n_statements",
            "n_unprompted",
            "n_customers",
            "n_quiet",
            "n_accounts",
            "heard",
            "annual_value",
            "n_value_unknown",
            "n_inquirers",
            "related_topics",
            "confidence",
            "first_seen",
            "last_seen",
            *EXAMPLE_COLUMNS,
        )
    )


def _counts(described: pl.DataFrame) -> pl.DataFrame:
    who = pl.col("customer_id")
    seeds = described.group_by(_SEED).agg(
        pl.col("topic_id").first(),
        pl.len().cast(pl.Int64).alias("n_statements"),
        (~pl.col("prompted")).sum().cast(pl.Int64).alias("n_unprompted"),
        who.drop_nulls().n_unique().cast(pl.Int64).alias("n_customers"),
        who.filter(_QUIET).drop_nulls().n_unique().cast(pl.Int64).alias("n_quiet"),
        pl.col("account_key").drop_nulls().n_unique().cast(pl.Int64).alias("n_accounts"),
        pl.col("confidence").mean().round(_DIGITS),
        pl.col("business_date").min().alias("first_seen"),
        pl.col("business_date").max().alias("last_seen"),
    )
    behind = described.filter(who.is_not_null()).unique([*_SEED, "customer_id"])
    values = behind.group_by(_SEED).agg(
        pl.when(pl.col("annual_value").is_not_null().any())
        .then(pl.col("annual_value").sum().round(2))
        .alias("annual_value"),
        pl.col("annual_value").is_null().sum().cast(pl.Int64).alias("n_value_unknown"),
    )
    return seeds.join(values, on=_SEED, how="left", validate="1:1").with_columns(pl.col("n_value_unknown").fill_null(0))


def _related(statements: pl.DataFrame, described: pl.DataFrame) -> pl.DataFrame:
    """Other topics that the customers behind a seed raise more often than customers do, on whichever side."""
    raised = statements.select("customer_key", "topic_id").drop_nulls().unique()
    speakers = statements["customer_key"].drop_nulls().n_unique()
    usual = raised.group_by("topic_id").agg((pl.len() / speakers).alias("usual"))
    behind = described.select(*_SEED, pl.col("customer_id").alias("customer_key")).drop_nulls("customer_key").unique()
    together = (
        behind.join(raised, on="customer_key", how="inner", validate="m:m")
        .filter(pl.col("topic_id") != pl.col("matter"))
        .group_by(*_SEED, "topic_id")
        .agg(pl.len().alias("in_common"))
        .join(behind.group_by(_SEED).agg(pl.len().alias("behind")), on=_SEED, how="left", validate="m:1")
        .join(usual, on="topic_id", how="left", validate="m:1")
        .filter((pl.col("in_common") >= _FEWEST_IN_COMMON) & (pl.col("in_common") / pl.col("behind") > pl.col("usual")))
    )
    return (
        together.sort("in_common", "usual", "topic_id", descending=[True, False, False])
        .group_by(_SEED, maintain_order=True)
        .agg(pl.col("topic_id").head(RELATED_SHOWN).alias("related_topics"))
    )


def _examples(told: pl.DataFrame) -> pl.DataFrame:
    """Statements that stand for a seed: of silent customers and unasked first, then the surest; no text twice."""
    best = (
        told.sort(~_QUIET, "prompted", -pl.col("confidence").fill_null(0.0), "voc_id")
        .unique([*_SEED, "text_hash"], keep="first", maintain_order=True)
        .group_by(_SEED, maintain_order=True)
        .head(EXAMPLES)
    )
    return in_columns(best.rename({"evidence": "text"}), _SEED)
