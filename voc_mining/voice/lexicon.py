"""Lexicons of patterns kept as data files, and how a text is held against them."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import polars as pl

from voc_mining.errors import ContractBroken
from voc_mining.ids import digest
from voc_mining.voice.matching import patterns_of

_COLUMNS = ["order", "value", "action", "pattern"]
_GONE = "〓"
_CANCEL = "cancel"
_ASKS, _CANCELS = True, False
_LINES_KEPT = 50_000
_FOLDED: dict[str, bytes] = {}
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


class Asked:
    """The patterns of an action of a lexicon and what cancels them, held against folded lines.

    Parameters
    ----------
    lexicon : Lexicon
        Patterns.
    action : str
        Whose patterns are looked for.
    """

    def __init__(self, lexicon: Lexicon, action: str) -> None:
        entries = [entry for entry in lexicon.entries if entry.action in {action, _CANCEL}]
        self.tiers = lexicon.tiers(action)
        self._patterns = patterns_of(tuple(entry.pattern for entry in entries))
        places = {tier: n for n, tier in enumerate(self.tiers)}
        self._tier = [places[entry.order, entry.value] if entry.action == action else -1 for entry in entries]
        self._value = [(entry.action == action, entry.value) for entry in entries]

    def found(self, line: bytes) -> Iterator[tuple[int, str]]:
        """Give the places of the tiers that match, in order, and the words that do."""
        held = self._patterns.held(line)
        if not held:
            return
        lines: dict[int, bytes] = {}
        hits: dict[int, list[int]] = {}
        gone = {self._value[place][1] for place in held if self._tier[place] < 0}
        for left, values in ((line, None), *((self.without(line, value), {value}) for value in gone)):
            for place in self._patterns.held(left):
                tier, value = self._tier[place], self._value[place][1]
                if tier >= 0 and (value in values if values else value not in gone):
                    lines[tier] = left
                    hits.setdefault(tier, []).append(place)
        for tier in sorted(hits):
            yield tier, (self._patterns.first(lines[tier], hits[tier]) or b"").decode().replace(_GONE, "…")

    def without(self, line: bytes, value: str) -> bytes:
        """Take out of a line what would mislead the patterns of a value."""
        return self._patterns.marked(line, self._held(line, _CANCELS, {value}), _GONE.encode())

    def marked(self, line: bytes, value: str, mark: bytes) -> bytes:
        """Put a mark in place of all that the patterns of a value match."""
        return self._patterns.marked(line, self._held(line, _ASKS, {value}), mark)

    def last(self, line: bytes, values: Collection[str]) -> tuple[int, int] | None:
        """Find where what of the patterns of some values begins last stands."""
        return self._patterns.last(line, self._held(line, _ASKS, values))

    def _held(self, line: bytes, asks: bool, values: Collection[str]) -> list[int]:  # noqa: FBT001 - private
        return [
            place
            for place in self._patterns.held(line)
            if self._value[place][0] is asks and self._value[place][1] in values
        ]


@lru_cache(64)
def asked(lexicon: Lexicon, action: str = "match") -> Asked:
    """Give the patterns of an action, compiled once."""
    return Asked(lexicon, action)


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
    every = asked(lexicon, action)
    found = [
        (text, *every.tiers[tier], words)
        for text, line in zip(texts.to_list(), folded_lines(texts), strict=True)
        if line is not None
        for tier, words in every.found(line)
    ]
    schema = {"text": pl.String, "order": pl.Int32, "value": pl.String, "evidence": pl.String}
    return pl.DataFrame(found, schema=schema, orient="row")


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
    every = asked(lexicon)
    nothing = (None, None)
    found = [nothing if line is None else next(every.found(line), nothing) for line in folded_lines(texts)]
    tiers = [(None, None) if tier is None else every.tiers[tier] for tier, _ in found]
    return pl.DataFrame(
        {
            "text": texts.cast(pl.String),
            "value": pl.Series([value for _, value in tiers], dtype=pl.String),
            "evidence": pl.Series([words for _, words in found], dtype=pl.String),
            "order": pl.Series([order for order, _ in tiers], dtype=pl.Int32),
        }
    )


def folded_lines(texts: pl.Series) -> list[bytes | None]:
    """Fold texts for matching one by one; what was folded is remembered for the next lexicon."""
    wanted = texts.to_list()
    lines = {text: _FOLDED.get(text) for text in wanted}
    new = [text for text, line in lines.items() if line is None and text is not None]
    made = pl.Series("text", new, dtype=pl.String).to_frame().select(folded(pl.col("text"))).to_series()
    lines.update((text, line.encode()) for text, line in zip(new, made.to_list(), strict=True))
    if len(_FOLDED) + len(new) > _LINES_KEPT:
        _FOLDED.clear()
    _FOLDED.update((text, line) for text in new[:_LINES_KEPT] if (line := lines[text]) is not None)
    return [lines[text] for text in wanted]
