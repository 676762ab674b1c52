"""What users say about words: their dictionary, synonyms and stop words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voc_mining.ids import digest

ADD, REMOVE = "add", "remove"


@dataclass(frozen=True, slots=True)
class DictionaryWord:
    """A word that the tokenizer is to keep whole.

    Parameters
    ----------
    surface : str
        As it is written.
    reading : str
        In katakana; empty where the dictionary is to tell it.
    part_of_speech : str
        名詞, 固有名詞, サ変名詞, 形容動詞, 副詞 or 感動詞.
    cost : int or None
        Cost of the word in the dictionary's measure, the lower the likelier; None takes one by its length.
    """

    surface: str
    reading: str = ""
    part_of_speech: str = "名詞"
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class UserDictionary:
    """Words of a user, each once.

    Parameters
    ----------
    words : tuple of DictionaryWord
        In the order of the user's files.
    """

    words: tuple[DictionaryWord, ...] = ()

    @property
    def key(self) -> str:
        """Digest of the words; empty where there are none."""
        if not self.words:
            return ""
        rows = sorted((word.surface, word.reading, word.part_of_speech, str(word.cost)) for word in self.words)
        return digest("dictionary", *("\x1f".join(row) for row in rows))


NO_DICTIONARY = UserDictionary()


@dataclass(frozen=True, slots=True)
class StopWords:
    """How a user changes the list of stop words.

    Parameters
    ----------
    added : frozenset of str
        Words that are stop words beside the built-in ones.
    kept : frozenset of str
        Built-in ones that are none.
    """

    added: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()


NO_STOP_WORDS = StopWords()


def stop_words_of(rows: Iterable[tuple[str, str]]) -> StopWords:
    """Make the changes of rows of word and action (``add``, ``remove``)."""
    told = list(rows)
    return StopWords(
        frozenset(word for word, action in told if action == ADD),
        frozenset(word for word, action in told if action == REMOVE),
    )


@dataclass(frozen=True, slots=True)
class Wording:
    """What is changed in terms and pairs when they are read: nothing of it needs another look at the texts.

    Parameters
    ----------
    synonyms : mapping of str to str
        Word to the term that stands for it; no term is a synonym itself.
    stop_words : frozenset of str
        Words that are left out beside those left out already.
    """

    synonyms: Mapping[str, str]
    stop_words: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is changed."""
        return bool(self.synonyms or self.stop_words)


NO_WORDING = Wording({})


def leading_terms(rows: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Resolve chains of synonyms: each word to the term at the end of its chain.

    Parameters
    ----------
    rows : iterable of tuple
        Term and its synonyms, free of circles.

    >>> leading_terms([("ログイン", ["サインイン"]), ("サインイン", ["サイン・イン"])])
    {'サインイン': 'ログイン', 'サイン・イン': 'ログイン'}
    """
    direct = {word: term for term, words in rows for word in words}
    found = {}
    for word, term in direct.items():
        end = term
        while end in direct:
            end = direct[end]
        found[word] = end
    return found
