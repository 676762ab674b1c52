"""Which customers get a page of the report: few enough to be read, and why they are among them."""

from __future__ import annotations

import polars as pl

PAGES_OF = {"silent": 40, "churned": 30, "valuable": 30}
"""Most customers that each reason brings; a customer has one page, by the first reason that fits."""


def worth_a_page(silent: pl.DataFrame, churned: pl.DataFrame, health: pl.DataFrame) -> pl.DataFrame:
    """Choose the customers whose journey is shown.

    Parameters
    ----------
    silent : DataFrame
        ``silent_customers``: those at the highest risk, whom one may contact.
    churned : DataFrame
        ``silent_churn``: those who left last.
    health : DataFrame
        ``customer_health``: those of the highest value.

    Returns
    -------
    DataFrame
        ``customer_id`` (unique), ``why`` (silent, churned, valuable), in the order in which they were chosen.
    """
    descending = [True, True, False]
    chosen = {
        "silent": silent.filter(~pl.col("do_not_contact")).sort(
            "risk", "annual_value", "customer_id", descending=descending, nulls_last=True
        ),
        "churned": churned.sort("left_on", "annual_value", "customer_id", descending=descending, nulls_last=True),
        "valuable": health.filter((pl.col("value") > 0) & pl.col("existing").fill_null(value=False)).sort(
            "value", "customer_id", descending=[True, False]
        ),
    }
    found = [frame.select("customer_id", pl.lit(why).alias("why")).head(PAGES_OF[why]) for why, frame in chosen.items()]
    return pl.concat(found).unique("customer_id", keep="first", maintain_order=True)
