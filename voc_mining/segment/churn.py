"""Who left, and when: churn from the rows of customers and of contracts as known on a day.

A customer left when a contract of theirs ended, or when they gave notice, and no other one goes on:

- a row of the customers table tells one term; of rows with the same start the latest counts, so that an end that was
  put off or a notice that was withdrawn is none;
- an end is none where a later row describes a contract that begins no later than the day after it and goes on;
- a contract left as ``churned`` counts for its customer, or for every customer of its account; it is none where
  another contract of the same customer goes on beyond it;
- a notice before the start of its term belongs to an earlier one and is not looked at.

Each customer is told once, by the latest time they left. Who came back since is still told, and marked.
"""

from __future__ import annotations

from datetime import date

import polars as pl

_ORDER = ("ended_at", "told_by", "left_on", "notice_at", "known_reason")
_EVENT = ("customer_key", "ended_at", "notice_at", "left_on", "known_reason", "told_by")


def account_members(customers: pl.DataFrame) -> pl.DataFrame:
    """Account of each customer, by the latest row that names one.

    Returns
    -------
    DataFrame
        ``customer_key`` (unique), ``account_key``; sorted.
    """
    return (
        customers.filter(pl.col("account_key").is_not_null())
        .sort("customer_key", "as_of")
        .unique("customer_key", keep="last", maintain_order=True)
        .select("customer_key", "account_key")
    )


def churned_customers(customers: pl.DataFrame, contracts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """List the customers who left or gave notice up to a day.

    Parameters
    ----------
    customers, contracts : DataFrame
        Rows of the tables, as known on that day.
    as_of : date
        The day.

    Returns
    -------
    DataFrame
        ``customer_key`` (unique, sorted), ``ended_at`` (date: end of the contract, which may be ahead where notice
        was given; without one, the notice), ``notice_at``, ``left_on`` (the earlier of both: what was said before
        that day was said before they left), ``known_reason``, ``told_by`` (``customers``, ``contracts``),
        ``returned`` (whether a contract that began later is in force on the day).
    """
    terms = _terms_of_customers(customers)
    agreed = _terms_of_contracts(contracts, account_members(customers))
    found = pl.concat([_left(terms, "customers", as_of), _left(agreed, "contracts", as_of)])
    found = found.sort(*_ORDER, descending=[name == "told_by" for name in _ORDER])
    reasons = found.drop_nulls("known_reason").unique(["customer_key", "ended_at"], keep="last")
    latest = found.unique("customer_key", keep="last")
    reasons = reasons.select("customer_key", "ended_at", pl.col("known_reason").alias("told_elsewhere"))
    return (
        latest.join(reasons, on=["customer_key", "ended_at"], how="left", validate="1:1")
        .with_columns(pl.coalesce("known_reason", "told_elsewhere").alias("known_reason"))
        .join(_in_force(terms, as_of), on="customer_key", how="left", validate="1:1")
        .select(*_EVENT, (pl.col("begun") > pl.col("ended_at")).fill_null(value=False).alias("returned"))
        .sort("customer_key")
    )


def undated_churn(contracts: pl.DataFrame) -> int:
    """Contracts that ended in churn with neither a day nor a notice: they cannot be told, only counted."""
    churned = pl.col("outcome") == "churned"
    return contracts.filter(churned & pl.col("renewal_due").is_null() & pl.col("notice_at").is_null()).height


def _terms_of_customers(customers: pl.DataFrame) -> pl.DataFrame:
    """Terms that the rows of a customer tell, each by the latest row about it."""
    return (
        customers.sort("customer_key", "as_of")
        .unique(["customer_key", "contract_start"], keep="last", maintain_order=True)
        .select(
            "customer_key",
            pl.col("as_of").alias("told_at"),
            pl.col("contract_start").alias("start"),
            pl.col("contract_end").alias("end"),
            "notice_at",
            pl.col("churn_reason").alias("known_reason"),
            pl.lit(value=True).alias("may_end"),
        )
    )


def _terms_of_contracts(contracts: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Terms of contracts, those of an account for each of its customers; any other may go on beyond them."""
    own = contracts.filter(pl.col("customer_key").is_not_null())
    shared = (
        contracts.filter(pl.col("customer_key").is_null() & pl.col("account_key").is_not_null())
        .drop("customer_key")
        .join(members, on="account_key", how="inner", validate="m:m")  # each customer of the account has the contract
    )
    return pl.concat([own, shared], how="diagonal").select(
        "customer_key",
        pl.lit(None, pl.Date).alias("told_at"),
        "start",
        pl.col("renewal_due").alias("end"),
        "notice_at",
        pl.col("reason").alias("known_reason"),
        (pl.col("outcome") == "churned").fill_null(value=False).alias("may_end"),
    )


def _left(terms: pl.DataFrame, told_by: str, as_of: date) -> pl.DataFrame:
    """Terms that ended, or to which notice was given, and after which no other goes on."""
    notice = pl.col("notice_at")
    of_term = notice.is_not_null() & (notice >= pl.col("start")).fill_null(value=True)
    ended = (
        terms.with_row_index("term")
        .filter("may_end")
        .with_columns(pl.when(of_term & (notice <= as_of)).then(notice).alias("notice_at"))
        .with_columns(pl.coalesce("end", "notice_at").alias("ended_at"))
        .filter((pl.col("ended_at") <= as_of) | pl.col("notice_at").is_not_null())
    )
    return (
        ended.join(_gone_on(ended, terms), on="term", how="anti")
        .with_columns(pl.min_horizontal("ended_at", "notice_at").alias("left_on"), pl.lit(told_by).alias("told_by"))
        .select(_EVENT)
    )


def _gone_on(ended: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """Find ends after which another term goes on, as a later row tells it where rows have a day."""
    others = terms.with_row_index("other").select(
        "other",
        "customer_key",
        pl.col("told_at").alias("other_told_at"),
        pl.col("start").alias("other_start"),
        pl.col("end").alias("other_end"),
    )
    pairs = ended.join(others, on="customer_key", how="inner", validate="m:m")  # a customer has few terms
    another = pl.col("other") != pl.col("term")
    later = (pl.col("other_told_at") > pl.col("told_at")).fill_null(value=True)
    begun = (pl.col("other_start") <= pl.col("ended_at").dt.offset_by("1d")).fill_null(value=True)
    goes_on = (pl.col("other_end") > pl.col("ended_at")).fill_null(value=True)
    return pairs.filter(another & later & begun & goes_on).select("term").unique()


def _in_force(terms: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Start of the latest contract of each customer that is in force on the day."""
    begun = pl.col("start") <= as_of
    going = (pl.col("end") > as_of).fill_null(value=True)
    return terms.filter(begun & going).group_by("customer_key").agg(pl.col("start").max().alias("begun"))
