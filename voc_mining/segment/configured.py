"""Rules of origin that a user configures: a value of a record, or a pattern of values, and the origin it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

_ANY = "*"


@dataclass(frozen=True, slots=True)
class Case:
    """A rule: where it fits, the origin and the name of the rule it gives, and what a look at other contacts may change.

    ``opens`` is ``callback`` or ``returned_outreach`` where a link to another contact may decide otherwise.
    """

    fits: pl.Expr
    origin: str | pl.Expr
    rule: str | pl.Expr
    opens: pl.Expr | None = None


def configured(column: str, origins: Mapping[str, str], opens: pl.Expr | None = None) -> Case:
    """Make the rule of one column: a value goes before patterns, of these the one that spells out more.

    The rule is named ``column:value``, by a pattern ``column:pattern``.

    Parameters
    ----------
    column : str
        Column of ``contacts``.
    origins : mapping of str to str
        Value or pattern to origin; compared without case and outer spaces.
    opens : Expr or None
        What may be changed by a link.
    """
    told = {key.strip().lower(): value for key, value in origins.items()}
    if not told:
        return Case(pl.lit(False), "unknown", "")
    exact = {key: value for key, value in told.items() if _ANY not in key}
    patterns = sorted(told.keys() - exact.keys(), key=lambda key: (-len(key.replace(_ANY, "")), key))
    cell = folded(column)
    origin = rule = pl.lit(None, pl.String)
    for pattern in reversed(patterns):
        fits = cell.str.contains(_regular(pattern))
        origin = pl.when(fits).then(pl.lit(told[pattern])).otherwise(origin)
        rule = pl.when(fits).then(pl.lit(f"{column}:{pattern}")).otherwise(rule)
    if exact:
        by_value = cell.replace_strict(exact, default=None, return_dtype=pl.String)
        rule = pl.when(by_value.is_not_null()).then(named(column, pl.col(column))).otherwise(rule)
        origin = pl.coalesce(by_value, origin)
    return Case(origin.is_not_null(), origin, rule, opens)


def named(kind: str, value: pl.Expr) -> pl.Expr:
    """Name of a rule with the value it goes by."""
    return pl.format(f"{kind}:{{}}", value)


def folded(column: str) -> pl.Expr:
    """Values of a column without case and outer spaces."""
    return pl.col(column).str.strip_chars().str.to_lowercase()


def _regular(pattern: str) -> str:
    """Regular expression of a pattern in which ``*`` stands for any number of characters.

    >>> _regular("web*窓口")
    '(?s)^web.*窓口$'
    """
    return "(?s)^" + ".*".join(re.escape(part) for part in pattern.split(_ANY)) + "$"
