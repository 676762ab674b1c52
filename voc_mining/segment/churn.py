"""Who left, and when: churn from the rows of customers and of contracts as known on a day.

A customer left when a contract of theirs ended, or when they gave notice, and no other one goes on:

- a row of the customers table tells one term; of rows with the same start the latest counts, so that an end that was
  put off or a notice that was withdrawn is none;
- an end is none where a later row describes a contract that begins no later than the day after it and goes on;
- a contract left as ``churned`` counts for its customer, or for every customer of its account; it is none where
  another contract of the same customer goes on beyond it;
- a notice before the start of its term belongs to an earlier one and is not looked at.

Each customer is told once, by the latest time they left. Where customers and contracts tell of the same leaving, the
customers table tells when, and the earlier notice counts. Who came back since is still told, and marked.
"""

from __future__ import annotations

from datetime import date

import polars as pl

_EVENT = ("customer_key", "start", "ended_at", "notice_at", "known_reason")


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
        that day was said before they left), ``known_reason``, ``told_by`` (``customers``, ``contracts``, ``both``),
        ``returned`` (whether a contract that began later is in force on the day).
    """
    terms = _terms_of_customers(customers)
    agreed = _terms_of_contracts(contracts, account_members(customers))
    told = _latest(_left(terms, as_of)).join(
        _latest(_left(agreed, as_of)), on="customer_key", how="full", coalesce=True, suffix="_agreed", validate="1:1"
    )
    return (
        _as_one(told)
        .with_columns(pl.min_horizontal("ended_at", "notice_at").alias("left_on"))
        .join(_in_force(terms, as_of), on="customer_key", how="left", validate="1:1")
        .select(
            "customer_key",
            "ended_at",
            "notice_at",
            "left_on",
            "known_reason",
            "told_by",
            (pl.col("begun") > pl.col("ended_at")).fill_null(value=False).alias("returned"),
        )
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


def _left(terms: pl.DataFrame, as_of: date) -> pl.DataFrame:
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
    return ended.join(_gone_on(ended, terms), on="term", how="anti").select(_EVENT)


def _latest(left: pl.DataFrame) -> pl.DataFrame:
    """Last end of each customer; several terms that end on that day are one, with the earliest start and notice."""
    last = left.filter(pl.col("ended_at") == pl.col("ended_at").max().over("customer_key"))
    start = pl.col("start")
    return last.group_by("customer_key").agg(
        pl.when(start.null_count() == 0).then(start.min()).alias("start"),
        pl.col("ended_at").first(),
        pl.col("notice_at").min(),
        pl.col("known_reason").drop_nulls().sort().first(),
    )


def _as_one(told: pl.DataFrame) -> pl.DataFrame:
    """Tell what customers and contracts say of one leaving as one, else the later of both.

    It is one where neither term began after the other had ended.
    """
    agreed_alone = pl.col("ended_at").is_null()
    both = ~agreed_alone & pl.col("ended_at_agreed").is_not_null()
    overlap = (pl.col("start_agreed") <= pl.col("ended_at")).fill_null(value=True) & (
        pl.col("start") <= pl.col("ended_at_agreed")
    ).fill_null(value=True)
    one = both & overlap
    agreed = agreed_alone | (both & ~overlap & (pl.col("ended_at_agreed") > pl.col("ended_at")))
    return told.select(
        "customer_key",
        pl.when(agreed).then("ended_at_agreed").otherwise("ended_at").alias("ended_at"),
        pl.when(one)
        .then(pl.min_horizontal("notice_at", "notice_at_agreed"))
        .when(agreed)
        .then("notice_at_agreed")
        .otherwise("notice_at")
        .alias("notice_at"),
        pl.when(one)
        .then(pl.coalesce("known_reason", "known_reason_agreed"))
        .when(agreed)
        .then("known_reason_agreed")
        .otherwise("known_reason")
        .alias("known_reason"),
        pl.when(one)
        .then(pl.lit("both"))
        .when(agreed)
        .then(pl.lit("contracts"))
        .otherwise(pl.lit("customers"))
        .alias("told_by"),
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
