"""Many patterns a few at a time find what one expression of all of them finds."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from voc_mining.voice.matching import first_words, last_words, marked_words

PATTERNS = ["届[かい]", "来ない$", "^遅", "ない", "遅い[^、]{0,3}ない", "高(?:い|く)", "い、", "届かない", "くな", "来"]
EVERY = "|".join(PATTERNS)
LINES = st.lists(st.text(alphabet="届かい来な遅高く、", max_size=12), min_size=1, max_size=6)


@given(LINES)
def test_the_same_words_as_one_expression(lines: list[str]) -> None:
    texts = pl.Series("text", lines, dtype=pl.String)
    before = texts.clone()
    assert first_words(texts, PATTERNS).to_list() == texts.str.extract(f"({EVERY})", 1).to_list()
    assert last_words(texts, PATTERNS).to_list() == texts.str.extract(f"(?s)^.*({EVERY})", 1).to_list()
    assert marked_words(texts, PATTERNS, "＊").to_list() == texts.str.replace_all(EVERY, "＊").to_list()
    assert texts.equals(before)


def test_no_texts() -> None:
    nothing = pl.Series("text", [], dtype=pl.String)
    assert first_words(nothing, PATTERNS).to_list() == last_words(nothing, PATTERNS).to_list() == []
    assert marked_words(nothing, PATTERNS, "＊").to_list() == []
