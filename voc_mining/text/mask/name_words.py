"""Words that are names of people: surnames, given names, their readings, and names in Latin letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from voc_mining.text import lexicon
from voc_mining.text.tokens import Token

PERSON = "名詞-固有名詞-人名"
SURNAME = f"{PERSON}-姓"
GIVEN_NAME = f"{PERSON}-名"
_PROPER = "名詞-固有名詞"
PLACE_NAME = "名詞-固有名詞-地名"
FOREIGN_SURNAMES = frozenset(lexicon.column("foreign_surnames", "surname"))
SURNAMES = frozenset(lexicon.column("surnames", "surname")) | FOREIGN_SURNAMES
GIVEN_NAMES = frozenset(name for row in lexicon.rows("given_names") for name in row["names"].split("|"))
GIVEN_READINGS = frozenset(lexicon.column("given_names", "reading"))
NOT_NAMES = frozenset(lexicon.column("not_names", "word"))
NOT_ALONE = frozenset(lexicon.column("not_alone", "word"))
KANA = re.compile("[ぁ-ゖァ-ヺー]+")
_SHORTEST_READING = 3
READINGS = frozenset(word for word in lexicon.column("surnames", "reading") if len(word) >= _SHORTEST_READING)
RARE_SURNAMES = {row["surname"]: row["word"] == "1" for row in lexicon.rows("rare_surnames")}
"""Surnames beyond the frequent ones, and whether the same signs are a place or an ordinary word, too."""
_SHORTEST_RARE_READING = 4
_RARE_READINGS = frozenset(
    reading
    for cell in lexicon.column("rare_surnames", "reading")
    for reading in cell.split("|")
    if len(reading) >= _SHORTEST_RARE_READING
)
_READ = {row["surname"]: tuple(row["reading"].split("|")) for row in lexicon.rows("rare_surnames")}
_READ |= {row["surname"]: (row["reading"],) for row in lexicon.rows("surnames")}
_HALF_KANJI = re.compile("([一-鿿々]{1,2})([ぁ-ん]{2,3})")
_HALF_KANA = re.compile("[ァ-ヴ]{2,3}[子江美代枝乃男夫雄彦郎太香奈恵]|[ぁ-ん]{2}[子江美代枝乃恵]")
_LATIN = frozenset(lexicon.column("latin_names", "name"))
_LONG = ((re.compile("oh(?![aiueoy])"), "o"), (re.compile("o[ou]"), "o"), (re.compile("uu"), "u"))
_BETWEEN = " ・"
_LONGEST = 10
_ADDRESS = re.compile("さん|さま|くん|ちゃん|サン|サマ|君|様|氏")


def hiragana(word: str) -> str:
    """Write katakana as hiragana."""
    return word.translate({code: code - 0x60 for code in range(0x30A1, 0x30F7)})


@lru_cache(50_000)
def is_surname(word: str) -> bool:
    """Whether a word, in kanji or kana, is a frequent surname.

    >>> is_surname("佐藤"), is_surname("サトウ"), is_surname("製品")
    (True, True, False)
    """
    return word in SURNAMES or (KANA.fullmatch(word) is not None and hiragana(word) in READINGS)


def surname_readings(word: str) -> tuple[str, ...]:
    """How a surname in kanji is read; nothing for other words.

    >>> surname_readings("佐藤")
    ('さとう',)
    """
    return _READ.get(word, ())


@lru_cache(50_000)
def _is_mixed(word: str) -> bool:
    """Whether a surname is written half in kanji, half in hiragana (小野でら)."""
    half = _HALF_KANJI.fullmatch(word)
    return half is not None and any(first + half[2] in READINGS for first in surname_readings(half[1]))


@lru_cache(50_000)
def may_be_surname(word: str) -> bool:
    """Whether a word is a surname, frequent or rare; enough only where something says that a person is meant.

    >>> may_be_surname("五百旗頭"), is_surname("五百旗頭"), may_be_surname("請求書")
    (True, False, False)
    """
    if is_surname(word) or word in RARE_SURNAMES or _is_mixed(word):
        return True
    return KANA.fullmatch(word) is not None and hiragana(word) in _RARE_READINGS


@lru_cache(50_000)
def is_given_name(word: str) -> bool:
    """Whether a word, in kanji or kana, is a given name."""
    if _ADDRESS.match(word):
        return False
    if word in GIVEN_NAMES or _HALF_KANA.fullmatch(word):
        return True
    return KANA.fullmatch(word) is not None and hiragana(word) in GIVEN_READINGS


@lru_cache(50_000)
def is_full_name(word: str) -> bool:
    """Whether a word is a surname and a given name, with or without a space.

    >>> is_full_name("安藤サキコ"), is_full_name("タナカ イチロウ"), is_full_name("田中商店")
    (True, True, False)
    """
    if len(word) > _LONGEST:
        return False
    for cut in range(1, len(word)):
        # Of the two questions the one that is asked of few distinct words comes first.
        frequent = is_surname(word[:cut])
        if not frequent and word[:cut] not in RARE_SURNAMES:
            continue
        given = word[cut:].lstrip(_BETWEEN)
        if is_given_name(given) and (frequent or len(given) > 1 or word[cut] in _BETWEEN):
            return True
    return False


@lru_cache(50_000)
def is_latin_name(word: str) -> bool:
    """Whether a word in Latin letters is a frequent name, Japanese or English.

    >>> is_latin_name("Satoh"), is_latin_name("John"), is_latin_name("Windows")
    (True, True, False)
    """
    folded = word.lower()
    for pattern, short in _LONG:
        folded = pattern.sub(short, folded)
    return folded in _LATIN or word.lower() in _LATIN


def with_surnames(tokens: Sequence[Token]) -> Sequence[Token]:
    """Take words that are surnames before all else for surnames, whatever the dictionary calls them."""
    if _OTHERWISE.isdisjoint(token.surface for token in tokens):
        return tokens
    return [
        token._replace(pos=SURNAME)
        if len(token.surface) > 1
        and (
            (token.surface in _TOO and token.pos.startswith("名詞-普通名詞"))
            or (token.surface in _MEANT and token.pos.startswith(PLACE_NAME))
        )
        else token
        for token in tokens
    ]


def is_person(token: Token) -> bool:
    """Whether a token is a name of a person, or a place that is a frequent surname, too."""
    pos = token.pos
    if not pos.startswith(_PROPER):
        return False
    return pos.startswith(PERSON) or (pos.startswith(PLACE_NAME) and token.surface in SURNAMES)


_MISTAKEN = ("名詞-普通名詞", PLACE_NAME)
_TOO = frozenset(lexicon.column("surnames_too", "surname"))
CITIES = frozenset(lexicon.column("cities", "name"))
"""Cities whose names are surnames, too: alone before です the city is meant as often."""


def _places() -> frozenset[str]:
    names = {*lexicon.column("municipalities", "municipality"), *lexicon.column("municipalities", "prefecture")}
    stems = {name[:-1] for name in names}
    wards = {name[name.index("市") + 1 : -1] for name in names if "市" in name[:-1]}
    return frozenset(stems | wards | {name[: name.index("市")] for name in names if "市" in name})


PREFECTURES = frozenset(name[:-1] for name in lexicon.column("municipalities", "prefecture"))
"""Prefectures without 都, 府 or 県."""
PLACES = _places()
"""Municipalities and prefectures without 市, 県 and the like."""
_MEANT = (_TOO | SURNAMES) - PLACES - CITIES - PREFECTURES
"""Surnames that are no place, and no other word that is likelier."""
_OTHERWISE = _TOO | _MEANT
