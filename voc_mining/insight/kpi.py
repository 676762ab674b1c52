"""``kpi_daily.csv``: the figures of a contact centre by business date and queue.

Formulas (of inbound calls unless said otherwise):

- **offered**: calls offered to an operator queue in business hours: all but IVR abandons, after-hours,
  overflow and self-served ones, which are counted apart. Where the log has no disposition at all, every
  inbound call (``basis`` = ``log``), and what needs a disposition is empty.
- **answer_rate** = answered ÷ offered; **abandon_rate** = abandoned in queue ÷ offered;
  **abandon_rate_without_short** leaves the short abandons out above and below.
- **service_level** = answered within the seconds agreed ÷ offered.
- **att_s**, **hold_s**, **acw_s**: means over handled (answered) calls; an empty hold or after-call work is
  none, unless the log never records it; **aht_s**: their sum.
- **legs**: rows of calls that were passed on, by the queue and day they were passed to. They are offered, answered and
  abandoned as the call they belong to, by its first leg, and their talk, hold and after-call work are added to it.
- **fcr** = answered inquiries with a customer and neither a callback, nor a reply by the customer in the same exchange
  of mails, nor a further reactive contact of that customer on the same reason code or topic within the days agreed ÷
  answered inquiries with a customer;
  empty for the last days, whose future is not known. Inquiries are reactive contacts the customer opened;
  a written one is answered when a first reply or a resolution is recorded.
- **identified_share** = answered inquiries with a customer ÷ answered inquiries.
- **first_reply_median_s**, **resolution_median_s**: of written inquiries, from receipt.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from voc_mining.insight.facts import CUSTOMER_OPENED, LATER_LEG, TALK_S, whole_contact_reasons
from voc_mining.insight.params import InsightParams

_DIGITS = 6
_APART = ("abandoned_ivr", "after_hours", "overflow", "self_served")
_KEY = ["business_date", "queue"]
CALL_COUNTS = (
    "offered",
    "answered",
    "abandoned",
    "abandoned_short",
    "ivr_abandoned",
    "after_hours",
    "overflow",
    "self_served",
)
"""Columns that count calls by what became of them."""

COLUMNS = (
    *_KEY,
    *CALL_COUNTS,
    "answer_rate",
    "abandon_rate",
    "service_level",
    "att_s",
    "hold_s",
    "acw_s",
    "aht_s",
    "transfers",
    "fcr",
    "identified_share",
    "first_reply_median_s",
    "resolution_median_s",
    "abandon_rate_without_short",
    "first_reply_p90_s",
    "resolution_p90_s",
    "n_inquiries",
    "n_written",
    "basis",
    "n_identified",
    "legs",
)


def kpi_daily(
    contacts: pl.DataFrame, statements: pl.DataFrame, call_log: pl.DataFrame, params: InsightParams
) -> pl.DataFrame:
    """Compute the figures of each business date and queue up to the day of the figures.

    Parameters
    ----------
    contacts, statements : DataFrame
        Of :mod:`voc_mining.insight.facts`.
    call_log : DataFrame
        Rows of ``call_log``.
    params : InsightParams
        Seconds of the service level and of a short abandon, days of FCR.

    Returns
    -------
    DataFrame
        ``COLUMNS``, by date and queue; ``queue`` is null where the record names none, as for forms.
    """
    logged = call_log.filter(pl.col("business_date") <= params.as_of)
    whole = contacts.select("contact_id", "whole_contact_id", LATER_LEG.alias("is_leg"))
    inbound = _with_legs(logged.join(whole, on="contact_id", how="left", validate="m:1"))
    has_disposition = inbound["disposition"].null_count() < inbound.height
    calls = _call_figures(inbound, has_disposition=has_disposition, params=params)
    inquiries = _answered_inquiries(contacts, call_log)
    others = [
        _resolution_figures(_with_recurrence(inquiries, contacts, statements, params), params),
        _reply_figures(contacts),
    ]
    dates = pl.concat([frame.select(_KEY) for frame in (calls, *others)]).unique()
    table = dates
    for figures in (calls, *others):
        table = table.join(figures, on=_KEY, how="left", validate="1:1", nulls_equal=True)
    counts = [name for name, dtype in table.schema.items() if dtype.is_integer()]
    rates = ["answer_rate", "abandon_rate", "service_level", "abandon_rate_without_short", "fcr", "identified_share"]
    return (
        table.with_columns(pl.col(rates).round(_DIGITS), pl.col(counts).cast(pl.Int64))
        .with_columns(pl.col("offered", "answered").fill_null(0))
        .sort(_KEY, nulls_last=True)
        .select(COLUMNS)
    )


def _is_answered() -> pl.Expr:
    said = pl.col("disposition") == "answered"
    return said.fill_null(pl.col("answered_at").is_not_null())


def _with_legs(logged: pl.DataFrame) -> pl.DataFrame:
    """Inbound calls, each with the times of the legs it was passed on to; ``is_leg`` marks the rows of these."""
    leg = pl.col("is_leg").fill_null(False)
    spoken = [pl.when(pl.len() > pl.col(name).null_count()).then(pl.col(name).sum()) for name in ("hold_s", "acw_s")]
    legs = (
        logged.filter(leg)
        .group_by(pl.col("whole_contact_id").alias("contact_id"))
        .agg(
            pl.col("answered_at").min().alias("answered_by_leg"),
            _is_answered().any().alias("leg_answered"),
            TALK_S.filter(_is_answered()).sum().alias("leg_talk"),
            *(expression.alias(f"leg_{name}") for expression, name in zip(spoken, ("hold_s", "acw_s"), strict=True)),
        )
    )
    passed = pl.col("leg_answered").fill_null(False)
    own_talk = pl.when(passed & ~_is_answered()).then(0.0).otherwise(TALK_S)
    return (
        logged.filter(pl.col("direction") == "inbound")
        .join(legs, on="contact_id", how="left", validate="m:1")
        .with_columns(
            leg.alias("is_leg"),
            (_is_answered() | passed).alias("is_answered"),
            pl.when(passed).then(own_talk.fill_null(0.0) + pl.col("leg_talk")).otherwise(TALK_S).alias("talk"),
            pl.coalesce("answered_at", "answered_by_leg").alias("answered_at"),
            *(
                pl.when(pl.col(f"leg_{name}").is_not_null())
                .then(pl.col(name).fill_null(0.0) + pl.col(f"leg_{name}"))
                .otherwise(pl.col(name))
                .alias(name)
                for name in ("hold_s", "acw_s")
            ),
        )
    )


def _call_figures(inbound: pl.DataFrame, *, has_disposition: bool, params: InsightParams) -> pl.DataFrame:
    disposition = pl.col("disposition")
    waited = pl.coalesce("wait_s", (pl.coalesce("answered_at", "ended_at") - pl.col("offered_at")).dt.total_seconds())
    calls = inbound.with_columns(
        (~disposition.is_in(_APART).fill_null(False)).alias("is_offered"),
        waited.alias("waited"),
    )
    whole = ~pl.col("is_leg")
    abandoned = (disposition == "abandoned_queue").fill_null(False) & whole
    short = abandoned & (pl.col("waited") <= params.short_abandon_s)
    in_time = pl.col("is_answered") & whole & (pl.col("waited") <= params.service_level_s)
    answered = pl.col("is_answered") & whole

    def counted(fits: pl.Expr) -> pl.Expr:
        return (fits & whole).sum() if has_disposition else pl.lit(None, pl.Int64)

    grouped = calls.group_by(_KEY).agg(
        (pl.col("is_offered") & whole).sum().alias("offered"),
        answered.sum().alias("answered"),
        counted(abandoned).alias("abandoned"),
        counted(short).alias("abandoned_short"),
        counted(disposition == "abandoned_ivr").alias("ivr_abandoned"),
        counted(disposition == "after_hours").alias("after_hours"),
        counted(disposition == "overflow").alias("overflow"),
        counted(disposition == "self_served").alias("self_served"),
        in_time.sum().alias("in_time"),
        pl.col("talk").filter(answered).mean().alias("att_s"),
        _per_handled(inbound, "hold_s").filter(answered).mean().alias("hold_s"),
        _per_handled(inbound, "acw_s").filter(answered).mean().alias("acw_s"),
        pl.col("transfers").sum().alias("transfers"),
        pl.col("is_leg").sum().alias("legs"),
    )
    offered = pl.col("offered")
    kept = offered - pl.col("abandoned_short")
    return grouped.with_columns(
        pl.when(offered > 0).then(pl.col("answered") / offered).alias("answer_rate"),
        pl.when(offered > 0).then(pl.col("abandoned") / offered).alias("abandon_rate"),
        pl.when(offered > 0).then(pl.col("in_time") / offered).alias("service_level"),
        pl.when(kept > 0)
        .then((pl.col("abandoned") - pl.col("abandoned_short")) / kept)
        .alias("abandon_rate_without_short"),
        (pl.col("att_s") + pl.col("hold_s").fill_null(0.0) + pl.col("acw_s").fill_null(0.0)).alias("aht_s"),
        pl.lit("disposition" if has_disposition else "log").alias("basis"),
    )


def _per_handled(inbound: pl.DataFrame, column: str) -> pl.Expr:
    """Seconds of each call; an empty cell is none, unless the log never fills the column."""
    never_filled = inbound[column].null_count() == inbound.height
    return pl.col(column) if never_filled else pl.col(column).fill_null(0.0)


def _answered_inquiries(contacts: pl.DataFrame, call_log: pl.DataFrame) -> pl.DataFrame:
    whole = contacts.select("contact_id", "whole_contact_id")
    answered_calls = (
        call_log.filter(_is_answered())
        .join(whole, on="contact_id", validate="m:1")
        .select(pl.col("whole_contact_id").alias("contact_id"), pl.lit(True).alias("answered_call"))
        .unique()
    )
    replied = (pl.col("source") == "inquiry") & pl.any_horizontal(pl.col("first_reply_at", "resolved_at").is_not_null())
    return (
        contacts.filter(
            (pl.col("origin") == "reactive") & CUSTOMER_OPENED & ~LATER_LEG & pl.col("business_date").is_not_null()
        )
        .join(answered_calls, on="contact_id", how="left", validate="1:1")
        .filter(pl.col("answered_call").fill_null(False) | replied)
    )


def _with_recurrence(
    inquiries: pl.DataFrame, contacts: pl.DataFrame, statements: pl.DataFrame, params: InsightParams
) -> pl.DataFrame:
    """Mark inquiries that a callback, a reply or a further contact on the same code or topic followed."""
    called_back = (
        contacts.filter(pl.col("origin_rule").is_in(["callback", "follow_up"]))
        .select(pl.col("related_contact_id").alias("contact_id"))
        .drop_nulls()
        .unique()
        .with_columns(pl.lit(True).alias("called_back"))
    )
    reasons = whole_contact_reasons(statements, contacts)
    codes = ["category_l", "category_m", "category_s"]
    code = pl.when(pl.any_horizontal(pl.col(codes).is_not_null())).then(
        pl.concat_str(codes, separator="\x1f", ignore_nulls=True)
    )
    coded = (
        contacts.select(pl.col("whole_contact_id").alias("contact_id"), "started_at", code.alias("code"))
        .drop_nulls("code")
        .sort("started_at", nulls_last=True)
        .unique("contact_id", keep="first", maintain_order=True)
        .drop("started_at")
    )
    reactive = (
        contacts.filter(
            (pl.col("origin") == "reactive") & ~LATER_LEG & (CUSTOMER_OPENED | (pl.col("origin_rule") == "callback"))
        )
        .join(reasons, on="contact_id", how="left", validate="1:1")
        .join(coded, on="contact_id", how="left", validate="1:1")
        .select("contact_id", "customer_key", "started_at", "code", pl.col("reason_topic_id").alias("topic"))
        .filter(pl.col("customer_key").is_not_null() & pl.col("started_at").is_not_null())
        .sort("started_at", "contact_id")
    )
    marked = inquiries.join(called_back, on="contact_id", how="left", validate="1:1")
    for matter in ("code", "topic"):
        marked = marked.join(_next(reactive, matter), on="contact_id", how="left", validate="1:1")
    soon = timedelta(days=params.fcr_days)
    again = [(pl.col(f"next_{matter}") - pl.col("started_at") <= soon).fill_null(False) for matter in ("code", "topic")]
    return marked.with_columns((pl.col("called_back").fill_null(False) | again[0] | again[1]).alias("recurred"))


def _next(reactive: pl.DataFrame, matter: str) -> pl.DataFrame:
    """Start of the customer's next contact on the same matter."""
    known = reactive.filter(pl.col(matter).is_not_null()).select("contact_id", "customer_key", matter, "started_at")
    later = known.select("customer_key", matter, pl.col("started_at").alias(f"next_{matter}"))
    return known.join_asof(
        later,
        left_on="started_at",
        right_on=f"next_{matter}",
        by=["customer_key", matter],
        strategy="forward",
        allow_exact_matches=False,
        coalesce=False,
        check_sortedness=False,
    ).select("contact_id", f"next_{matter}")


def _resolution_figures(inquiries: pl.DataFrame, params: InsightParams) -> pl.DataFrame:
    identified = pl.col("customer_key").is_not_null()
    n_identified = identified.sum()
    known = pl.col("business_date").first() <= params.as_of - timedelta(days=params.fcr_days)
    return inquiries.group_by(_KEY).agg(
        pl.when(known & (n_identified > 0)).then((identified & ~pl.col("recurred")).sum() / n_identified).alias("fcr"),
        (n_identified / pl.len()).alias("identified_share"),
        pl.len().alias("n_inquiries"),
        n_identified.alias("n_identified"),
    )


def _reply_figures(contacts: pl.DataFrame) -> pl.DataFrame:
    written = contacts.filter((pl.col("source") == "inquiry") & pl.col("business_date").is_not_null())
    figures = []
    for name, time in (("first_reply", "first_reply_at"), ("resolution", "resolved_at")):
        seconds = (pl.col(time) - pl.col("started_at")).dt.total_seconds()
        figures += [
            seconds.median().alias(f"{name}_median_s"),
            seconds.cast(pl.Float64).quantile(0.9, "linear").alias(f"{name}_p90_s"),
        ]
    return written.group_by(_KEY).agg(*figures, pl.len().alias("n_written"))
