"""When a stretch of an utterance was said, from how long its characters take to say."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
    found: list[Muted] = []
    for begin, end in places:
        first = round(max(start_s, start_s + begin * length - margin), 3)
        last = round(min(end_s, start_s + end * length + margin), 3)
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
