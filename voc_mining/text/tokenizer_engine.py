"""fugashi with UniDic as the tokenizer."""

from __future__ import annotations

import csv
from importlib.metadata import version

import fugashi
import unidic_lite

from voc_mining.text import lexicon
from voc_mining.text.tokens import Token

_KNOWN_WORDS_KEPT = 200_000
# Places in a feature record of UniDic 2.1.2 (the edition of unidic-lite).
_CONJUGATION, _LEMMA_READING, _LEMMA, _BASE, _READING, _BASE_READING = 4, 6, 7, 10, 17, 18
_FULL_RECORD = 19
_PROPER = "固有名詞"
_NOT_GIVEN = "*"


class FugashiTokenizer:
    """MeCab through fugashi with the dictionary unidic-lite.

    What is told about a word is worked out once and kept, so that a text costs little more than MeCab itself.
    """

    def __init__(self) -> None:
        self._tagger = fugashi.Tagger(f'-d "{unidic_lite.DICDIR}"')  # type: ignore[attr-defined]  # not typed
        self._spellings = lexicon.mapping("spellings", "lemma", "spelling")
        self._known: dict[tuple[str, str], Token] = {}

    @property
    def name(self) -> str:
        """Engine and dictionary with their versions."""
        return f"fugashi {version('fugashi')}, unidic-lite {version('unidic-lite')}"

    def tokenize(self, text: str) -> list[Token]:
        """Tokens of a normalized text.

        >>> [token.lemma for token in FugashiTokenizer().tokenize("アプリが使えません")]
        ['アプリ', 'が', '使える', 'ます', 'ぬ']
        """
        known = self._known
        tokens: list[Token] = []
        for node in self._tagger.parseToNodeList(text):
            key = (node.surface, node.feature_raw)
            token = known.get(key)
            if token is None:
                if len(known) >= _KNOWN_WORDS_KEPT:
                    known.clear()
                token = known[key] = self._token(*key)
            tokens.append(token)
        return tokens

    def _token(self, surface: str, feature: str) -> Token:
        fields = next(csv.reader([feature]))
        proper = fields[1] == _PROPER
        pos = "-".join(part for part in fields[: 4 if proper else 2] if part != _NOT_GIVEN)
        if len(fields) < _FULL_RECORD:
            return Token(surface, surface, pos, surface)
        base = fields[_BASE] if fields[_BASE] != _NOT_GIVEN else surface
        ability = fields[_CONJUGATION].startswith("下一段") and fields[_LEMMA_READING] != fields[_BASE_READING]
        lemma = base if proper or ability else self._spellings.get(_without_note(fields[_LEMMA]), base)
        reading = fields[_READING] if fields[_READING] not in {"", _NOT_GIVEN} else surface
        return Token(surface, lemma, pos, reading)


def _without_note(lemma: str) -> str:
    """Take away what UniDic adds to tell a lemma apart: ``アプリ-application``, ``私-代名詞``."""
    head, _, _ = lemma.partition("-")
    return head or lemma
