"""What was known of a unit at a moment: features frozen there, whatever came later.

Only what is dated up to the day goes in. A row of the customers table that describes a later day gives nothing but what
stands in a contract from its beginning: plan, segment and start.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.insight.word_data import outlook_among
from voc_mining.usage_trend import usage_trend

INQUIRY_DAYS, SUPPORT_DAYS = 180, 91
_TROUBLE = ("complaint", "churn_signal")
FEATURES: dict[str, type[pl.DataType]] = {
    "plan": pl.String,
    "segment": pl.String,
    "lifecycle": pl.String,
    "members": pl.Int64,
    "tenure_days": pl.Int64,
    "annual_value": pl.Float64,
    "usage_change": pl.Float64,
    "usage_metric": pl.String,
    "usage_metric_change": pl.Float64,
    "usage_score": pl.Float64,
    "renewal_outlook": pl.String,
    "outlook_poor": pl.Boolean,
    "supported_3m": pl.Boolean,
    "inquiries_180d": pl.Int64,
    "trouble_180d": pl.Int64,
    "self_service_91d": pl.Int64,
}
"""Columns that :func:`frozen_features` adds to moments, with their types."""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that features are drawn from; what is missing is an empty frame.

    Parameters
    ----------
    members : DataFrame
        Of :func:`voc_mining.insight.units.members`.
    customers : DataFrame
        Rows of the customers table, all of them.
    contacts, statements : DataFrame
        Of :mod:`voc_mining.insight.facts`.
    usage, self_service : DataFrame
        Tables of the lake.
    """

    members: pl.DataFrame
    customers: pl.DataFrame
    contacts: pl.DataFrame
    statements: pl.DataFrame
    usage: pl.DataFrame
    self_service: pl.DataFrame

    def of_units(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Give the rows of customers their unit; rows of customers nobody knows go."""
        return frame.join(self.members, on="customer_key", how="inner", validate="m:1")

    def supports(self) -> pl.DataFrame:
        """List the days on which a unit was supported: proactive contacts that reached it, and support on record.

        Returns
        -------
        DataFrame
            ``unit_key``, ``day`` and ``known_on`` (the day from which on we know of it), each pair of days once.
        """
        reached = self.contacts.filter(
            (pl.col("origin") == "proactive")
            & (pl.col("disposition").is_null() | (pl.col("disposition") == "answered"))
            & (pl.col("source") != "survey")
        ).select("customer_key", pl.col("business_date").alias("day"), pl.col("business_date").alias("known_on"))
        recorded = self.customers.select(
            "customer_key", tokyo_date(pl.col("last_support_at")).alias("day"), pl.col("as_of").alias("known_on")
        )
        days = pl.concat([reached, recorded]).drop_nulls()
        return self.of_units(days).select("unit_key", "day", "known_on").unique().sort("unit_key", "day", "known_on")


def frozen_features(moments: pl.DataFrame, known: Known, *, weeks: int = 4) -> pl.DataFrame:
    """Draw the features of units at moments.

    Parameters
    ----------
    moments : DataFrame
        ``moment_id`` (unique), ``unit_key``, ``day`` (the last one that is looked at).
    known : Known
        What there is, later days included.
    weeks : int
        Weeks of usage on either side of a comparison.

    Returns
    -------
    DataFrame
        The moments, in their order, with the columns of ``FEATURES``; null where it is not known. None is not the same as
        no record: counts of 0, and no support, are told only where records go back as far as they look.
    """
    inquiries = known.contacts.filter(pl.col("origin") == "reactive")
    uses = known.self_service.with_columns(tokyo_date(pl.col("at")).alias("business_date"))
    trouble = known.statements.filter(pl.col("kind").is_in(_TROUBLE))
    events = {
        "inquiries_180d": (inquiries, inquiries, INQUIRY_DAYS),
        "trouble_180d": (trouble, known.statements, INQUIRY_DAYS),
        "self_service_91d": (uses, uses, SUPPORT_DAYS),
    }
    drawn = moments.join(_of_rows(moments, known), on="moment_id", how="left", validate="1:1")
    for name, (frame, records, days) in events.items():
        counted = _count_before(moments, known.of_units(frame), days, name)
        told = pl.lit(records["business_date"].min(), pl.Date) <= pl.col("day") - pl.duration(days=days)
        drawn = drawn.join(counted, on="moment_id", how="left", validate="1:1").with_columns(
            pl.when(told).then(pl.col(name).fill_null(0)).otherwise(name).alias(name)
        )
    return (
        drawn.join(usage_trend(moments, known.of_units(known.usage), weeks), on="moment_id", how="left", validate="1:1")
        .join(supported(moments, known.supports()), on="moment_id", how="left", validate="1:1")
        .select(*moments.columns, *(pl.col(name).cast(dtype) for name, dtype in FEATURES.items()))
    )


def supported(moments: pl.DataFrame, supports: pl.DataFrame) -> pl.DataFrame:
    """Tell whether a unit was supported within three months before a day, that day excluded.

    Parameters
    ----------
    moments : DataFrame
        ``moment_id`` (unique), ``unit_key``, ``day``.
    supports : DataFrame
        Of :meth:`Known.supports`; what became known only later is not looked at.

    Returns
    -------
    DataFrame
        ``moment_id``, ``supported_3m``: null where no record of support is as old as the three months.
    """
    since = pl.col("day") - pl.duration(days=SUPPORT_DAYS)
    found = (
        moments.select("moment_id", "unit_key", "day")
        .join(supports.rename({"day": "support_day"}), on="unit_key", how="inner")
        .filter(
            (pl.col("support_day") >= since)
            & (pl.col("support_day") < pl.col("day"))
            & (pl.col("known_on") <= pl.col("day"))
        )
        .select("moment_id")
        .unique()
    )
    first = pl.lit(supports["known_on"].min(), pl.Date)
    was = pl.col("moment_id").is_in(found["moment_id"].implode())
    return moments.select("moment_id", pl.when(was | (first <= since)).then(was).alias("supported_3m"))


def _of_rows(moments: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Fold the rows of a unit's customers, as they were known on the day, into one."""
    rows = known.customers.sort("as_of", "customer_key")
    pairs = moments.select("moment_id", "unit_key", "day").join(known.members, on="unit_key", how="inner").sort("day")
    told = pl.col("outlook_at").is_null() | (pl.col("outlook_at") <= pl.col("day"))
    dynamic = ("lifecycle", "annual_value", "usage_score", "renewal_outlook", "outlook_at")
    fixed = ("plan", "segment", "contract_start")
    earliest = rows.unique("customer_key", keep="first", maintain_order=True)
    described = pairs.join_asof(
        rows.select("customer_key", pl.col("as_of").alias("day"), *dynamic, *fixed),
        on="day",
        by="customer_key",
        check_sortedness=False,
    ).join(
        earliest.select("customer_key", *(pl.col(name).alias(f"first_{name}") for name in fixed)),
        on="customer_key",
        how="left",
        validate="m:1",
    )
    start = pl.coalesce("contract_start", "first_contract_start").min()
    return (
        described.sort("moment_id", "customer_key")
        .with_columns(pl.when(told).then(outlook_among("poor_outlooks")).alias("outlook_poor"))
        .group_by("moment_id", maintain_order=True)
        .agg(
            pl.coalesce("plan", "first_plan").drop_nulls().mode(maintain_order=True).first().alias("plan"),
            pl.coalesce("segment", "first_segment").drop_nulls().mode(maintain_order=True).first().alias("segment"),
            pl.col("lifecycle").drop_nulls().mode(maintain_order=True).first(),
            pl.len().cast(pl.Int64).alias("members"),
            (pl.col("day").first() - start).dt.total_days().clip(lower_bound=0).alias("tenure_days"),
            pl.col("annual_value").max(),
            pl.col("usage_score").mean(),
            pl.when(told).then("renewal_outlook").drop_nulls().first().alias("renewal_outlook"),
            pl.col("outlook_poor").max(),
        )
    )


def _count_before(moments: pl.DataFrame, events: pl.DataFrame, days: int, name: str) -> pl.DataFrame:
    return (
        moments.select("moment_id", "unit_key", "day")
        .join(events.select("unit_key", pl.col("business_date").alias("event_day")), on="unit_key", how="inner")
        .filter((pl.col("event_day") <= pl.col("day")) & (pl.col("event_day") > pl.col("day") - pl.duration(days=days)))
        .group_by("moment_id")
        .agg(pl.len().cast(pl.Int64).alias(name))
    )
