"""Sentences that carry no matter: greetings, courtesies, back-channel, hesitation."""

from __future__ import annotations

import re
from functools import lru_cache

from voc_mining.text import lexicon

GREETING = "greeting"
FILLER = "filler"
_LONGEST = 120
_MOST_PHRASES = 4
_MARKS = re.compile(r"[\s、。…！？!?,.〜~♪「」()・]+")


def _phrases(kinds: frozenset[str]) -> re.Pattern[str]:
    patterns = tuple(row["pattern"] for row in lexicon.rows("greetings") if row["kind"] in kinds)
    return re.compile(rf"(?:{lexicon.alternatives(patterns)}ー?){{1,{_MOST_PHRASES}}}")


_FILLERS = _phrases(frozenset({FILLER}))
_ANY = _phrases(frozenset({FILLER, GREETING}))


def smalltalk(text: str) -> str:
    """Tell what a masked sentence is made of if of nothing else: ``greeting``, ``filler`` or an empty string.

    >>> smalltalk("はい、お世話になっております。"), smalltalk("えーと、はい"), smalltalk("はい、使えません")
    ('greeting', 'filler', '')
    """
    if len(text) > _LONGEST:
        return ""
    found = FILLER
    chunks = [chunk for chunk in _MARKS.split(text) if chunk]
    for chunk in chunks:
        kind = _chunk(chunk)
        if not kind:
            return ""
        found = GREETING if kind == GREETING else found
    return found if text else ""


@lru_cache(maxsize=50_000)
def _chunk(chunk: str) -> str:
    if _FILLERS.fullmatch(chunk):
        return FILLER
    return GREETING if _ANY.fullmatch(chunk) else ""
