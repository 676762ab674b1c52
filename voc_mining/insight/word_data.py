"""Word lists of the insight stage, read once from the data files beside the code."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import polars as pl

_FOLDER = Path(__file__).parent / "data"


@lru_cache
def word_table(name: str) -> pl.DataFrame:
    """Read ``data/<name>.csv``; lines that begin with ``#`` are comments."""
    return pl.read_csv(_FOLDER / f"{name}.csv", comment_prefix="#", infer_schema=False)


@lru_cache
def patterns(name: str, family: str | None = None) -> str:
    """One regular expression of all patterns of a table, or of those of one class."""
    table = word_table(name)
    chosen = table if family is None else table.filter(pl.col("class") == family)
    return "|".join(f"(?:{pattern})" for pattern in chosen["pattern"])


def outlook_among(name: str) -> pl.Expr:
    """Whether ``renewal_outlook`` is one of the words of a table; width of spaces and case do not matter, null stays null."""
    words = [word.casefold().replace(" ", "") for word in word_table(name)["outlook"]]
    return pl.col("renewal_outlook").str.to_lowercase().str.replace_all(" ", "", literal=True).is_in(words)
