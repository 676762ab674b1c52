"""Who renews: the customer, or the account where the contract is the account's.

Everything about renewal is counted per such unit, so that an account with 500 users is one and not 500.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

SCHEMA: dict[str, PolarsDataType] = {"customer_key": pl.String, "unit_key": pl.String}
_ACCOUNT, _CUSTOMER = "account:", "customer:"


def unit_of(customer: pl.Expr, account: pl.Expr) -> pl.Expr:
    """Name the unit of a contract: the customer where one is named, else the account; null where neither is."""
    return pl.coalesce(pl.lit(_CUSTOMER) + customer, pl.lit(_ACCOUNT) + account)


def members(customers: pl.DataFrame, contracts: pl.DataFrame | None) -> pl.DataFrame:
    """Tell the unit of every customer.

    A customer with a contract of their own is a unit. Else the account is, where a contract names the account; else
    the customer. The account is the one of the latest row that names one.

    Parameters
    ----------
    customers : DataFrame
        Rows of the customers table, any number per customer.
    contracts : DataFrame or None
        Rows of the contracts table.

    Returns
    -------
    DataFrame
        ``customer_key`` (unique), ``unit_key``, sorted.
    """
    known = (
        customers.sort("customer_key", "as_of")
        .group_by("customer_key", maintain_order=True)
        .agg(pl.col("account_key").drop_nulls().last())
    )
    if contracts is None or not contracts.height:
        return known.select("customer_key", (pl.lit(_CUSTOMER) + pl.col("customer_key")).alias("unit_key"))
    own = contracts["customer_key"].drop_nulls().unique()
    held = contracts.filter(pl.col("customer_key").is_null())["account_key"].drop_nulls().unique()
    everyone = (
        pl.concat([known, pl.DataFrame({"customer_key": own, "account_key": None}, schema=known.schema)])
        .unique("customer_key", keep="first", maintain_order=True)
        .sort("customer_key")
    )
    of_account = pl.col("account_key").is_in(held.implode()) & ~pl.col("customer_key").is_in(own.implode())
    return everyone.select(
        "customer_key",
        pl.when(of_account.fill_null(value=False))
        .then(pl.lit(_ACCOUNT) + pl.col("account_key"))
        .otherwise(pl.lit(_CUSTOMER) + pl.col("customer_key"))
        .alias("unit_key"),
    )
