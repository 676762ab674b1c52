"""Terms and pairs of many texts, each worked out once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from voc_mining.text.terms import STOP_WORDS, terms_and_pairs
from voc_mining.text.tokens import Tokenizer, tokenize_masked

_TEXTS_KEPT = 50_000


class TermFinder:
    """Finds the terms and the dependency pairs of masked texts.

    Parameters
    ----------
    tokenizer : Tokenizer
        Engine.
    kept_words : frozenset of str, default none
        Words of the built-in list of stop words that are none.
    """

    def __init__(self, tokenizer: Tokenizer, kept_words: frozenset[str] = frozenset()) -> None:
        self._tokenize = tokenizer.tokenize
        self._stop_words = STOP_WORDS - kept_words
        self._of = lru_cache(_TEXTS_KEPT)(self._find)

    def terms(self, texts: Iterable[str]) -> list[list[str]]:
        """Terms of each text."""
        return [self._of(text)[0] for text in texts]

    def pairs(self, texts: Iterable[str]) -> list[list[str]]:
        """Dependency pairs of each text."""
        return [self._of(text)[1] for text in texts]

    def _find(self, text: str) -> tuple[list[str], list[str]]:
        return terms_and_pairs(tokenize_masked(text, self._tokenize), self._stop_words)


@lru_cache(2)
def term_finder(tokenizer: Tokenizer, kept_words: frozenset[str] = frozenset()) -> TermFinder:
    """Give the same finder, with what it has found, for the same words."""
    return TermFinder(tokenizer, kept_words)
