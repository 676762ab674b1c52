"""Cells into values, column by column; what cannot be read becomes null beside a filled cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import phonenumbers
import polars as pl

from voc_mining.contracts.table import UTC_TIME
from voc_mining.faults import Fault
from voc_mining.ids import digest, phone_key
from voc_mining.ingest.kinds import Field, catalogue, fold, folded
from voc_mining.ingest.times import parse_dates, parse_times, parse_weeks

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

    from voc_mining.ingest.sources import Feed

_NUMBER = r"^[¥\\$]?([+-]?[0-9]+(?:\.[0-9]*)?|[+-]?\.[0-9]+)(?:円|秒|件|回|点)?$"
_CLOCK = r"^(?:([0-9]{1,4}):)?([0-9]{1,4}):([0-9]{1,2})(?:\.[0-9]+)?$"
_EVERY_OTHER = "*"
_KANA = r"^[ぁ-ゖァ-ヺー]+$"
_AS_DIALLED = (
    (re.compile(r"^\s*(?:sips?|tel)\s*:\s*|@.*$", re.IGNORECASE), ""),
    (re.compile(r"[(\s,、]*内線?[:\s]*([0-9]+)\)?\s*$"), r" ext. \1"),
    # 184 and 186 before a number withhold or show the caller's own.
    (re.compile(r"^\s*18[46][-\s]*(?=0)"), ""),
    (re.compile(r"^\s*0081[-\s]*"), "+81 "),
)
"""What stands around a number in logs of telephone systems, and how it is to be read."""
_SPACES = " \t\r\n\u3000\u00a0\u200b"
_DTYPES: dict[str, PolarsDataType] = {"time": UTC_TIME, "date": pl.Date, "number": pl.Float64, "seconds": pl.Float64, "integer": pl.Int32, "week": pl.Date,
           "boolean": pl.Boolean}  # fmt: skip


def trimmed(cells: pl.Series) -> pl.Series:
    """Strip outer spaces of any width; an empty cell becomes null."""
    stripped = cells.str.strip_chars(_SPACES)
    return stripped.set(stripped == "", None)


def parse_cells(cells: pl.Series, field: Field, feed: Feed, *, phone_secret: str) -> tuple[pl.Series, pl.Series]:
    """Parse a column.

    Parameters
    ----------
    cells : Series of String
        As trimmed by :func:`trimmed`.
    field : Field
        What the column is.
    feed : Feed
        Value tables, formats and time zone.
    phone_secret : str
        Key of the pseudonyms of numbers and addresses.

    Returns
    -------
    values, unreadable : Series
        Values in the field's type, and whether a filled cell could not be read.
    """
    cells = _translated(cells, field, feed)
    if field.type in ("text", "masked"):
        return cells, pl.repeat(False, len(cells), eager=True)
    nothing = cells.to_frame("cell").select(folded(pl.col("cell")).is_in(catalogue().empty_words)).to_series()
    cells = cells.set(nothing.fill_null(False), None)
    values = _reader(field, feed, phone_secret)(cells)
    unreadable = cells.is_not_null() & values.is_null()
    if field.type == "phone":
        withheld = cells.to_frame("cell").select(folded(pl.col("cell")).is_in(catalogue().withheld_words)).to_series()
        unreadable &= ~withheld.fill_null(False)
    return values, unreadable


def parse_identities(cells: pl.Series, kinds: pl.Series, *, secret: str) -> tuple[pl.Series, pl.Series]:
    """Parse numbers, addresses and names into pseudonyms, each as its own kind says.

    Parameters
    ----------
    cells : Series of String
        As trimmed by :func:`trimmed`.
    kinds : Series of String
        ``phone``, ``mail`` or ``user``; null where the kind could not be read.
    secret : str
        Key of the pseudonyms.

    Returns
    -------
    keys, unreadable : Series
        Pseudonyms, equal to those of the same number or address in other files, and whether a filled cell is no
        number or address.
    """
    keys = pl.repeat(None, len(cells), dtype=pl.String, eager=True)
    for kind, read in {"phone": _phones, "mail": _mails, "user": _users}.items():
        keys = read(cells, secret).zip_with((kinds == kind).fill_null(False), keys)
    return keys, cells.is_not_null() & kinds.is_not_null() & keys.is_null()


def e164(number: str) -> str | None:
    """Phone number in E.164 form, read as dialled in Japan; None where it is no possible number.

    >>> e164("０３-1234-5678"), e164("186-03-1234-5678 内線12"), e164("sip:0312345678@pbx.example.jp")
    ('+81312345678', '+81312345678', '+81312345678')
    """
    plain = unicodedata.normalize("NFKC", number)
    for pattern, instead in _AS_DIALLED:
        plain = pattern.sub(instead, plain)
    try:
        parsed = phonenumbers.parse(plain, "JP")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def value_type(field: Field) -> PolarsDataType:
    """Polars type of a field's values."""
    return _DTYPES.get(field.type, pl.String)


def unreadable_cell(field: Field, column: str, value: str) -> Fault:
    """Say why a cell of a field could not be read, with the column as the file names it and the cell masked."""
    if field.type in ("time", "date", "week"):
        return Fault("bad_time", column=column, value=value)
    if field.type in ("number", "integer", "seconds"):
        return Fault("bad_number", column=column, value=value, allowed=_range(field))
    words = catalogue().allowed.get(field.type)
    return Fault("bad_value", column=column, value=value, allowed=field.type if words is None else ", ".join(words))


def _range(field: Field) -> str:
    if field.low is None and field.high is None:
        return "number"
    if field.high is None:
        return f"≥ {field.low:g}"
    return f"≤ {field.high:g}" if field.low is None else f"{field.low:g}–{field.high:g}"


def _translated(cells: pl.Series, field: Field, feed: Feed) -> pl.Series:
    words = feed.values.get(field.name)
    if not words:
        return cells
    table = {fold(theirs): ours for theirs, ours in words.items() if theirs != _EVERY_OTHER}
    word = folded(pl.col("cell"))
    other = pl.lit(words[_EVERY_OTHER]) if _EVERY_OTHER in words else pl.col("cell")
    if _EVERY_OTHER in words:
        known = catalogue().synonyms.get(field.type, {})
        other = pl.when(word.is_in(list(known))).then(pl.col("cell")).otherwise(other)
    translated = pl.when(word.is_in(list(table))).then(word.replace(table)).otherwise(other)
    frame = cells.to_frame("cell").select(pl.when(pl.col("cell").is_not_null()).then(translated).alias("cell"))
    return trimmed(frame.to_series())


def _reader(field: Field, feed: Feed, secret: str) -> Callable[[pl.Series], pl.Series]:
    settings = {"time_zone": feed.time_zone, "formats": feed.time_formats, "excel_serials": feed.excel_serials}
    readers: Mapping[str, Callable[[pl.Series], pl.Series]] = {
        "time": lambda cells: parse_times(cells, **settings),  # type: ignore[arg-type]
        "date": lambda cells: parse_dates(cells, **settings),  # type: ignore[arg-type]
        "week": lambda cells: parse_weeks(cells, **settings),  # type: ignore[arg-type]
        "number": lambda cells: _numbers(cells, field),
        "seconds": lambda cells: _numbers(cells, field, clock=True),
        "integer": lambda cells: _whole(_numbers(cells, field)),
        "boolean": lambda cells: _words(cells, "boolean") == "true",
        "kana": _kana,
        "phone": lambda cells: _phones(cells, secret),
        "mail": lambda cells: _mails(cells, secret),
    }
    return readers.get(field.type, lambda cells: _words(cells, field.type))


def _words(cells: pl.Series, words: str) -> pl.Series:
    table = catalogue().synonyms[words]
    known = folded(pl.col("cell")).replace_strict(table, default=None, return_dtype=pl.String)
    return cells.to_frame("cell").select(known).to_series()


def _numbers(cells: pl.Series, field: Field, *, clock: bool = False) -> pl.Series:
    plain = pl.col("cell").str.normalize("NFKC").str.replace_all(r"[,\s]", "").str.replace("^[−▲△]", "-")
    number = plain.str.extract(_NUMBER).cast(pl.Float64, strict=False)
    if clock:
        parts = plain.str.extract_groups(_CLOCK)
        hours, minutes, seconds = (parts.struct.field(str(n)).cast(pl.Float64, strict=False) for n in (1, 2, 3))
        number = pl.coalesce([number, hours.fill_null(0) * 3600 + minutes * 60 + seconds])
    legal = number.is_finite()
    if field.low is not None:
        legal &= number >= field.low
    if field.high is not None:
        legal &= number <= field.high
    return cells.to_frame("cell").select(pl.when(legal).then(number).alias("cell")).to_series()


def _kana(cells: pl.Series) -> pl.Series:
    plain = pl.col("cell").str.normalize("NFKC").str.replace_all(r"[\s・]", "")
    return cells.to_frame("cell").select(pl.when(plain.str.contains(_KANA)).then(plain).alias("cell")).to_series()


def _whole(numbers: pl.Series) -> pl.Series:
    return numbers.set(numbers != numbers.round(), None).cast(pl.Int32, strict=False)


def _phones(cells: pl.Series, secret: str) -> pl.Series:
    keys = {}
    for cell in cells.drop_nulls().unique().to_list():
        number = None if fold(cell) in catalogue().withheld_words else e164(cell)
        keys[cell] = None if number is None else phone_key(number, secret)
    return _looked_up(cells, keys)


def _mails(cells: pl.Series, secret: str) -> pl.Series:
    keys = {}
    for cell in cells.drop_nulls().unique().to_list():
        address = fold(cell)
        name, at, host = address.rpartition("@")
        good = at and name and "." in host and " " not in address
        keys[cell] = digest("mail", secret, address) if good else None
    return _looked_up(cells, keys)


def _users(cells: pl.Series, secret: str) -> pl.Series:
    return _looked_up(
        cells, {cell: digest("user", secret, fold(cell)) for cell in cells.drop_nulls().unique().to_list()}
    )


def _looked_up(cells: pl.Series, keys: Mapping[str, str | None]) -> pl.Series:
    if not keys:
        return cells
    return cells.replace_strict(keys, default=None, return_dtype=pl.String)
