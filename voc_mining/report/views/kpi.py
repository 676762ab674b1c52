"""Figures of the contact centre; rates and means are made anew from the sums, never averaged over days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from voc_mining.insight.kpi import CALL_COUNTS
from voc_mining.report.views.values import Frames, Row, records

_COUNTS = (*CALL_COUNTS, "transfers")


@dataclass(frozen=True, slots=True)
class KpiView:
    """Totals, by queue, by month (newest first) and by week; ``basis`` is ``log`` where no disposition is known.

    ``open_month`` is the month that goes on after the day of the figures, if it does; ``cut_week`` says whether the
    week of that day does.
    """

    total: Row | None
    by_queue: tuple[Row, ...]
    by_month: tuple[Row, ...]
    by_week: tuple[Row, ...]
    basis: str | None
    date_from: date | None
    date_to: date | None
    open_month: date | None
    cut_week: bool


def kpi(frames: Frames, as_of: date) -> KpiView:
    """Add up ``kpi_daily``; a record without a queue (forms, mail) has none here either."""
    table = frames["kpi_daily"]
    if table.is_empty():
        return KpiView(None, (), (), (), None, None, None, None, cut_week=False)
    day = pl.col("business_date")
    dated = table.with_columns(month=day.dt.truncate("1mo"), week=day.dt.truncate("1w"))
    return KpiView(
        total=records(_summed(dated.with_columns(whole=pl.lit(0)), "whole"))[0],
        by_queue=records(_summed(dated, "queue").sort("offered", "queue", descending=[True, False], nulls_last=True)),
        by_month=records(_summed(dated, "month").sort("month", descending=True)),
        by_week=records(_summed(dated, "week").sort("week")),
        basis=table["basis"].drop_nulls().mode().sort().first() if table["basis"].drop_nulls().len() else None,  # type: ignore[arg-type]
        date_from=table["business_date"].min(),  # type: ignore[arg-type]
        date_to=table["business_date"].max(),  # type: ignore[arg-type]
        open_month=None if (as_of + timedelta(days=1)).day == 1 else as_of.replace(day=1),
        cut_week=as_of.isoweekday() != 7,  # Sunday ends a week
    )


def _summed(days: pl.DataFrame, key: str) -> pl.DataFrame:
    """Add up counts and make anew what follows from them.

    Formulas as in :mod:`voc_mining.insight.kpi`: shares of the day times their denominator are counts again.
    """
    identified = pl.col("n_identified")
    known = pl.col("fcr").is_not_null()
    sums = days.group_by(key).agg(
        *(pl.col(name).sum() for name in _COUNTS),
        (pl.col("service_level") * pl.col("offered")).round().sum().cast(pl.Int64).alias("in_time"),
        *(_mean_per_call(name) for name in ("att_s", "hold_s", "acw_s", "aht_s")),
        pl.col("n_inquiries", "n_written", "n_identified").sum(),
        identified.filter(known).sum().alias("fcr_of"),
        (pl.col("fcr") * identified).round().sum().cast(pl.Int64).alias("fcr_n"),
        *(_median_of_days(name) for name in ("first_reply_median_s", "resolution_median_s")),
    )
    return sums.with_columns(
        _over("answered", pl.col("offered")).alias("answer_rate"),
        _over("abandoned", pl.col("offered")).alias("abandon_rate"),
        _over("in_time", pl.col("offered")).alias("service_level"),
        _over("fcr_n", pl.col("fcr_of")).alias("fcr"),
        _over("n_identified", pl.col("n_inquiries")).alias("identified_share"),
    )


def _over(name: str, denominator: pl.Expr) -> pl.Expr:
    return pl.when(denominator > 0).then(pl.col(name) / denominator)


def _mean_per_call(name: str) -> pl.Expr:
    weight = pl.col("answered").filter(pl.col(name).is_not_null()).sum()
    return pl.when(weight > 0).then((pl.col(name) * pl.col("answered")).sum() / weight).alias(name)


def _median_of_days(name: str) -> pl.Expr:
    """Median over written inquiries, each given the median of its day: the daily file holds no more."""
    known = pl.col(name).is_not_null() & (pl.col("n_written") > 0)
    return pl.col(name).filter(known).repeat_by(pl.col("n_written").filter(known)).explode().median().alias(name)
