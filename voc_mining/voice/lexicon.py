"""Lexicons of patterns kept as data files, and how a text is held against them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

import polars as pl

from voc_mining.errors import ContractBroken
from voc_mining.ids import digest
from voc_mining.voice.matching import first_words

_COLUMNS = ["order", "value", "action", "pattern"]
_GONE = "〓"
_TRAILING = r"[\s。、,.!！]+$"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a lexicon: in ``order``, ``pattern`` does ``action`` for ``value``."""

    order: int
    value: str
    action: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Patterns in the order they are asked.

    Parameters
    ----------
    name : str
        File name without suffix.
    entries : tuple of Entry
        Sorted by order; within an order as in the file.
    key : str
        Digest of the entries: comments may change without mining again.
    """

    name: str
    entries: tuple[Entry, ...]
    key: str

    def alternation(self, action: str, value: str | None = None, order: int | None = None) -> str:
        """Join the patterns of an action into one expression without groups; empty if there are none."""
        return "|".join(self.patterns(action, value, order))

    def patterns(self, action: str, value: str | None = None, order: int | None = None) -> list[str]:
        """List the patterns of an action, in order."""
        return [
            entry.pattern
            for entry in self.entries
            if entry.action == action
            and (value is None or entry.value == value)
            and (order is None or entry.order == order)
        ]

    def tiers(self, action: str) -> list[tuple[int, str]]:
        """List the distinct (order, value) of an action, in order."""
        return list(dict.fromkeys((entry.order, entry.value) for entry in self.entries if entry.action == action))


def read_lexicon(name: str, lines: Iterable[str]) -> Lexicon:
    """Read a lexicon from the lines of its CSV; lines that begin with ``#`` are comments.

    Raises
    ------
    ContractBroken
        If the columns are others than order, value, action, pattern, or a line has more or fewer cells.
    """
    reader = csv.DictReader(line for line in lines if line.strip() and not line.startswith("#"))
    if reader.fieldnames != _COLUMNS:
        raise ContractBroken(f"lexicon {name}: columns are {reader.fieldnames}, should be {_COLUMNS}")
    rows = list(reader)
    broken = [row for row in rows if None in row or None in row.values()]
    if broken:
        raise ContractBroken(f"lexicon {name}: not four cells (quote patterns with a comma): {broken[0]}")
    entries = [Entry(int(row["order"]), row["value"], row["action"], row["pattern"]) for row in rows]
    ordered = tuple(sorted(entries, key=lambda entry: entry.order))
    key = digest(name, *(part for e in ordered for part in (e.order, e.value, e.action, e.pattern)))
    return Lexicon(name, ordered, key)


def bundled_lexicon(name: str) -> Lexicon:
    """Read a lexicon that comes with the program."""
    text = files("voc_mining.voice").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return read_lexicon(name, text.splitlines())


def folded(text: pl.Expr) -> pl.Expr:
    """Fold a text for matching: NFKC but for the brackets of placeholders, single spaces, no 。 or 、 at the end."""
    same_width = text.str.normalize("NFKC").str.replace_many({"[": "［", "]": "］"})
    return same_width.str.replace_all(r"\s+", " ").str.replace(_TRAILING, "")


def cancelled(text: pl.Expr, lexicon: Lexicon, value: str) -> pl.Expr:
    """Take out of the text what would mislead the patterns of a value (不満はない for complaints)."""
    taken = lexicon.alternation("cancel", value)
    return text.str.replace_all(taken, _GONE) if taken else text


def every_match(texts: pl.Series, lexicon: Lexicon, action: str = "match") -> pl.DataFrame:
    """Find for each text every tier of the lexicon that matches, and the words that did.

    Parameters
    ----------
    texts : Series
        Distinct texts.
    lexicon : Lexicon
        Patterns with the action and with ``cancel``.
    action : str, default "match"
        Whose patterns are looked for.

    Returns
    -------
    DataFrame
        ``text``, ``order``, ``value`` and ``evidence``: a row per text and tier, by text in the order given.
    """
    frame = texts.alias("text").to_frame().with_row_index("nth").with_columns(folded(pl.col("text")).alias("__folded"))
    found = []
    for order, value in lexicon.tiers(action):
        left = frame.select(cancelled(pl.col("__folded"), lexicon, value)).to_series()
        words = first_words(left, lexicon.patterns(action, value, order)).str.replace_all(_GONE, "…")
        hits = frame.with_columns(words.alias("evidence")).filter(pl.col("evidence").is_not_null())
        found.append(hits.select("nth", "text", pl.lit(order).alias("order"), pl.lit(value).alias("value"), "evidence"))
    return pl.concat(found).sort("nth", "order", maintain_order=True).drop("nth")


def first_match(texts: pl.Series, lexicon: Lexicon) -> pl.DataFrame:
    """Find for each text the first tier of the lexicon that matches, and the words that did.

    Parameters
    ----------
    texts : Series
        Distinct texts.
    lexicon : Lexicon
        Patterns with the actions ``match`` and ``cancel``.

    Returns
    -------
    DataFrame
        ``text``, ``value``, ``evidence`` and ``order`` of the tier, in the order given; null where nothing matches.
    """
    frame = texts.alias("text").to_frame().with_columns(folded(pl.col("text")).alias("__folded"))
    values = list(dict.fromkeys(value for _, value in lexicon.tiers("match")))
    frame = frame.with_columns(cancelled(pl.col("__folded"), lexicon, value).alias(f"__{value}") for value in values)
    tiers = lexicon.tiers("match")
    hits = [
        first_words(frame[f"__{value}"], lexicon.patterns("match", value, order)).alias(f"__hit{n}")
        for n, (order, value) in enumerate(tiers)
    ]
    frame = frame.with_columns(hits)
    hit = [pl.when(pl.col(f"__hit{n}").is_not_null()) for n in range(len(tiers))]
    return frame.select(
        "text",
        pl.coalesce(decides.then(pl.lit(value)) for decides, (_, value) in zip(hit, tiers, strict=True)).alias("value"),
        pl.coalesce([pl.col(f"__hit{n}") for n in range(len(tiers))]).str.replace_all(_GONE, "…").alias("evidence"),
        pl.coalesce(decides.then(order) for decides, (order, _) in zip(hit, tiers, strict=True)).alias("order"),
    )
