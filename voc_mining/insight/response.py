"""``response.csv``: whom we asked, whom we reached, and who answered, campaign by campaign.

A share of what customers say when we ask is a share of those who answered. This table says how many did not.
"""

from __future__ import annotations

import polars as pl

from voc_mining.business_time import end_of_day, tokyo_date
from voc_mining.insight.facts import in_window
from voc_mining.insight.params import InsightParams

_DIGITS = 6
_COUNTS = (
    "held_out",
    "asked",
    "reached",
    "answered",
    "heard",
    "quiet_asked",
    "quiet_reached",
    "quiet_answered",
    "quiet_heard",
)
_SHARES = {
    "reached_share": ("reached", "asked"),
    "answered_share": ("answered", "asked"),
    "quiet_answered_share": ("quiet_answered", "quiet_asked"),
}


def response_table(outreach: pl.DataFrame, statements: pl.DataFrame, params: InsightParams) -> pl.DataFrame:
    """Count the customers asked in the window by what came of it.

    Parameters
    ----------
    outreach : DataFrame
        Rows of the table of that name, with ``silence``: the customer's state when we asked.
    statements : DataFrame
        Of :func:`voc_mining.insight.facts.statement_facts`.
    params : InsightParams
        Day and window; what happened later is not known.

    Returns
    -------
    DataFrame
        Columns of ``response.csv`` in order, one row per campaign, the latest first. Customers count once in a campaign,
        however often they were asked. Whoever answered was reached. ``heard`` are those who answered and made a
        proactive statement in the window.
    """
    after = end_of_day(params.as_of)
    reached, answered = ((pl.col(name) < after).fill_null(value=False) for name in ("reached_at", "answered_at"))
    told = in_window(statements, params).filter(pl.col("origin") == "proactive").select("customer_key").unique()
    quiet = (pl.col("silence") == "quiet").fill_null(value=False)
    rows = (
        outreach.with_columns(tokyo_date(pl.col("asked_at")).alias("business_date"))
        .pipe(in_window, params)
        .join(told.with_columns(pl.lit(value=True).alias("told")), on="customer_key", how="left", validate="m:1")
        .with_columns(
            (pl.col("arm") == "holdout").fill_null(value=False).alias("held_out"),
            (reached | answered).alias("reached"),
            answered.alias("answered"),
            (answered & pl.col("told").fill_null(value=False)).alias("heard"),
            quiet.alias("quiet"),
        )
    )
    of_customer = rows.group_by("campaign", "customer_key").agg(
        pl.col("business_date").min().alias("first"),
        pl.col("business_date").max().alias("last"),
        pl.col("held_out").all(),
        *(pl.col(name).filter(~pl.col("held_out")).any() for name in ("reached", "answered", "heard", "quiet")),
    )
    counts = of_customer.with_columns(asked=~pl.col("held_out")).with_columns(
        (pl.col(name) & pl.col("quiet")).alias(f"quiet_{name}") for name in ("asked", "reached", "answered", "heard")
    )
    return (
        counts.group_by("campaign")
        .agg(
            pl.col("first").min().alias("first_asked_on"),
            pl.col("last").max().alias("last_asked_on"),
            *(pl.col(name).sum().cast(pl.Int64) for name in _COUNTS),
        )
        .with_columns(
            pl.when(pl.col(of) > 0).then((pl.col(n) / pl.col(of)).round(_DIGITS)).alias(name)
            for name, (n, of) in _SHARES.items()
        )
        .sort("last_asked_on", "campaign", descending=[True, False])
        .select(
            "campaign",
            pl.lit(params.window_from).alias("window_from"),
            pl.lit(params.as_of).alias("window_to"),
            "first_asked_on",
            "last_asked_on",
            *_COUNTS,
            *_SHARES,
        )
    )
