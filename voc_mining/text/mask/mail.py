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
_LETTER = r"[A-Za-z0-9._%+\-ァ-ヴー]"
_AT = re.compile("@マーク|アットマーク|あっとまーく|単価記号|(?<![ァ-ヴー])アット(?![ァ-ヴー])")
_WORD = "[一-鿿]{1,4}(?=[ 、]?(?:$|ドット|アンダー|ハイフン|[0-9]))"
_BEFORE_AT = re.compile(
    rf"(?:(?:{_LETTER}|{_WORD}|[ 、](?={_LETTER}|{_WORD}))+|(?:(?<=[はがをで、 ])|^)[ぁ-ん]{{2,12}})[ 、]?$"
)
_AFTER_AT = re.compile(
    rf"(?:[ 、]{{0,2}}(?:{_LETTER}|[ぁ-ん]{{2,12}}?(?=どっと)|どっと|てん|点|じぇーぴー|こむ|しーおー))+"
)
_LAST_DOT = re.compile(
    r".*(?:ドット|どっと|てん|点|テン|\.)[ 、]{0,2}(?:[A-Za-z0-9\-]+|[ァ-ヴー]+|じぇーぴー|こむ|しーおー)"
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
    for found in (*_MIXED.finditer(text), *_WRITTEN.finditer(text)):
        yield Found(found.start(), found.end(), "mail")
    for sign in _AT.finditer(text):
        before = _BEFORE_AT.search(text[max(0, sign.start() - _LONGEST_HALF) : sign.start()])
        after = _AFTER_AT.match(text[: sign.end() + _LONGEST_HALF], sign.end())
        domain = (_LAST_DOT.match(after[0]) or _PROVIDER.match(after[0])) if after else None
        if before and domain:
            yield Found(sign.start() - len(before[0]), sign.end() + domain.end(), "mail")
