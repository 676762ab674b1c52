"""Names that are spelled out: the kanji explained (田んぼの田に中央の中), kana or letters one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_mining.text.mask.name_words import is_given_name, is_latin_name, is_surname
from voc_mining.text.mask.spans import Found

_WORD = "(?:[一-鿿々]{1,5}[ぁ-ん]{0,3}|[ぁ-ん]{1,4}[一-鿿][ぁ-ん]{0,2}|[ァ-ヴー]{2,8})"
_EXPLAINED = re.compile(rf"({_WORD})の([一-鿿])(?![一-鿿])(?:っていう)?(?:の)?(?:字|漢字)?")
_BETWEEN = re.compile(r"(?:に|と|で|、| |それから|あと|[一-鿿]は|[ぁ-ん]{1,4}は)*")
_TAIL = re.compile(r"(?:に|と|、)(?:数字の|漢字の)?([一-鿿])(?![一-鿿])")
_ABOUT_SIGNS = re.compile("字|書(?:く|い|き)|申します|名前|氏名|です")
_KANA = re.compile("(?<![ぁ-んァ-ヴー])[ぁ-んァ-ヴ](?:[、・ ・-][ぁ-んァ-ヴー]){2,}(?![ぁ-んァ-ヴー]*[、])")
_LETTERS = re.compile(r"(?<![A-Za-z])[A-Za-z](?:[、・,\- ]{1,2}[A-Za-z]){2,}(?![A-Za-z])")
_NOT_LETTERS = re.compile("[、・,\\- ]")
_AS_IN = re.compile("(?:(?:[一-鿿]{1,4}|[ァ-ヴー]{2,6}|[ぁ-ん]{2,5})の[ぁ-んァ-ヴ](?:[、 ]|、?で|$)){3,}")


def find_spelled(text: str) -> Iterator[Found]:
    """Find names that are spelled out."""
    if "の" in text:
        yield from _explained(text)
        for said in _AS_IN.finditer(text):
            yield Found(said.start(), said.end() - (said[0][-1] in "、 "), "name")
    for spelled in _KANA.finditer(text):
        word = _NOT_LETTERS.sub("", spelled[0])
        if is_surname(word) or is_given_name(word):
            yield Found(*spelled.span(), "name")
    for spelled in _LETTERS.finditer(text):
        if is_latin_name(_NOT_LETTERS.sub("", spelled[0])):
            yield Found(*spelled.span(), "name")


def _explained(text: str) -> Iterator[Found]:
    """Find kanji told by a word that holds them: two in a row, or one and another kanji."""
    position = 0
    while first := _EXPLAINED.search(text, position):
        position = first.end()
        if first[2] not in first[1]:
            continue
        end, signs = first.end(2), 1
        while True:
            link = _BETWEEN.match(text, end)
            after = link.end() if link else end
            following = _EXPLAINED.match(text, after)
            if not following or following[2] not in following[1]:
                break
            end, signs = following.end(2), signs + 1
        tail = _TAIL.match(text, end)
        if tail:
            end, signs = tail.end(), signs + 1
        if signs > 1 and _ABOUT_SIGNS.search(text):
            yield Found(first.start(), end, "name")
        position = max(position, end)
