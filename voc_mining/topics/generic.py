"""Talk that is no matter: greetings, thanks, answers."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import polars as pl

_PLACEHOLDER = "［"
_FORMULA = "formula"
# Numerals in kanji count only before what is counted by them: 一応, 一緒 and 一度 are no amounts.
_AMOUNT = "[0-9A-Za-z]|[一二三四五六七八九十百千]+(?:人|名|泊|部屋|室|個|枚|台|件|か月|ヶ月|カ月|週間|年|円|階|杯|歳)"


@cache
def generic_terms(*, for_labels: bool = False) -> frozenset[str]:
    """Terms that tell nothing by themselves; ``for_labels`` leaves out those that may stand beside others."""
    return frozenset(row["term"] for row in _rows("generic_terms") if not (for_labels and row["kind"] == _FORMULA))


@cache
def weak_words(kind: str) -> frozenset[str]:
    """Words that carry no name: ``asking`` and ``light`` predicates, and ``when`` and how much."""
    return frozenset(row["term"] for row in _rows("weak_words") if row["kind"] == kind)


def _rows(name: str) -> Iterator[dict[str, str]]:
    content = (files("voc_mining.topics") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return csv.DictReader(line for line in content.splitlines() if line and not line.startswith("#"))


def telling(terms: pl.Expr) -> pl.Expr:
    """Keep the terms that may stand in a label: neither generic nor a masked place."""
    return _without(terms, generic_terms(for_labels=True))


def says_something(terms: pl.Expr, text: pl.Expr) -> pl.Expr:
    """Whether a text has a term that tells something by itself, or is an amount or a code alone (2名で, 三泊, A-12)."""
    amount = text.str.contains(_AMOUNT) & ~text.str.contains(_PLACEHOLDER, literal=True)
    told = _without(terms, generic_terms()).list.len().fill_null(0) > 0
    return told | (amount & (terms.list.len().fill_null(0) == 0))


def _without(terms: pl.Expr, left_out: frozenset[str]) -> pl.Expr:
    element = pl.element()
    return terms.list.filter(~element.is_in(sorted(left_out)) & ~element.str.starts_with(_PLACEHOLDER))
