"""How many existing customers are silent, vocal or cannot be told, for the report's first page."""

from __future__ import annotations

import polars as pl

ORDER = ("quiet", "vocal", "too_early", "undetermined")


def customer_silence(states: pl.DataFrame) -> pl.DataFrame:
    """Count the existing customers by state of silence.

    Parameters
    ----------
    states : DataFrame
        One row per customer: ``silence``, ``silence_reason`` (of undetermined), ``existing``. Who is no customer
        on that day, or cannot be told to be one, is left out.

    Returns
    -------
    DataFrame
        ``silence`` (quiet first), ``silence_reason`` (null but for undetermined), ``n_customers``.
    """
    place = pl.col("silence").replace_strict(ORDER, range(len(ORDER)), default=len(ORDER), return_dtype=pl.Int32)
    return (
        states.filter(pl.col("existing").fill_null(False))
        .group_by("silence", "silence_reason")
        .agg(pl.len().cast(pl.Int64).alias("n_customers"))
        .sort(place, -pl.col("n_customers"), "silence_reason")
        .select("silence", "silence_reason", "n_customers")
    )
