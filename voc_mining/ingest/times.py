"""Times and dates as Japanese systems write them, column by column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import polars as pl

from voc_mining.contracts.table import UTC_TIME

_CLOCK = (
    r"(?P<half>午前|午後|AM|PM|am|pm)?\s*(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"|時(?:\s*(?P<minute2>\d{1,2})分(?:\s*(?P<second2>\d{1,2})秒)?)?)"
    r"\s*(?P<half2>AM|PM|am|pm)?\s*(?P<zone>Z|z|JST|UTC|[+-]\d{2}:?\d{2})?"
)
_WRITTEN = (
    r"^(?:(?P<era>令和|平成|昭和|[RHSrhs])\.?(?P<era_year>元|\d{1,2})|(?P<year>\d{4}))\s*[-/.年]\s*"
    r"(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})(?:日?$|(?:日|[Tt_\s]|日[Tt_\s])\s*" + _CLOCK + "$)"
)
_COMPACT = (
    r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[Tt_\s-]?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<zone>Z|z|JST|UTC|[+-]\d{2}:?\d{2})?)?$"
)
_WEEKDAY = r"\s*[(\[](?:[月火水木金土日](?:曜日?)?(?:[・/]?祝)?|Mon|Tue|Wed|Thu|Fri|Sat|Sun)[)\]]\s*"
_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
_ISO_WEEK = r"^\s*([0-9]{4})[-\s]?W([0-9]{1,2})\s*$"
_OFFSETS = {"Z": 0, "UTC": 0, "JST": 9 * 60}
_HOUR_DIRECTIVES = ("%H", "%I", "%k", "%l", "%T", "%R", "%r", "%X", "%c", "%+", "%s")
_DIRECTIVES = "YCymbBhdeaAwuUWGgVjDxFvHkIlPpMSfRTXrZzcs+nt%"
_MAX_SERIAL = 2_958_465
_EXCEL_EPOCH = pl.datetime(1899, 12, 30, time_unit="us")


def parse_times(
    cells: pl.Series, *, time_zone: str, formats: Sequence[str] = (), excel_serials: bool = False
) -> pl.Series:
    """Parse times into UTC; null where a cell is empty or cannot be read.

    Read without being told: 2026/4/1 9:05, 2026-04-01T09:05:30.5+09:00, 20260401 090500, 2026年4月1日(水) 9時5分,
    2026/4/1 午後3:05, 令和8年4月1日, a date alone (midnight), all in any width. Day-first and month-first
    orders are ambiguous: they need a format.

    Parameters
    ----------
    cells : Series of String
        Cells without outer spaces.
    time_zone : str
        Of times that carry no offset.
    formats : sequence of str
        Formats in strftime notation, tried first.
    excel_serials : bool
        Whether a bare number is a count of days since 1899-12-30.
    """
    plain = cells.to_frame("cell").select(
        pl.col("cell").str.normalize("NFKC").str.replace_all(_WEEKDAY, " ").str.strip_chars()
    )
    times = pl.repeat(None, len(cells), dtype=UTC_TIME, eager=True)
    for way in _ways(time_zone, formats, excel_serials=excel_serials):
        left = (times.is_null() & plain["cell"].is_not_null()).arg_true()
        if len(left):
            times = times.scatter(left, way(plain[left]))
    return times.alias(cells.name)


def parse_dates(
    cells: pl.Series, *, time_zone: str, formats: Sequence[str] = (), excel_serials: bool = False
) -> pl.Series:
    """Parse dates as :func:`parse_times` does; a time's date is that of its day in ``time_zone``."""
    times = parse_times(cells, time_zone=time_zone, formats=formats, excel_serials=excel_serials)
    return times.dt.convert_time_zone(time_zone).dt.date()


def parse_weeks(
    cells: pl.Series, *, time_zone: str, formats: Sequence[str] = (), excel_serials: bool = False
) -> pl.Series:
    """Parse weeks into the date of their Monday: of an ISO week, or of any day in it, parsed as :func:`parse_dates` does.

    >>> parse_weeks(pl.Series(["2026-W14", "2026/4/2"]), time_zone="Asia/Tokyo").to_list()
    [datetime.date(2026, 3, 30), datetime.date(2026, 3, 30)]
    """
    days = parse_dates(cells, time_zone=time_zone, formats=formats, excel_serials=excel_serials)
    week = pl.col("cell").str.normalize("NFKC").str.extract_groups(_ISO_WEEK)
    monday = pl.concat_str(week.struct.field("1"), week.struct.field("2").str.zfill(2), separator="-W") + "-1"
    mondays = cells.to_frame("cell").select(monday.str.to_date("%G-W%V-%u", strict=False)).to_series()
    return (
        pl.DataFrame({"week": mondays, "day": days})
        .select(pl.coalesce("week", pl.col("day").dt.truncate("1w")))
        .to_series()
    )


def is_format(form: str) -> bool:
    """Whether a format in strftime notation can be used.

    >>> is_format("%d.%m.%Y %H:%M"), is_format("YYYY/MM/DD")
    (True, False)
    """
    used = set(re.findall(r"%[-_0#:.0-9]*(.?)", form))
    if not used or not used <= set(_DIRECTIVES):
        return False
    try:
        _configured(pl.DataFrame({"cell": ["2026"]}), form=form, time_zone="UTC")
    except pl.exceptions.PolarsError:
        return False
    return True


def _ways(
    time_zone: str, formats: Sequence[str], *, excel_serials: bool
) -> Iterator[Callable[[pl.DataFrame], pl.Series]]:
    """Ways to read the column ``cell``, in the order they are tried."""
    for form in formats:
        yield partial(_configured, form=form, time_zone=time_zone)
    if excel_serials:
        yield partial(_serial, time_zone=time_zone)
    for pattern in (_WRITTEN, _COMPACT):
        yield partial(_by_pattern, pattern=pattern, time_zone=time_zone)


def _serial(plain: pl.DataFrame, *, time_zone: str) -> pl.Series:
    days = pl.col("cell").cast(pl.Float64, strict=False)
    days = pl.when(days.is_between(1, _MAX_SERIAL)).then(days)
    # Serials hold seconds as fractions of a day: round to the second they stand for.
    seconds = (days * 86_400).round().cast(pl.Int64)
    return plain.select(_located(_EXCEL_EPOCH + pl.duration(seconds=seconds, time_unit="us"), time_zone)).to_series()


def _configured(plain: pl.DataFrame, *, form: str, time_zone: str) -> pl.Series:
    cell = pl.col("cell")
    if "%z" in form or "%:z" in form or "%#z" in form:
        parsed = cell.str.to_datetime(form, time_unit="us", time_zone="UTC", strict=False)
    elif not any(directive in form for directive in _HOUR_DIRECTIVES):
        parsed = _located(cell.str.to_date(form, strict=False).cast(pl.Datetime("us")), time_zone)
    else:
        parsed = _located(cell.str.to_datetime(form, time_unit="us", strict=False), time_zone)
    return plain.select(parsed).to_series()


def _by_pattern(plain: pl.DataFrame, *, pattern: str, time_zone: str) -> pl.Series:
    found = plain.select(pl.col("cell").str.extract_groups(pattern)).unnest("cell")

    def part(name: str) -> pl.Expr:
        return pl.col(name) if name in found.columns else pl.lit(None, pl.String)

    def number(*names: str) -> pl.Expr:
        return pl.coalesce([part(name).cast(pl.Int32, strict=False) for name in names])

    era = part("era").str.to_lowercase().replace_strict(_ERAS, default=None, return_dtype=pl.Int32)
    era_year = part("era_year").replace("元", "1").cast(pl.Int32, strict=False)
    year = pl.coalesce([number("year"), era + era_year])
    half = pl.coalesce([part("half"), part("half2")]).str.to_uppercase()
    hour = number("hour")
    midday = half.is_in(["PM", "午後"]) & (hour < 12)
    midnight = half.is_in(["AM", "午前"]) & (hour == 12)
    hour = pl.when(half.is_not_null() & (hour > 12)).then(None).otherwise(hour)
    # A twelve-hour clock out of range must not fall back to midnight.
    hour = pl.when(part("hour").is_null()).then(0).when(midday).then(hour + 12).when(midnight).then(0).otherwise(hour)
    text = pl.concat_str(
        [
            year.cast(pl.String).str.zfill(4),
            number("month").cast(pl.String).str.zfill(2),
            number("day").cast(pl.String).str.zfill(2),
            hour.cast(pl.String).str.zfill(2),
            number("minute", "minute2").fill_null(0).cast(pl.String).str.zfill(2),
            number("second", "second2").fill_null(0).cast(pl.String).str.zfill(2),
            part("fraction").fill_null("").str.head(6).str.pad_end(6, "0"),
        ],
        separator=" ",
    )
    local = text.str.to_datetime("%Y %m %d %H %M %S %6f", time_unit="us", strict=False)
    zone = part("zone").str.to_uppercase()
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    digits = zone.str.replace_all("[^0-9]", "")
    minutes = digits.str.head(2).cast(pl.Int32, strict=False) * 60 + digits.str.tail(2).cast(pl.Int32, strict=False)
    offset = pl.coalesce([zone.replace_strict(_OFFSETS, default=None, return_dtype=pl.Int32), sign * minutes])
    shifted = (local - pl.duration(minutes=offset, time_unit="us")).dt.replace_time_zone("UTC")
    placed = pl.when(zone.is_null()).then(_located(local, time_zone)).otherwise(shifted)
    return found.select(placed.alias("cell")).to_series()


def _located(local: pl.Expr, time_zone: str) -> pl.Expr:
    placed = local.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    return placed.dt.convert_time_zone("UTC").cast(UTC_TIME)
