"""fugashi with UniDic as the tokenizer."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fugashi
import unidic_lite

from voc_mining.contracts.wording import NO_DICTIONARY, UserDictionary
from voc_mining.text import lexicon
from voc_mining.text.spelling import Spelling
from voc_mining.text.tokens import KANJI, Token
from voc_mining.text.user_dictionary_engine import compiled

_KNOWN_WORDS_KEPT = 200_000
_TEXTS_KEPT = 50_000
_LONGEST = 50_000
# Places in a feature record of UniDic 2.1.2 (the edition of unidic-lite).
_CONJUGATION, _LEMMA_READING, _LEMMA, _BASE, _READING, _BASE_READING = 4, 6, 7, 10, 17, 18
_FULL_RECORD = 19
_PROPER = "固有名詞"
_NOT_GIVEN = "*"
_INFLECTED = ("動詞", "形容詞")
_READINGS_LOOKED_AT = 12
_DICTIONARY = f'-d "{unidic_lite.DICDIR}"'  # type: ignore[attr-defined]  # not typed
# One string a text is much cheaper than an object a word.
_WORDS = r'-O "" -F "%m\\t%H\\n" -U "%m\\t%H\\n" -B "" -E ""'
_COSTS_ONLY = '-O "" -F "" -U "" -E "%pc"'


class FugashiTokenizer:
    """MeCab through fugashi with the dictionary unidic-lite.

    What is told about a word is worked out once and kept, so that a text costs little more than MeCab itself.

    Parameters
    ----------
    words : UserDictionary, default none
        Words that are kept whole.
    folder : Path or None
        Where the compiled words are kept for the next time; None compiles them for this tokenizer alone.
    """

    def __init__(self, words: UserDictionary = NO_DICTIONARY, folder: Path | None = None) -> None:
        self._words = words
        self._options = _DICTIONARY
        self._tagger = _tagger(self._options)
        self._spell = Spelling()
        self._known: dict[str, Token] = {}
        # A text comes again for its terms once its utterance is made.
        self._texts: dict[str, tuple[Token, ...]] = {}
        self.knows = lru_cache(_KNOWN_WORDS_KEPT)(self._knows)
        self.readings = lru_cache(_KNOWN_WORDS_KEPT)(self._readings)
        self._on_readings = lexicon.mapping("kanji", "kanji", "readings")
        if words.words:
            self._take_in(folder)

    @property
    def name(self) -> str:
        """Engine and dictionary with their versions, and the digest of the user's words."""
        own = f", words {self._words.key}" if self._words.words else ""
        return f"fugashi {version('fugashi')}, unidic-lite {version('unidic-lite')}{own}"

    def _take_in(self, folder: Path | None) -> None:
        """Use the user's words from now on; their readings are told by the dictionary as it was."""
        with TemporaryDirectory() as alone:
            made = compiled(self._words, self._read, folder or Path(alone))
            self._options = f'{_DICTIONARY} -u "{made}"'
            # Mapped into memory where it is opened, so that the file may go; both taggers open it here.
            self._tagger = _tagger(self._options)
            self._coster.parse("")
        self._known.clear()
        self._texts.clear()

    def _read(self, word: str) -> str:
        return "".join(token.reading for token in self.tokenize(word))

    def tokenize(self, text: str) -> list[Token]:
        """Tokens of a normalized text.

        >>> [token.lemma for token in FugashiTokenizer().tokenize("アプリが使えません")]
        ['アプリ', 'が', '使える', 'ます', 'ぬ']
        """
        held = self._texts.get(text)
        if held is not None:
            return list(held)
        known = self._known
        words = [line for piece in _pieces(text) if (told := self._tagger.parse(piece)) for line in told.split("\n")]
        try:
            tokens = [known[word] for word in words]
        except KeyError:
            tokens = [self._told(word) for word in words]
        if len(self._texts) >= _TEXTS_KEPT:
            self._texts.clear()
        self._texts[text] = tuple(tokens)
        return tokens

    def _told(self, word: str) -> Token:
        """Token of a line of surface and feature."""
        token = self._known.get(word)
        if token is None:
            if len(self._known) >= _KNOWN_WORDS_KEPT:
                self._known.clear()
            surface, feature = word.split("\t", 1)
            token = self._known[word] = self._token(surface, feature)
        return token

    def cost(self, text: str) -> int:
        """Cost of the best way to cut a text into words; about 5,000 is a word that does not belong there.

        >>> FugashiTokenizer().cost("請求書が届きません") < FugashiTokenizer().cost("製給所が届きません")
        True
        """
        return int(self._coster.parse(text))

    @cached_property
    def _coster(self) -> Any:
        """Tagger that tells nothing but the cost; only correcting needs it."""
        return fugashi.Tagger(f"{self._options} {_COSTS_ONLY}")  # type: ignore[attr-defined]  # not typed

    def _knows(self, word: str) -> bool:
        nodes = self._tagger.parseToNodeList(word)
        return len(nodes) == 1 and not nodes[0].is_unk

    def _readings(self, sign: str) -> tuple[str, ...]:
        if not KANJI.fullmatch(sign):
            return ()
        ways = self._tagger.nbestToNodeList(sign, _READINGS_LOOKED_AT)
        words = [
            word.feature_raw.split(",") for way in ways for word in way if word.surface == sign and not word.is_unk
        ]
        readings = [
            fields[_READING] for fields in words if len(fields) >= _FULL_RECORD and not fields[0].startswith(_INFLECTED)
        ]
        told = self._on_readings.get(sign, "").split("|")
        return tuple(dict.fromkeys(reading for reading in (*told, *readings) if reading not in {"", _NOT_GIVEN}))

    def _token(self, surface: str, feature: str) -> Token:
        fields = next(csv.reader([feature]))
        proper = fields[1] == _PROPER
        pos = "-".join(part for part in fields[: 4 if proper else 2] if part != _NOT_GIVEN)
        if len(fields) < _FULL_RECORD:
            return Token(surface, surface, pos, surface)
        base = fields[_BASE] if fields[_BASE] != _NOT_GIVEN else surface
        ability = fields[_CONJUGATION].startswith("下一段") and fields[_LEMMA_READING] != fields[_BASE_READING]
        if proper:
            lemma = base
        elif ability:
            lemma = self._spell.able(fields[_LEMMA], base)
        else:
            lemma = self._spell(fields[_LEMMA], fields[_LEMMA_READING], base)
        reading = fields[_READING] if fields[_READING] not in {"", _NOT_GIVEN} else surface
        return Token(surface, lemma, pos, reading)


def _tagger(options: str) -> Any:
    """Tagger that writes a line of surface and feature a word."""
    return fugashi.Tagger(f"{options} {_WORDS}")  # type: ignore[attr-defined]  # not typed


def _pieces(text: str) -> Iterable[str]:
    """Cut a text where it is too long: MeCab crashes on some hundred thousand characters at once."""
    return (text[start : start + _LONGEST] for start in range(0, len(text), _LONGEST))
