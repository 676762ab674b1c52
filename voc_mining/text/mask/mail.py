"""Mail addresses, written, written around (at, [at]) or spoken (アットマーク)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_mining.text.mask.spans import Found

_LOCAL = r"[A-Za-z0-9][A-Za-z0-9._%+\-]*"
_DOMAIN = r"[A-Za-z0-9\-]*[A-Za-z][A-Za-z0-9\-]*"
_WRITTEN = re.compile(
    rf"(?<![A-Za-z0-9._%+\-]){_LOCAL} ?(?:@|\[(?:at|AT|@)\]|\((?:at|AT|@)\)|★| at (?=\S+\.[a-z])) ?(?:{_DOMAIN}(?: ?\. ?[A-Za-z0-9\-]+)*|[0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{{2,}})"
)
_SPOKEN_WORD = r"[A-Za-z0-9._%+\-ァ-ヴー]"
_AT = r" ?、?(?:アットマーク|あっとまーく|アット|単価記号) ?、?"
_DOT = r"(?:ドット|どっと|てん|点|テン|\.)"
_SPOKEN = re.compile(
    rf"{_SPOKEN_WORD}(?:{_SPOKEN_WORD}|[ 、](?={_SPOKEN_WORD})){{0,60}}{_AT}"
    rf"{_SPOKEN_WORD}+(?:[ 、]?{_SPOKEN_WORD}+){{0,4}}?(?:[ 、]?{_DOT}[ 、]?(?:{_SPOKEN_WORD}+|じぇーぴー|こむ|しーおー))+"
)
_SIGNS = ("@", "アット", "あっと", "at", "AT", "★", "単価記号")


def find_mails(text: str) -> Iterator[Found]:
    """Find mail addresses in a normalized text.

    >>> list(find_mails("taro@example.com まで"))
    [Found(start=0, end=16, type='mail')]
    """
    if not any(sign in text for sign in _SIGNS):
        return
    for pattern in (_WRITTEN, _SPOKEN):
        for found in pattern.finditer(text):
            yield Found(found.start(), found.end(), "mail")
