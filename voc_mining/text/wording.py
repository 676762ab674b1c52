"""Synonyms and stop words of a user, put to terms and pairs that are stored: no text is looked at again."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from voc_mining.contracts.wording import Wording
from voc_mining.text.terms import ARROW

TERMS, PAIRS = "terms", "pairs"
_VERBAL = re.compile("(?:する|し|され|させ|でき|が(?:でき)?な|ではな|すぎ).*")
"""What may follow a noun in a term that is built on it: サインインできない."""


def reworded(frame: pl.DataFrame, wording: Wording) -> pl.DataFrame:
    """Put what a user says about words to the columns ``terms`` and ``pairs``, where there are such.

    A synonym becomes its term, also where a predicate is built on it (サインインできない → ログインできない); stop words go, and so
    do pairs that hold one. Lists keep their order, and nothing stands in them twice.

    Parameters
    ----------
    frame : DataFrame
        ``terms`` and ``pairs`` are lists of text; other columns stay as they are.
    wording : Wording
        Synonyms and stop words.

    Returns
    -------
    DataFrame
        With the same rows and columns.
    """
    if not wording:
        return frame
    said = _sayer(wording)
    ways = {TERMS: said, PAIRS: lambda pair: _pair(pair, said)}
    return frame.with_columns(_changed(frame[name], way) for name, way in ways.items() if name in frame.columns)


def _changed(lists: pl.Series, way: Callable[[str], str | None]) -> pl.Series:
    """Change the entries of lists, each distinct entry once."""
    entries = lists.explode().drop_nulls().unique().to_list()
    changes = {entry: new for entry in entries if (new := way(entry)) != entry}
    if not changes:
        return lists
    old, told = pl.Series(list(changes), dtype=pl.String), pl.Series(list(changes.values()), dtype=pl.String)
    element = pl.element().replace(old, told)
    changed = lists.to_frame().select(
        pl.col(lists.name).list.eval(element.drop_nulls()).list.unique(maintain_order=True)
    )
    return changed.to_series()


def _sayer(wording: Wording) -> Callable[[str], str | None]:
    stands_for = {word.removesuffix("する"): term for word, term in wording.synonyms.items()} | dict(wording.synonyms)

    def said(term: str) -> str | None:
        """Give the term that stands for a word; None for a stop word."""
        found = stands_for.get(term)
        if found is None:
            stem = next(
                (word for word in stands_for if term.startswith(word) and _VERBAL.fullmatch(term, len(word))), None
            )
            found = term if stem is None else stands_for[stem].removesuffix("する") + term[len(stem) :]
        return None if found in wording.stop_words or term in wording.stop_words else found

    return said


def _pair(pair: str, said: Callable[[str], str | None]) -> str | None:
    noun, _, predicate = pair.partition(ARROW)
    told = said(noun), said(predicate)
    return None if None in told or told[0] == told[1] else f"{told[0]}{ARROW}{told[1]}"
