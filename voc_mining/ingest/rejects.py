"""Rejected inputs of an inbox, and how much of a cell may be told of."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from voc_mining.faults import Fault, as_stored

SCHEMA = {"row": pl.Int64, "reason": pl.String, "faults": pl.String, "content": pl.String}
_LONGEST_VALUE = 60
_TITLE = "様"


def file_reject(fault: Fault, *, content: str = "") -> pl.DataFrame:
    """Reject a whole file: one row of number 0."""
    row = {"row": 0, "reason": fault.code, "faults": as_stored([fault]), "content": content}
    return pl.DataFrame([row], schema=SCHEMA)


def masked_words(words: pl.Series, mask: Callable[[str], str]) -> pl.Series:
    """Mask a column, each distinct text once."""
    distinct = words.drop_nulls().unique().to_list()
    if not distinct:
        return words
    return words.replace_strict({word: mask(word) for word in distinct}, default=None, return_dtype=pl.String)


def quoted(cells: pl.Series, mask: Callable[[str], str]) -> pl.Series:
    """Mask and shorten cells that a reject quotes; where columns have slipped, a cell may hold anything.

    A cell stands alone: a surname in it lacks the words around it by which names are told, so it is given a title.
    """
    return masked_words(cells, lambda cell: shortened(mask(mask(cell) + _TITLE).removesuffix(_TITLE)))


def shortened(text: str, longest: int = _LONGEST_VALUE) -> str:
    """Cut what is too long for a sentence.

    >>> shortened("受付日時", 2)
    '受付…'
    """
    return text if len(text) <= longest else text[:longest] + "…"
