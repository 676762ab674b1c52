"""What cannot wait: locked out, unknown charge, danger, business stopped, leaked data, haste."""

from __future__ import annotations

import polars as pl

from voc_mining.voice.lexicon import Lexicon, first_match


def urgency(texts: pl.Series, lexicon: Lexicon) -> pl.DataFrame:
    """Tell of each distinct text whether it is urgent, and by which words.

    Returns
    -------
    DataFrame
        ``text``, ``urgency`` (urgent or none), ``urgency_family`` and ``urgency_evidence``, in the order given.
    """
    found = first_match(texts, lexicon)
    urgent = pl.col("value").is_not_null()
    return found.select(
        "text",
        pl.when(urgent).then(pl.lit("urgent")).otherwise(pl.lit("none")).alias("urgency"),
        pl.col("value").alias("urgency_family"),
        pl.col("evidence").alias("urgency_evidence"),
    )
