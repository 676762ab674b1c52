"""Finds the words of many patterns in short texts, each text looked at once for all of them.

A regular expression of seventy alternatives with bounded gaps outgrows the cache of its automaton and costs a hundred
times what one literal does. RE2's filter turns it around: one automaton of the letters that the patterns cannot do
without tells which of them are worth trying, mostly two or three of hundreds, and only these are. Its answer is exact.
Texts are searched as UTF-8, the form in which the automata run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import polars as pl
import re2

_LINES_KEPT = 20_000
_SETS_KEPT = 256
_OTHERWISE_HERE = re.compile(r"\\[dDwWbB]|\(\?(?!:)|&&|\[\[")
"""What means other characters in RE2 than in Polars, or nothing."""
_QUIET = re2.Options()
_QUIET.log_errors = False


class Patterns:
    """Patterns that are looked for in one go.

    Parameters
    ----------
    patterns : tuple of str
        Regular expressions without groups that match no empty text.

    Raises
    ------
    ValueError
        If a pattern is none, matches the empty text, or means another thing to RE2 than to Polars.
    """

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._filter = re2.Filter()
        for pattern in patterns:
            _check(pattern)
            self._filter.Add(pattern, _QUIET)
        if patterns:
            self._filter.Compile()
        self._single = [self._filter.re(n) for n in range(len(patterns))]
        self._patterns = patterns
        self._to_the_last: dict[int, Any] = {}
        self._known: dict[bytes, tuple[int, ...]] = {}

    def held(self, line: bytes) -> tuple[int, ...]:
        """Places, in order, of the patterns that match somewhere in the line."""
        found = self._known.get(line)
        if found is None:
            if len(self._known) >= _LINES_KEPT:
                self._known.clear()
            found = self._known[line] = tuple(self._filter.Match(line) or ()) if self._patterns else ()
        return found

    def first(self, line: bytes, among: Sequence[int]) -> bytes | None:
        """Find what the given patterns, joined as alternatives, match first; None if they match nothing."""
        span = self._next(line, among, 0)
        return line[span[0] : span[1]] if span else None

    def marked(self, line: bytes, among: Sequence[int], mark: bytes) -> bytes:
        """Put a mark in place of all that the given patterns, joined as alternatives, match."""
        pieces: list[bytes] = []
        position = 0
        while span := self._next(line, among, position):
            pieces += (line[position : span[0]], mark)
            position = span[1]
        return b"".join((*pieces, line[position:])) if pieces else line

    def last(self, line: bytes, among: Sequence[int]) -> tuple[int, int] | None:
        """Find where what of the given patterns begins last stands: of those that begin there the first."""
        found: tuple[int, int] | None = None
        for place in among:
            told = self._last_of(place).match(line)
            if told and (found is None or told.start(1) > found[0]):
                found = told.span(1)
        return found

    def _next(self, line: bytes, among: Sequence[int], position: int) -> tuple[int, int] | None:
        found: tuple[int, int] | None = None
        for place in among:
            told = self._single[place].search(line, position)
            if told and (found is None or told.start() < found[0]):
                found = told.span()
        return found

    def _last_of(self, place: int) -> Any:
        found = self._to_the_last.get(place)
        if found is None:
            found = self._to_the_last[place] = re2.compile(f"(?s:.*)({self._patterns[place]})")
        return found


@lru_cache(_SETS_KEPT)
def patterns_of(patterns: tuple[str, ...]) -> Patterns:
    """Give the same patterns compiled once."""
    return Patterns(patterns)


def first_words(texts: pl.Series, patterns: Sequence[str]) -> pl.Series:
    """Find what the patterns, joined as alternatives, would match first: leftmost, of those that begin there the first.

    Parameters
    ----------
    texts : Series
        Texts.
    patterns : sequence of str
        Regular expressions as in :class:`Patterns`.

    Returns
    -------
    Series
        The words; null where no pattern matches.
    """
    every = patterns_of(tuple(patterns))
    return _each(texts, lambda line: every.first(line, held) if (held := every.held(line)) else None)


def marked_words(texts: pl.Series, patterns: Sequence[str], mark: str) -> pl.Series:
    """Put a mark in place of all that the patterns, joined as alternatives, match."""
    every, sign = patterns_of(tuple(patterns)), mark.encode()
    return _each(texts, lambda line: every.marked(line, every.held(line), sign))


def _each(texts: pl.Series, work: Callable[[bytes], bytes | None]) -> pl.Series:
    made = [None if text is None else work(text.encode()) for text in texts.to_list()]
    return pl.Series(texts.name, [None if words is None else words.decode() for words in made], dtype=pl.String)


def _check(pattern: str) -> None:
    if _OTHERWISE_HERE.search(pattern):
        raise ValueError(f"pattern {pattern!r}: write classes of characters out ([0-9], not \\d), and no flags")
    try:
        empty = re2.compile(pattern, _QUIET).fullmatch("")
    except re2.error as error:
        raise ValueError(f"pattern {pattern!r} is no regular expression: {error}") from error
    if empty:
        raise ValueError(f"pattern {pattern!r} matches the empty text")
