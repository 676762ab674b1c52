"""How far a change reaches: which contacts have to be decided again when some records came, went or changed.

What is decided about a contact rests on its own record and on contacts that are not later than it:

- its **origin** on earlier contacts of the same customer or of the same number, as far as that number is not shared;
- its customer's **silence** on the customer's row, on the customer's earlier reactive contacts, and on all reactive
  contacts so far (where the history starts, how many of them carry a customer).

So a record reaches the later contacts of its customer and of its number, these reach further ones, and nothing
else, with three exceptions that do not follow time: a number that becomes shared, or is no longer, reaches all
contacts on it; a row about a customer reaches all contacts that it describes; a survey names a contact.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from voc_mining.contracts.rules import SilenceRules

_PAIR = ["phone_key", "customer_key"]
_COUNTED_OVER_ALL = ("history_too_short", "unidentified_contacts")


def otherwise_shared(held: pl.DataFrame, came: pl.DataFrame, gone: pl.DataFrame) -> pl.Series:
    """Numbers that have become shared, or are no longer.

    Parameters
    ----------
    held : DataFrame
        ``phone_key`` and ``customer_key`` of all rows there are now that hold one of the numbers of the others.
    came, gone : DataFrame
        The same columns of the rows that came (they are among ``held``) and of those that went.

    Returns
    -------
    Series
        ``phone_key``, each once.
    """
    now = _shared([(held, 1)])
    before = _shared([(held, 1), (came, -1), (gone, 1)])
    return pl.concat([now.filter(~now.is_in(before.implode())), before.filter(~before.is_in(now.implode()))])


def _shared(counted: list[tuple[pl.DataFrame, int]]) -> pl.Series:
    rows = pl.concat([frame.select(*_PAIR, pl.lit(n, pl.Int64).alias("n")) for frame, n in counted]).drop_nulls(_PAIR)
    pairs = rows.group_by(_PAIR).agg(pl.col("n").sum()).filter(pl.col("n") > 0)
    return pairs.group_by("phone_key").len().filter(pl.col("len") > 1)["phone_key"]


def reached(touched: pl.DataFrame, later: pl.DataFrame, shared: pl.Series) -> pl.Series:
    """Contacts that touched ones reach through their customers and numbers, directly or by others.

    Parameters
    ----------
    touched : DataFrame
        ``customer_key``, ``phone_key``, ``started_at`` of records that came or went, as they are and as they were.
    later : DataFrame
        ``contact_id`` and the same columns of all contacts that start no earlier than the first of these.
    shared : Series
        ``phone_key`` of numbers that do not link.

    Returns
    -------
    Series
        ``contact_id``, each once.
    """
    columns = ["customer_key", "phone_key", "started_at"]
    left = later.select("contact_id", *columns).with_columns(_unshared(shared))
    front = touched.select(columns).with_columns(_unshared(shared))
    found = left.select("contact_id").clear()
    while front.height:
        ways = [
            left.join(_since(front, key), on=key, how="inner", validate="m:1").filter(
                pl.col("started_at") >= pl.col("since")
            )
            for key in ("customer_key", "phone_key")
        ]
        front = pl.concat([way.select(left.columns) for way in ways]).unique("contact_id")
        left = left.join(front, on="contact_id", how="anti")
        found = pl.concat([found, front.select("contact_id")])
    return found["contact_id"]


def _unshared(shared: pl.Series) -> pl.Expr:
    return pl.when(~pl.col("phone_key").is_in(shared.implode())).then("phone_key").alias("phone_key")


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
