"""Names that are spelled out: the kanji explained (田んぼの田に中央の中), kana or letters one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_mining.text.mask.name_words import is_given_name, is_latin_name, is_surname
from voc_mining.text.mask.spans import Found

_SIGN = re.compile(r"の([一-鿿])")
_BEFORE = re.compile(r"[一-鿿々ぁ-んァ-ヴー]{1,9}$")
_STARTS = re.compile("(?:です(?:けど)?ね?|けどね?|[のはがでね]|って|とは|えっと|えーと|あの)")
_PARTS_OF_SIGNS = re.compile(
    "(?:へん|偏|かんむり|冠|つくり|づくり|旁|にょう|がまえ|だれ|さんずい|にんべん|りっしんべん|こざと|しめすへん)$"
)
_WORD = "(?:[一-鿿々]{1,5}[ぁ-ん]{0,3}|[ぁ-ん]{1,4}[一-鿿][ぁ-ん]{0,2}|[ァ-ヴー]{2,8}|[ぁ-ん]{2,6})"
_FURTHER = re.compile(
    rf"(?:っていう|の)?(?:字|漢字)?(?:に|と|で|、| |それから|あと|[一-鿿]は|[ぁ-ん]{{1,4}}は){{1,3}}({_WORD})の([一-鿿])(?![一-鿿])(?:っていう)?(?:の)?(?:字|漢字)?"
)
_LAST = re.compile(
    r"(?:っていう|の)?(?:字|漢字)?(?:に|と|、)(?:数字の|漢字の|普通の|ただの)?([一-鿿](?:[ぁ-ん]{1,2}(?=で|です|と|っ|、|$))?|[一-鿿]{1,2}[ぁ-ん]{1,2}(?=で|です|と書|って|、|$))(?![一-鿿])"
)
_OKURIGANA = re.compile(r"[るいくうすつぬむぐぶ](?=に|と|で|、)")
_NAME_AFTER = re.compile(
    r"(?:っていう|って|と)?(?:書いて|書く)?(?:字)?(?:で、?|の|、| )?([一-鿿々]{2,4})(?=です|と|って|さん|様|$|か|。|、| |に|で)"
)
_ABOUT_SIGNS = re.compile("字|書(?:く|い|き)|申します|名前|氏名|です|ですか|姓")
_ABOUT_NAMES = re.compile("名前|名字|苗字|漢字|字|氏名|姓|書")
_ENDS = re.compile("です|って|の字|で(?!す)|と書|$|。|という")
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
    """Find kanji told by a word that holds them (恵みの恵に子ども) or by their parts (弓へんの張るに本), and the name."""
    if not _ABOUT_SIGNS.search(text):
        return
    position = 0
    while sign := _SIGN.search(text, position):
        position = sign.end()
        start = _start_of_word(text, sign)
        if start is None:
            continue
        told = {sign[1]}
        inflected = _OKURIGANA.match(text, sign.end())
        end = inflected.end() if inflected else sign.end()
        while following := _FURTHER.match(text, end):
            if following[2] not in following[1] and not _PARTS_OF_SIGNS.search(following[1]):
                break
            told.add(following[2])
            end = following.end()
        if last := _LAST.match(text, end):
            told.add(last[1][0])
            end = last.end()
        named = _NAME_AFTER.match(text, end)
        if named and told & set(named[1]):
            yield Found(start, named.end(1), "name")
        elif len(told) > 1 or (_ABOUT_NAMES.search(text) and _ENDS.match(text, end)):
            yield Found(start, end, "name")
        position = max(position, end)


def _start_of_word(text: str, sign: re.Match[str]) -> int | None:
    """Where the word begins that explains a sign: it holds the sign, or names a part of it."""
    before = _BEFORE.search(text[: sign.start()])
    if before is None:
        return None
    start = before.start()
    for particle in _STARTS.finditer(text, start, sign.start() - 1):
        start = particle.end()
    word = text[start : sign.start()]
    return start if sign[1] in word or _PARTS_OF_SIGNS.search(word) else None
