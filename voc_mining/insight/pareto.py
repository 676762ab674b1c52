"""``pareto.csv``: the few reasons behind most inquiries of the window."""

from __future__ import annotations

import polars as pl

from voc_mining.insight.facts import CUSTOMER_OPENED, LATER_LEG, TALK_S, in_window, whole_contact_reasons
from voc_mining.insight.params import InsightParams
from voc_mining.insight.word_data import word_table

_DIGITS = 6


def pareto_table(
    contacts: pl.DataFrame,
    statements: pl.DataFrame,
    topics: pl.DataFrame,
    call_log: pl.DataFrame,
    params: InsightParams,
) -> pl.DataFrame:
    """Rank the reasons of inquiries: reactive contacts that the customer opened, one reason each.

    A call that was passed on is one inquiry, its handling time that of all its legs.

    Shares are of the inquiries with a reason; the last row, without topic and share, counts those without
    one (abandoned calls, statements in no topic), so that nothing is hidden.

    Parameters
    ----------
    contacts, statements : DataFrame
        Of :mod:`voc_mining.insight.facts`.
    topics : DataFrame
        Effective topics: ``topic_id`` (unique), ``label``, ``layer``.
    call_log : DataFrame
        ``contact_id`` (unique), ``answered_at``, ``ended_at``, ``talk_s``, ``hold_s``, ``acw_s``.
    params : InsightParams
        Window and share of the vital few.

    Returns
    -------
    DataFrame
        Columns of ``pareto.csv`` in order, then the window and ``n_with_reason``, the denominator.
        ``handle_seconds`` is the sum over those of its inquiries of which it is known; null where it is of none.
    """
    opened = contacts.filter((pl.col("origin") == "reactive") & CUSTOMER_OPENED & ~LATER_LEG)
    inquiries = in_window(opened, params)
    parts = (TALK_S, pl.col("hold_s"), pl.col("acw_s"))
    timed = pl.any_horizontal(part.is_not_null() for part in parts)
    handle = pl.when(timed).then(pl.sum_horizontal(parts))
    calls = (
        call_log.select("contact_id", handle.alias("call_handle_s"))
        .drop_nulls()
        .join(contacts.select("contact_id", "whole_contact_id"), on="contact_id", validate="1:1")
        .group_by(pl.col("whole_contact_id").alias("contact_id"))
        .agg(pl.col("call_handle_s").sum())
    )
    handled = pl.coalesce("handle_s", "call_handle_s")
    by_reason = (
        inquiries.join(whole_contact_reasons(statements, contacts), on="contact_id", how="left", validate="1:1")
        .join(calls, on="contact_id", how="left", validate="1:1")
        .group_by(pl.col("reason_topic_id").alias("topic_id"))
        .agg(
            pl.len().cast(pl.Int64).alias("n_inquiries"),
            pl.when(handled.count() > 0).then(handled.sum()).alias("handle_seconds"),
        )
        .join(topics.select("topic_id", "label", "layer"), on="topic_id", how="left", validate="1:1")
    )
    known = pl.col("topic_id").is_not_null()
    share = pl.col("n_inquiries") / pl.col("n_inquiries").sum()
    ranked = (
        by_reason.filter(known)
        .sort("n_inquiries", "topic_id", descending=[True, False])
        .with_columns(
            pl.int_range(1, pl.len() + 1).cast(pl.Int64).alias("rank"),
            share.round(_DIGITS).alias("share"),
            (pl.col("n_inquiries").cum_sum() / pl.col("n_inquiries").sum()).round(_DIGITS).alias("cumulative_share"),
            _in_vital_few(params.vital_share).alias("in_vital_few"),
        )
    )
    words = word_table("table_words")
    no_reason = words.filter(pl.col("code") == "no_reason")[params.lang].item()
    unexplained = by_reason.filter(~known).with_columns(
        pl.lit(ranked.height + 1, pl.Int64).alias("rank"),
        pl.lit(no_reason).alias("label"),
        pl.lit(False).alias("in_vital_few"),
    )
    return pl.concat([ranked, unexplained], how="diagonal").select(
        "rank",
        "topic_id",
        "label",
        "layer",
        "n_inquiries",
        "share",
        "cumulative_share",
        "in_vital_few",
        "handle_seconds",
        pl.lit(params.window_from).alias("window_from"),
        pl.lit(params.as_of).alias("window_to"),
        pl.lit(int(ranked["n_inquiries"].sum()), pl.Int64).alias("n_with_reason"),
    )


def _in_vital_few(vital_share: float) -> pl.Expr:
    """Whether the reasons before this one do not yet make the share: the smallest set that does."""
    before = pl.col("n_inquiries").cum_sum() - pl.col("n_inquiries")
    return before < vital_share * pl.col("n_inquiries").sum() - 1e-9
