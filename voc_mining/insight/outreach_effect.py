"""``outreach_effect.csv``: what outreach brought, all who were to be asked against all who were held out.

Who was drawn for asking counts as asked, reached or not (intention to treat): those who can be reached are other people
than those who cannot. Without a hold-out there is nothing to hold against, and the figures only describe.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.insight.frozen import Known
from voc_mining.insight.proportions import MIN_GROUP, difference_of_means, difference_of_shares
from voc_mining.usage_trend import usage_trend

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

TREAT, HOLDOUT = "treat", "holdout"
INQUIRY_DAYS, LEAVING_DAYS, RENEWAL_DAYS, USAGE_WEEKS = 28, 91, 365, 4
SCHEMA: dict[str, PolarsDataType] = {
    "campaign": pl.String, "effect_on": pl.String, "design": pl.String, "first_asked": pl.Date, "days": pl.Int64,
    "n_treat": pl.Int64, "n_holdout": pl.Int64, "n_pending": pl.Int64, "n_reached": pl.Int64, "n_answered": pl.Int64,
    "treat": pl.Float64, "holdout": pl.Float64, "difference": pl.Float64, "ci_low": pl.Float64, "ci_high": pl.Float64,
}  # fmt: skip
_DAYS = {"answered": 0, "inquired": INQUIRY_DAYS, "usage_change": 7 * USAGE_WEEKS + 6, "left": LEAVING_DAYS,
         "renewed": RENEWAL_DAYS}  # fmt: skip


def outreach_effect(asked: pl.DataFrame, known: Known, opportunities: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Compare the arms of each campaign by what came after.

    Parameters
    ----------
    asked : DataFrame
        Of :func:`voc_mining.insight.outreach_results.askings`.
    known : Known
        Contacts, usage, and who belongs to which unit.
    opportunities : DataFrame
        Of :func:`voc_mining.insight.opportunities.opportunities`.
    as_of : date
        Last day that is known.

    Returns
    -------
    DataFrame
        Columns of ``outreach_effect.csv`` in order. A row per campaign and ``effect_on``: ``answered``, ``inquired`` (a contact
        of their own within 28 days), ``usage_change`` (four weeks after against four before), ``left`` (notice or end
        within 91 days), ``renewed`` (of what fell due within a year). Counted are customers, or accounts where the
        contract is theirs, whose time to follow is over; the others are pending. Where customers of one account are in both arms,
        customers are counted, and leaving and renewing only of those with a contract of their own. The difference is null
        without a hold-out, and where an arm is too small.
    """
    rows = [
        row
        for (campaign,), part in asked.sort("campaign").group_by(["campaign"], maintain_order=True)
        for row in _of_campaign(str(campaign), part, known, opportunities, as_of)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _of_campaign(
    campaign: str, asked: pl.DataFrame, known: Known, opportunities: pl.DataFrame, as_of: date
) -> Iterator[dict[str, Any]]:
    units = _units(asked, known)
    if units["n_arms"].max() != 1:
        # Drawn customer by customer, across accounts: so it is compared, by what customers do themselves.
        alone = known.members.with_columns((pl.lit("customer:") + pl.col("customer_key")).alias("unit_key"))
        known = replace(known, members=alone)
        units = _units(asked, known)
    yield from _rows(
        campaign,
        units,
        {
            "answered": units.with_columns(pl.col("answered").cast(pl.Float64).alias("value")),
            "inquired": _inquired(units, known, as_of),
            "usage_change": _usage(units, known, as_of),
            "left": _left(units, opportunities, as_of),
            "renewed": _renewed(units, opportunities, as_of),
        },
    )


def _units(asked: pl.DataFrame, known: Known) -> pl.DataFrame:
    """One row per unit with its first asking; a customer that nobody knows is a unit."""
    own = pl.lit("customer:") + pl.col("customer_key")
    return (
        asked.join(known.members, on="customer_key", how="left", validate="m:1")
        .with_columns(pl.coalesce("unit_key", own).alias("unit_key"))
        .group_by("unit_key")
        .agg(
            (pl.col("arm") == TREAT).any().alias("treated"),
            pl.col("arm").n_unique().alias("n_arms"),
            tokyo_date(pl.col("asked_at")).min().alias("day"),
            pl.col("reached_at").is_not_null().any().alias("reached"),
            pl.col("answered_at").is_not_null().any().alias("answered"),
        )
        .with_columns(pl.when("treated").then(pl.lit(TREAT)).otherwise(pl.lit(HOLDOUT)).alias("arm"))
        .sort("unit_key")
        .with_row_index("no")
        .with_columns(pl.col("no").cast(pl.String).alias("moment_id"))
    )


def _inquired(units: pl.DataFrame, known: Known, as_of: date) -> pl.DataFrame:
    own = known.of_units(known.contacts.filter(pl.col("origin") == "reactive")).select("unit_key", "business_date")
    after = _within(units, own, "business_date", INQUIRY_DAYS)
    over = pl.col("day") <= as_of - timedelta(days=INQUIRY_DAYS)
    return units.with_columns(pl.when(over).then(pl.col("no").is_in(after.implode()).cast(pl.Float64)).alias("value"))


def _usage(units: pl.DataFrame, known: Known, as_of: date) -> pl.DataFrame:
    """Change from the four complete weeks before the week of asking to the four from then on."""
    late = units.with_columns(pl.col("day") + timedelta(days=_DAYS["usage_change"]))
    moved = usage_trend(late.filter(pl.col("day") <= as_of), known.of_units(known.usage), USAGE_WEEKS)
    return units.join(
        moved.select("moment_id", pl.col("usage_change").alias("value")), on="moment_id", how="left", validate="1:1"
    )


def _left(units: pl.DataFrame, opportunities: pl.DataFrame, as_of: date) -> pl.DataFrame:
    gone = opportunities.filter(pl.col("state") == "churned").select("unit_key", "left_on")
    after = _within(units, gone, "left_on", LEAVING_DAYS)
    held = pl.col("unit_key").is_in(opportunities["unit_key"].unique().implode())
    over = (pl.col("day") <= as_of - timedelta(days=LEAVING_DAYS)) & held
    return units.with_columns(pl.when(over).then(pl.col("no").is_in(after.implode()).cast(pl.Float64)).alias("value"))


def _renewed(units: pl.DataFrame, opportunities: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Tell whether the first term that ended after asking was renewed; what is not yet due is pending."""
    after = (
        units.select("no", "unit_key", "day")
        .join(opportunities.select("unit_key", "due", "state", "left_on"), on="unit_key", how="inner")
        .filter(
            (pl.col("due") > pl.col("day"))
            & (pl.col("due") <= pl.col("day") + timedelta(days=RENEWAL_DAYS))
            & (pl.col("due") <= as_of)
            & (pl.col("left_on") > pl.col("day")).fill_null(value=True)
            & pl.col("state").is_in(["renewed", "churned"])
        )
        .sort("no", "due")
        .unique("no", keep="first", maintain_order=True)
        .select("no", (pl.col("state") == "renewed").cast(pl.Float64).alias("value"))
    )
    return units.join(after, on="no", how="left", validate="1:1")


def _within(units: pl.DataFrame, events: pl.DataFrame, column: str, days: int) -> pl.Series:
    """Units with an event in the days after the day of asking."""
    event = pl.col(column)
    return (
        units.select("no", "unit_key", "day")
        .join(events, on="unit_key", how="inner")
        .filter((event > pl.col("day")) & (event <= pl.col("day") + timedelta(days=days)))["no"]
        .unique()
    )


def _rows(campaign: str, part: pl.DataFrame, outcomes: dict[str, pl.DataFrame]) -> Iterator[dict[str, Any]]:
    randomized = part["arm"].n_unique() == 2
    asked = part.filter(pl.col("arm") == TREAT)
    for outcome, values in outcomes.items():
        first, second = (
            values.filter(pl.col("arm") == arm)["value"].drop_nulls().to_numpy() for arm in (TREAT, HOLDOUT)
        )
        compared = randomized and outcome != "answered" and min(first.size, second.size) >= MIN_GROUP
        gap = None
        if compared and outcome == "usage_change":
            gap = difference_of_means(first, second)
        elif compared:
            gap = difference_of_shares(int(first.sum()), first.size, int(second.sum()), second.size)
        yield {
            "campaign": campaign,
            "effect_on": outcome,
            "design": "randomized" if randomized and outcome != "answered" else "descriptive",
            "first_asked": part["day"].min(),
            "days": _DAYS[outcome],
            "n_treat": first.size,
            "n_holdout": second.size,
            "n_pending": values["value"].null_count(),
            "n_reached": asked["reached"].sum(),
            "n_answered": asked["answered"].sum(),
            "treat": round(float(first.mean()), 4) if first.size else None,
            "holdout": round(float(second.mean()), 4) if second.size and outcome != "answered" else None,
            "difference": gap.value if gap else None,
            "ci_low": gap.ci_low if gap else None,
            "ci_high": gap.ci_high if gap else None,
        }
