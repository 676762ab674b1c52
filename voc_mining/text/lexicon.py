"""Reads the language data beside the code: CSV tables with a comment header."""

from __future__ import annotations

import csv
import hashlib
from functools import cache
from importlib.resources import files

_DATA = files("voc_mining.text") / "data"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of the table ``data/<name>.csv``; lines that begin with ``#`` are comments.

    >>> rows("digits")[0]["digit"]
    '0'
    """
    lines = [line for line in _content(name).splitlines() if line and not line.startswith("#")]
    return tuple(csv.DictReader(lines))


@cache
def column(name: str, column_name: str) -> tuple[str, ...]:
    """Distinct filled cells of one column, in the order of the file."""
    return tuple(dict.fromkeys(row[column_name] for row in rows(name) if row[column_name]))


@cache
def mapping(name: str, key: str, value: str) -> dict[str, str]:
    """Two columns as a mapping; treat it as read-only."""
    return {row[key]: row[value] for row in rows(name)}


@cache
def data_digest() -> str:
    """Digest of every data file of the text stage, so that an edited lexicon is worked in again."""
    digest = hashlib.blake2b(digest_size=10)
    for entry in sorted(_DATA.iterdir(), key=lambda path: path.name):
        if entry.name.endswith(".csv"):
            digest.update(entry.name.encode("utf-8"))
            digest.update(entry.read_bytes())
    return digest.hexdigest()


def alternatives(words: tuple[str, ...]) -> str:
    """Join regular expressions into one group, longest first, so that the longest wins.

    >>> alternatives(("さん", "さんま"))
    '(?:さんま|さん)'
    """
    return f"(?:{'|'.join(sorted(words, key=lambda word: (-len(word), word)))})"


def _content(name: str) -> str:
    return (_DATA / f"{name}.csv").read_text(encoding="utf-8")
