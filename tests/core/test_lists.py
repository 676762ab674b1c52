"""Columns of lists built flat are the ones that Polars builds list by list."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from voc_mining.contracts.lists import lists, records

STRUCT = pl.Struct({"word": pl.String, "at": pl.Int32})


@given(st.lists(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 9)), max_size=3), max_size=6))
def test_lists_and_records(values: list[list[tuple[str, int]]]) -> None:
    words = [[word for word, _ in each] for each in values]
    assert lists(words, pl.String).equals(pl.Series(words, dtype=pl.List(pl.String)))
    told = [[{"word": word, "at": at} for word, at in each] for each in values]
    made = records(values, STRUCT)
    assert made.dtype == pl.List(STRUCT)
    assert made.to_list() == told
