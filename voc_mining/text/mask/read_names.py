"""Names by how they are read or spelled beside, in brackets, and signatures of English letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from voc_mining.text.mask.name_words import (
    NOT_NAMES,
    is_full_name,
    is_given_name,
    is_surname,
    may_be_surname,
    surname_readings,
)
from voc_mining.text.mask.spans import Found
from voc_mining.text.sieve import Sieve

_WRITTEN_SO = re.compile(
    r"(?:名前|名字|苗字|姓|氏名|名義)の?(?:漢字|字|読み(?:方|がな)?|ふりがな|フリガナ|カナ|綴り|つづり|スペル|ローマ字)?(?:は|が|を)[、 ]?"
    r"([一-鿿々]{2,6}|[ァ-ヴー・]{2,12}|[A-Z][A-Za-z]{1,12}(?: [A-Z][A-Za-z]{1,12})?)(?=です|でござ|と(?:書|読|申|言|い)|って|。|$|になり|に(?:変|訂))"
)
_ABOUT_NAMES = re.compile("名前|名字|苗字|氏名|漢字|姓|申します|旧姓|フルネーム|読[めみむん]")
_READ_SO = re.compile(
    r"(?:(?<=[はがて、。 」』ら])|(?<=なく)|(?<=です)|^)(?!では|じゃ|とは|なく)([ぁ-ん]{2,7}?|[ァ-ヴー]{2,8})(?=(?:と|って)(?:読|よ)(?:み|む|ん))"
    r"|(?:って|と)書い(?:て|ても)[、 ]?([ぁ-ん]{2,7}?|[ァ-ヴー]{2,8})(?=です|と|って|なん)"
)
_READ_APART = re.compile(
    "(?<![一-鿿])([一-鿿々]{1,4})(?:です|と書いて|って書いて)(?:けど)?[、 ]?([ぁ-ん]{2,7}?|[ァ-ヴー]{2,8})(?:と|って)(?:読み|読む|読ん)"
)
_AND_READ = re.compile(
    "([一-鿿々]{1,4})(?:です|と書いて|って書いて|と申します|といいます|と言います)[、 ]?([ぁ-ん]{2,7}?)(?=です|なん|と|って)"
)
_READ_IN_BRACKETS = re.compile(
    r"([一-鿿々]{1,5}(?: [一-鿿ぁ-んァ-ヴ]{1,4})?) ?\(([ぁ-んァ-ヴー ]{2,12})\)(と申|様|と言|です)?"
)
_ENGLISH = re.compile(
    r"(?:[Tt]his is|[Mm]y name is|I am|I'm|[Nn]ame is) ((?!The|A|An|Not|So|In|Very)[A-Z][a-z]+(?: [A-Z][a-z]+){0,2})(?![A-Za-z])"
)
_CLOSING = re.compile(
    r"(?:(?:[Bb]est |[Kk]ind |[Ww]arm )?[Rr]egards|[Ss]incerely(?: yours)?|[Yy]ours (?:truly|sincerely)|[Tt]hanks|[Tt]hank you|[Cc]heers|[Bb]est),?\n+([A-Z][A-Za-z'\-]+(?: [A-Z][A-Za-z'\-.]*){0,3})(?=\n|$)"
)
_GIVEN_IN_BRACKETS = re.compile(
    r"\((?!長男|長女|次男|次女|三男|三女|本人|代理|[男女夫妻父母子様株有同])([一-鿿]{1,2})\)"
)
_ONE = (_WRITTEN_SO, _ENGLISH, _CLOSING)
_SIEVE = Sieve([*_ONE, _READ_SO, _READ_APART, _READ_IN_BRACKETS, _AND_READ])


def find_read(text: str) -> Iterator[Found]:
    """Find names that are read out or written beside each other, and those that a letter is signed with."""
    if not _SIEVE.passing(text):
        return
    for pattern in _ONE:
        for told in pattern.finditer(text):
            if told[1] not in NOT_NAMES:
                yield Found(*told.span(1), "name")
    if _ABOUT_NAMES.search(text):
        for told in _READ_SO.finditer(text):
            yield Found(*told.span(told.lastindex or 1), "name")
    for told in (*_READ_APART.finditer(text), *_with_reading(text)):
        yield Found(*told.span(1), "name")
        yield Found(*told.span(2), "name")


def _with_reading(text: str) -> Iterator[re.Match[str]]:
    """Match a name with its reading: 樫村（かしむら）と申します, 平です、たいらです."""
    for told in _READ_IN_BRACKETS.finditer(text):
        known = told[2].split(" ", maxsplit=1)[0] in surname_readings(told[1]) or is_full_name(told[1]) or told[3]
        if known and told[1] not in NOT_NAMES:
            yield told
    for told in _AND_READ.finditer(text):
        if told[2] in surname_readings(told[1]) or (is_surname(told[1]) and may_be_surname(told[2])):
            yield told


def with_given_in_brackets(text: str, places: Sequence[Found]) -> Iterator[Found]:
    """Find what stands in brackets behind a surname to tell it from another: 阿部(寛)."""
    for place in places:
        told = _GIVEN_IN_BRACKETS.match(text, place.end)
        if told and is_given_name(told[1]) and told[1] not in NOT_NAMES:
            yield Found(place.start, told.end(), "name")
