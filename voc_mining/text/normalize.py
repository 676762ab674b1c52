"""Normal form of raw text: one spelling for widths, spaces, hyphens and repeated marks."""

from __future__ import annotations

import re
import unicodedata

from voc_mining.text import lexicon

_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\u0085\v\f]")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_LINES = re.compile(r" ?\n ?")
_MANY_LINES = re.compile(r"\n{3,}")
_HYPHENS = re.compile("[\u2010-\u2013\u2212]")
_NUMBER_HYPHENS = re.compile("(?<=[0-9])[-\u2014\u2015\u2500\u30fc\u301c~]+(?=[0-9])")
_REPEATED = re.compile("([\u30fc\u301c~!?！？。、])\\1+")
_DOTS = re.compile(r"\.{3,}|・{2,}|…{2,}")
_JAPANESE_MARKS = re.compile("(?<=[^\x00-\x7f])[!?]")
_WIDE_MARKS = {"!": "！", "?": "？"}
_PLACEHOLDER = re.compile(rf"\[({'|'.join(map(re.escape, lexicon.column('placeholders', 'label')))})\]")


def normalize(text: str) -> str:
    r"""Fold the ways in which the same words can be typed.

    Unicode NFKC (full-width digits and letters, half-width kana); line ends to ``\n``; runs of spaces
    to one; invisible characters away; the many hyphens between digits to ``-``; repeated marks (ーー, ！！)
    to one and dots to ``…``; ``!`` and ``?`` after Japanese as ``！`` and ``？``. Placeholders of masked
    places keep their form. Normalizing twice changes nothing.

    >>> normalize("ｱﾌﾟﾘが　落ちる!!")
    'アプリが 落ちる！'
    >>> normalize("０９０ー１２３４ー５６７８")
    '090-1234-5678'
    """
    folded = _fold(text)
    while (again := _fold(folded)) != folded:
        folded = again
    return folded


def _fold(text: str) -> str:
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text)).replace("\uff5e", "\u301c")
    text = unicodedata.normalize("NFKC", text)
    text = _NUMBER_HYPHENS.sub("-", _HYPHENS.sub("-", text))
    text = _REPEATED.sub(r"\1", _DOTS.sub("…", text))
    text = _JAPANESE_MARKS.sub(lambda mark: _WIDE_MARKS[mark[0]], text)
    text = _MANY_LINES.sub("\n\n", _AROUND_LINES.sub("\n", _SPACES.sub(" ", text)))
    return _PLACEHOLDER.sub(r"［\1］", text).strip()
