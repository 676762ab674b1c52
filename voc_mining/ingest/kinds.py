"""Kinds of input as data: which files, which columns, which words are allowed."""

from __future__ import annotations

import csv
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import polars as pl

from voc_mining.contracts.relations import RELATIONS

RECORDINGS = "recordings"
CUSTOMERS = "customers"
GLOSSARY = "glossary"
DICTIONARY = "dictionary"
SYNONYMS = "synonyms"
STOP_WORDS = "stop_words"
CODES = "codes"
MESSAGES = "messages"
WORD_LISTS = (GLOSSARY, DICTIONARY, SYNONYMS, STOP_WORDS, CODES)
UNKNOWN = "unknown"
RELATION_KINDS = tuple(table.name for table in RELATIONS)
CONTACT_KINDS = ("call_log", "inquiries", "checkins", "surveys")
DOCUMENT = "doc:"
_READ_KINDS = (*CONTACT_KINDS, MESSAGES, CUSTOMERS, *RELATION_KINDS, *WORD_LISTS)


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a kind of input.

    Parameters
    ----------
    name : str
        As the file names it, after the mapping.
    type : str
        ``text``, ``masked``, ``time``, ``date``, ``number``, ``integer``, ``seconds``, ``boolean``, ``kana``, ``phone``, ``mail``,
        ``week``, ``identity`` (a number, address or name, as the column ``kind`` says) or the name of a list of allowed words.
    need : str
        ``firm``, ``yes`` (may be made optional) or empty.
    low, high : float or None
        Legal range of a number.
    to : str
        Column of the record, or ``doc:`` and the part of a raw text.
    """

    name: str
    type: str
    need: str
    low: float | None
    high: float | None
    to: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of tabular input."""

    name: str
    files: tuple[str, ...]
    key: tuple[str, ...]
    any_of: tuple[str, ...]
    order: tuple[str, ...]
    file_pattern: str | None
    fields: tuple[Field, ...]
    whole: bool = False

    def field(self, name: str) -> Field:
        """Return the column of that name."""
        return next(field for field in self.fields if field.name == name)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything about the kinds of input that is data.

    ``allowed`` holds the words of each list; ``synonyms`` maps folded words of other systems onto them.
    """

    kinds: Mapping[str, Kind]
    allowed: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, Mapping[str, str]]
    empty_words: tuple[str, ...]
    withheld_words: tuple[str, ...]
    ignored_names: tuple[str, ...]
    ignored_folders: tuple[str, ...]
    recording_files: tuple[str, ...]
    audio_extensions: tuple[str, ...]
    answer_marks: tuple[str, ...]
    forward_marks: tuple[str, ...]


def fold(word: str) -> str:
    """Fold width, case and outer spaces, to compare words of different systems.

    >>> fold("　ＩＮ ")
    'in'
    """
    return unicodedata.normalize("NFKC", word).strip().lower()


def folded(cells: pl.Expr) -> pl.Expr:
    """Fold a text column as :func:`fold` does."""
    return cells.str.normalize("NFKC").str.strip_chars().str.to_lowercase()


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Read the kinds of input that come with the program."""
    settings = tomllib.loads(_data("kinds.toml"))
    fields: dict[str, list[Field]] = {name: [] for name in settings["kinds"]}
    for row in _table("fields.csv"):
        low, high = (float(row[bound]) if row[bound] else None for bound in ("low", "high"))
        fields[row["kind"]].append(Field(row["name"], row["type"], row["need"], low, high, row["to"]))
    kinds = {
        name: Kind(
            name,
            tuple(kind["files"]),
            tuple(kind["key"]),
            tuple(kind.get("any_of", ())),
            tuple(kind.get("order", ())),
            kind.get("file_pattern"),
            tuple(fields[name]),
            whole=kind.get("whole", False),
        )
        for name, kind in settings["kinds"].items()
    }
    allowed = {name: tuple(words) for name, words in settings["allowed"].items()}
    synonyms = {name: {fold(word): word for word in words} for name, words in allowed.items()}
    for row in _table("synonyms.csv"):
        synonyms[row["list"]][fold(row["theirs"])] = row["ours"]
    extensions = tuple(settings["audio_extensions"])
    return Catalogue(
        kinds,
        allowed,
        synonyms,
        tuple(fold(word) for word in settings["empty_words"]),
        tuple(fold(word) for word in settings["withheld_words"]),
        tuple(settings["ignored_names"]),
        tuple(settings["ignored_folders"]),
        tuple(f"recordings/**/*.{extension}" for extension in extensions),
        extensions,
        tuple(settings["answer_marks"]),
        tuple(settings["forward_marks"]),
    )


def optional_kinds() -> tuple[str, ...]:
    """Kinds that are accepted and stored as they came, for stages that need them."""
    return tuple(name for name in catalogue().kinds if name not in _READ_KINDS)


def _data(name: str) -> str:
    return (files("voc_mining.ingest") / "data" / name).read_text(encoding="utf-8")


def _table(name: str) -> Iterator[dict[str, str]]:
    lines = [line for line in _data(name).splitlines() if line and not line.startswith("#")]
    return iter(csv.DictReader(lines))
