"""Legs: rows of the log that are one call, passed on from one operator or queue to another.

A row is a later leg where

- it has a ``contact_ref`` and a ``leg_no``, an earlier row is about the same contact (has the same ``contact_ref``, or
  is the call of that id), and the number goes up; a number that does not begins a new call, as where the reference is
  that of a case over several days; or
- it begins while an answered call in the same direction goes on, or within seconds after its end, with the same
  ``contact_ref``, else the same customer, else the same number that is not shared. The log must not say that the
  earlier call was not passed on (``transfers`` = 0), and that call began less than a day before.

All rows stay; a later leg points to the first one, follows its origin, opens nothing and answers nothing.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from voc_mining.contracts.rules import OriginRules

LEG = "leg"
"""The rule by which a later leg has its origin."""
LONGEST_CALL = timedelta(days=1)
CALL_REF = pl.when(pl.col("source") == "call").then(pl.coalesce("contact_ref", "source_id"))
"""What rows about one call have in common: the contact they refer to, else the call's own id."""


def numbered_chains(contacts: pl.DataFrame) -> pl.DataFrame:
    """Put the numbered legs of each call in order.

    Parameters
    ----------
    contacts : DataFrame
        ``contact_id``, ``source``, ``source_id``, ``contact_ref``, ``leg_no``, ``started_at``.

    Returns
    -------
    DataFrame
        ``contact_id``, ``chain`` (contact_id of its first leg), ``place`` (0 for the first), of calls with several legs.
    """
    no = pl.when(pl.col("contact_ref").is_null()).then(pl.lit(0)).otherwise("leg_no")
    calls = (
        contacts.filter(pl.col("source") == "call")
        .select("contact_id", "started_at", CALL_REF.alias("ref"), no.alias("no"))
        .drop_nulls("no")
        .filter(pl.len().over("ref") > 1)
        .sort("ref", "started_at", "no", "contact_id", nulls_last=True)
    )
    begins = (pl.col("no") <= pl.col("no").shift(1).over("ref")).fill_null(True)
    return (
        calls.with_columns(begins.cum_sum().alias("call"))
        .with_columns(
            pl.col("contact_id").first().over("call").alias("chain"),
            pl.int_range(pl.len()).over("call").cast(pl.Int64).alias("place"),
        )
        .filter(pl.len().over("call") > 1)
        .select("contact_id", "chain", "place")
    )


def first_legs(calls: pl.DataFrame, shared: pl.Series, rules: OriginRules) -> pl.DataFrame:
    """Find the first leg of every later leg.

    Parameters
    ----------
    calls : DataFrame
        ``contact_id``, ``source``, ``source_id``, ``direction``, ``contact_ref``, ``leg_no``, ``customer_key`` (resolved),
        ``phone_key``, ``started_at``, ``ended_at``, ``transfers``, ``unanswered``; ``head``: of later legs that are
        decided already their first leg, and ``settled``: whether a contact is decided already.
    shared : Series
        Numbers that never link alone.
    rules : OriginRules
        Seconds between the legs of a call.

    Returns
    -------
    DataFrame
        ``contact_id``, ``head``: of later legs that are not settled, their first leg.
    """
    later = calls.filter((pl.col("source") == "call") & ~pl.col("settled"))
    numbered = numbered_chains(calls).filter(pl.col("place") > 0).select("contact_id", pl.col("chain").alias("head"))
    numbered = numbered.join(later, on="contact_id", how="semi")
    passed_on = _passed_on(later.join(numbered, on="contact_id", how="anti"), calls, shared, rules)
    heads = pl.concat([numbered, passed_on])
    known = calls.filter(pl.col("settled")).drop_nulls("head").select("contact_id", "head")
    # A leg of a leg is a leg of the first: every step goes back in time, so this ends.
    further = pl.concat([heads, known]).select(pl.col("contact_id").alias("head"), pl.col("head").alias("further"))
    while True:
        stepped = heads.join(further, on="head", how="left", validate="m:1").select(
            "contact_id", pl.coalesce("further", "head").alias("head")
        )
        if stepped.sort("contact_id").equals(heads.sort("contact_id")):
            return heads.sort("contact_id")
        heads = stepped


def _passed_on(later: pl.DataFrame, calls: pl.DataFrame, shared: pl.Series, rules: OriginRules) -> pl.DataFrame:
    """Later legs that only time, direction and party tell, with the leg before."""
    unshared = pl.when(~pl.col("phone_key").is_in(shared.implode())).then("phone_key").alias("phone_key")
    former = (
        calls.filter(
            (pl.col("source") == "call")
            & ~pl.col("unanswered")
            & pl.col("ended_at").is_not_null()
            & (pl.col("transfers") != 0).fill_null(True)
        )
        .with_columns(unshared)
        .sort("started_at", "contact_id", nulls_last=True)
    )
    open_, found = later.with_columns(unshared), []
    for key in ("contact_ref", "customer_key", "phone_key"):
        legs = _following(open_, former, key, rules)
        found.append(legs)
        open_ = open_.join(legs, on="contact_id", how="anti")
    return pl.concat(found)


def _following(later: pl.DataFrame, former: pl.DataFrame, key: str, rules: OriginRules) -> pl.DataFrame:
    by = [key, "direction"]
    targets = (
        former.drop_nulls([*by, "started_at"])
        .unique([*by, "started_at"], keep="first", maintain_order=True)
        .select(*by, "started_at", pl.col("started_at").alias("began"), "ended_at", pl.col("contact_id").alias("head"))
        .sort("started_at")
    )
    return (
        later.drop_nulls([*by, "started_at"])
        .select("contact_id", *by, "started_at")
        .sort("started_at")
        .join_asof(targets, on="started_at", by=by, allow_exact_matches=False, check_sortedness=False)
        .filter(
            (pl.col("started_at") <= pl.col("ended_at") + pl.duration(seconds=rules.leg_gap_s))
            & (pl.col("started_at") < pl.col("began") + LONGEST_CALL)
        )
        .select("contact_id", "head")
    )
