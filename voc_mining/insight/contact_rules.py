"""Whom we may get in touch with today: the cap on contacts, inquiries still open, hold-outs, and those who said no."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.contracts.objectives import ContactRules
from voc_mining.insight.word_data import word_table

_WRITTEN = ("form", "mail", "chat")
_TREATED = pl.col("arm").fill_null("treat") == "treat"


def contact_blocks(  # noqa: PLR0913 -- three frames; day and language by name
    customers: pl.DataFrame,
    contacts: pl.DataFrame,
    outreach: pl.DataFrame,
    rules: ContactRules,
    *,
    as_of: date,
    lang: str,
) -> pl.DataFrame:
    """Say of whom we should leave alone today, and why.

    A contact on our own account counts once a day and customer, whether its campaign, its call or its check-in is on
    record. An inquiry is open where its record has no resolution though resolutions are recorded, or where a call back
    was promised.

    Parameters
    ----------
    customers : DataFrame
        ``customer_key`` (unique), ``do_not_contact``.
    contacts : DataFrame
        Of :func:`voc_mining.insight.facts.contact_facts`.
    outreach : DataFrame
        ``customer_key``, ``campaign``, ``asked_at``, ``arm``; what is planned for the next days counts as done.
    rules : ContactRules
        Cap, rest, open inquiries, hold-outs.
    as_of : date
        The day.
    lang : str
        Language of the reasons.

    Returns
    -------
    DataFrame
        ``customer_key`` (unique), ``block`` (``do_not_contact``, ``held_out``, ``open_inquiry``, ``just_contacted``,
        ``often_contacted``), ``block_reason`` in words; customers who may be contacted are absent. Sorted.
    """
    words = dict(word_table("contact_blocks").select("block", lang).iter_rows())
    asked = outreach.with_columns(tokyo_date(pl.col("asked_at")).alias("day"))
    reached = contacts.filter((pl.col("origin") == "proactive") & (pl.col("source") != "survey"))
    days = (
        pl.concat(
            [
                asked.filter(_TREATED).select("customer_key", "day"),
                reached.select("customer_key", pl.col("business_date").alias("day")),
            ]
        )
        .drop_nulls()
        .unique()
        .filter(pl.col("day") > as_of - timedelta(days=max(rules.within_days, rules.rest_days)))
    )
    counted = days.group_by("customer_key").agg(
        pl.col("day").max().alias("last"),
        (pl.col("day") > as_of - timedelta(days=rules.within_days)).sum().alias("n"),
    )
    refused = customers.filter(pl.col("do_not_contact").fill_null(value=False))
    held = asked.filter(~_TREATED & (pl.col("day") > as_of - timedelta(days=rules.holdout_days)))
    found = {
        "do_not_contact": refused.select("customer_key", pl.lit("").alias("told")),
        "held_out": held.sort("day", "campaign").group_by("customer_key").agg(pl.col("campaign").last().alias("told")),
        "open_inquiry": _open_inquiries(contacts, rules, as_of),
        "just_contacted": counted.filter(pl.col("last") > as_of - timedelta(days=rules.rest_days)).select(
            "customer_key", pl.col("last").cast(pl.String).alias("told")
        ),
        "often_contacted": counted.filter(pl.col("n") >= rules.most).select(
            "customer_key", pl.format("{}/{}", "n", pl.lit(rules.within_days)).alias("told")
        ),
    }
    return (
        pl.concat(
            frame.select(
                "customer_key",
                pl.lit(block).alias("block"),
                _in_words(words[block]).alias("block_reason"),
                pl.lit(place).alias("place"),
            )
            for place, (block, frame) in enumerate(found.items())
        )
        .sort("customer_key", "place")
        .unique("customer_key", keep="first", maintain_order=True)
        .drop("place")
    )


def _open_inquiries(contacts: pl.DataFrame, rules: ContactRules, as_of: date) -> pl.DataFrame:
    recent = contacts.filter(
        (pl.col("origin") == "reactive")
        & (pl.col("business_date") > as_of - timedelta(days=rules.open_inquiry_days))
        & pl.col("customer_key").is_not_null()
    )
    resolved = contacts.filter(pl.col("resolved_at").is_not_null())["channel"].unique()
    written = pl.col("channel").is_in(_WRITTEN) & pl.col("channel").is_in(resolved.implode())
    promised = pl.col("disposition") == "callback_booked"
    is_open = (written & pl.col("resolved_at").is_null()) | promised.fill_null(value=False)
    return (
        recent.filter(is_open).group_by("customer_key").agg(pl.col("business_date").max().cast(pl.String).alias("told"))
    )


def _in_words(sentence: str) -> pl.Expr:
    before, sign, after = sentence.partition("{n}")
    return pl.concat_str(pl.lit(before), pl.col("told"), pl.lit(after)) if sign else pl.lit(sentence)
