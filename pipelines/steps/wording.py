"""What users say about words, as the lake holds it."""

from __future__ import annotations

from datetime import date

import polars as pl

from voc_mining.contracts.wording import (
    DictionaryWord,
    StopWords,
    UserDictionary,
    Wording,
    leading_terms,
    stop_words_of,
)
from voc_mining.store.delta import DeltaStore
from voc_mining.text.wording import reworded

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


def stored_words(lake: DeltaStore, *columns: str, since: date | None = None) -> pl.DataFrame:
    """Read words of the statements that count, as users want them counted.

    Parameters
    ----------
    lake : DeltaStore
        Tables.
    *columns : str
        Columns of ``voc``, ``terms`` or ``pairs`` among them.
    since : date, optional
        Day before whose month nothing is read.
    """
    said = lake.scan("voc").filter("counts")
    if since is not None:
        said = said.filter(pl.col("month") >= f"{since:%Y-%m}")
    return reworded(said.select(columns).collect(), stored_wording(lake))


def text_words(lake: DeltaStore, texts: pl.DataFrame) -> pl.DataFrame:
    """Read the terms of some texts (``text_hash``), each once: ``text_hash``, ``terms``."""
    said = lake.scan("voc").filter("counts").select("text_hash", "terms")
    wanted = said.join(texts.lazy().select("text_hash"), on="text_hash", how="semi").unique("text_hash")
    return reworded(wanted.collect(), stored_wording(lake))
