"""Terms and dependency pairs of a sentence, with negation kept."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from voc_mining.text import lexicon
from voc_mining.text.attachment import Sentence
from voc_mining.text.phrases import PREDICATE, Phrase, phrases
from voc_mining.text.tokens import Token

ARROW = "→"
STOP_WORDS = frozenset(lexicon.column("stop_words", "word"))
_BECOME = "なる"
_SYMBOLS_ONLY = re.compile(r"[\W\d_]+")


def terms(tokens: Sequence[Token], stop_words: Collection[str] = STOP_WORDS) -> list[str]:
    """Content terms in order, each once.

    Compound nouns are one term (リセットメール); predicates stand in dictionary form with what changes their meaning
    kept: negation, ability, wish and request, voice, excess, ease, duty, possibility (つながらない, 使えない, 使いたくない,
    発行してほしい, 高すぎる). Placeholders, numbers and stop words are left out.
    """
    return _terms(phrases(tokens), stop_words)


def pairs(tokens: Sequence[Token], stop_words: Collection[str] = STOP_WORDS) -> list[str]:
    """Dependency pairs ``noun→predicate`` in order, each once, as in パスワード→届かない.

    Which noun belongs to which predicate tells :mod:`voc_mining.text.attachment`; a verbal noun that is denied makes a
    pair of its own (ログイン→できない).
    """
    return _pairs(tokens, phrases(tokens), stop_words)


def terms_and_pairs(tokens: Sequence[Token], stop_words: Collection[str] = STOP_WORDS) -> tuple[list[str], list[str]]:
    """:func:`terms` and :func:`pairs` of a sentence in one go."""
    chain = phrases(tokens)
    return _terms(chain, stop_words), _pairs(tokens, chain, stop_words)


def _terms(chain: Sequence[Phrase], stop_words: Collection[str]) -> list[str]:
    return list(dict.fromkeys(phrase.text for phrase in chain if _tells(phrase.text, stop_words)))


def _pairs(tokens: Sequence[Token], chain: Sequence[Phrase], stop_words: Collection[str]) -> list[str]:
    found: list[tuple[int, str]] = []
    for noun, predicate in Sentence(tokens, chain).links():
        said, of = chain[predicate], chain[noun].noun or chain[noun].text
        if said.text not in stop_words and tokens[said.start].lemma != _BECOME and _tells(of, stop_words):
            found.append((max(noun, predicate), f"{of}{ARROW}{said.text}"))
    for place, phrase in enumerate(chain):
        if phrase.kind == PREDICATE and phrase.negated and phrase.noun and phrase.noun not in stop_words:
            said_of_it = phrase.text.removeprefix(phrase.noun).removeprefix("が")
            if not said_of_it.startswith("では"):
                found.append((place, f"{phrase.noun}{ARROW}{said_of_it}"))
    # By where each is complete, so that a longer text begins with the pairs of a shorter one.
    return list(dict.fromkeys(pair for _, pair in sorted(found, key=lambda each: each[0])))


def _tells(text: str, stop_words: Collection[str]) -> bool:
    return text not in stop_words and _is_word(text)


@lru_cache(50_000)
def _is_word(text: str) -> bool:
    return not _SYMBOLS_ONLY.fullmatch(text) and (len(text) > 1 or "一" <= text <= "鿿")
