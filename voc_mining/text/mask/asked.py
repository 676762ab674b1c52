"""What one turn asks for and the next one answers: お名前を頂戴できますか, 秋です."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from voc_mining.text import lexicon
from voc_mining.text.digits import UNIT, runs
from voc_mining.text.mask.dates import find_dates
from voc_mining.text.mask.name_words import (
    KANA,
    NOT_NAMES,
    PERSON,
    PLACE_NAME,
    is_full_name,
    is_given_name,
    may_be_surname,
)
from voc_mining.text.mask.spans import Found
from voc_mining.text.tokens import Token, offsets

_ASKS = lexicon.rows("asks")
_KINDS = {row["noun"]: row["kind"] for row in _ASKS}
NUMBERS = frozenset(row["kind"] for row in _ASKS if row["numbers"] == "1")
"""Kinds that are said in digits."""
_NOUN = lexicon.alternatives(tuple(_KINDS))
_ASKING = re.compile(
    "お願い|願います|願えます|いただ|頂|教え|うかが|伺|お聞|聞か|聞き|よろしい|でしょうか|ください|下さい|ございますか|何(?:です|と)|なん(?:です|と)|おっしゃ"
    "|ちょうだい|ですか|ますか|もらえ|言って|どうぞ|は[？?]?$"
)
_ANY_NOUN = re.compile(_NOUN)
_LABEL = re.compile(rf"^[【\[■●・◆□*<(（]* ?[ごお]?({_NOUN})(?:\([^()]{{1,12}}\))? ?[】\]>)）:]*$")
_FILLERS = r"(?:[、。,！ ]|はい|ええ|うん|あの?ー?|え[えー]*っ?と|え[えー]+|そうですね|ですね|それは|名前は|名字は|住所は|番号は|は、){0,8}"
_ENDS = r"(?:です|でございます|と申し|と言い|といい|って(?:言い|いい|書)|だ(?:けど|よ|ね)?|になります|になってます|で(?:お願い|登録)|かな|[。、]|$)"
_NAME = re.compile(
    rf"^{_FILLERS}([一-鿿々ヶ]{{1,8}}(?: [一-鿿々ぁ-ん]{{1,5}})?|[ァ-ヴー・ ]{{2,14}}|[ぁ-ん]{{2,10}}?|[A-Za-z .]{{2,24}}?)(?={_ENDS})"
)
_LETTERS_BEFORE = re.compile(
    rf"(?:(?:[A-Za-z]|{lexicon.alternatives(lexicon.column('spoken_letters', 'word'))})[\-の ]?){{1,4}}$"
)
_NO_ANSWER = re.compile(
    " *|そう|はい|ええ|もう|いい|それ|これ|ここ|いま|うん|いえ|どう|あれ|まだ|わかり?|本人|同じ|上記|以上"
)
_ONLY_DIGITS = re.compile(
    rf"^(?:[、。 ]|はい|ええ|えーと|えっと|えー|あの|の|で|です|ですね|になります|ハイフン|-|{UNIT})+$"
)
_DIGITS = re.compile(rf"{UNIT}(?:[ の、\-]*{UNIT})*")
_COUNTED = re.compile(" ?(?:円|個|人|名|回|件|本|台|枚|万|千|%|時|分|秒|歳|つ|[かヶケ]月|桁|番目|ポイント)")
_PLACE = re.compile(
    rf"^{_FILLERS}((?:[一-鿿々ヶァ-ヴー0-9A-Z\-の ]|[ぁ-ん](?=[一-鿿]))+(?:号室?|番地?|丁目|階)?)(?=です|でございます|になります|だ|に(?:なって|住)|で(?:お願い|す)|って|[。、]|$)"
)
_ROOM = re.compile("[0-9]{1,4}(?:号室?|番地?|丁目|階)|[0-9]{1,4}-[0-9]")
_SPELLED = re.compile(r"(?:[A-Za-z0-9._\-]+|[ァ-ヴー]{1,10})(?:[ 、の]{0,2}(?:[A-Za-z0-9._\-]+|[ァ-ヴー]{1,10}))*")
_PIECES = re.compile(
    "[A-Za-z0-9]|アンダー|ハイフン|ドット|アット|エー|ビー|シー|ディー|イー|エフ|ジー|エイチ|アイ|ジェー|ケー|エル|エム|エヌ|オー|ピー|アール|エス|ティー|ユー|ワイ|ゼット"
)
_LEAST_PIECES, _LEAST_ADDRESS = 3, 3


def asks(text: str) -> tuple[str, ...]:
    """Tell what a turn asks for, as kinds of placeholders; nothing if it asks for none.

    >>> asks("お名前とお電話番号をお願いします"), asks("お名前は存じません")
    (('name', 'phone'), ())
    """
    nouns = list(_ANY_NOUN.finditer(text))
    if not nouns or not (_ASKING.search(text, nouns[-1].end()) or _LABEL.match(text)):
        return ()
    return tuple(dict.fromkeys(_KINDS[noun[0]] for noun in nouns))


def is_label(text: str) -> bool:
    """Whether a line is nothing but the name of a field whose value stands in the next."""
    return _LABEL.match(text) is not None


def find_answer(text: str, tokens: Sequence[Token], asked: Iterable[str]) -> Iterator[Found]:
    """Find what answers a question in a normalized text, where the answer alone does not tell what it is.

    Parameters
    ----------
    text : str
        Normalized text of the turn after the question.
    tokens : sequence of Token
        Its tokens.
    asked : iterable of str
        Kinds that were asked for.
    """
    for kind in asked:
        if kind in NUMBERS:
            yield from _digits(text, kind)
        elif kind == "birth_date":
            yield from find_dates(text)
        elif kind == "address":
            yield from _address(text, tokens)
        elif kind == "mail":
            yield from _letters(text)
        else:
            yield from _name(text, tokens)


def _digits(text: str, kind: str) -> Iterator[Found]:
    if _ONLY_DIGITS.match(text):
        for found in _DIGITS.finditer(text):
            yield Found(*found.span(), kind)
        return
    for run in runs(text):
        if not _COUNTED.match(text, run.end):
            letters = _LETTERS_BEFORE.search(text[: run.start])
            yield Found(letters.start() if letters else run.start, run.end, kind)


def _name(text: str, tokens: Sequence[Token]) -> Iterator[Found]:
    told = _NAME.match(text)
    if told is None or told[1] in NOT_NAMES or _NO_ANSWER.fullmatch(told[1]):
        return
    start, end = told.span(1)
    inside = [token for at, token in zip(offsets(text, tokens), tokens, strict=True) if start <= at < end]
    known = may_be_surname(told[1]) or is_full_name(told[1]) or is_given_name(told[1])
    person = any(token.pos.startswith(PERSON) for token in inside)
    nouns = all(token.pos.startswith(("名詞", "接")) and not token.pos.startswith("名詞-数詞") for token in inside)
    pieces = nouns and len(inside) > 1 and all(len(token.surface) == 1 for token in inside)
    if known or (nouns and person) or (pieces and not KANA.search(told[1])):
        yield Found(start, end, "name")


def _address(text: str, tokens: Sequence[Token]) -> Iterator[Found]:
    told = _PLACE.match(text)
    if told is None or len(told[1]) < _LEAST_ADDRESS:
        return
    start, end = told.span(1)
    inside = [token for at, token in zip(offsets(text, tokens), tokens, strict=True) if start <= at < end]
    if _ROOM.search(told[1]) or any(token.pos.startswith(PLACE_NAME) for token in inside):
        yield Found(start, start + len(told[1].rstrip(" のー")), "address")


def _letters(text: str) -> Iterator[Found]:
    for spelled in _SPELLED.finditer(text):
        if len(_PIECES.findall(spelled[0])) >= _LEAST_PIECES:
            yield Found(*spelled.span(), "mail")
