"""Japanese business days: weekends, public holidays, substitute holidays, the turn of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from voc_mining.business_time import add_business_days, end_of_day, is_business_day, month_of, tokyo_date


@pytest.mark.parametrize(
    ("day", "n", "after"),
    [
        ("2026-10-05", 3, "2026-10-08"),
        ("2026-10-08", 3, "2026-10-14"),  # スポーツの日 10-12
        ("2026-05-01", 1, "2026-05-07"),  # 憲法記念日, みどりの日, こどもの日, 振替休日
        ("2026-12-30", 3, "2027-01-05"),  # only 元日 is a public holiday
        ("2026-10-10", 1, "2026-10-13"),  # from a Saturday
        ("2026-10-05", 0, "2026-10-05"),
    ],
)
def test_business_days_are_counted_after_the_day(day, n, after):
    assert add_business_days(date.fromisoformat(day), n) == date.fromisoformat(after)


def test_weekend_is_no_business_day():
    assert not is_business_day(date(2026, 10, 31))


def test_dates_and_months_are_those_of_tokyo():
    times = pl.DataFrame({"at": [datetime(2026, 4, 30, 15, 30, tzinfo=UTC), None]})
    dated = times.with_columns(day=tokyo_date(pl.col("at"))).with_columns(month=month_of(pl.col("day")))
    assert dated["day"].to_list() == [date(2026, 5, 1), None]
    assert dated["month"].to_list() == ["2026-05", "unknown"]


def test_the_end_of_a_day_is_midnight_in_tokyo():
    assert pl.select(end_of_day(date(2026, 10, 31))).item() == datetime(2026, 10, 31, 15, tzinfo=UTC)
