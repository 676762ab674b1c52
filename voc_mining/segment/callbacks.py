"""Calls that answer another contact: callbacks (折り返し) and returned outreach.

A **callback** is an open outbound call that starts within the window after the latest earlier contact
that the customer opened (call, abandoned call, form, mail, chat; a callback is ours and opens no new
window) with the same customer, else the same number. **Returned outreach** is an inbound call within
the window after our unanswered proactive call. The window ends with the n-th business day after the
day of the earlier contact, in Asia/Tokyo. A number that several customers share, or none, never links.

The two depend on one another: returned outreach opens no callback, and an outbound call that is a
callback is no outreach. Each decision rests on strictly earlier contacts only, so repeating both until
nothing changes ends, and ends in the one solution.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from voc_mining.business_time import add_business_days, tokyo_date
from voc_mining.contracts.rules import OriginRules


def link_calls(contacts: pl.DataFrame, shared_numbers: pl.Series, rules: OriginRules) -> pl.DataFrame:
    """Link the open calls to the contact they answer.

    Parameters
    ----------
    contacts : DataFrame
        ``contact_id``, ``source``, ``direction``, ``customer_key``, ``phone_key``, ``started_at``,
        ``origin`` (first decision), ``open`` (``callback``, ``returned_outreach`` or null),
        ``unanswered``.
    shared_numbers : Series
        ``phone_key`` of numbers that never link alone.
    rules : OriginRules
        Windows.

    Returns
    -------
    DataFrame
        ``contact_id``, ``linked_to``; one row per open call that answers another contact.
    """
    may_link = pl.col("source").is_in(("call", "inquiry")) & pl.col("started_at").is_not_null()
    timed = _with_codes(contacts.filter(may_link), shared_numbers)
    opened = timed.filter(
        (pl.col("origin") == "reactive")
        & ((pl.col("source") == "inquiry") | ((pl.col("source") == "call") & (pl.col("direction") == "inbound")))
    )
    outreach = timed.filter(
        (pl.col("origin") == "proactive")
        & (pl.col("source") == "call")
        & (pl.col("direction") == "outbound")
        & pl.col("unanswered")
    )
    may_be_callback = timed.filter(pl.col("open") == "callback")
    may_be_returned = timed.filter(pl.col("open") == "returned_outreach")
    back_days = _back_days(rules)
    returned = _answers(may_be_returned.clear(), outreach, back_days)
    while True:
        anchors = opened.join(returned, on="contact_id", how="anti")
        callbacks = _answers(may_be_callback, anchors, rules.callback_business_days)
        unreached = outreach.join(callbacks, on="contact_id", how="anti")
        again = _answers(may_be_returned, unreached, back_days)
        if again.equals(returned):
            return pl.concat([callbacks, returned])
        returned = again


def earliest_answered(day: date, rules: OriginRules) -> date:
    """Return the first day whose contacts a call of ``day`` may still answer."""
    window = max(rules.callback_business_days, _back_days(rules))
    first = day
    while add_business_days(first - timedelta(days=1), window) >= day:
        first -= timedelta(days=1)
    return first


def _back_days(rules: OriginRules) -> int:
    days = rules.returned_outreach_business_days
    return rules.callback_business_days if days is None else days


def _with_codes(contacts: pl.DataFrame, shared_numbers: pl.Series) -> pl.DataFrame:
    """Add integer codes of customer and linking number, and the day in Asia/Tokyo; sort by start."""
    number = pl.when(~pl.col("phone_key").is_in(shared_numbers.implode())).then("phone_key")
    return contacts.select(
        "contact_id",
        "source",
        "direction",
        "started_at",
        "origin",
        "open",
        "unanswered",
        tokyo_date(pl.col("started_at")).alias("day"),
        pl.col("customer_key").rank("dense").alias("customer"),
        number.rank("dense").alias("number"),
    ).sort("started_at", "contact_id")


def _answers(later: pl.DataFrame, earlier: pl.DataFrame, window: int) -> pl.DataFrame:
    """Latest earlier contact within the window: of the same customer, else of the same number."""
    ends = _window_ends(earlier["day"], window)
    by_customer = _latest(later, earlier, "customer", ends)
    rest = later.join(by_customer, on="contact_id", how="anti")
    return pl.concat([by_customer, _latest(rest, earlier, "number", ends)]).sort("contact_id")


def _window_ends(days: pl.Series, window: int) -> pl.DataFrame:
    """Last day of the window of each distinct day: business days are counted once per day, not per contact."""
    distinct = days.unique().sort()
    ends = pl.Series("window_end", [add_business_days(day, window) for day in distinct], pl.Date)
    return pl.DataFrame({"day": distinct, "window_end": ends})


def _latest(later: pl.DataFrame, earlier: pl.DataFrame, by: str, ends: pl.DataFrame) -> pl.DataFrame:
    """Link by one key; of contacts that start at the same instant the first by id is taken."""
    targets = (
        earlier.filter(pl.col(by).is_not_null())
        .unique([by, "started_at"], keep="first", maintain_order=True)
        .join(ends, on="day", how="left", validate="m:1")
        .select(by, "started_at", "window_end", pl.col("contact_id").alias("linked_to"))
        .sort("started_at")
    )
    return (
        later.filter(pl.col(by).is_not_null())
        .select("contact_id", by, "started_at", "day")
        .join_asof(targets, on="started_at", by=by, allow_exact_matches=False, check_sortedness=False)
        .filter(pl.col("day") <= pl.col("window_end"))
        .select("contact_id", "linked_to")
    )
