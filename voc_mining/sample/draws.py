"""Reproducible draws: one independent stream per part of the sample, so that parts grow without moving others."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from voc_mining.business_time import is_business_day
from voc_mining.sample.calendar import JST

T = TypeVar("T")


class Draws:
    """A named stream of draws; equal seed and name give equal draws on every machine.

    Parameters
    ----------
    seed : int
        Seed of the sample.
    name : str
        Part that draws.
    """

    def __init__(self, seed: int, name: str) -> None:
        self._random = random.Random(f"{seed}:{name}")  # noqa: S311 - made-up texts, nothing secret

    def one_of(self, values: Sequence[T]) -> T:
        """Draw one value, each equally likely."""
        return values[self._random.randrange(len(values))]

    def weighted(self, values: Sequence[T], weights: Sequence[float]) -> T:
        """Draw one value by weight."""
        return self._random.choices(values, weights)[0]

    def some_of(self, values: Sequence[T], n: int) -> list[T]:
        """Draw ``n`` different values, or all where there are fewer."""
        return self._random.sample(list(values), min(n, len(values)))

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self._random.random() < probability

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from ``low`` to ``high``, both included."""
        return self._random.randint(low, high)

    def seconds(self, median: float, spread: float = 0.5) -> int:
        """Draw a skewed duration around a median, in whole seconds."""
        return max(1, round(median * self._random.lognormvariate(0.0, spread)))

    def heavy_tail(self) -> float:
        """Draw a weight of at least 1 that is large for a few."""
        return self._random.paretovariate(1.3)

    def moment(self, day: date, first_hour: int = 9, last_hour: int = 17) -> datetime:
        """Draw a time of that day within office hours, in Asia/Tokyo."""
        clock = time(self.between(first_hour, last_hour), self.between(0, 59), self.between(0, 59))
        return datetime.combine(day, clock, JST)

    def business_day(self, first: date, last: date) -> date:
        """Draw a business day between two dates, both included."""
        while True:
            day = first + timedelta(days=self.between(0, (last - first).days))
            if is_business_day(day):
                return day
