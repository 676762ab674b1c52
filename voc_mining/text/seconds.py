"""When a stretch of an utterance was said: by the times of its words, else by how long its characters take to say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

_TWO_BEATS = re.compile("[0-9一-鿿々〇]")
_LETTER = re.compile("[A-Za-z]")
_SILENT = re.compile(r"[\s、。,.!?！？・…「」『』()\-ゃゅょャュョぁぃぅぇぉァィゥェォ]")
_LETTER_BEATS, _BEATS = 2.5, 2.0
_MARGIN_S, _MARGIN_SHARE = 0.3, 0.08


class Muted(NamedTuple):
    """A stretch of a recording that must not be heard, in seconds."""

    start_s: float
    end_s: float


class WordTime(NamedTuple):
    """When a word was heard: its first character in the words as they came, and its seconds."""

    start: int
    start_s: float
    end_s: float


def heard_within(words: Sequence[WordTime], start: int, end: int) -> tuple[float, float] | None:
    """Seconds of the words that a stretch of characters touches; None where it touches none.

    >>> heard_within([WordTime(0, 1.0, 1.4), WordTime(2, 1.4, 1.9), WordTime(5, 2.5, 3.0)], 3, 6)
    (1.4, 3.0)
    """
    ends = (*(word.start for word in words[1:]), end)
    touched = [word for word, last in zip(words, ends, strict=False) if word.start < end and start < last]
    return (min(word.start_s for word in touched), max(word.end_s for word in touched)) if touched else None


def shares(text: str) -> list[float]:
    """Tell for each place between the characters of a text how much of it has been said, 0-1.

    Kana take one beat, figures and kanji two, Latin letters more, marks and small kana none.

    >>> shares("はい、8")
    [0.0, 0.25, 0.5, 0.5, 1.0]
    """
    said = list(accumulate(map(_beats, text), initial=0.0))
    return (
        [beats / said[-1] for beats in said] if said[-1] else [place / max(1, len(text)) for place in range(len(said))]
    )


def muted(places: Iterable[tuple[float, float]], start_s: float, end_s: float) -> list[Muted]:
    """Stretches to mute for places of an utterance, with a margin on both sides, never outside the utterance.

    Pauses are not known and everybody speeds up and slows down, so that the margin grows with the utterance.

    Parameters
    ----------
    places : iterable of (float, float)
        Begin and end as shares of the utterance, in order.
    start_s, end_s : float
        When the utterance was said.
    """
    length = max(0.0, end_s - start_s)
    margin = _MARGIN_S + _MARGIN_SHARE * length
    seconds = ((start_s + begin * length, start_s + end * length) for begin, end in places)
    return _widened(seconds, margin, start_s, end_s)


def muted_words(stretches: Iterable[tuple[float, float]], start_s: float, end_s: float) -> list[Muted]:
    """Stretches to mute for seconds that are known by the times of words, in order.

    The times of words are right to about a fifth of a second, at the edges of an utterance, too: the margin may go
    beyond it.
    """
    return _widened(stretches, _MARGIN_S, max(0.0, start_s - _MARGIN_S), end_s + _MARGIN_S)


def _widened(stretches: Iterable[tuple[float, float]], margin: float, lowest: float, highest: float) -> list[Muted]:
    """Stretches with a margin on both sides, between two seconds; what meets becomes one."""
    found: list[Muted] = []
    for start, end in stretches:
        first = round(max(lowest, start - margin), 3)
        last = round(min(highest, end + margin), 3)
        if found and first <= found[-1].end_s:
            found[-1] = Muted(found[-1].start_s, max(last, found[-1].end_s))
        else:
            found.append(Muted(first, last))
    return found


def _beats(sign: str) -> float:
    if _SILENT.match(sign):
        return 0.0
    if _LETTER.match(sign):
        return _LETTER_BEATS
    return _BEATS if _TWO_BEATS.match(sign) else 1.0
