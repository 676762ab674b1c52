"""Many patterns at once find what one expression of all of them finds."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voc_mining.voice.lexicon import Lexicon, bundled_lexicon, cancelled, every_match, first_match, folded
from voc_mining.voice.matching import first_words, marked_words, patterns_of

PATTERNS = ["届[かい]", "来ない$", "^遅", "ない", "遅い[^、]{0,3}ない", "高(?:い|く)", "い、", "届かない", "くな", "来"]
EVERY = "|".join(PATTERNS)
LINES = st.lists(st.text(alphabet="届かい来な遅高く、", max_size=12), min_size=1, max_size=6)
LEXICONS = ["kinds", "critical", "experience", "urgency", "emotions", "polarity", "outcome_closing", "outcome_note"]
WORDS = sorted(
    {
        word
        for name in LEXICONS
        for entry in bundled_lexicon(name).entries
        for word in re.findall("[ぁ-んァ-ヴー一-鿿]{1,6}", entry.pattern)
    }
)
SAID = st.lists(
    st.lists(st.sampled_from([*WORDS, "、", "。", "？", " ", "です", "ない"]), max_size=8).map("".join),
    min_size=1,
    max_size=8,
    unique=True,
)


@given(LINES)
def test_the_same_words_as_one_expression(lines: list[str]) -> None:
    texts = pl.Series("text", lines, dtype=pl.String)
    every = patterns_of(tuple(PATTERNS))
    spans = [(line.encode(), every.last(line.encode(), every.held(line.encode()))) for line in lines]
    last = [line[slice(*span)].decode() if span else None for line, span in spans]
    assert first_words(texts, PATTERNS).to_list() == texts.str.extract(f"({EVERY})", 1).to_list()
    assert last == texts.str.extract(f"(?s)^.*({EVERY})", 1).to_list()
    assert marked_words(texts, PATTERNS, "＊").to_list() == texts.str.replace_all(EVERY, "＊").to_list()


def test_no_texts() -> None:
    nothing = pl.Series("text", [None], dtype=pl.String)
    assert first_words(nothing, PATTERNS).to_list() == marked_words(nothing, PATTERNS, "＊").to_list() == [None]
    assert first_words(nothing.clear(), PATTERNS).to_list() == []


@pytest.mark.parametrize("pattern", ["届(", "(?!届)い", r"\d円", "(?i)ok", "い?", "[a-z&&b]"])
def test_what_is_read_otherwise_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        patterns_of((pattern,))


@settings(max_examples=40, deadline=None)
@given(SAID, st.sampled_from(LEXICONS))
def test_a_lexicon_finds_what_its_expressions_find_one_by_one(lines: list[str], name: str) -> None:
    texts, lexicon = pl.Series("text", lines, dtype=pl.String), bundled_lexicon(name)
    expected = _one_by_one(texts, lexicon)
    assert every_match(texts, lexicon).rows() == expected
    firsts = {text: (value, words, order) for text, order, value, words in reversed(expected)}
    assert first_match(texts, lexicon).rows() == [(line, *firsts.get(line, (None, None, None))) for line in lines]


def _one_by_one(texts: pl.Series, lexicon: Lexicon) -> list[tuple[str, int, str, str]]:
    """Hold every text against each order of the lexicon as one expression."""
    frame, found = texts.alias("text").to_frame(), []
    for order, value in lexicon.tiers("match"):
        left = cancelled(folded(pl.col("text")), lexicon, value)
        words = left.str.extract(f"({lexicon.alternation('match', value, order)})", 1).str.replace_all("〓", "…")
        found.append(frame.select(words).to_series().to_list())
    return [
        (text, order, value, words)
        for n, text in enumerate(texts.to_list())
        for (order, value), each in zip(lexicon.tiers("match"), found, strict=True)
        if (words := each[n]) is not None
    ]
