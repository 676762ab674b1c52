"""Names told by what is said after them, and by each other: Xっていうんですけど, Xと読みます, 漢字は…で X."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from voc_mining.text import lexicon
from voc_mining.text.mask.name_words import (
    KANA,
    NOT_ALONE,
    NOT_NAMES,
    PREFECTURES,
    is_full_name,
    is_given_name,
    is_latin_name,
    is_surname,
    may_be_surname,
    surname_readings,
)
from voc_mining.text.mask.spans import Found

_RUN = re.compile(
    r"(?:[ァ-ヴ]{2,3}[一-鿿]|[一-鿿々ヶ]{1,6}[ぁ-ん]{2,3}|[一-鿿々ヶ]{1,6}[ァ-ヴー]{0,4}|[ァ-ヴー・]{2,14}|[ぁ-ん]{2,12}|[A-Za-z]{2,12}(?: [A-Za-z]{2,12})?)$"
)
KNOWN, SURE, CALLED, NICK = "0", "1", "2", "nick"
_SAID = {
    sure: re.compile(lexicon.alternatives(tuple(row["pattern"] for row in lexicon.rows("name_endings") if row["sure"] == sure)))
    for sure in (KNOWN, SURE, CALLED, NICK)
}  # fmt: skip
_WRITTEN_SO = re.compile(
    r"(?:名前|名字|苗字|姓|氏名|名義)の?(?:漢字|字|読み(?:方|がな)?|ふりがな|フリガナ|カナ|綴り|つづり|スペル|ローマ字)?(?:は|が|を)[、 ]?"
    r"([一-鿿々]{2,6}|[ァ-ヴー・]{2,12}|[A-Z][A-Za-z]{1,12}(?: [A-Z][A-Za-z]{1,12})?)(?=です|でござ|と(?:書|読|申|言|い)|って|。|$|になり|に(?:変|訂))"
)
_ABOUT_NAMES = re.compile("名前|名字|苗字|氏名|漢字|姓|申します|旧姓|フルネーム|読め")
_READ_SO = re.compile(
    r"(?:(?<=[はがて、。 」』ら])|(?<=なく)|^)(?!では|じゃ|とは|なく)([ぁ-ん]{2,7}?|[ァ-ヴー]{2,8})(?=(?:と|って)(?:読|よ)(?:み|む|ん))"
    r"|(?:って|と)書い(?:て|ても)[、 ]?([ぁ-ん]{2,7}?|[ァ-ヴー]{2,8})(?=です|と|って|なん)"
)
_CLOSING = re.compile(
    r"(?:(?:[Bb]est |[Kk]ind |[Ww]arm )?[Rr]egards|[Ss]incerely(?: yours)?|[Yy]ours (?:truly|sincerely)|[Tt]hanks|[Tt]hank you|[Cc]heers|[Bb]est),?\n+([A-Z][A-Za-z'\-]+(?: [A-Z][A-Za-z'\-.]*){0,3})(?=\n|$)"
)
_GIVEN_IN_BRACKETS = re.compile(
    r"\((?!長男|長女|次男|次女|三男|三女|本人|代理|[男女夫妻父母子様株有同])([一-鿿]{1,2})\)"
)
_AND_READ = re.compile(
    "([一-鿿々]{1,4})(?:です|と書いて|って書いて|と申します|といいます|と言います)[、 ]?([ぁ-ん]{2,7}?)(?=です|と|って)"
)
_PET = re.compile("犬|猫|ペット|ワンちゃん|ねこ|いぬ|うさぎ|インコ|ハムスター")
_SHORTEST_KANA = 3
_LEADING = re.compile(
    "はい|ええ|ええとね?|えーと|えっと|えと|あの|あのー|あのね|うち|うん|それ|これ|この|その|もう|じゃあ|ほら|まあ|ただ|また|でも|なお|さっき|さきほど|きのう|このまえ|いま|もしもし|おたく|おくさん"
)
_ROLE = "私僕俺者長員係役手人主席社師士生課部室会店院校園父母夫妻先宛"
_LED = re.compile(f"^(?:{_LEADING.pattern})$|(?:さま|さん|です|って)$")
_NICKNAME = re.compile("(?!お)[ぁ-ん]{2,4}|[ァ-ヴー]{2,5}")
_PARTICLES = "はがをのもにでとねよて"
_NO_NICKNAME = re.compile("坊|嬢|婆|爺|ぼ|ば|じ|おば|おじ|め|か|くっ|な|ち")
_LONGEST = 16


def find_told(text: str) -> Iterator[Found]:
    """Find names that are introduced by what follows them, read out, or signed with."""
    for sure, pattern in _SAID.items():
        for said in pattern.finditer(text):
            yield from _before(text, said, sure)
    for told in _WRITTEN_SO.finditer(text):
        if told[1] not in NOT_NAMES:
            yield Found(*told.span(1), "name")
    if _ABOUT_NAMES.search(text):
        for told in _READ_SO.finditer(text):
            yield Found(*told.span(told.lastindex or 1), "name")
    for told in _AND_READ.finditer(text):
        if told[2] in surname_readings(told[1]) or (is_surname(told[1]) and may_be_surname(told[2])):
            yield Found(*told.span(1), "name")
            yield Found(*told.span(2), "name")
    for signed in _CLOSING.finditer(text):
        yield Found(*signed.span(1), "name")


def _before(text: str, said: re.Match[str], sure: str) -> Iterator[Found]:
    """Find the name that ends where something is said that follows names, the longest that it can be."""
    end = said.start()
    first = max(0, end - _LONGEST)
    run = _RUN.search(text[first:end])
    if run is None or _PET.search(text[:end]):
        return
    word = run[0]
    if sure == CALLED and _NICKNAME.fullmatch(word) and word not in NOT_NAMES:
        yield Found(end - len(word), end, "name")
        return
    if sure == NICK:
        if len(word) == 1 and not _NO_NICKNAME.fullmatch(word):
            yield Found(end - 1, said.end(), "name")
        return
    for start in range(len(word)):
        name = word[start:]
        if (not start or _may_begin(word, start)) and is_told(name, sure):
            yield Found(end - len(name), end, "name")
            return


def _may_begin(word: str, start: int) -> bool:
    """Whether a name may begin within a run of letters: after a particle, an opening word or a function (受診者)."""
    before, sign = word[start - 1], word[start]
    if "ぁ" <= before <= "ん":
        return not "ぁ" <= sign <= "ん" or before in _PARTICLES or _LED.search(word[:start]) is not None
    return before in _ROLE


def is_told(word: str, sure: str) -> bool:
    """Whether a word is a name where somebody says one: known as such, and not more often another word."""
    kana = KANA.fullmatch(word) is not None
    if word in NOT_NAMES or word in PREFECTURES or _LEADING.fullmatch(word):
        return False
    if is_full_name(word) or (word.isascii() and is_latin_name(word.split(" ")[0])):
        return True
    if sure == CALLED and len(word) > 1 and is_given_name(word):
        return True
    if len(word) < (_SHORTEST_KANA if kana else 2 - (sure == SURE)):
        return False
    if may_be_surname(word):
        return sure == SURE or word not in NOT_ALONE
    return sure == SURE and is_given_name(word)


def with_given_in_brackets(text: str, places: Sequence[Found]) -> Iterator[Found]:
    """Find what stands in brackets behind a surname to tell it from another: 阿部(寛)."""
    for place in places:
        told = _GIVEN_IN_BRACKETS.match(text, place.end)
        if told and is_given_name(told[1]) and told[1] not in NOT_NAMES:
            yield Found(place.start, told.end(), "name")
