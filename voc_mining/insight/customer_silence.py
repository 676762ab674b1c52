"""How many existing customers, and how many accounts, are silent, vocal or cannot be told."""

from __future__ import annotations

import polars as pl

ORDER = ("quiet", "vocal", "too_early", "undetermined")


def customer_silence(states: pl.DataFrame) -> pl.DataFrame:
    """Count the existing customers by state of silence.

    Parameters
    ----------
    states : DataFrame
        One row per customer: ``silence``, ``silence_reason`` (of undetermined), ``existing``. Who is no customer
        on that day, or cannot be told to be one, is left out.

    Returns
    -------
    DataFrame
        ``silence`` (quiet first), ``silence_reason`` (null but for undetermined), ``n_customers``.
    """
    return (
        states.filter(pl.col("existing").fill_null(value=False))
        .group_by("silence", "silence_reason")
        .agg(pl.len().cast(pl.Int64).alias("n_customers"))
        .sort(_place(), -pl.col("n_customers"), "silence_reason")
        .select("silence", "silence_reason", "n_customers")
    )


def account_silence(accounts: pl.DataFrame) -> pl.DataFrame:
    """Count the accounts with existing customers by state, and those customers.

    Parameters
    ----------
    accounts : DataFrame
        Of :func:`voc_mining.insight.accounts.accounts_table`.

    Returns
    -------
    DataFrame
        ``silence`` (quiet first), ``n_accounts``, ``n_customers``, ``n_quiet`` (quiet customers among them).
    """
    return (
        accounts.filter(pl.col("silence").is_not_null())
        .group_by("silence")
        .agg(pl.len().cast(pl.Int64).alias("n_accounts"), pl.col("n_customers", "n_quiet").sum())
        .sort(_place())
    )


def _place() -> pl.Expr:
    return pl.col("silence").replace_strict(ORDER, range(len(ORDER)), default=len(ORDER), return_dtype=pl.Int32)
