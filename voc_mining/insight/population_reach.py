"""Reach of topics among all customers, estimated from those who were heard."""

from __future__ import annotations

import polars as pl

from voc_mining.insight.bootstrap import shares, side_sums
from voc_mining.insight.comparison import Voices, units_of
from voc_mining.insight.params import InsightParams
from voc_mining.insight.weighting import weighted_to_all

_DIGITS = 6
_FIGURES = ("weighted_reach", "weighted_low", "weighted_high")


def population_reach(
    said: Voices, things: list[str], *, everyone: pl.DataFrame, profiles: pl.DataFrame, params: InsightParams
) -> pl.DataFrame:
    """Estimate which share of all customers would raise each topic if they were heard.

    Parameters
    ----------
    said : Voices
        Who was heard, and on what.
    things : list of str
        Topics.
    everyone : DataFrame
        ``plan``, ``contract_start``, ``usage_score`` of all customers the share is of.
    profiles : DataFrame
        The same of whoever may have been heard, with ``customer_key`` (unique) and ``account_key``.
    params : InsightParams
        Day, thresholds, draws, seed.

    Returns
    -------
    DataFrame
        ``topic_id``, ``weighted_reach`` with ``weighted_low`` and ``weighted_high`` (95 %), ``effective_heard`` (Kish's number
        of customers), ``weighted_by``; null where those heard cannot stand for all.
    """
    table = pl.DataFrame({"topic_id": things}, schema={"topic_id": pl.String})
    found = weighted_to_all(said.heard.join(profiles, on="customer_key", validate="1:1"), everyone, params)
    if found is None or not things:
        blank = (pl.lit(None, pl.Float64).alias(name) for name in (*_FIGURES, "effective_heard"))
        return table.with_columns(*blank, pl.lit(None, pl.List(pl.String)).alias("weighted_by"))
    customers = found.customers.join(units_of(found.customers, profiles), on="customer_key", validate="1:1")
    degrees = said.mentions.with_columns(pl.lit(1.0).alias("degree"))
    sums = side_sums(customers, degrees, table["topic_id"], units=customers.height, seed=params.seed)
    low, high = shares(sums, draws=params.draws, seed=params.seed)
    return table.with_columns(
        *(
            pl.Series(name, values).round(_DIGITS)
            for name, values in zip(_FIGURES, (sums.reach, low, high), strict=True)
        ),
        pl.lit(round(found.effective, 1)).alias("effective_heard"),
        pl.lit(list(found.by), dtype=pl.List(pl.String)).alias("weighted_by"),
    )
