"""Names of firms, masked on demand only: with their legal form, or where a form asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_mining.text import lexicon
from voc_mining.text.mask.spans import Found

_FORM = lexicon.alternatives(lexicon.column("company_forms", "form"))
_PART = "[一-鿿々ぁ-んァ-ヴーA-Za-z0-9・&]"
_KANA_OR_KANJI = "[一-鿿々ァ-ヴーA-Za-z0-9・&]"
_BEFORE = re.compile(rf"(?:{_FORM}) ?(?:(?!様|さん|です|[のはがをにでとも]){_PART}){{1,20}}")
_AFTER = re.compile(rf"{_KANA_OR_KANJI}{{1,20}}(?:{_FORM})")
_LABELLED = re.compile(
    r"(?:会社名|御社名|貴社名|法人名|勤務先(?:名)?|所属|屋号|店舗名|企業名|社名) ?[:は] ?([^\s、。,:]{2,24}?)(?=$|[\s、。,]|です)"
)


def find_companies(text: str) -> Iterator[Found]:
    """Find names of firms in a normalized text, with their legal form.

    >>> next(find_companies("株式会社アオゾラの者です"))
    Found(start=0, end=8, type='company')
    """
    for pattern, group in ((_BEFORE, 0), (_AFTER, 0), (_LABELLED, 1)):
        for found in pattern.finditer(text):
            yield Found(*found.span(group), "company")
