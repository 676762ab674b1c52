"""``origin_rules.csv``: which rule decided the origin of how many contacts."""

from __future__ import annotations

import polars as pl

from voc_mining.insight.params import InsightParams
from voc_mining.insight.word_data import word_table

_DIGITS = 6
_EXAMPLES = 3


def origin_rules_table(contacts: pl.DataFrame, params: InsightParams) -> pl.DataFrame:
    """Count the contacts by the rule that decided their origin, the most frequent first.

    A rule that goes by a value counts for each value apart; where legs follow calls of several origins, each of these
    has a row.

    Parameters
    ----------
    contacts : DataFrame
        Of :func:`voc_mining.insight.facts.contact_facts`.
    params : InsightParams
        Language of the labels.

    Returns
    -------
    DataFrame
        Columns of ``origin_rules.csv`` in order; ``share`` is of all contacts, and the examples are the latest.
    """
    code, value = pl.col("origin_rule").str.extract("^([^:]*)"), pl.col("origin_rule").str.extract(":(.*)$")
    names = word_table("origin_rules").select("code", pl.col(params.lang).alias("name"))
    latest = contacts.sort("started_at", "contact_id", descending=[True, False], nulls_last=True)
    by_rule = latest.group_by("origin_rule", "origin", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("n_contacts"),
        pl.col("customer_key").drop_nulls().n_unique().cast(pl.Int64).alias("n_customers"),
        pl.col("customer_key").null_count().cast(pl.Int64).alias("n_unidentified"),
        pl.col("business_date").min().alias("first_seen"),
        pl.col("business_date").max().alias("last_seen"),
        pl.col("contact_id").head(_EXAMPLES).alias("examples"),
    )
    return (
        by_rule.with_columns(code.alias("code"), value.alias("value"))
        .join(names, on="code", how="left", validate="m:1")
        .with_columns(
            pl.when(pl.col("value").is_not_null())
            .then(pl.format("{}: {}", pl.coalesce("name", "code"), "value"))
            .otherwise(pl.coalesce("name", "code"))
            .alias("label"),
            (pl.col("n_contacts") / contacts.height).round(_DIGITS).alias("share"),
        )
        .sort("n_contacts", "origin_rule", "origin", descending=[True, False, False])
        .select(
            "origin_rule",
            "label",
            "origin",
            "n_contacts",
            "share",
            "n_customers",
            "n_unidentified",
            "first_seen",
            "last_seen",
            *(pl.col("examples").list.get(n, null_on_oob=True).alias(f"example_{n + 1}") for n in range(_EXAMPLES)),
        )
    )
