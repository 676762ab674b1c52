"""Runs of digits however they are written or spoken: 090-1234, 〇九〇, ゼロ九ゼロの, ぜろきゅうぜろ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from voc_mining.text import lexicon
from voc_mining.text.sieve import Sieved

_SPELLINGS = {row["spelling"]: (row["digit"], row["short"] == "1") for row in lexicon.rows("digits")}
# にいち is に and いち, not にい and a ち that is left over; 四千 is no digit.
_SPELLED = lexicon.alternatives(
    tuple(
        f"(?<![十百千]){word}(?![十百千万])"
        if "一" <= word <= "鿿"
        else re.escape(word) + "(?!ち)" * word.endswith("い")
        for word in _SPELLINGS
    )
)
_HOMOPHONES = lexicon.mapping("homophones", "spelling", "digit")
_KANJI_DIGIT = "[0-9〇零一二三四五六七八九]"
_LIKE = f"[{''.join(_HOMOPHONES)}]"
# ゼロ旧ゼロ, 霊八霊の六一, but not 旧一号 or 二級.
_MISHEARD = (
    rf"(?:(?<=[0-9〇零一二三四五六七八九ロろンんナなチちウう]){_LIKE}(?=[の、 ]?(?:{_KANJI_DIGIT}|{_LIKE}|[ゼサヨゴロナハキニイ])|です|$)"
    rf"|(?<![一-鿿]){_LIKE}(?={_KANJI_DIGIT}(?:{_KANJI_DIGIT}|{_LIKE})[の、 ]?{_KANJI_DIGIT}))"
)
# The look at the first character alone makes text without digits cheap.
UNIT = f"(?=[{''.join(sorted({word[0] for word in (*_SPELLINGS, *_HOMOPHONES)}))}])(?:{_SPELLED}|{_MISHEARD})"
_BETWEEN = (
    r"(?:[ \-.,、()・/_ー〜~―—─]|の|えーっと|えーと|えっと|ええと|えー|えっ|あのー?|んーと|んー|まあ"
    r"|(?:その)?次[がはに]?|続い?て|それから|そんで|ほんで|最後[がはに]?|真ん中[がは]|です(?:ね)?(?=[、 ]?(?:[0-9]|次|最後))|ハイフン|はいふん|かっこ|カッコ|スラッシュ|はい|ええ|うん|ですね|ね(?=[、 ]?[0-9])|で(?=[、 ]?(?:[0-9]|え|あの|次))|いや|いえ|もとい|あ?、?(?:違う|違います|ちゃう|すみません|すいません|ごめんなさい|間違えました)、?){0,6}"
)
_ONE = re.compile(UNIT)
_KANJI = re.compile("[一-鿿〇]")
_RUN = Sieved(rf"{UNIT}(?:{_BETWEEN}{UNIT}){{2,}}")
_STRONG = re.compile("[ 、,/]|次|最後|です|はい|ええ|うん|で")
_AROUND = "(?:はい|ええ|あの|えーと|えっと|えー|の|で|です|ですね|になります|[、。 ])*"
_DICTATED = re.compile(rf"{_AROUND}{UNIT}(?:{_BETWEEN}{UNIT}){{3,}}{_AROUND}")
LEAST = 3
"""Fewest digits of a run."""


class Digit(NamedTuple):
    """One digit of a run: its place in the text and its value.

    ``short`` marks kana that are also particles (に, し), ``written`` the figures 0-9, ``parted`` a digit
    that a space, comma or slash stands before, ``linked`` one that の stands before.
    """

    start: int
    end: int
    value: str
    short: bool
    written: bool
    parted: bool
    linked: bool


class Run(NamedTuple):
    """Digits that follow each other with at most hyphens, spaces, の or a filler in between."""

    digits: tuple[Digit, ...]

    @property
    def values(self) -> str:
        """Digits as a string of 0-9."""
        return "".join(digit.value for digit in self.digits)

    @property
    def start(self) -> int:
        """First character in the text."""
        return self.digits[0].start

    @property
    def end(self) -> int:
        """Character after the last."""
        return self.digits[-1].end

    def begins(self, index: int) -> bool:
        """Whether a number can begin at this digit."""
        return index == 0 or self.digits[index].parted or self.digits[index - 1].short

    def ends(self, index: int) -> bool:
        """Whether a number can end before this digit; a kana that is also a particle may follow it."""
        rest = self.digits[index : index + 3]
        return not rest or rest[0].parted or rest[0].linked or (len(rest) <= 2 and all(digit.short for digit in rest))


def is_digit(sign: str) -> bool:
    """Whether a sign or word is a digit and nothing else, so not に or さん."""
    return sign in _SPELLINGS and not _SPELLINGS[sign][1]


def is_short(sign: str) -> bool:
    """Whether a word is a digit and a particle or a part of ordinary words, too."""
    return sign in _SPELLINGS and _SPELLINGS[sign][1]


def has_run(text: str) -> bool:
    """Whether there may be digits to look at."""
    return _RUN.search(text) is not None


def is_dictated(text: str) -> bool:
    """Whether all that is said is a part of a number, four digits or more (えーと、一二三四です).

    >>> is_dictated("一二三四、です"), is_dictated("1234円です")
    (True, False)
    """
    return _DICTATED.fullmatch(text) is not None


def runs(text: str) -> Iterator[Run]:
    """Find runs of three or more digits in a normalized text, without particles at their edges.

    >>> [run.values for run in runs("番号はゼロ九ゼロの1234です")]
    ['0901234']
    """
    for found in _RUN.finditer(text):
        digits: list[Digit] = []
        position = found.start()
        while position < found.end():
            unit = _ONE.match(text, position)
            if unit is None:
                position += 1
                continue
            value, short = _SPELLINGS.get(unit[0]) or (_HOMOPHONES[unit[0]], False)
            between = text[digits[-1].end : unit.start()] if digits else ""
            parted = _STRONG.search(between) is not None
            digits.append(Digit(unit.start(), unit.end(), value, short, unit[0] == value, parted, "の" in between))
            position = unit.end()
        trimmed = _trim(digits, text)
        if len(trimmed) >= LEAST:
            yield Run(tuple(trimmed))


def _trim(digits: list[Digit], text: str) -> list[Digit]:
    """Take particles (5678に) from the edges where the neighbour is a figure."""
    first, last = 0, len(digits)
    while first < last and digits[first].short:
        first += 1
    while last > first and digits[last - 1].short:
        last -= 1
    edges = (digits[first], digits[last - 1]) if first < last else ()
    figures = [digit.written or _KANJI.match(text, digit.start) is not None for digit in edges] or [False, False]
    return digits[first if figures[0] else 0 : last if figures[1] else len(digits)]
