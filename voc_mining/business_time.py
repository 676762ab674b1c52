"""Japanese business time: dates in Asia/Tokyo, business days with public holidays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from importlib.metadata import version

import jpholiday
import polars as pl

TOKYO = "Asia/Tokyo"
HOLIDAYS = f"jpholiday {version('jpholiday')}"
"""The calendar of public holidays that business days are counted by."""
_SATURDAY = 5


NO_CLOSURES: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def is_business_day(day: date, closed: frozenset[str] = NO_CLOSURES) -> bool:
    """Whether ``day`` is neither a weekend day nor a Japanese public holiday nor a day the company is closed.

    Parameters
    ----------
    day : date
        The day.
    closed : frozenset of str
        Further days: ``MM-DD`` of every year, or ``YYYY-MM-DD``.

    >>> is_business_day(date(2026, 11, 23))  # 勤労感謝の日
    False
    >>> is_business_day(date(2026, 12, 30)), is_business_day(date(2026, 12, 30), frozenset({"12-30"}))
    (True, False)
    """
    name = day.isoformat()
    if name in closed or name[5:] in closed:
        return False
    return day.weekday() < _SATURDAY and not jpholiday.is_holiday(day)


@lru_cache(maxsize=4096)
def add_business_days(day: date, n: int, closed: frozenset[str] = NO_CLOSURES) -> date:
    """Return the ``n``-th business day after ``day``; ``closed`` as for :func:`is_business_day`.

    >>> add_business_days(date(2026, 11, 20), 3)  # Friday before a holiday Monday
    datetime.date(2026, 11, 26)
    """
    left, current = n, day
    while left > 0:
        current += timedelta(days=1)
        left -= is_business_day(current, closed)
    return current


def tokyo_date(time: pl.Expr) -> pl.Expr:
    """Date in Asia/Tokyo of a UTC time."""
    return time.dt.convert_time_zone(TOKYO).dt.date()


def month_of(day: pl.Expr) -> pl.Expr:
    """Partition value ``YYYY-MM`` of a date; ``unknown`` where there is none."""
    return day.dt.strftime("%Y-%m").fill_null("unknown")


def end_of_day(day: date) -> pl.Expr:
    """First instant after ``day`` in Asia/Tokyo, as UTC: "as of" compares with ``<``."""
    after = pl.lit(day + timedelta(days=1)).cast(pl.Datetime("us"))
    return after.dt.replace_time_zone(TOKYO).dt.convert_time_zone("UTC")
