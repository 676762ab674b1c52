"""Stretches of time: pairs of start and end, in seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Interval = tuple[float, float]


def merged(intervals: Iterable[Interval], gap_s: float = 0.0) -> list[Interval]:
    """Sort intervals and join those that touch, overlap, or lie no further apart than ``gap_s``.

    >>> merged([(3.0, 4.0), (0.0, 1.0), (0.5, 2.0)], gap_s=0.5)
    [(0.0, 2.0), (3.0, 4.0)]
    """
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start - joined[-1][1] <= gap_s:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def seconds(intervals: Iterable[Interval]) -> float:
    """Add up how long intervals last.

    >>> seconds([(0.0, 2.0), (3.0, 4.5)])
    3.5
    """
    return float(sum(end - start for start, end in intervals))


def common(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """Find where intervals of two merged lists overlap.

    >>> common([(0.0, 2.0), (5.0, 6.0)], [(1.0, 5.5)])
    [(1.0, 2.0), (5.0, 5.5)]
    """
    found, at = [], 0
    for start, end in one:
        while at < len(other) and other[at][1] <= start:
            at += 1
        for low, high in other[at:]:
            if low >= end:
                break
            found.append((max(start, low), min(end, high)))
    return found


def gaps(intervals: Sequence[Interval], start_s: float, end_s: float) -> list[Interval]:
    """Find what a merged list leaves free between two moments.

    >>> gaps([(1.0, 2.0), (3.0, 9.0)], 0.0, 4.0)
    [(0.0, 1.0), (2.0, 3.0)]
    """
    free, at = [], start_s
    for start, end in intervals:
        if start > at:
            free.append((at, min(start, end_s)))
        at = max(at, end)
    if at < end_s:
        free.append((at, end_s))
    return [(start, end) for start, end in free if end > start]


def longest(intervals: Iterable[Interval]) -> Interval | None:
    """Return the longest interval, the earliest of equals; None where there is none.

    >>> longest([(0.0, 1.0), (2.0, 5.0)])
    (2.0, 5.0)
    """
    return max(intervals, key=lambda interval: (interval[1] - interval[0], -interval[0]), default=None)
