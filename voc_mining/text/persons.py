"""Who is who in a contact: names of different people get different numbers, ［氏名1］ and ［氏名2］."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from voc_mining.text.corrections import Correction
from voc_mining.text.mask import Found, Span
from voc_mining.text.mask.name_words import hiragana
from voc_mining.text.tokens import PLACEHOLDER_POS, Token, offsets

_SHORTEST_PART = 2


class Numbered(NamedTuple):
    """A masked sentence whose placeholders of people are numbered."""

    text: str
    spans: tuple[Span, ...]
    tokens: list[Token]
    corrections: tuple[Correction, ...]


def person_keys(text: str, tokens: Sequence[Token], places: Iterable[Found]) -> tuple[str, ...]:
    """Tell for each place how the name there is read; empty where it is no name."""
    starts = offsets(text, tokens)
    return tuple(
        "".join(
            hiragana(token.reading)
            for start, token in zip(starts, tokens, strict=True)
            if place.start <= start < place.end and token.reading.strip(" ・")
        ).lower()
        if place.type == "name"
        else ""
        for place in places
    )


def numbers(keys: Iterable[str]) -> dict[str, int]:
    """Give people numbers by the readings of their names, in the order in which they are first named.

    A surname and a full name that begins with it, or a given name that ends it, are one person.

    >>> numbers(["たなか", "さとう", "たなかたろう", "たなか"])
    {'たなか': 1, 'さとう': 2, 'たなかたろう': 1}
    """
    given: dict[str, int] = {}
    for key in keys:
        if key and key not in given:
            same = next((no for other, no in given.items() if _one_person(key, other)), None)
            given[key] = same or max(given.values(), default=0) + 1
    return given


def _one_person(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _SHORTEST_PART and (long.startswith(short) or long.endswith(short))


def numbered(sentence: Numbered, keys: Sequence[str], given: dict[str, int]) -> Numbered:
    """Put the numbers of people into the placeholders of a sentence; everything after them moves along."""
    pieces: list[str] = []
    spans: list[Span] = []
    moved: list[tuple[int, int]] = []
    position = shift = 0
    for span, key in zip(sentence.spans, keys, strict=True):
        number = str(given[key]) if key else ""
        pieces += (sentence.text[position : span.end - 1], number)
        position = span.end - 1
        spans.append(Span(span.start + shift, span.end + shift + len(number), span.type))
        shift += len(number)
        moved.append((span.end, len(number)))
    text = "".join((*pieces, sentence.text[position:]))
    labels = iter([text[span.start : span.end] for span in spans])
    tokens = [
        token._replace(surface=label, lemma=label, reading=label)
        if token.pos == PLACEHOLDER_POS and (label := next(labels))
        else token
        for token in sentence.tokens
    ]
    corrections = tuple(
        one._replace(start=one.start + by, end=one.end + by)
        for one in sentence.corrections
        for by in (sum(length for end, length in moved if end <= one.start),)
    )
    return Numbered(text, tuple(spans), tokens, corrections)
