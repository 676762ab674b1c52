"""How far a change reaches: which contacts have to be decided again when some records came, went or changed.

What is decided about a contact rests on its own record and on contacts that are not later than it:

- its **origin** on earlier contacts of the same customer, of the same number or address as far as that is not shared,
  and on earlier rows about the same call;
- its customer's **silence** on the customer's row, on the customer's earlier reactive contacts, and on all reactive
  contacts so far (where the history starts, how many of them carry a customer).

So a record reaches the later contacts of its customer and of its number, these reach further ones, and nothing
else, with exceptions that do not follow time: a number that becomes shared, or is no longer, or whose owner is another,
reaches all contacts on it; numbered legs reach the others of their call, which may take their customer; a row about
a customer reaches all contacts that it describes; a survey names a contact, and so does a person's confirmation.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.segment.customers import HOLDER, holdings

WAYS = ("customer_key", "phone_key", "mail_key", "call_ref")
"""By what a contact reaches later ones: customer, number, address, and what rows about one call have in common."""
_COUNTED_OVER_ALL = ("history_too_short", "unidentified_contacts")


def told_otherwise(held: pl.DataFrame, came: pl.DataFrame, gone: pl.DataFrame, rules: OriginRules) -> pl.Series:
    """Numbers and addresses that have become shared or are no longer, or belong to another customer than before.

    Parameters
    ----------
    held : DataFrame
        Of :func:`voc_mining.segment.customers.holders`: all rows there are now about the values of the others.
    came, gone : DataFrame
        The same of the rows that came (they are among ``held``) and of those that went.
    rules : OriginRules
        Numbers named as shared.

    Returns
    -------
    Series
        ``value_key``, each once.
    """
    now = holdings(held, rules)
    before = holdings(_counted([(held, 1), (came, -1), (gone, 1)]), rules)
    either = (
        now.join(before, on=now.columns, how="anti", nulls_equal=True),
        before.join(now, on=now.columns, how="anti", nulls_equal=True),
    )
    return pl.concat([frame["value_key"] for frame in either]).unique()


def _counted(told: list[tuple[pl.DataFrame, int]]) -> pl.DataFrame:
    rows = pl.concat([frame.select(*HOLDER, pl.lit(n, pl.Int64).alias("n")) for frame, n in told])
    return rows.group_by(list(HOLDER)).agg(pl.col("n").sum()).filter(pl.col("n") > 0).drop("n")


def reached(touched: pl.DataFrame, later: pl.DataFrame, shared: pl.Series) -> pl.Series:
    """Contacts that touched ones reach through their customers, numbers, addresses and calls, directly or by others.

    Parameters
    ----------
    touched : DataFrame
        :data:`WAYS` and ``started_at`` of records that came or went, as they are and as they were.
    later : DataFrame
        ``contact_id`` and the same columns of all contacts that start no earlier than the first of these.
    shared : Series
        Numbers and addresses that do not link.

    Returns
    -------
    Series
        ``contact_id``, each once.
    """
    columns = [*WAYS, "started_at"]
    left = later.select("contact_id", *columns).with_columns(_unshared(shared))
    front = touched.select(columns).with_columns(_unshared(shared))
    found = left.select("contact_id").clear()
    while front.height:
        ways = [
            left.join(_since(front, key), on=key, how="inner", validate="m:1").filter(
                pl.col("started_at") >= pl.col("since")
            )
            for key in WAYS
        ]
        front = pl.concat([way.select(left.columns) for way in ways]).unique("contact_id")
        left = left.join(front, on="contact_id", how="anti")
        found = pl.concat([found, front.select("contact_id")])
    return found["contact_id"]


def _unshared(shared: pl.Series) -> list[pl.Expr]:
    named = ("phone_key", "mail_key")
    return [pl.when(~pl.col(key).is_in(shared.implode())).then(key).alias(key) for key in named]


def _since(front: pl.DataFrame, key: str) -> pl.DataFrame:
    return front.drop_nulls([key, "started_at"]).group_by(key).agg(pl.col("started_at").min().alias("since"))


def described_since(changed: pl.DataFrame, unchanged: pl.DataFrame) -> pl.DataFrame:
    """From which day on each customer is described otherwise.

    A row holds from its ``as_of`` on; where no unchanged row is older, it may also be or have been the earliest,
    which describes all that was before.

    Parameters
    ----------
    changed : DataFrame
        ``customer_key`` and ``as_of`` of the rows that came or went.
    unchanged : DataFrame
        The same of the other rows of these customers.

    Returns
    -------
    DataFrame
        ``customer_key`` (unique), ``day`` (date).
    """
    first = changed.group_by("customer_key").agg(pl.col("as_of").min().alias("day"))
    oldest = unchanged.group_by("customer_key").agg(pl.col("as_of").min().alias("oldest"))
    return first.join(oldest, on="customer_key", how="left", validate="1:1").select(
        "customer_key",
        pl.when(pl.col("oldest") < pl.col("day")).then("day").otherwise(pl.lit(date.min)).alias("day"),
    )


def rests_on_all() -> pl.Expr:
    """Whether a state of silence was decided by what is counted over the contacts of all customers."""
    return (pl.col("silence") == "quiet") | pl.col("silence_reason").is_in(_COUNTED_OVER_ALL)


def longest_look_back(rules: SilenceRules) -> int:
    """Days before a moment that any customer's silence may rest on."""
    return max([rules.look_back_days, *rules.look_back_by_plan.values(), *rules.look_back_by_segment.values()])
