"""Hesitation, broken-off words and repairs in what was said, and the same words without them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from voc_mining.text import lexicon
from voc_mining.text.alignment import Aligned, Edit

FILLER, FRAGMENT, REPETITION, REPAIR, LENGTHENING, PERSON_NUMBER = (
    "filler", "fragment", "repetition", "repair", "lengthening", "person_number",
)  # fmt: skip
_KEPT = 50_000
_BY_WHERE = {
    where: lexicon.alternatives(tuple(row["pattern"] for row in lexicon.rows("disfluencies") if row["where"] == where))
    for where in ("any", "clause")
}
_BEGINS = "(?:(?<=^)|(?<=[、。！？!? ]))"
_MARK = "[、,…]"
_NOUN = "[一-鿿々ァ-ヴーA-Za-z0-9]"
_RULES = (
    (FILLER, re.compile(rf"(?:{_BEGINS}|(?<![ぁ-ん])){_BY_WHERE['any']}{_MARK}* ?")),
    (FILLER, re.compile(rf"{_BEGINS}{_BY_WHERE['clause']}{_MARK}+ ?")),
    # 解約、あ、契約の: what is taken back is the noun before
    (
        REPAIR,
        re.compile(
            rf"(?<!{_NOUN}){_NOUN}{{1,10}}(?:[のをがはに]|です)?、(?:あ|いや|えっ|じゃなくて|ではなくて|違う|違った|間違えた|すみません|ごめんなさい)"
            rf"(?:、(?:違う|違います|違った|間違えました?|すみません|ごめんなさい|じゃなくて|じゃない))*、(?={_NOUN})"
        ),
    ),
    # プラ、プランの; で、できない: the beginning of the word that follows
    (FRAGMENT, re.compile(r"(?<![ァ-ヴー])([ァ-ヴー]{1,4})[、…]+(?=\1[ァ-ヴー])")),
    (FRAGMENT, re.compile(r"(?<![一-鿿々])([一-鿿々]{1,3})[、…]+(?=\1[一-鿿々])")),
    (FRAGMENT, re.compile(r"(?:(?<=^)|(?<=[、。 ]))([ぁ-ん]{1,3})[、…]+(?=\1[ぁ-ん])")),
    (REPETITION, re.compile(rf"(?<!{_NOUN})({_NOUN}{{2,10}}[のがをはに]?)、(?=\1(?!{_NOUN}))")),
    (LENGTHENING, re.compile(r"(?<=[ぁ-ん])[ー〜]+(?=[いねよなかぁっ、。！？!? ]|$)")),
    (PERSON_NUMBER, re.compile(r"(?<=［氏名)[0-9]+(?=］)")),
)
_SIGNS = re.compile("[えあそまなうんこ何]|[、…ー〜]|［氏名[0-9]")


class Disfluency(NamedTuple):
    """A stretch of a text that adds nothing to what is meant: ``kind`` says what it is."""

    start: int
    end: int
    kind: str


def disfluencies(text: str) -> list[Disfluency]:
    """Find hesitation, fragments, repetitions, repairs, drawn-out vowels and the numbers of people in a masked text.

    They stay in the text that people read. In order and apart.

    >>> disfluencies("えーと、プラ、プランを変えたい")
    [Disfluency(start=0, end=4, kind='filler'), Disfluency(start=4, end=7, kind='fragment')]
    """
    now = Aligned.of(text)
    found: list[Disfluency] = []
    for kind, rule in _RULES:
        places = [match.span() for match in rule.finditer(now.text)]
        found += [Disfluency(*now.span(start, end), kind) for start, end in places]
        now = now.edited(Edit(start, end, "") for start, end in places)
    return list(_apart(sorted(found))) if now.text.strip("、。 ") else []


@lru_cache(_KEPT)
def plain(text: str) -> str:
    """Leave out what :func:`disfluencies` finds: the form that terms, vectors and topics are made from.

    A text that is hesitation alone stays as it is.

    >>> plain("すごーい、あのー、解約、あ、契約の、で、できない件です")
    'すごい、契約の、できない件です'
    """
    if not _SIGNS.search(text):
        return text
    pieces: list[str] = []
    position = 0
    for start, end, _ in disfluencies(text):
        pieces.append(text[position:start])
        position = end
    return "".join((*pieces, text[position:])).strip() if pieces else text


def _apart(found: list[Disfluency]) -> Iterator[Disfluency]:
    """Cut away what two of them share."""
    last = 0
    for one in found:
        start = max(one.start, last)
        if start < one.end:
            yield one._replace(start=start)
            last = one.end
