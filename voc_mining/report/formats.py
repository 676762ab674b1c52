"""How values are written for people: filters of the templates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from voc_mining.business_time import TOKYO

_MINUTE = 60
_NOTHING = "–"


def percent(share: float | None) -> str:
    """Write a share, 0–1, as a percentage.

    >>> percent(0.1234), percent(None)
    ('12.3%', '–')
    """
    return _NOTHING if share is None else f"{share:.1%}"


def count(number: float | None) -> str:
    """Write a number with thousands separated.

    >>> count(1482)
    '1,482'
    """
    return _NOTHING if number is None else f"{number:,.0f}"


def decimal(number: float | None, places: int = 2) -> str:
    """Write a number with decimals and a real minus sign; what rounds to nothing has no sign.

    >>> decimal(-0.5), decimal(-0.001)
    ('−0.50', '0.00')
    """
    return _NOTHING if number is None else f"{number:z.{places}f}".replace("-", "−")


def clock(seconds: float | None) -> str:
    """Write a place in a recording.

    >>> clock(72.4)
    '1:12'
    """
    return "" if seconds is None else f"{int(seconds) // _MINUTE}:{int(seconds) % _MINUTE:02d}"


def second(link: str | None) -> float | None:
    """Read the second of a recording that a link points at.

    >>> second("recordings/a.wav#t=72.4")
    72.4
    """
    return None if link is None else float(link.rpartition("#t=")[2])


def span(seconds: float | None) -> str:
    """Write how long something took in minutes and seconds; hours are minutes too, so that a column has one unit.

    >>> span(138.4), span(5430), span(None)
    ('2:18', '90:30', '–')
    """
    return _NOTHING if seconds is None else clock(round(seconds))


def hours(seconds: float | None) -> str:
    """Write how long something took in hours and minutes.

    >>> hours(5430), hours(29), hours(None)
    ('1:31', '0:00', '–')
    """
    return _NOTHING if seconds is None else clock(math.floor(seconds / _MINUTE + 0.5))


def day(time: datetime | date | None) -> str:
    """Write the day in Asia/Tokyo."""
    if isinstance(time, datetime):
        return time.astimezone(ZoneInfo(TOKYO)).date().isoformat()
    return "" if time is None else time.isoformat()


def minute(time: datetime | None) -> str:
    """Write day and time in Asia/Tokyo."""
    return "" if time is None else f"{time.astimezone(ZoneInfo(TOKYO)):%Y-%m-%d %H:%M}"


def month(time: date | None) -> str:
    """Write year and month."""
    return "" if time is None else f"{time:%Y-%m}"


def polyline(counts: Sequence[int], highest: int, width: int = 100, height: int = 20) -> str:
    """Lay counts out as the points of a line in a box.

    >>> polyline([0, 2, 1], 2, width=10, height=4)
    '0,4 5,0 10,2'
    """
    step = width / max(len(counts) - 1, 1)
    return " ".join(f"{n * step:.4g},{height - height * value / max(highest, 1):.4g}" for n, value in enumerate(counts))
