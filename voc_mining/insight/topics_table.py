"""``topics.csv``: one row per topic, counted over everything up to the day of the figures."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.headings import with_headings
from voc_mining.insight.examples import EXAMPLE_COLUMNS, in_columns, typical

_GROUPS = ("middle_id", "middle_label", "coarse_id", "coarse_label")


def topics_table(statements: pl.DataFrame, topics: pl.DataFrame) -> pl.DataFrame:
    """Topics with statements and customers by origin, first and last day, and examples.

    Parameters
    ----------
    statements : DataFrame
        Of :func:`voc_mining.insight.facts.statement_facts`.
    topics : DataFrame
        Effective topics: ``topic_id`` (unique), ``label``, ``keywords``, ``exemplars`` (text_hash, best
        first), ``parent_id``, ``layer``, ``status``, ``middle_id``, ``middle_label``, ``coarse_id``, ``coarse_label``.

    Returns
    -------
    DataFrame
        Columns of ``topics.csv`` in order, the most frequent first. ``n_voc`` and what splits it
        (``n_reactive``, ``n_proactive``; ``n_quiet`` by silence) are statements; ``n_customers`` are
        distinct known customers; examples are chosen by :func:`voc_mining.insight.examples.typical`. A heading
        counts what is under it, so numbers add up over one layer only.
    """
    raised = with_headings(statements.select("topic_id", "customer_key", "origin", "silence", "business_date"), topics)
    counts = (
        raised.filter(pl.col("topic_id").is_not_null())
        .group_by("topic_id")
        .agg(
            pl.len().alias("n_voc"),
            pl.col("customer_key").drop_nulls().n_unique().alias("n_customers"),
            (pl.col("origin") == "reactive").sum().alias("n_reactive"),
            (pl.col("origin") == "proactive").sum().alias("n_proactive"),
            (pl.col("silence") == "quiet").sum().alias("n_quiet"),
            pl.col("business_date").min().alias("first_seen"),
            pl.col("business_date").max().alias("last_seen"),
        )
    )
    numbers = ["n_voc", "n_customers", "n_reactive", "n_proactive", "n_quiet"]
    joined = topics.join(counts, on="topic_id", how="left", validate="1:1").join(
        _examples(statements, topics), on="topic_id", how="left", validate="1:1"
    )
    return (
        joined.with_columns(pl.col(numbers).fill_null(0).cast(pl.Int64))
        .sort("n_voc", "topic_id", descending=[True, False])
        .select(
            "topic_id",
            "label",
            "keywords",
            "parent_id",
            "layer",
            "status",
            *numbers,
            "first_seen",
            "last_seen",
            *EXAMPLE_COLUMNS,
            *_GROUPS,
        )
    )


def _examples(statements: pl.DataFrame, topics: pl.DataFrame) -> pl.DataFrame:
    """Statements with the exemplar texts first, then the strongest; of a text the earliest on either side."""
    ranks = (
        topics.select("topic_id", "exemplars")
        .explode("exemplars", empty_as_null=True, keep_nulls=True)
        .drop_nulls()
        .with_columns(pl.int_range(pl.len()).over("topic_id").alias("rank"))
        .rename({"exemplars": "text_hash"})
        .unique(["topic_id", "text_hash"], keep="first", maintain_order=True)
    )
    ranked = (
        statements.filter(pl.col("topic_id").is_not_null())
        .select("topic_id", "text_hash", "text", "voc_id", "topic_strength", "started_at", "customer_key", "origin")
        .join(ranks, on=["topic_id", "text_hash"], how="left", validate="m:1")
        .sort("topic_id", "rank", -pl.col("topic_strength"), "text_hash", "started_at", "voc_id", nulls_last=True)
    )
    return in_columns(typical(ranked))
