"""Results of outreach: each asking with the proactive contact that came of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from voc_mining.business_time import end_of_day
from voc_mining.contracts.objectives import ContactRules

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

TREAT, HOLDOUT = "treat", "holdout"
_TIME = pl.Datetime("us", "UTC")
SCHEMA: dict[str, PolarsDataType] = {
    "customer_id": pl.String, "campaign": pl.String, "asked_at": _TIME, "arm": pl.String, "reached_at": _TIME,
    "answered_at": _TIME, "result": pl.String, "contact_id": pl.String, "contact_at": _TIME, "n_voc": pl.Int64,
    "recorded": pl.Boolean,
}  # fmt: skip


def askings(outreach: pl.DataFrame, lists: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Join what tools brought back with what was listed; the arm on the list holds.

    Parameters
    ----------
    outreach : DataFrame
        Rows of the outreach table.
    lists : DataFrame
        Rows of ``outreach_lists``; those of whom nothing came back count as asked, too: nobody drops out of a comparison.
    as_of : date
        Askings, answers and contacts after this day are not known.

    Returns
    -------
    DataFrame
        ``customer_key``, ``campaign``, ``asked_at`` (together unique), ``arm``, ``reached_at``, ``answered_at``,
        ``result``, ``recorded`` (whether the campaign was listed here), sorted.
    """
    after = end_of_day(as_of)
    drawn = lists.select(
        "customer_key", "campaign", pl.col("arm").alias("listed_arm"), pl.col("asked_at").alias("listed_at")
    )
    back = (
        outreach.filter(pl.col("asked_at") < after)
        .select("customer_key", "campaign", "asked_at", "arm", "reached_at", "answered_at", "result")
        .join(drawn, on=["customer_key", "campaign"], how="left", validate="m:1")
        .with_columns(
            pl.coalesce("listed_arm", "arm", pl.lit(TREAT)).alias("arm"),
            pl.col("listed_arm").is_not_null().alias("recorded"),
            *(pl.when(pl.col(name) < after).then(name).alias(name) for name in ("reached_at", "answered_at")),
        )
        .drop("listed_arm", "listed_at")
    )
    missing = drawn.filter(pl.col("listed_at") < after).join(back, on=["customer_key", "campaign"], how="anti").select(
        "customer_key",
        "campaign",
        pl.col("listed_at").alias("asked_at"),
        pl.col("listed_arm").alias("arm"),
        pl.lit(value=True).alias("recorded"),
    )  # fmt: skip
    return (
        pl.concat([back, missing], how="diagonal")
        .select("customer_key", "campaign", "asked_at", "arm", "reached_at", "answered_at", "result", "recorded")
        .sort("customer_key", "campaign", "asked_at")
    )


def outreach_results(
    asked: pl.DataFrame, contacts: pl.DataFrame, statements: pl.DataFrame, rules: ContactRules
) -> pl.DataFrame:
    """Give each asking the proactive contact that came of it.

    A contact belongs to the latest asking of its customer before it within the days of the rules, one of its own campaign
    first; an asking keeps its earliest contact.

    Parameters
    ----------
    asked : DataFrame
        Of :func:`askings`.
    contacts, statements : DataFrame
        Of :mod:`voc_mining.insight.facts`.
    rules : ContactRules
        Days within which a contact belongs to an asking.

    Returns
    -------
    DataFrame
        Columns of ``outreach_results.csv`` in order, one row per asking.
    """
    numbered = asked.with_row_index("asking")
    proactive = contacts.filter(
        (pl.col("origin") == "proactive") & pl.col("customer_key").is_not_null() & pl.col("started_at").is_not_null()
    ).select("contact_id", "customer_key", "started_at", pl.col("campaign").alias("of_campaign"))
    after = (pl.col("started_at") - pl.col("asked_at")).dt.total_seconds()
    pairs = (
        numbered.filter(pl.col("arm") == TREAT)
        .select("asking", "customer_key", "campaign", "asked_at")
        .join(proactive, on="customer_key", how="inner")
        .filter((after >= 0) & (after <= rules.link_days * 86_400))
        .with_columns((pl.col("campaign") == pl.col("of_campaign")).fill_null(value=False).alias("same"))
        .sort("contact_id", "same", "asked_at", "asking", descending=[False, True, True, False])
        .unique("contact_id", keep="first", maintain_order=True)
        .sort("asking", "started_at", "contact_id")
        .unique("asking", keep="first", maintain_order=True)
    )
    said = statements.group_by("contact_id").agg(pl.len().cast(pl.Int64).alias("n_voc"))
    return (
        numbered.join(pairs.select("asking", "contact_id", "started_at"), on="asking", how="left", validate="1:1")
        .join(said, on="contact_id", how="left", validate="m:1")
        .sort("asking")
        .select(
            pl.col("customer_key").alias("customer_id"),
            "campaign",
            "asked_at",
            "arm",
            "reached_at",
            "answered_at",
            "result",
            "contact_id",
            pl.col("started_at").alias("contact_at"),
            pl.when(pl.col("contact_id").is_not_null()).then(pl.col("n_voc").fill_null(0)).alias("n_voc"),
            "recorded",
        )
    )
