"""Talk that is no matter: greetings, thanks, answers."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import polars as pl

_PLACEHOLDER = "［"
_FORMULA = "formula"


@cache
def generic_terms(*, for_labels: bool = False) -> frozenset[str]:
    """Terms that tell nothing by themselves; ``for_labels`` leaves out those that may stand beside others."""
    content = (files("voc_mining.topics") / "data" / "generic_terms.csv").read_text(encoding="utf-8")
    lines = [line for line in content.splitlines() if line and not line.startswith("#")]
    return frozenset(row["term"] for row in csv.DictReader(lines) if not (for_labels and row["kind"] == _FORMULA))


def telling(terms: pl.Expr) -> pl.Expr:
    """Keep the terms that may stand in a label: neither generic nor a masked place."""
    return _without(terms, generic_terms(for_labels=True))


def says_something(terms: pl.Expr, text: pl.Expr) -> pl.Expr:
    """Whether a text has a term that tells something by itself, or is an amount or a code alone (2名で, A-12)."""
    amount = text.str.contains("[0-9A-Za-z]") & ~text.str.contains(_PLACEHOLDER, literal=True)
    told = _without(terms, generic_terms()).list.len().fill_null(0) > 0
    return told | (amount & (terms.list.len().fill_null(0) == 0))


def _without(terms: pl.Expr, left_out: frozenset[str]) -> pl.Expr:
    element = pl.element()
    return terms.list.filter(~element.is_in(sorted(left_out)) & ~element.str.starts_with(_PLACEHOLDER))
