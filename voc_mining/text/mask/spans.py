"""Places in a text: found in the words as they came, kept as placeholders in the masked text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from voc_mining.text import lexicon


class Found(NamedTuple):
    """Personal data at ``text[start:end]`` of the text that was searched; ``type`` as in placeholders.csv."""

    start: int
    end: int
    type: str


class Span(NamedTuple):
    """A placeholder at ``text[start:end]`` of the masked text."""

    start: int
    end: int
    type: str


class Masked(NamedTuple):
    """A masked text and where its placeholders stand, in characters."""

    text: str
    spans: tuple[Span, ...]


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """Give each character to what was named first; what is left of a later place stays masked too.

    >>> without_overlaps([Found(3, 9, "mail"), Found(0, 5, "name")])
    [Found(start=0, end=3, type='name'), Found(start=3, end=9, type='mail')]
    """
    kept: list[Found] = []
    for place in found:
        parts = [place]
        for other in kept:
            parts = [rest for part in parts for rest in _minus(part, other)]
        kept += parts
    return sorted(kept)


def beyond(text: str, known: Sequence[Found], further: Iterable[Found]) -> Iterator[Found]:
    """Give what further places hold beyond those that are known; of one that is known in part no mere particle or ending.

    >>> list(beyond("秋田と読みます", [Found(0, 2, "name")], [Found(0, 3, "name"), Found(3, 4, "name")]))
    [Found(start=3, end=4, type='name')]
    """
    for place in further:
        parts = [place]
        for other in known:
            parts = [rest for part in parts for rest in _minus(part, other)]
        if parts == [place]:
            yield place
        else:
            yield from (part for part in parts if not _ENDING.fullmatch(text, part.start, part.end))


_ENDING = re.compile("(?!くん|ちゃん)[ぁ-んー 、。・]{1,2}|です|生(?:まれ)?|様|氏")


def _minus(place: Found, other: Found) -> list[Found]:
    if place.end <= other.start or other.end <= place.start:
        return [place]
    before = Found(place.start, other.start, place.type)
    after = Found(other.end, place.end, place.type)
    return [part for part in (before, after) if part.start < part.end]


def joined(found: Iterable[Found]) -> list[Found]:
    """Make neighbours of one type with nothing between them one place.

    >>> joined([Found(0, 2, "phone"), Found(2, 5, "phone"), Found(5, 7, "name")])
    [Found(start=0, end=5, type='phone'), Found(start=5, end=7, type='name')]
    """
    places: list[Found] = []
    for place in found:
        if places and places[-1].end == place.start and places[-1].type == place.type:
            places[-1] = places[-1]._replace(end=place.end)
        else:
            places.append(place)
    return places


def replace(text: str, found: Iterable[Found]) -> Masked:
    """Put a placeholder in each place; neighbours of one type become one.

    Parameters
    ----------
    text : str
        Normalized text.
    found : iterable of Found
        Places in it, not overlapping, in order.
    """
    labels = lexicon.mapping("placeholders", "type", "label")
    pieces: list[str] = []
    spans: list[Span] = []
    position = length = 0
    for place in joined(found):
        between = text[position : place.start]
        placeholder = f"［{labels[place.type]}］"
        pieces += (between, placeholder)
        spans.append(Span(length + len(between), length + len(between) + len(placeholder), place.type))
        length = spans[-1].end
        position = place.end
    return Masked("".join((*pieces, text[position:])), tuple(spans))
