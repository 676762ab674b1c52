"""Talk that is no matter: greetings, thanks, answers."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import polars as pl

_PLACEHOLDER = "［"


@cache
def generic_terms() -> frozenset[str]:
    """Terms that tell nothing about a matter."""
    content = (files("voc_mining.topics") / "data" / "generic_terms.csv").read_text(encoding="utf-8")
    lines = [line for line in content.splitlines() if line and not line.startswith("#")]
    return frozenset(row["term"] for row in csv.DictReader(lines))


def telling(terms: pl.Expr) -> pl.Expr:
    """Keep the terms that tell something: neither generic nor a masked place."""
    element = pl.element()
    return terms.list.filter(~element.is_in(sorted(generic_terms())) & ~element.str.starts_with(_PLACEHOLDER))


def says_something(terms: pl.Expr) -> pl.Expr:
    """Whether a text has at least one telling term."""
    return telling(terms).list.len().fill_null(0) > 0
