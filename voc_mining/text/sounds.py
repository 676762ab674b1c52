"""Readings as sounds: morae, and how unlike two of them are to a listener."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from voc_mining.text import lexicon

LONG, NASAL, DOUBLE = "R", "N", "Q"
"""Morae that are no syllable of their own: the long vowel ー, ン and ッ."""

_OWN = {"ー": LONG, "ン": NASAL, "ッ": DOUBLE}
_SMALL_Y = {"ャ": "a", "ュ": "u", "ョ": "o"}
_VOWELS = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o", "ヮ": "a"}
_PALATAL_ALREADY = frozenset({"sh", "ch", "j"})
SMALL = frozenset("ぁぃぅぇぉゃゅょゎァィゥェォャュョヮ")
"""Kana that belong to the one before them."""

_LENGTHENS = {"a": "a", "i": "ie", "u": "uo", "e": "e", "o": "o"}
_HIRAGANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_SAME, _OTHER = 0.0, 1.0
_OTHER_CONSONANT, _OTHER_VOWEL = 0.8, 0.9
_PALATAL = 0.3


class Mora(NamedTuple):
    """One beat of speech.

    Parameters
    ----------
    consonant : str
        As in sounds.csv; ``R``, ``N`` or ``Q`` for ー, ン and ッ.
    vowel : str
        a, i, u, e or o; that which is lengthened for ``R``, if it is known; empty for ``N`` and ``Q``.
    palatal : bool
        Whether it is one of ャ, ュ, ョ (キャ).
    """

    consonant: str
    vowel: str
    palatal: bool = False


@cache
def _sounds() -> dict[str, Mora]:
    return {row["kana"]: Mora(row["consonant"], row["vowel"]) for row in lexicon.rows("sounds")}


@cache
def _costs(kind: str) -> dict[tuple[str, str], float]:
    costs: dict[tuple[str, str], float] = {}
    for row in lexicon.rows("confusions"):
        if row["kind"] == kind:
            costs[row["one"], row["other"]] = costs[row["other"], row["one"]] = float(row["cost"])
    return costs


def is_kana(sign: str) -> bool:
    """Whether a sign is hiragana, katakana or ー."""
    return "ぁ" <= sign <= "ゖ" or "ァ" <= sign <= "ヺ" or sign == "ー"


def katakana(reading: str) -> str:
    """Write hiragana as katakana; other signs stay."""
    return reading.translate(_HIRAGANA)


def morae(reading: str) -> tuple[Mora, ...]:
    """Morae of a kana reading; vowels that only lengthen the one before count as ー.

    Signs that are no kana are left out.

    >>> [mora.consonant + mora.vowel for mora in morae("せいきゅうしょ")]
    ['se', 'Re', 'ku', 'Ru', 'sho']
    """
    return tuple(_morae(katakana(reading)))


def _morae(reading: str) -> Iterator[Mora]:
    vowel = ""
    for begin, end in beats(reading):
        mora = _mora(reading[begin:end], vowel)
        if mora is not None:
            yield mora
            vowel = mora.vowel


def beats(kana: str) -> Iterator[tuple[int, int]]:
    """Cut kana into morae as they are written, small ones with the one before: where each begins and ends."""
    begin = 0
    for end in range(1, len(kana) + 1):
        if end == len(kana) or kana[end] not in SMALL:
            yield begin, end
            begin = end


@lru_cache(10_000)
def _mora(beat: str, before: str) -> Mora | None:
    """Mora of a beat of katakana after a vowel; None for what is no kana."""
    if beat in _OWN:
        return Mora(_OWN[beat], before if _OWN[beat] == LONG else "")
    sound = _sounds().get(beat[0])
    small = beat[-1] if beat[-1] in SMALL else ""
    if sound is None:
        return Mora("", _VOWELS[small]) if small in _VOWELS else None
    if small in _SMALL_Y:
        return Mora(sound.consonant, _SMALL_Y[small], sound.consonant not in _PALATAL_ALREADY)
    if small in _VOWELS and sound.vowel != _VOWELS[small]:
        return Mora(sound.consonant or "w", _VOWELS[small])
    if not sound.consonant and before and before in _LENGTHENS[sound.vowel]:
        return Mora(LONG, before)
    return sound


@cache
def unlike(heard: Mora, meant: Mora) -> float:
    """Tell how unlike two morae are, 0 (the same) to 1.

    A lengthened vowel may be written by its vowel where a reading begins with it (…コ + ウケツ).

    >>> unlike(Mora("k", "a"), Mora("g", "a")), unlike(Mora("", "u"), Mora(LONG, "o"))
    (0.3, 0.0)
    """
    if heard == meant or _same_length(heard, meant):
        return _SAME
    if not heard.vowel or not meant.vowel or LONG in {heard.consonant, meant.consonant}:
        return _OTHER
    consonants, vowels = (heard.consonant, meant.consonant), (heard.vowel, meant.vowel)
    cost = 0.0 if consonants[0] == consonants[1] else _costs("consonant").get(consonants, _OTHER_CONSONANT)
    cost += 0.0 if vowels[0] == vowels[1] else _costs("vowel").get(vowels, _OTHER_VOWEL)
    return min(_OTHER, cost + (_PALATAL if heard.palatal != meant.palatal else 0.0))


def _same_length(heard: Mora, meant: Mora) -> bool:
    if meant.consonant != LONG or heard.consonant not in {"", LONG}:
        return False
    return not heard.vowel or heard.vowel == meant.vowel or meant.vowel in _LENGTHENS[heard.vowel]


@cache
def dropped(mora: Mora) -> float:
    """Tell what it costs that a mora is missing, or is there in excess.

    >>> dropped(Mora(LONG, "o")), dropped(Mora("k", "a"))
    (0.3, 1.0)
    """
    return _costs("dropped").get((mora.consonant, ""), _OTHER)
