"""Names told by what stands right before them: 氏名:, 担当の, 娘の, 私."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from voc_mining.text import lexicon
from voc_mining.text.mask.name_words import (
    GIVEN_NAMES,
    KANA,
    NOT_ALONE,
    NOT_NAMES,
    PERSON,
    PLACES,
    RARE_SURNAMES,
    SURNAMES,
    is_full_name,
    is_given_name,
    is_latin_name,
    is_surname,
)
from voc_mining.text.mask.spans import Found
from voc_mining.text.sieve import Sieve
from voc_mining.text.tokens import Token, offsets

LABEL, CALLED, PERSON_MEANT, KIN, SELF, CHANGED = "label", "called", "person", "kin", "self", "changed"
BARE = "bare"
_BY_KIND = {
    kind: re.compile(lexicon.alternatives(tuple(row["pattern"] for row in lexicon.rows("name_frames") if row["kind"] == kind)))
    for kind in (LABEL, CALLED, PERSON_MEANT, KIN, SELF, CHANGED, BARE)
}  # fmt: skip
_FRAMES = tuple(_BY_KIND.items())
_SIEVE = Sieve(tuple(_BY_KIND.values()))
_ABOUT_NAMES = re.compile("旧姓|苗字|名字|改姓|結婚|離婚")
_WRITTEN = re.compile(
    r"[一-鿿々ヶ]{1,5} ?[一-鿿々ヶぁ-んァ-ヴー]{1,6}(?=$|[ 、。,(（\n/]|様|さま)|[ァ-ヴー]{2,8}[ ・]?[ァ-ヴー]{0,8}(?=$|[ 、。,(\n/]|様)"
    r"|[ぁ-ん]{2,6} [ぁ-ん]{2,6}(?=$|[ 、。,(\n/]|様)|[A-Za-z]{2,12} [A-Za-z]{2,12}(?=$|[ 、。,(\n/])"
)
_SURE_LABEL = re.compile(
    "(?:お?名前|氏名|名義人?|宛名|フルネーム|フリガナ|ふりがな|よみがな|旧姓|新姓|本名|セイ|メイ|[Nn]ame)[^ぁ-ん]{0,3}[:=] ?$"
)
_ANY_NAME = re.compile(
    r"[一-鿿々ヶぁ-んァ-ヴー・]{2,10}(?: [一-鿿々ヶぁ-んァ-ヴー・]{1,10})?(?=$|[ 、。,(（\n/]|様|さま|さん)|[A-Za-z.'\-]{2,16}(?: [A-Za-z.'\-]{1,16}){0,2}(?=$|[ 、。,(（\n/])"
)
_NOTHING = re.compile(
    "署名|別紙|上記|下記|様式|漏れ|非公開|省略|希望|ください|お願い|ません|です|ます|こと|ため|とき|場合|以外|連名|代表|法人|会社|店|センター|商事|工業|病院|園|未記入|不明|なし|同上|本人|匿名|未定|入力|記入|記載|必須|変更|確認"
)
_GOES_ON = ("助詞", "助動詞", "補助記号", "空白", "接続詞", "感動詞", "代名詞")
_AFTER_NAME = re.compile("って|と申|と言|という|様|さま|さん|氏|君|くん|ちゃん|先生|SV|です|でし|でご|だ|じゃ|宛|名義")
_PARTS_OF_NAMES = ("名詞", "接尾辞", "接頭辞", "形状詞", "副詞")
_THINGS = frozenset(lexicon.column("kin_things", "word"))
# A given name in hiragana that the dictionary cuts to pieces: 娘がことねで
_KANA_GIVEN = re.compile("([ぁ-ん]{3,5}?)(?=です|で[、一-鿿]|って|とい|と申|ちゃん|くん|さん|$|[、。 ])")
_OPENERS = frozenset(" 「『")
_LONGEST = 10


class _Words(NamedTuple):
    """A text with its tokens and which of them begins and ends at a place."""

    text: str
    tokens: Sequence[Token]
    at: dict[int, int]
    ends: dict[int, int]


def find_framed(text: str, tokens: Sequence[Token]) -> Iterator[Found]:
    """Find names after labels, functions, relatives and I, as far as they are known to be names."""
    frames = [
        (kind, frame.end())
        for kind, pattern in [_FRAMES[place] for place in _SIEVE.passing(text)]
        if kind != CHANGED or _ABOUT_NAMES.search(text)
        for frame in pattern.finditer(text)
    ]
    if not frames:
        return
    starts = offsets(text, tokens)
    ends = {start + len(token.surface): place for place, (start, token) in enumerate(zip(starts, tokens, strict=True))}
    words = _Words(text, tokens, {start: place for place, start in enumerate(starts)}, ends)
    for kind, after in frames:
        start = after
        while text[start : start + 1] in _OPENERS and start < len(text):
            start += 1
        end = _name_end(words, start, kind)
        if end:
            yield Found(start, end, "name")


def _name_end(words: _Words, start: int, kind: str) -> int:
    """Where the name ends that begins at a place; 0 if none does."""
    text, place = words.text, words.at.get(start)
    if kind == LABEL and (end := _as_written(text, start)):
        return end
    if kind in {KIN, CALLED} and (given := _KANA_GIVEN.match(text, start)) and is_given_name(given[1]):
        return given.end(1)
    if place is None or words.tokens[place].pos.startswith("助詞"):
        return 0
    for end in range(min(len(text), start + _LONGEST), start, -1):
        if end not in words.ends or text[end - 1] == " ":
            continue
        after = words.ends[end] + 1
        if _is_meant(text[start:end], words.tokens[place:after], kind) and _stops(text, end, words.tokens, after):
            return end
    return 0


def _as_written(text: str, start: int) -> int:
    """End of what fills a field for names, if it looks like one."""
    whole = _ANY_NAME.match(text, start) if _SURE_LABEL.search(text[:start]) else None
    if whole and not _NOTHING.search(whole[0]) and whole[0] not in NOT_NAMES:
        return whole.end()
    found = _WRITTEN.match(text, start)
    if not found or _NOTHING.search(found[0]):
        return 0
    first, _, rest = found[0].partition(" ")
    if is_full_name(found[0]) or (rest and (is_surname(first) or is_given_name(rest) or is_latin_name(first))):
        return found.end()
    return found.end() if is_surname(found[0]) or (not rest and len(first) > 1 and is_given_name(first)) else 0


def _is_meant(word: str, tokens: Sequence[Token], kind: str) -> bool:
    if word in NOT_NAMES:
        return False
    if is_full_name(word) and (len(word) > 2 or tokens[0].pos.startswith(PERSON)):
        return len(tokens) > 1 or tokens[0].pos.startswith("名詞")
    if all(token.pos.startswith(PERSON) or token.surface in " ・" for token in tokens):
        return kind != KIN or (word not in _THINGS and (len(word) > 1 or not KANA.fullmatch(word)))
    if not all(token.pos.startswith(_PARTS_OF_NAMES) for token in tokens):
        return False
    given = kind in {KIN, CALLED} and _is_given(word, tokens)
    return given or (kind != KIN and _is_surname(word, kind))


def _is_surname(word: str, kind: str) -> bool:
    if kind == BARE:
        return word in SURNAMES and len(word) > 1 and word not in PLACES
    if kind == SELF:
        return word in SURNAMES and word not in NOT_ALONE and word not in PLACES
    known = word in SURNAMES or word in RARE_SURNAMES
    return known and (word not in NOT_ALONE or kind in {LABEL, CALLED})


def _is_given(word: str, tokens: Sequence[Token]) -> bool:
    """Whether a word after 娘の is a given name: not one that relatives have, such as 日 or 車."""
    if word in _THINGS or not is_given_name(word):
        return False
    if KANA.fullmatch(word):
        return len(tokens) == 1 and tokens[0].pos.startswith("名詞") and len(word) > 1
    return word in GIVEN_NAMES


def _stops(text: str, end: int, tokens: Sequence[Token], following: int) -> bool:
    """Whether nothing goes on that makes the name a part of another word."""
    if following >= len(tokens) or text[end] in " \n" or _AFTER_NAME.match(text, end):
        return True
    return tokens[following].pos.startswith(_GOES_ON)
