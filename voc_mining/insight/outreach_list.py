"""Whom a campaign asks: the list for mail, SMS or in-app tools, with a random part held out and kept so.

Arms are drawn from a digest of seed, campaign and unit: the same for every repeat, whatever the order, and the same for
all customers of an account, which talk to each other. Once on record an arm stays, even if seed or share change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from voc_mining.business_time import TOKYO, add_business_days, is_business_day
from voc_mining.ids import digest
from voc_mining.insight.word_data import word_table

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

TREAT, HOLDOUT = "treat", "holdout"
CHANNELS = ("mail", "sms", "app")
_HOUR = time(10)
_HEX = 13
LIST_SCHEMA: dict[str, PolarsDataType] = {
    "customer_id": pl.String, "campaign": pl.String, "asked_at": pl.Datetime("us", "UTC"), "arm": pl.String,
    "reached_at": pl.Datetime("us", "UTC"), "answered_at": pl.Datetime("us", "UTC"), "result": pl.String,
    "channel": pl.String, "step": pl.Int64, "subject": pl.String, "message": pl.String, "situation": pl.String,
    "suggested_contact": pl.String, "risk": pl.Int64, "reasons": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is asked for.

    Parameters
    ----------
    name : str
        Name of the campaign; a repeat with the same name goes on with it.
    as_of : date
        Day of the figures; the first message goes out on the next business day.
    channel : {"mail", "sms", "app"}
        Tool that sends.
    limit : int or None
        Most customers asked, those already asked included.
    holdout : float
        Share held out at random, 0-1.
    seed : int
        Of the draw.
    lang : str
        Language of messages.
    """

    name: str
    as_of: date
    channel: str = "mail"
    limit: int | None = None
    holdout: float = 0.0
    seed: int = 0
    lang: str = "ja"


@dataclass(frozen=True, slots=True)
class OutreachList:
    """The list, what is to be recorded of it, and how many were left out why."""

    rows: pl.DataFrame
    recorded: pl.DataFrame
    left_out: pl.DataFrame


def outreach_list(candidates: pl.DataFrame, before: pl.DataFrame, campaign: Campaign) -> OutreachList:
    """Draw up the list of a campaign.

    Parameters
    ----------
    candidates : DataFrame
        In order of priority: ``customer_key`` (unique), ``unit_key``, ``situation``, ``suggested_contact``, ``risk``,
        ``reasons``, ``block``, ``block_reason`` (null where the customer may be contacted).
    before : DataFrame
        What was recorded of earlier lists: rows of ``outreach_lists``.
    campaign : Campaign
        What is asked for.

    Returns
    -------
    OutreachList
        ``rows`` in the columns of ``outreach.csv`` and some more, a row per customer and message; those held out have one
        without channel and message, at the end. ``recorded``: new rows of ``outreach_lists``. ``left_out``:
        ``block``, ``n``: candidates who are not on the list, by reason (``limit``, ``person`` too).
    """
    mine = before.filter(pl.col("campaign") == campaign.name)
    steps = _steps(campaign)
    sendable = steps["situation"].unique()
    known = mine.select(
        "customer_key",
        pl.col("arm").alias("known_arm"),
        "asked_at",
        pl.col("situation").alias("known_situation"),
        pl.lit(value=True).alias("listed"),
    )
    by_unit = (
        mine.sort("customer_key").group_by("unit_key", maintain_order=True).agg(pl.col("arm").first().alias("unit_arm"))
    )
    drawn = {
        unit: HOLDOUT if _uniform(campaign, unit) < campaign.holdout else TREAT
        for unit in candidates["unit_key"].unique().to_list()
    }
    ranked = (
        candidates.with_row_index("place")
        .join(known, on="customer_key", how="left", validate="1:1")
        .join(by_unit, on="unit_key", how="left", validate="m:1")
        .with_columns(
            pl.col("listed").fill_null(value=False),
            pl.coalesce("known_situation", "situation").alias("situation"),
            pl.coalesce(
                "known_arm", "unit_arm", pl.col("unit_key").replace_strict(drawn, default=TREAT, return_dtype=pl.String)
            ).alias("arm"),
        )
    )
    # Who is on record already is not left alone because of this very campaign.
    own = pl.col("listed") & pl.col("block").is_in(["held_out", "just_contacted", "often_contacted"])
    by_hand = ~pl.col("situation").is_in(sendable.implode())
    marked = ranked.with_columns(
        pl.when(own)
        .then(None)
        .when(pl.col("block").is_not_null())
        .then("block")
        .when(by_hand)
        .then(pl.lit("person"))
        .alias("why")
    )
    free = marked.filter(pl.col("why").is_null()).sort(~pl.col("listed"), "place")
    asked_so_far = (free["arm"] == TREAT).cum_sum() - (free["arm"] == TREAT).cast(pl.UInt32)
    within = free.with_columns(asked_so_far.alias("so_far")).with_columns(
        (
            pl.col("listed") | (pl.col("so_far") < (campaign.limit if campaign.limit is not None else free.height + 1))
        ).alias("within")
    )
    chosen = within.filter("within")
    first = datetime.combine(add_business_days(campaign.as_of, 1), _HOUR, ZoneInfo(TOKYO)).astimezone(UTC)
    chosen = chosen.with_columns(
        pl.coalesce("asked_at", pl.lit(first).cast(pl.Datetime("us", "UTC"))).alias("asked_at")
    )
    left = pl.concat(
        [marked.filter(pl.col("why").is_not_null()).select(pl.col("why").alias("block")),
         within.filter(~pl.col("within")).with_columns(pl.lit("limit").alias("block")).select("block")]
    )  # fmt: skip
    return OutreachList(
        _rows(chosen, steps, campaign),
        chosen.filter(~pl.col("listed")).sort("customer_key").select(
            "customer_key",
            pl.lit(campaign.name).alias("campaign"),
            "unit_key",
            "arm",
            "asked_at",
            pl.lit(campaign.channel).alias("channel"),
            "situation",
            "risk",
            pl.lit(campaign.seed, pl.Int64).alias("seed"),
            pl.lit(campaign.holdout, pl.Float64).alias("holdout"),
        ),
        left.group_by("block").agg(pl.len().cast(pl.Int64).alias("n")).sort("n", "block", descending=[True, False]),
    )  # fmt: skip


def _steps(campaign: Campaign) -> pl.DataFrame:
    """Messages that a tool sends, in the campaign's language."""
    return (
        word_table("contact_steps")
        .filter(pl.col("channel").is_in(["any", campaign.channel]))
        .select(
            "situation",
            pl.col("step").cast(pl.Int64),
            pl.col("after_days").cast(pl.Int64),
            pl.col(f"subject_{campaign.lang}").alias("subject"),
            pl.col(f"text_{campaign.lang}").alias("message"),
        )
    )


def _rows(chosen: pl.DataFrame, steps: pl.DataFrame, campaign: Campaign) -> pl.DataFrame:
    asked = chosen.filter(pl.col("arm") == TREAT).join(steps, on="situation", how="inner")
    held = chosen.filter(pl.col("arm") == HOLDOUT).with_columns(pl.lit(1, pl.Int64).alias("step"))
    delays = sorted(steps["after_days"].unique().to_list())
    days = {
        (at, delay): _sent_at(at, delay) for at in asked["asked_at"].unique().to_list() for delay in delays
    }  # a handful of campaign days
    when = [days[at, delay] for at, delay in asked.select("asked_at", "after_days").iter_rows()]
    timed = asked.with_columns(
        pl.Series("asked_at", when, pl.Datetime("us", "UTC")), pl.lit(campaign.channel).alias("channel")
    )
    return (
        pl.concat([timed.sort("place", "step"), held.sort("place")], how="diagonal")
        .with_columns(
            pl.col("customer_key").alias("customer_id"),
            pl.lit(campaign.name).alias("campaign"),
            pl.col("reasons").list.join("; "),
        )
        .select(
            pl.col(name).cast(dtype)
            if name not in {"reached_at", "answered_at", "result"}
            else pl.lit(None, dtype).alias(name)
            for name, dtype in LIST_SCHEMA.items()
        )
    )


def _sent_at(first: datetime, delay: int) -> datetime:
    day = first + timedelta(days=delay)
    while not is_business_day(day.astimezone(ZoneInfo(TOKYO)).date()):
        day += timedelta(days=1)
    return day


def _uniform(campaign: Campaign, unit: str) -> float:
    return int(digest("arm", str(campaign.seed), campaign.name, unit)[:_HEX], 16) / 16.0**_HEX
