"""Times and dates in the ways Japanese systems write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ingest.tables import case_table
from voc_mining.ingest.times import is_format, parse_dates, parse_times

TOKYO = ZoneInfo("Asia/Tokyo")
MOMENTS = st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2099-12-31"))
WAYS = (
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S+09:00",
    "%Y%m%d %H%M%S",
    "%Y%m%d%H%M%S",
    "%Y年%m月%d日 %H時%M分%S秒",
    "%Y年%m月%d日(水)%H:%M:%S",
    "%Y.%m.%d %H:%M:%S",
)


def parsed(*cells: str | None, **settings: object) -> list[datetime | None]:
    return parse_times(pl.Series("t", cells, dtype=pl.String), time_zone="Asia/Tokyo", **settings).to_list()


@pytest.mark.parametrize(("cell", "utc"), case_table("times.tsv"))
def test_times(cell: str, utc: str):
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC) if utc else None
    assert parsed(cell) == [expected]


def test_a_column_of_mixed_formats_keeps_its_order():
    rows = [row for row in case_table("times.tsv") if row[1]]
    expected = [datetime.fromisoformat(utc).replace(tzinfo=UTC) for _, utc in rows]
    assert parsed(None, *(cell for cell, _ in rows), None) == [None, *expected, None]


@given(MOMENTS, st.sampled_from(WAYS))
def test_every_second_reads_back_in_every_way(moment: datetime, way: str):
    moment = moment.replace(microsecond=0)
    assert parsed(moment.strftime(way)) == [moment.replace(tzinfo=TOKYO)]


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str):
    (found,) = parsed(text)
    assert found is None or found.tzinfo is not None


@given(st.integers(20_000, 60_000), st.integers(0, 86_399))
def test_excel_serials_only_if_told(days: int, seconds: int):
    cell = repr(days + seconds / 86_400)
    expected = datetime(1899, 12, 30, tzinfo=TOKYO) + timedelta(days=days, seconds=seconds)
    assert parsed(cell) == [None]
    assert parsed(cell, excel_serials=True) == [expected]


def test_configured_formats_come_first():
    assert parsed("04/05/2026 09:00", formats=["%d/%m/%Y %H:%M"]) == [datetime(2026, 5, 4, tzinfo=UTC)]
    assert parsed("4.5.2026", formats=["%d.%m.%Y"]) == [datetime(2026, 5, 3, 15, tzinfo=UTC)]
    assert parsed("01Apr2026 00:00 +0000", formats=["%d%b%Y %H:%M %z"]) == [datetime(2026, 4, 1, tzinfo=UTC)]


def test_another_time_zone():
    times = parse_times(pl.Series(["2026-07-01 09:00", "2026-07-01 09:00+09:00"]), time_zone="Europe/Berlin")
    assert times.to_list() == [datetime(2026, 7, 1, 7, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)]


def test_a_date_is_the_day_in_the_time_zone():
    cells = pl.Series(["2026/4/1", "2026-03-31T23:00:00Z", "令和8年4月1日", "x"])
    assert parse_dates(cells, time_zone="Asia/Tokyo").to_list() == [date(2026, 4, 1)] * 3 + [None]


@pytest.mark.parametrize("form", ["YYYY/MM/DD", "", "%Y %Q"])
def test_what_is_no_format(form: str):
    assert not is_format(form)
