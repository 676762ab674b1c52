"""What users say about words, as the lake holds it."""

from __future__ import annotations

from voc_mining.contracts.wording import (
    DictionaryWord,
    StopWords,
    UserDictionary,
    Wording,
    leading_terms,
    stop_words_of,
)
from voc_mining.store.delta import DeltaStore

_ORDER = ("source_file", "source_row")


def stored_dictionary(lake: DeltaStore) -> UserDictionary:
    """Read the words that the tokenizer keeps whole."""
    rows = lake.read("dictionary").sort(*_ORDER, "surface").select("surface", "reading", "part_of_speech", "cost")
    return UserDictionary(
        tuple(DictionaryWord(surface, reading or "", pos, cost) for surface, reading, pos, cost in rows.iter_rows())
    )


def stored_stop_words(lake: DeltaStore) -> StopWords:
    """Read how the list of stop words is changed."""
    return stop_words_of(lake.read("stop_words").sort(*_ORDER, "word").select("word", "action").iter_rows())


def stored_wording(lake: DeltaStore) -> Wording:
    """Read what is changed in terms and pairs when they are read."""
    rows = lake.read("synonyms").sort(*_ORDER, "term").select("term", "synonyms").iter_rows()
    return Wording(leading_terms(rows), stored_stop_words(lake).added)
