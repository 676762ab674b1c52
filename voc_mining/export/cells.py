"""What a value looks like in a CSV cell."""

from __future__ import annotations

import polars as pl

from voc_mining.business_time import TOKYO
from voc_mining.export.files import LIST_SEPARATOR, CsvColumn

SIGNIFICANT_DIGITS = 10
"""Digits of a number: more than any figure here means, fewer than the last bits that a sum's order changes."""
_FORMULA = r"^'*[=+\-@＝＋－＠\t\r\n]"
_INSTEAD_OF_SEPARATOR = "；"


def as_text(column: CsvColumn) -> pl.Expr:
    """Write a column of a conformed frame as text under its name; null stays null.

    Times are in Japanese time with their offset, and carry fractions of a second only where there are any.
    """
    return _text(pl.col(column.name), column).alias(column.name)


def _text(cells: pl.Expr, column: CsvColumn) -> pl.Expr:
    """Write cells as text, by the type of their column."""
    match column.type:
        case "string":
            return defused(cells)
        case "list":
            joined = cells.list.eval(pl.element().str.replace_all(LIST_SEPARATOR, _INSTEAD_OF_SEPARATOR, literal=True))
            return defused(joined.list.join(LIST_SEPARATOR))
        case "number":
            return _number(cells)
        case "datetime":
            return cells.dt.convert_time_zone(TOKYO).dt.strftime("%Y-%m-%dT%H:%M:%S%.f%:z")
        case "date":
            return cells.dt.strftime("%Y-%m-%d")
        case _:
            return cells.cast(pl.String)


def defused(cells: pl.Expr) -> pl.Expr:
    """Set an apostrophe before text that a spreadsheet would run as a formula.

    Text that already has apostrophes before such a sign gets one more, so that taking the first one off such a
    cell gives back every text as it was.

    >>> pl.select(defused(pl.Series(["=1+1", "-", "'=x", "値上げ"]).to_frame("t")["t"])).to_series().to_list()
    ["'=1+1", "'-", "''=x", '値上げ']
    """
    return pl.when(cells.str.contains(_FORMULA)).then(pl.concat_str(pl.lit("'"), cells)).otherwise(cells)


def _number(cells: pl.Expr) -> pl.Expr:
    """Write numbers shortest: whole ones without a decimal point, others with at most ten significant digits."""
    whole = cells.round(0) == cells
    short = pl.when(whole).then(cells).otherwise(cells.round_sig_figs(SIGNIFICANT_DIGITS))
    plain = pl.when(short == 0).then(0.0).otherwise(short)  # no -0
    return plain.cast(pl.String).str.strip_suffix(".0")
