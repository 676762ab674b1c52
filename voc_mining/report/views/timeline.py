"""A customer's journey laid out in time: lanes of channels, dots of contacts, bands of silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.report.views.values import Row

WIDTH = 1000
_LANES = ("phone", "form", "mail", "chat", "web", "visit", "survey", "text")
_MARKS = ("contract_start", "notice_at", "contract_end", "ended_at")
_LEAST_DAYS = 28


@dataclass(frozen=True, slots=True)
class Dot:
    """A contact: where it stands, and what it is."""

    x: float
    origin: str
    day: date


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch with one state of silence at the ends of its months."""

    x: float
    width: float
    silence: str
    day_from: date
    day_to: date


@dataclass(frozen=True, slots=True)
class Mark:
    """A day that counts: start of the contract, notice, end, or the first of January."""

    x: float
    what: str
    day: date


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is drawn; ``lanes`` are the channels used with their dots, ``earlier`` the contacts before the first day."""

    day_from: date
    day_to: date
    lanes: tuple[tuple[str, tuple[Dot, ...]], ...]
    bands: tuple[Band, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Mark, ...]
    earlier: int


def timeline(
    journey: pl.DataFrame, states: pl.DataFrame, health: Row | None, churn: Row | None, as_of: date
) -> Timeline:
    """Lay a journey out between the first month whose state is known and the day of the figures.

    Parameters
    ----------
    journey : DataFrame
        Rows of ``journeys`` of one customer.
    states : DataFrame
        ``day``, ``silence`` of the same customer, sorted; may be empty.
    health, churn : mapping or None
        Rows of ``customer_health`` and ``silent_churn``: their days become marks.
    as_of : date
        Last day.
    """
    dated = journey.filter(pl.col("occurred_at").is_not_null()).with_columns(
        tokyo_date(pl.col("occurred_at")).alias("day")
    )
    first = as_of - timedelta(days=_LEAST_DAYS)
    if churn and not churn["returned"] and states.height:
        states = states.filter(pl.col("day") <= churn["ended_at"])  # nobody's silence once they are gone
    if states.height:
        first = min(first, states["day"][0].replace(day=1))
    shown = dated.filter(pl.col("day") >= first)
    lanes = tuple(
        (channel, tuple(Dot(_x(row["day"], first, as_of), row["origin"], row["day"]) for row in part))
        for channel in _LANES
        if (part := shown.filter(pl.col("channel") == channel).to_dicts())
    )
    return Timeline(
        day_from=first,
        day_to=as_of,
        lanes=lanes,
        bands=_bands(states, first, as_of),
        marks=_marks(health, churn, first, as_of),
        ticks=_ticks(first, as_of),
        earlier=dated.height - shown.height,
    )


def _x(day: date, first: date, last: date) -> float:
    """Place of a day between the edges.

    >>> _x(date(2026, 1, 16), date(2026, 1, 1), date(2026, 1, 31))
    500.0
    """
    return round(WIDTH * (day - first).days / max((last - first).days, 1), 1)


def _bands(states: pl.DataFrame, first: date, last: date) -> tuple[Band, ...]:
    """Join the months that end in the same state; a month has the state of its end."""
    bands: list[Band] = []
    begin = first
    for day, silence in states.select("day", "silence").iter_rows() if states.height else ():
        if bands and bands[-1].silence == silence:
            begin, _ = bands[-1].day_from, bands.pop()
        bands.append(
            Band(_x(begin, first, last), round(_x(day, first, last) - _x(begin, first, last), 1), silence, begin, day)
        )
        begin = day
    return tuple(bands)


def _marks(health: Row | None, churn: Row | None, first: date, last: date) -> tuple[Mark, ...]:
    days: dict[str, date] = {}
    for row in (health, churn):
        for what in _MARKS:
            day = row.get(what) if row else None
            if isinstance(day, date) and not isinstance(day, datetime) and first <= day <= last:
                days[what] = day
    if days.get("contract_end") == days.get("ended_at"):
        days.pop("contract_end", None)
    return tuple(Mark(_x(day, first, last), what, day) for what, day in sorted(days.items(), key=lambda item: item[1]))


def _ticks(first: date, last: date) -> tuple[Mark, ...]:
    """First days of quarters."""
    days = (date(year, month, 1) for year in range(first.year, last.year + 1) for month in (1, 4, 7, 10))
    return tuple(Mark(_x(day, first, last), "quarter", day) for day in days if first <= day <= last)
