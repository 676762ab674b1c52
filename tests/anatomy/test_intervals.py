"""Intervals against a clock that looks every tenth of a second."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voc_mining.anatomy.intervals import common, gaps, merged, seconds

INTERVALS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 10)).map(lambda pair: (pair[0], sum(pair))), max_size=8
)


def ticks(intervals) -> set[int]:
    return {tick for start, end in intervals for tick in range(int(start), int(end))}


@given(INTERVALS, INTERVALS)
def test_intervals_are_sets_of_time(one, other):
    assert ticks(merged(one)) == ticks(one)
    assert seconds(merged(one)) == len(ticks(one))
    assert ticks(common(merged(one), merged(other))) == ticks(one) & ticks(other)
    assert ticks(gaps(merged(one), 5, 40)) == set(range(5, 40)) - ticks(one)
