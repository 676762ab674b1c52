"""Normal form of raw text: one spelling for widths, spaces, numbers, hyphens and repeated signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from voc_mining.text import lexicon
from voc_mining.text.alignment import Aligned, Edit
from voc_mining.text.numerals import kanji_numbers, spoken_digits
from voc_mining.text.sieve import Sieve

_WIDE_MARKS = {"!": "！", "?": "？"}
_LABELS = "|".join(map(re.escape, lexicon.column("placeholders", "label")))
_Replacement = str | Callable[[re.Match[str]], str]
_BEFORE_FOLDING: tuple[tuple[re.Pattern[str], _Replacement], ...] = (
    (re.compile("\r\n?|[\u2028\u2029\u0085\v\f]"), "\n"),
    (
        re.compile(
            "[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
        ),
        "",
    ),
    (re.compile("\uff5e"), "\u301c"),
)
_AFTER_FOLDING: tuple[tuple[re.Pattern[str], _Replacement], ...] = (
    (re.compile("[\u2010-\u2013\u2212]"), "-"),
    (re.compile("(?<=[0-9])[-\u2014\u2015\u2500\u30fc\u301c~]+(?=[0-9])"), "-"),
    (re.compile(r"\.{3,}|・{2,}|…{2,}"), "…"),
    (re.compile("([\u30fc\u301c~!?！？。、ぁぃぅぇぉァィゥェォっッ])\\1+"), r"\1"),
    (re.compile("([あいうえおアイウエオんンwｗ笑])\\1{3,}"), r"\1\1"),
    (re.compile("(?<=[^\x00-\x7f])[!?]"), lambda mark: _WIDE_MARKS[mark[0]]),
    (re.compile(r"[^\S\n]+"), " "),
    (re.compile(r" ?\n ?"), "\n"),
    (re.compile(r"\n{3,}"), "\n\n"),
    (re.compile(rf"\[((?:{_LABELS})[0-9]*)\]"), r"［\1］"),
    (re.compile(r"\A\s+|\s+\Z"), ""),
)
_SIGNS = Sieve(
    [
        re.compile(
            "[\u0000-\u0020!?\\[\u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2010-\u2013\u2028-\u202f\u205f-\u2064\u2212\u3000\ufe00-\ufe0f\ufeff\uff5e]"
            "|[0-9][-\u2014\u2015\u2500\u30fc\u301c~]|[.]{3}|・・|……"
            f"|{'|'.join(sign * 2 for sign in 'ー〜~！？。、ぁぃぅぇぉァィゥェォっッ')}"
            f"|{'|'.join(sign * 4 for sign in 'あいうえおアイウエオんンwｗ笑')}"
        )
    ]
)
"""One of these is in every text in compatible form (NFKC) that a rule above changes."""
_NUMBERS = (kanji_numbers, spoken_digits)
_HANGUL_VOWELS_AND_ENDS = "\u1160-\u11ff\ud7b0-\ud7ff"


def normalize(text: str) -> str:
    r"""Fold the ways in which the same words can be typed or transcribed.

    Unicode NFKC (full-width digits and letters, half-width kana); line ends to ``\n``; runs of spaces
    to one; invisible characters away; the many hyphens between digits to ``-``; repeated marks (ーー, ！！, っっ)
    to one, vowels four times and more to two, and dots to ``…``; ``!`` and ``?`` after Japanese as ``！`` and
    ``？``. Numbers in kanji before a unit and digits spoken one by one become figures, where they can be nothing
    else: 二十五日, ゼロ九ゼロ, but not 一番 or 十分. Placeholders of masked places keep their form. Normalizing twice
    changes nothing. :func:`aligned_normal` tells where each character comes from.

    >>> normalize("ｱﾌﾟﾘが　落ちる!!")
    'アプリが 落ちる！'
    >>> normalize("０９０ー１２３４ー５６７８")
    '090-1234-5678'
    """
    while (folded := _fold(text)) != text:
        text = folded
    return text


def aligned_normal(text: str) -> Aligned:
    """Normalize a text and tell for each character of the normal form which stretch of the text it stands for.

    Slower than :func:`normalize`, with the same result.
    """
    now = Aligned.of(text)
    while True:
        folded = now
        for edits in _steps():
            folded = folded.edited(edits(folded.text))
        if folded.text == now.text:
            return folded
        now = folded


def _fold(text: str) -> str:
    if _SIGNS.passing(text) or not unicodedata.is_normalized("NFKC", text):
        for pattern, replacement in _BEFORE_FOLDING:
            text = pattern.sub(replacement, text)
        text = unicodedata.normalize("NFKC", text)
        for pattern, replacement in _AFTER_FOLDING:
            text = pattern.sub(replacement, text)
    for find in _NUMBERS:
        text = _applied(text, find(text))
    return text


def _applied(text: str, edits: Iterator[Edit]) -> str:
    pieces: list[str] = []
    position = 0
    for start, end, figures in edits:
        pieces += (text[position:start], figures)
        position = end
    return "".join((*pieces, text[position:])) if pieces else text


@cache
def _steps() -> tuple[Callable[[str], Iterator[Edit]], ...]:
    """Each step of :func:`_fold` as the edits that it makes."""
    return (
        *(_edits(*rule) for rule in _BEFORE_FOLDING),
        _folded_sequences,
        *(_edits(*rule) for rule in _AFTER_FOLDING),
        *_NUMBERS,
    )


def _edits(pattern: re.Pattern[str], replacement: _Replacement) -> Callable[[str], Iterator[Edit]]:
    def find(text: str) -> Iterator[Edit]:
        for match in pattern.finditer(text):
            new = match.expand(replacement) if isinstance(replacement, str) else replacement(match)
            if new != match[0]:
                yield Edit(*match.span(), new)

    return find


def _folded_sequences(text: str) -> Iterator[Edit]:
    """Find what NFKC changes, one sequence of characters that it may put together after the other."""
    for sequence in _sequence().finditer(text):
        folded = unicodedata.normalize("NFKC", sequence[0])
        if folded != sequence[0]:
            yield Edit(*sequence.span(), folded)


@cache
def _sequence() -> re.Pattern[str]:
    """Match a character and all after it that may be put together with it: combining marks and second halves.

    By Unicode Standard Annex 15: a character begins a sequence if its decomposition begins with a starter that is
    never the second of a pair that is composed.
    """
    seconds = {
        pair[1]
        for code in range(0x110000)
        if (pair := unicodedata.decomposition(chr(code)).split()) and len(pair) == 2 and not pair[0].startswith("<")
    }
    joining = "".join(
        re.escape(sign)
        for sign in map(chr, range(0x110000))
        if (first := unicodedata.normalize("NFKD", sign)[0])
        and (unicodedata.combining(first) or f"{ord(first):04X}" in seconds)
    )
    halfwidth_hangul = "\u3130-\u318f\uffa0-\uffdc"
    return re.compile(f"(?s:.)[{joining}{_HANGUL_VOWELS_AND_ENDS}{halfwidth_hangul}]*")
