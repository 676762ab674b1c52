"""Every way in which a text may have sounded, whatever the transcriber wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from voc_mining.text import lexicon
from voc_mining.text.sound_index import SoundIndex
from voc_mining.text.sounds import Mora, beats, is_kana, katakana, morae
from voc_mining.text.tokens import KANJI, PLACEHOLDER_POS, Token, offsets

_LAST_HIRAGANA = "ゖ"
_Ways = Mapping[int, Sequence[tuple[int, tuple[Mora, ...]]]]


class Heard(NamedTuple):
    """A stretch of a text that sounds like a word of an index, or nearly so.

    Parameters
    ----------
    start, end : int
        The stretch, in characters.
    word : int
        Place of the word in the index.
    distance : float
        As in :class:`~voc_mining.text.sound_index.Sounding`.
    """

    start: int
    end: int
    word: int
    distance: float


def heard_words(
    text: str, tokens: Sequence[Token], readings: Callable[[str], tuple[str, ...]], index: SoundIndex
) -> list[Heard]:
    """Stretches of a text that may be words of an index, each with its least distance.

    A word is taken as the dictionary reads it; a kanji also by itself in each of its readings, since a transcriber
    that does not know a word puts together kanji that sound like it (製給所 for 請求書). A stretch begins and ends
    where words or scripts meet, or within hiragana, never within a run of kanji, katakana or letters that is one word.

    Parameters
    ----------
    text : str
        Normalized text.
    tokens : sequence of Token
        Its tokens.
    readings : callable
        Readings of a single kanji.
    index : SoundIndex
        The words.
    """
    ways, edges = _ways(text, tokens, readings)
    nearest: dict[tuple[int, int, int], float] = {}
    for start in sorted(edges):
        for end, word, distance in _from(start, ways, edges, index):
            key = (start, end, word)
            nearest[key] = min(distance, nearest.get(key, distance))
    return [Heard(*key, distance) for key, distance in nearest.items()]


def _from(start: int, ways: _Ways, edges: set[int], index: SoundIndex) -> Iterator[tuple[int, int, float]]:
    """Words that may begin at a place, with their ends."""
    states: dict[int, set[int]] = {start: {index.begin()}}
    while states:
        place = min(states)
        here = states.pop(place)
        if place > start and place in edges:
            for state in here:
                yield from ((place, word, distance) for word, distance in index.found(state))
        for end, sound in ways.get(place, ()):
            for state in here:
                reached = _through(state, sound, index)
                if reached is not None:
                    states.setdefault(end, set()).add(reached)


def _through(state: int, sound: Sequence[Mora], index: SoundIndex) -> int | None:
    for mora in sound:
        following = index.after(state, mora)
        if following is None:
            return None
        state = following
    return state


def _ways(text: str, tokens: Sequence[Token], readings: Callable[[str], tuple[str, ...]]) -> tuple[_Ways, set[int]]:
    """How each place goes on (to which place, by which sound), and where a stretch may begin or end."""
    ways: defaultdict[int, list[tuple[int, tuple[Mora, ...]]]] = defaultdict(list)
    edges = {len(text)}
    for start, token in zip(offsets(text, tokens), tokens, strict=True):
        edges |= {start, start + len(token.surface)}
        if token.pos == PLACEHOLDER_POS:
            continue
        in_kana = all(map(is_kana, token.surface))
        for begin, end, reading in _of_kana(token) if in_kana else _of_signs(token, readings):
            ways[start + begin].append((start + end, _sound(reading)))
        edges |= {start + cut for cut in _cuts(token.surface, in_kana=in_kana)}
    return ways, edges


def _of_kana(token: Token) -> Iterator[tuple[int, int, str]]:
    """Begin, end and reading of a word in kana and of its morae; particles also as they are read here."""
    surface = token.surface
    yield 0, len(surface), surface
    if katakana(surface) != token.reading:
        yield 0, len(surface), token.reading
    for begin, end in beats(surface):
        if end - begin < len(surface):
            yield begin, end, surface[begin:end]


def _of_signs(token: Token, readings: Callable[[str], tuple[str, ...]]) -> Iterator[tuple[int, int, str]]:
    """Begin, end and reading of a word and of each kanji in it."""
    for reading in _of_word(token):
        yield 0, len(token.surface), reading
    for at, sign in enumerate(token.surface):
        for reading in readings(sign):
            yield at, at + 1, reading


def _cuts(surface: str, *, in_kana: bool) -> set[int]:
    """Places within a word where another may begin or end: in hiragana, and where kanji give way to kana."""
    if in_kana:
        return set(range(1, len(surface))) if surface[0] <= _LAST_HIRAGANA else set()
    return {at for at in range(1, len(surface)) if KANJI.match(surface[at - 1]) and not KANJI.match(surface[at])}


def _of_word(token: Token) -> tuple[str, ...]:
    return _digit_readings().get(token.surface) or ((token.reading,) if is_kana(token.reading[:1]) else ())


@cache
def _digit_readings() -> dict[str, tuple[str, ...]]:
    """Say how single figures are read: the dictionary does not."""
    spelled = [row for row in lexicon.rows("digits") if all(map(is_kana, row["spelling"]))]
    figures = {row["digit"] for row in spelled}
    return {
        figure: tuple(dict.fromkeys(katakana(row["spelling"]) for row in spelled if row["digit"] == figure))
        for figure in figures
    }


@lru_cache(100_000)
def _sound(reading: str) -> tuple[Mora, ...]:
    return morae(reading)
