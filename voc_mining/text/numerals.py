"""Numbers in kanji and digits that were spoken one by one, in figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from voc_mining.text import lexicon
from voc_mining.text.alignment import Edit
from voc_mining.text.digits import Run, runs
from voc_mining.text.sieve import Sieved

_VALUES = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_UNITS = lexicon.rows("numeral_units")
_ANY = lexicon.alternatives(tuple(re.escape(row["unit"]) for row in _UNITS))
_OF_SINGLE = lexicon.alternatives(tuple(re.escape(row["unit"]) for row in _UNITS if row["single"] == "1"))
_SIGN = "[〇零一二三四五六七八九十百千]"
_PART = "(?:[一二三四五六七八九]?[千百十]){1,3}[一二三四五六七八九]?"
# 十分 is enough and 数十 is not ten; 二三日 is a few days.
_NUMBER = Sieved(
    rf"(?<![一-鿿々])(?<![一-鿿々]ヶ)(?:{_SIGN}{{2,9}}(?={_ANY})|[一二三四五六七八九十百千](?={_OF_SINGLE})"
    rf"|{_SIGN}{{1,7}}(?=万{_SIGN}|[万億](?:円|人|回|件|個)))"
    rf"|(?<=[0-9万億年月時第]){_SIGN}{{1,7}}(?={_ANY})"
    # parts of a longer number: 四千二百七十五の五千八百二十八, 十二の三十四の五十六, ゼロ九十の
    rf"|(?<![一-鿿々]){_PART}(?=の(?:[0-9]|[一二三四五六七八九]?[千百十]))|(?<=[0-9]の){_PART}"
    rf"|(?<=[0-9]){_PART}(?=の[0-9])|(?<=[0ロ〇零])[五七八九]十(?=[の、 ]?[0-9一二三四五六七八九千])"
)
_ENOUGH = re.compile("十分(?!間|前|後|ほど|くらい|ぐらい|程度|以内|以上)")
_FEW = frozenset(f"{first}{second}" for first, second in zip("一二三四五六七八", "二三四五六七八九", strict=True))
_KANA = re.compile("[ぁ-ゖァ-ヺー]")
_BEFORE = re.compile(r"(?:^|[^ぁ-ゖァ-ヺー一-鿿]|[はがをで])$")
_AFTER = re.compile(
    r"$|[^ぁ-ゖァ-ヺー一-鿿]|です|でした|の(?![ぁ-ゖ])|に(?:なり|変)|番|号|円|年|で(?:お願い|す)|と(?:い|出|表)"
)
_FEWEST_SURE = 2
_FIRST_ONES = "01"
_PARTICLES = frozenset({"に", "し", "く", "ニ", "シ", "ク"})


def spoken_digits(text: str) -> Iterator[Edit]:
    """Find digits that were spoken one by one: ゼロ九ゼロ → 090; kana are taken only where nothing goes on.

    >>> [edit.text for edit in spoken_digits("番号はゼロ九ゼロです")]
    ['0', '9', '0']
    """
    for run in runs(text):
        if not all(digit.written for digit in run.digits) and _is_number(text, run):
            yield from (Edit(digit.start, digit.end, digit.value) for digit in run.digits if not digit.written)


def kanji_numbers(text: str) -> Iterator[Edit]:
    """Find numbers in kanji before a unit: 二十五日 → 25日, 三万二千円 → 3万2000円.

    >>> [edit.text for edit in kanji_numbers("千五百円を一回で")]
    ['1500']
    """
    for found in _NUMBER.finditer(text):
        if found[0] in _FEW or _ENOUGH.match(text, found.start()):
            continue
        value = _value(found[0])
        if value:
            yield Edit(*found.span(), value)


@lru_cache(10_000)
def _value(signs: str) -> str:
    """Figures of a number below 10,000, or of digits in a row; empty where it is neither."""
    if not any(sign in _POWERS for sign in signs):
        return "".join(str(_VALUES[sign]) for sign in signs)
    total, digit, last = 0, 0, 10_000
    for sign in signs:
        power = _POWERS.get(sign)
        if power is None:
            if digit:
                return ""
            digit = _VALUES[sign]
        elif power >= last:
            return ""
        else:
            total, digit, last = total + (digit or 1) * power, 0, power
    return str(total + digit)


def _is_number(text: str, run: Run) -> bool:
    said = [text[digit.start : digit.end] for digit in run.digits if not digit.written]
    if not any(_KANA.match(sign) for sign in said):
        return len(said) < len(run.digits) or _apart(text, run.start, run.end)
    sure = sum(not digit.short for digit in run.digits)
    if not (sure >= _FEWEST_SURE or run.digits[0].value in _FIRST_ONES) or said[-1] in _PARTICLES:
        return False
    return _apart(text, run.start, run.end)


def _apart(text: str, start: int, end: int) -> bool:
    """Whether no word that goes on touches a stretch."""
    return _BEFORE.search(text[:start]) is not None and _AFTER.match(text, end) is not None
