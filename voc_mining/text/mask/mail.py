"""Mail addresses, written, written around (at, [at]) or spoken (アットマーク)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_mining.text.mask.spans import Found

_LOCAL = r"[A-Za-z0-9][A-Za-z0-9._%+\-]*"
_DOMAIN = r"[A-Za-z0-9\-]*[A-Za-z][A-Za-z0-9\-]*"
_WRITTEN = re.compile(
    rf"(?<![A-Za-z0-9._%+\-]){_LOCAL} ?(?:@|\[(?:at|AT|@)\]|\((?:at|AT|@)\)|★|◎| at (?=\S+(?:\.| dot )[a-z])) ?(?:{_DOMAIN}(?:(?: ?\. ?| dot )[A-Za-z0-9\-]+)*|[0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{{2,}})"
)
_ODD = re.compile(
    r"[^\s\u3000-\u30ff\u4e00-\u9fff、。,:;()<>\[\]\"'=/@]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}"
)
_AT = re.compile(
    "[@＠]マーク|アットマーク|あっとまーく|アトマーク|あとまーく|単価記号|(?<![ァ-ヴー])アット(?![ァ-ヴー])|(?<![ぁ-ん])あっと(?=[ 、A-Za-zァ-ヴ])"
)
_SPOKEN_SIGN = "どっと|てん|点|はいふん|ばー|あんだーばー|あんだーすこあ|じぇーぴー|しーおー|こむ|ねっと|おるぐ|えぬいー|えーしー|こーどっとじぇーぴー"
# What is said between the letters: how one is written, which word it is from, and doubt.
_ASIDE = (
    r"(?:[、 ]|小文字の?|大文字の?|全部|数字の|英語の|ローマ字で?|アルファベットの|えーと?|えっと|ええと|それから|続けて|次が?"
    r"|の(?:[ぁ-んァ-ヴー]{1,6}|[一-鿿]{1,3})(?:の|に|で)(?=[、 ]?[A-Za-z0-9ァ-ヴ]))"
)
_PIECE = rf"(?:[A-Za-z0-9._%+\-☆★]+|[ァ-ヴ][ァ-ヴー]{{0,15}}|{_SPOKEN_SIGN}|(?<=[A-Za-z0-9ァ-ヴー])[ ]?の(?=[ ]?[A-Za-z0-9])|(?<=[A-Za-z0-9ァ-ヴー])[一二三四五六七八九〇]|(?:(?<=[はがをで、 ])|^)[ぁ-んー]{{2,8}}(?=[ 、]?(?:ドット|どっと|アンダー|ハイフン|はいふん|[0-9]|あっと|アット|$)))"
_WORD = "[一-鿿]{1,4}(?=[ 、]?(?:$|ドット|アンダー|ハイフン|[0-9]))"
_BEFORE_AT = re.compile(
    rf"(?:(?:{_PIECE}|{_WORD})(?:{_ASIDE}{{0,3}}(?:{_PIECE}|{_WORD}))*|(?:(?<=[はがをで、 ])|^)[ぁ-ん]{{2,12}}){_ASIDE}{{0,2}}$"
)
_NOT_OF_MAIL = re.compile(
    r"^(?:(?:[Ee]?-?[Mm]ail|メール|メルアド|アドレス|アドレ|ドメイン|スペル|パソコン|スマホ|ケータイ|[、 ])+)"
)
_AFTER_AT = re.compile(
    rf"(?:(?:{_ASIDE}{{0,3}})(?:{_PIECE}|[一-鿿]{{1,4}}(?=[ 、]?(?:ドット|どっと|ハイフン))|[ぁ-んー]{{2,12}}?(?=[ 、]?(?:どっと|ドット))|[一-鿿ァ-ヴーぁ-んA-Za-z]{{1,10}}(?=[ 、]?ドット)))+"
)
_LAST_DOT = re.compile(
    r".*(?:ドット|どっと|てん|点|テン|\.)[ 、]{0,2}(?:[A-Za-z0-9\-]+|[ァ-ヴー]+|じぇーぴー|こむ|しーおー|ねっと|おるぐ|えぬいー)"
)
_BEFORE_AND_AFTER = re.compile(
    rf"(?:[@＠]マーク|アットマーク|アット|@)(?:の|より)(?:前|左)(?:は|が|に)[ 、]?((?:{_PIECE}|[ 、])+?)(?:で|、|です|、?で?、?)*(?:後ろ?|うしろ|あと|右)(?:は|が|に)[ 、]?((?:{_PIECE}|[ 、])+)"
)
_PROVIDER = re.compile(
    "[ 、]?(?:ジーメール|ヤフー(?:メール)?|アイクラウド|ドコモ|エーユー|ソフトバンク|ホットメール|アウトルック|[Gg]mail|[Yy]ahoo|[Ii]cloud|docomo)"
)
_SPOKEN_DOT = "ドット|アンダーバー|アンダースコア|ハイフン|どっと"
_MIXED = re.compile(
    rf"(?:[A-Za-z0-9._%+\-]+(?: ?(?:{_SPOKEN_DOT}) ?[A-Za-z0-9._%+\-]+)*) ?@ ?[A-Za-z0-9\-]+(?: ?(?:{_SPOKEN_DOT}|\.) ?(?:[A-Za-z0-9\-]+|[ァ-ヴー]{{2,12}}))+"
    r"|[A-Za-z0-9._%+\-]+@[ぁ-んァ-ヴー一-鿿]{1,20}\.[A-Za-z]{2,}"
)
_LONGEST_HALF = 60
_SIGNS = ("@", "アット", "あっと", "at", "AT", "★", "単価記号")


def find_mails(text: str) -> Iterator[Found]:
    """Find mail addresses in a normalized text.

    >>> list(find_mails("taro@example.com まで"))
    [Found(start=0, end=16, type='mail')]
    """
    if not any(sign in text for sign in _SIGNS):
        return
    for found in (*_MIXED.finditer(text), *_ODD.finditer(text), *_WRITTEN.finditer(text)):
        yield Found(found.start(), found.end(), "mail")
    for sign in _AT.finditer(text):
        before = _BEFORE_AT.search(text[max(0, sign.start() - _LONGEST_HALF) : sign.start()])
        after = _AFTER_AT.match(text[: sign.end() + _LONGEST_HALF], sign.end())
        domain = (_LAST_DOT.match(after[0]) or _PROVIDER.match(after[0])) if after else None
        if before and domain:
            said = _NOT_OF_MAIL.match(before[0])
            start = sign.start() - len(before[0]) + (said.end() if said else 0)
            yield Found(start, sign.end() + domain.end(), "mail")
    for parted in _BEFORE_AND_AFTER.finditer(text):
        for half in (1, 2):
            yield Found(parted.start(half), parted.start(half) + len(parted[half].rstrip(" 、")), "mail")
