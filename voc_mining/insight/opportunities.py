"""Renewal opportunities: every term of a contract that ended or will end, and what became of it.

They come from the contracts table. Without one they are made of the customers table, by the assumption that contracts
renew yearly from their start; ``basis`` says which.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from voc_mining.insight.units import unit_of

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

SCHEMA: dict[str, PolarsDataType] = {
    "opportunity_id": pl.String,
    "unit_key": pl.String,
    "start": pl.Date,
    "due": pl.Date,
    "notice_at": pl.Date,
    "state": pl.String,
    "grew": pl.Boolean,
    "left_on": pl.Date,
    "value": pl.Float64,
    "reason": pl.String,
    "basis": pl.String,
}
_CONTINUED = ("renewed", "expanded", "contracted")
_MONTHS_A_YEAR = 12
_LONGEST_YEARS = 60


def opportunities(contracts: pl.DataFrame | None, customers: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """List renewal opportunities as they were known on a day.

    Parameters
    ----------
    contracts : DataFrame or None
        Rows of the contracts table; None or empty takes the customers instead.
    customers : DataFrame
        Rows of the customers table as known on that day.
    as_of : date
        The day.

    Returns
    -------
    DataFrame
        ``opportunity_id`` (unique), ``unit_key``, ``start``, ``due``, ``notice_at``, ``state`` (``renewed``; ``churned``,
        also before the term ends where notice is given; ``undecided``: due, but nothing is recorded; ``open``), ``grew``
        (of contracts that continued), ``left_on`` (notice, else the end of the term), ``value`` a year, ``reason``,
        ``basis`` (``contracts`` or ``customers``). Terms without an end, that end before they start, or that start
        later are left out. Sorted.
    """
    if contracts is not None and contracts.height:
        return _of_contracts(contracts, as_of)
    return _of_customers(customers, as_of)


def _of_contracts(contracts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    is_due = pl.col("due") <= as_of
    given = pl.col("notice_at").is_not_null()
    ended = is_due & ((pl.col("outcome") == "churned") | (pl.col("outcome").is_null() & given))
    state = (
        pl.when(ended | (~is_due & given))
        .then(pl.lit("churned"))
        .when(is_due & pl.col("outcome").is_in(_CONTINUED))
        .then(pl.lit("renewed"))
        .when(is_due)
        .then(pl.lit("undecided"))
        .otherwise(pl.lit("open"))
    )
    dated = contracts.select(
        pl.col("contract_id").alias("opportunity_id"),
        unit_of(pl.col("customer_key"), pl.col("account_key")).alias("unit_key"),
        "start",
        pl.col("renewal_due").alias("due"),
        pl.when(pl.col("notice_at") <= as_of).then("notice_at").alias("notice_at"),
        "outcome",
        (pl.col("mrr") * _MONTHS_A_YEAR).alias("value"),
        "reason",
    )
    return _told(
        dated.filter(
            pl.col("unit_key").is_not_null()
            & pl.col("due").is_not_null()
            & (pl.col("start") <= as_of).fill_null(value=True)
            & (pl.col("start") < pl.col("due")).fill_null(value=True)
        ).with_columns(
            state.alias("state"),
            pl.when(is_due & pl.col("outcome").is_in(_CONTINUED)).then(pl.col("outcome") == "expanded").alias("grew"),
            pl.lit("contracts").alias("basis"),
        )
    )


def _of_customers(customers: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Make yearly terms of each customer's latest row: those passed were renewed, the one they left in was not."""
    latest = (
        customers.filter(pl.col("contract_start") <= as_of)
        .sort("customer_key", "as_of")
        .unique("customer_key", keep="last", maintain_order=True)
    )
    ended = pl.when(pl.col("contract_end") <= as_of).then("contract_end")
    noticed = pl.when(pl.col("notice_at") <= as_of).then("notice_at")
    known = latest.select(
        "customer_key",
        "contract_start",
        "contract_end",
        noticed.alias("notice_at"),
        pl.coalesce(noticed, ended).alias("left_on"),
        pl.col("annual_value").alias("value"),
        pl.col("churn_reason").alias("reason"),
    ).with_columns(pl.coalesce("left_on", pl.lit(as_of)).alias("until"))
    years = (pl.col("until").dt.year() - pl.col("contract_start").dt.year() + 1).clip(1, _LONGEST_YEARS)
    terms = known.with_columns(pl.int_ranges(0, years).alias("term")).explode("term", empty_as_null=False)
    term = terms.with_columns(
        _years_after("contract_start", pl.col("term")).alias("start"),
        _years_after("contract_start", pl.col("term") + 1).alias("due"),
    ).filter((pl.col("start") < pl.col("until")) | (pl.col("term") == 0))
    last = pl.col("due") >= pl.col("until")
    left = last & pl.col("left_on").is_not_null()
    stated_end = pl.when(last & (pl.col("contract_end") > pl.col("start"))).then("contract_end")
    state = (
        pl.when(left)
        .then(pl.lit("churned"))
        .when(pl.col("due") > as_of)
        .then(pl.lit("open"))
        .otherwise(pl.lit("renewed"))
    )
    return _told(
        term.with_columns(state.alias("state"))
        .with_columns(
            pl.concat_str("customer_key", pl.lit("#"), pl.col("term") + 1).alias("opportunity_id"),
            unit_of(pl.col("customer_key"), pl.lit(None, pl.String)).alias("unit_key"),
            pl.when(pl.col("state") != "renewed").then(pl.coalesce(stated_end, "due")).otherwise("due").alias("due"),
            pl.when(left).then("notice_at").alias("notice_at"),
            pl.when(left).then("reason").alias("reason"),
            pl.lit(None, pl.Boolean).alias("grew"),
            pl.lit("customers").alias("basis"),
        )
        .drop("left_on")
    )


def _years_after(column: str, years: pl.Expr) -> pl.Expr:
    return pl.col(column).dt.offset_by(pl.format("{}y", years))


def _told(found: pl.DataFrame) -> pl.DataFrame:
    left = pl.when(pl.col("state") == "churned").then(pl.coalesce("notice_at", "due"))
    return (
        found.with_columns(left.alias("left_on"))
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .sort("unit_key", "due", "opportunity_id")
    )
