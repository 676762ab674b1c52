"""Trouble with the support itself: kept waiting, passed around, slow answers, the way one was spoken to."""

from __future__ import annotations

import polars as pl

from voc_mining.voice.lexicon import Lexicon, first_match


def experiences(texts: pl.Series, lexicon: Lexicon) -> pl.DataFrame:
    """Tell of each distinct text which trouble with the support it speaks of, and by which words.

    Returns
    -------
    DataFrame
        ``text``, ``experience`` and ``experience_evidence``, in the order given; both null for none.
    """
    found = first_match(texts, lexicon)
    return found.select("text", pl.col("value").alias("experience"), pl.col("evidence").alias("experience_evidence"))
