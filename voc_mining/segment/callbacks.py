"""Contacts that answer another one: callbacks (折り返し), returned outreach, follow-ups in writing.

A **callback** is an open outbound call that starts within the window after the latest earlier contact
that the customer opened (call, abandoned call, form, mail, chat; a callback is ours and opens no new
window) with the same customer, else the same number. **Returned outreach** is an inbound call within
the window after our unanswered proactive call. The window ends with the n-th business day after the
day of the earlier contact, in Asia/Tokyo. A number that several customers share, or none, never links.

The two depend on one another: returned outreach opens no callback, and an outbound call that is a
callback is no outreach. Each decision rests on strictly earlier contacts only, so repeating both until
nothing changes ends, and ends in the one solution.

A **follow-up** is an inquiry whose subject says that it answers a mail (Re:), within the window after the latest
earlier reactive inquiry with the same subject of the same customer, else from the same mail address that is not
shared. It stays reactive and a contact of its own.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from voc_mining.business_time import add_business_days, tokyo_date
from voc_mining.contracts.rules import OriginRules
from voc_mining.segment.legs import LONGEST_CALL

FOLLOW_UP = "follow_up"


def link_contacts(contacts: pl.DataFrame, shared: pl.Series, rules: OriginRules) -> pl.DataFrame:
    """Link the open contacts to the one they answer.

    Parameters
    ----------
    contacts : DataFrame
        ``contact_id``, ``source``, ``direction``, ``customer_key`` (resolved), ``phone_key``, ``mail_key``,
        ``subject_key``, ``started_at``, ``origin`` (first decision), ``open`` (``callback``, ``returned_outreach``,
        ``follow_up`` or null), ``unanswered``. Later legs are not among them.
    shared : Series
        Numbers and addresses that never link alone.
    rules : OriginRules
        Windows.

    Returns
    -------
    DataFrame
        ``contact_id``, ``linked_to``; one row per open contact that answers another.
    """
    may_link = pl.col("source").is_in(("call", "inquiry")) & pl.col("started_at").is_not_null()
    timed = _with_codes(contacts.filter(may_link), shared)
    opened = timed.filter(
        (pl.col("origin") == "reactive")
        & ((pl.col("source") == "inquiry") | ((pl.col("source") == "call") & (pl.col("direction") == "inbound")))
    )
    inquiries = opened.filter(pl.col("source") == "inquiry")
    replies = timed.filter(pl.col("open") == FOLLOW_UP)
    closed = rules.closed_days
    follow_ups = _answers(
        replies, inquiries, rules.callback_business_days, closed, by=("customer_subject", "mail_subject")
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
    returned = _answers(may_be_returned.clear(), outreach, back_days, closed)
    while True:
        anchors = opened.join(returned, on="contact_id", how="anti")
        callbacks = _answers(may_be_callback, anchors, rules.callback_business_days, closed)
        unreached = outreach.join(callbacks, on="contact_id", how="anti")
        again = _answers(may_be_returned, unreached, back_days, closed)
        if again.equals(returned):
            return pl.concat([callbacks, returned, follow_ups])
        returned = again


def earliest_answered(day: date, rules: OriginRules) -> date:
    """Return the first day whose contacts one of ``day`` may still answer, or be a leg of."""
    window = max(rules.callback_business_days, _back_days(rules))
    first = day - LONGEST_CALL
    while add_business_days(first - timedelta(days=1), window, rules.closed_days) >= day:
        first -= timedelta(days=1)
    return first


def _back_days(rules: OriginRules) -> int:
    days = rules.returned_outreach_business_days
    return rules.callback_business_days if days is None else days


def _with_codes(contacts: pl.DataFrame, shared: pl.Series) -> pl.DataFrame:
    """Add integer codes of customer, linking number, and subject with either; the day in Asia/Tokyo; sort by start."""
    number = pl.when(~pl.col("phone_key").is_in(shared.implode())).then("phone_key")
    address = pl.when(~pl.col("mail_key").is_in(shared.implode())).then("mail_key")
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
        _both("customer_key", pl.col("customer_key")).alias("customer_subject"),
        _both("mail_key", address).alias("mail_subject"),
    ).sort("started_at", "contact_id")


def _both(name: str, value: pl.Expr) -> pl.Expr:
    """Code of a subject with whom it is from; null where either is."""
    known = value.is_not_null() & pl.col("subject_key").is_not_null()
    return pl.when(known).then(pl.struct(value.alias(name), "subject_key").rank("dense"))


def _answers(
    later: pl.DataFrame,
    earlier: pl.DataFrame,
    window: int,
    closed: frozenset[str],
    by: tuple[str, str] = ("customer", "number"),
) -> pl.DataFrame:
    """Latest earlier contact within the window: of the same customer, else of the same number (or address)."""
    ends = _window_ends(earlier["day"], window, closed)
    by_customer = _latest(later, earlier, by[0], ends)
    rest = later.join(by_customer, on="contact_id", how="anti")
    return pl.concat([by_customer, _latest(rest, earlier, by[1], ends)]).sort("contact_id")


def _window_ends(days: pl.Series, window: int, closed: frozenset[str]) -> pl.DataFrame:
    """Last day of the window of each distinct day: business days are counted once per day, not per contact."""
    distinct = days.unique().sort()
    ends = pl.Series("window_end", [add_business_days(day, window, closed) for day in distinct], pl.Date)
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
