"""Statements per week, counted from the day they were said in Asia/Tokyo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from voc_mining.business_time import tokyo_date

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Trend:
    """Statements per week and origin; ``weeks`` are Mondays without a gap.

    ``cut_week`` says whether the last week ends after the day of the figures, so that its number is not final.
    """

    weeks: tuple[date, ...]
    counts: Mapping[str, tuple[int, ...]]
    cut_week: bool


def monday(day: date) -> date:
    """Monday of a day's week.

    >>> monday(date(2026, 10, 31))
    datetime.date(2026, 10, 26)
    """
    return day - timedelta(days=day.weekday())


def weeks_until(first: date | None, as_of: date) -> tuple[date, ...]:
    """Mondays from the week of ``first`` to that of ``as_of``."""
    if first is None or first > as_of:
        return ()
    return tuple(monday(first) + WEEK * n for n in range((monday(as_of) - monday(first)) // WEEK + 1))


def with_week(voc: pl.DataFrame) -> pl.DataFrame:
    """Add ``day`` and ``week`` (its Monday), null for statements without a time."""
    dated = voc.with_columns(tokyo_date(pl.col("occurred_at")).alias("day"))
    return dated.with_columns(pl.col("day").dt.truncate("1w").alias("week"))


def trend(weekly: pl.DataFrame, weeks: Sequence[date], origins: Sequence[str], as_of: date) -> Trend:
    """Lay out counts by ``origin`` and ``week`` over the weeks, 0 where there is none."""
    found = {(origin, week): n for origin, week, n in weekly.select("origin", "week", "n").iter_rows()}
    present = [origin for origin in origins if any((origin, week) in found for week in weeks)]
    counts = {origin: tuple(found.get((origin, week), 0) for week in weeks) for origin in present}
    return Trend(tuple(weeks), counts, cut_week=as_of.isoweekday() != 7)  # Sunday ends a week
