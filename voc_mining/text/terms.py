"""Terms and dependency pairs of a sentence, with negation kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

from voc_mining.text import lexicon
from voc_mining.text.phrases import NOUN, PREDICATE, Phrase, phrases
from voc_mining.text.tokens import Token

_STOP = frozenset(lexicon.column("stop_words", "word"))
_SYMBOLS_ONLY = re.compile(r"[\W\d_]+")
_CASES = frozenset({"が", "は", "を", "に", "も", "で", "と", "へ", "から", "まで", "って", "とか", "より"})
_FARTHEST = 12


def terms(tokens: Sequence[Token]) -> list[str]:
    """Content terms in order, each once.

    Compound nouns are one term (リセットメール); predicates stand in dictionary form with negation, ability
    and wish kept (つながらない, 使えない, 使いたくない). Placeholders, numbers and stop words are left out.
    """
    found = [phrase.text for phrase in phrases(tokens) if _tells(phrase)]
    return list(dict.fromkeys(found))


def pairs(tokens: Sequence[Token]) -> list[str]:
    """Dependency pairs ``noun→predicate`` in order, each once, as in パスワード→届かない.

    A noun with a case particle belongs to the next predicate; a predicate right before a noun (使えない機能)
    belongs to that noun; a verbal noun and できない make a pair of their own.
    """
    found: list[str] = []
    chain = phrases(tokens)
    for place, phrase in enumerate(chain):
        if phrase.kind == NOUN and _tells(phrase):
            predicate = _predicate_of(tokens, chain, place)
            if predicate:
                found.append(f"{phrase.text}→{predicate.text}")
        elif phrase.kind == PREDICATE:
            said = phrase.text.removeprefix(phrase.noun).removeprefix("が")
            if phrase.negated and phrase.noun and phrase.noun not in _STOP and not said.startswith("では"):
                found.append(f"{phrase.noun}→{said}")
            described = _described(chain, place)
            if described and _weighs(phrase):
                found.append(f"{described.text}→{phrase.text}")
    return list(dict.fromkeys(found))


def _predicate_of(tokens: Sequence[Token], chain: Sequence[Phrase], place: int) -> Phrase | None:
    noun = chain[place]
    if noun.end >= len(tokens) or place + 1 >= len(chain):
        return None
    following = tokens[noun.end]
    direct = chain[place + 1].kind == PREDICATE and chain[place + 1].start == noun.end
    if not direct and not (following.surface in _CASES and following.pos.startswith("助詞")):
        return None
    for other in chain[place + 1 :]:
        if other.start - noun.end > _FARTHEST:
            return None
        if other.kind == PREDICATE:
            return other if _weighs(other) else None
    return None


def _described(chain: Sequence[Phrase], place: int) -> Phrase | None:
    """Find the noun that a predicate stands right before."""
    if place + 1 >= len(chain):
        return None
    following = chain[place + 1]
    fits = following.kind == NOUN and following.start == chain[place].end and _tells(following)
    return following if fits else None


def _weighs(phrase: Phrase) -> bool:
    return phrase.text not in _STOP


def _tells(phrase: Phrase) -> bool:
    return (
        phrase.text not in _STOP
        and not _SYMBOLS_ONLY.fullmatch(phrase.text)
        and (len(phrase.text) > 1 or "一" <= phrase.text <= "鿿")
    )
