"""Which customer a contact is counted for, and how that is known.

The customer the source delivers goes first. Without one, the number or the mail address of the contact tells it,
where the customers table or the identities give it to exactly one customer and nothing else speaks against that:

- a number or address that several customers have, by whatever record, or that is named as shared, tells nobody;
- a number known from other contacts alone tells nobody either: only tables of customers say whose it is;
- where number and address tell different customers, neither counts.

Of the numbered legs of one call, those without a customer take that of the first leg that has one.
"""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.rules import OriginRules
from voc_mining.segment.legs import numbered_chains

HOLDER = {"value_key": pl.String, "customer_key": pl.String, "registered": pl.Boolean, "shared": pl.Boolean}
"""Columns of a record of who has a number or an address: pseudonym, customer, whether a table of customers says so
(or a contact that carries both), whether it says that several people use it."""
_LINKING = ("phone", "mail")


def holders(contacts: pl.DataFrame, customers: pl.DataFrame, identities: pl.DataFrame) -> pl.DataFrame:
    """Who has which number and address, a row for each record that says so.

    Parameters
    ----------
    contacts, customers : DataFrame
        ``customer_key`` as delivered, ``phone_key``, ``mail_key``.
    identities : DataFrame
        ``customer_key``, ``kind``, ``value_key``, ``shared``.

    Returns
    -------
    DataFrame
        :data:`HOLDER`; equal rows as often as they are told.
    """
    told = [
        frame.select(pl.col(f"{kind}_key").alias("value_key"), "customer_key", registered=registered, shared=False)
        for frame, registered in ((contacts, False), (customers, True))
        for kind in _LINKING
    ]
    listed = identities.filter(pl.col("kind").is_in(_LINKING)).select(
        "value_key", "customer_key", pl.lit(True).alias("registered"), pl.col("shared").fill_null(False)
    )
    return pl.concat([*told, listed]).drop_nulls(["value_key", "customer_key"])


def holdings(held: pl.DataFrame, rules: OriginRules) -> pl.DataFrame:
    """Tell of each number and address whether it is shared, and else whose it is.

    Parameters
    ----------
    held : DataFrame
        Of :func:`holders`: all rows there are about these numbers.
    rules : OriginRules
        Numbers named as shared.

    Returns
    -------
    DataFrame
        ``value_key`` (unique), ``shared``, ``owner`` (customer; null where it is shared or no table tells).
    """
    named = pl.DataFrame({"value_key": sorted(rules.shared_phone_keys)}, schema={"value_key": pl.String})
    several = pl.col("customer_key").n_unique() > 1
    told = held.group_by("value_key").agg(
        (several | pl.col("shared").any()).alias("shared"),
        pl.col("customer_key").first().alias("only"),
        pl.col("registered").any().alias("registered"),
    )
    known = told.join(named.with_columns(named=True), on="value_key", how="full", coalesce=True, validate="1:1")
    shared = pl.col("shared").fill_null(False) | pl.col("named").fill_null(False)
    return known.select(
        "value_key",
        shared.alias("shared"),
        pl.when(~shared & pl.col("registered").fill_null(False)).then("only").alias("owner"),
    ).sort("value_key")


def shared_values(told: pl.DataFrame) -> pl.Series:
    """Numbers and addresses that never link alone, of :func:`holdings`: ``value_key``, each once."""
    return told.filter("shared")["value_key"]


def with_customers(contacts: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Put the customer each contact is counted for in the place of the delivered one.

    Parameters
    ----------
    contacts : DataFrame
        ``contact_id``, ``source``, ``source_id``, ``contact_ref``, ``leg_no``, ``started_at``, ``customer_key`` as
        delivered, ``phone_key``, ``mail_key``; of a call with numbered legs all its legs.
    told : DataFrame
        Of :func:`holdings`, about the numbers of these contacts.

    Returns
    -------
    DataFrame
        The contacts in their order, with the resolved ``customer_key`` and ``customer_rule``.
    """
    owned = told.drop_nulls("owner").select("value_key", "owner")
    found = contacts
    for kind in _LINKING:
        of_kind = owned.select(pl.col("value_key").alias(f"{kind}_key"), pl.col("owner").alias(f"by_{kind}"))
        found = found.join(of_kind, on=f"{kind}_key", how="left", validate="m:1", maintain_order="left")
    at_odds = (pl.col("by_phone") != pl.col("by_mail")).fill_null(False)
    told_by = pl.when(~at_odds).then(pl.coalesce("by_phone", "by_mail"))
    known = found.with_columns(
        pl.coalesce("customer_key", told_by).alias("customer_key"),
        pl.when(pl.col("customer_key").is_not_null())
        .then(pl.lit("delivered"))
        .when(told_by.is_not_null() & pl.col("by_phone").is_not_null())
        .then(pl.lit("phone"))
        .when(told_by.is_not_null())
        .then(pl.lit("mail"))
        .alias("customer_rule"),
    ).drop("by_phone", "by_mail")
    return _by_legs(known)


def _by_legs(contacts: pl.DataFrame) -> pl.DataFrame:
    chains = numbered_chains(contacts)
    of_chain = (
        chains.join(contacts.select("contact_id", "customer_key"), on="contact_id", validate="1:1")
        .drop_nulls("customer_key")
        .sort("chain", "place")
        .unique("chain", keep="first", maintain_order=True)
        .select("chain", pl.col("customer_key").alias("of_chain"))
    )
    told = chains.join(of_chain, on="chain", how="inner", validate="m:1").select("contact_id", "of_chain")
    taken = pl.col("customer_key").is_null() & pl.col("of_chain").is_not_null()
    return (
        contacts.join(told, on="contact_id", how="left", validate="1:1", maintain_order="left")
        .with_columns(
            pl.when(taken).then(pl.lit("leg")).otherwise("customer_rule").alias("customer_rule"),
            pl.coalesce("customer_key", "of_chain").alias("customer_key"),
        )
        .drop("of_chain")
    )
