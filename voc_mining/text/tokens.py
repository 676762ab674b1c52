"""Tokens and the promise of a tokenizer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from voc_mining.text import lexicon
from voc_mining.text.normalize import normalize

KANJI = re.compile("[々〆一-鿿]")
PLACEHOLDER_POS = "記号-伏せ字"
PLACEHOLDER = re.compile(rf"［(?:{'|'.join(map(re.escape, lexicon.column('placeholders', 'label')))})\d*］")


class Token(NamedTuple):
    """A word as it stands in a text.

    Parameters
    ----------
    surface : str
        As written.
    lemma : str
        Dictionary form in everyday spelling; a verb of ability keeps it (使える, not 使う).
    pos : str
        UniDic part of speech, ``pos1-pos2``; proper nouns in full (``名詞-固有名詞-人名-姓``);
        a placeholder has :data:`PLACEHOLDER_POS`.
    reading : str
        In katakana; the surface itself where no reading is known.
    """

    surface: str
    lemma: str
    pos: str
    reading: str


class Tokenizer(Protocol):
    """Cuts normalized text into words."""

    def __hash__(self) -> int:
        """Tell tokenizers apart: what is made with one is remembered by it."""
        ...

    @property
    def name(self) -> str:
        """Name and dictionary; a part of every key that depends on the tokens."""
        ...

    def tokenize(self, text: str) -> list[Token]:
        """Tokens in order; white space is left out, so surfaces joined give the text without spaces."""
        ...

    def cost(self, text: str) -> int:
        """How ill the words of a text go together, in the dictionary's own measure: the less the better."""
        ...

    def knows(self, word: str) -> bool:
        """Whether the dictionary holds a word as one."""
        ...

    def readings(self, sign: str) -> tuple[str, ...]:
        """Give the readings in katakana that a single kanji has within words; none of any other sign."""
        ...


def reading(text: str, tokenizer: Tokenizer) -> str:
    """Read a text: the readings of its words, in katakana where they are known."""
    return "".join(token.reading for token in tokenizer.tokenize(normalize(text)))


def tokenize_masked(text: str, tokenize: Callable[[str], list[Token]]) -> list[Token]:
    """Tokenize masked text, each placeholder as one token.

    >>> [token.surface for token in tokenize_masked("［氏名］", lambda text: [])]
    ['［氏名］']
    """
    if "［" not in text:
        return tokenize(text)
    tokens: list[Token] = []
    position = 0
    for found in PLACEHOLDER.finditer(text):
        if found.start() > position:
            tokens += tokenize(text[position : found.start()])
        tokens.append(Token(found[0], found[0], PLACEHOLDER_POS, found[0]))
        position = found.end()
    return tokens + tokenize(text[position:]) if position < len(text) else tokens


def offsets(text: str, tokens: Sequence[Token]) -> list[int]:
    """Where each token begins in the text, in characters."""
    starts: list[int] = []
    position = 0
    for token in tokens:
        position = text.index(token.surface, position)
        starts.append(position)
        position += len(token.surface)
    return starts
