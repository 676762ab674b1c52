"""What a statement is: inquiry, complaint, request, praise, churn signal or other."""

from __future__ import annotations

import polars as pl

from voc_mining.voice.lexicon import Lexicon, first_match


def kinds(texts: pl.Series, lexicon: Lexicon) -> pl.DataFrame:
    """Tell the kind of each distinct text by the first pattern that matches.

    A statement that asks is an inquiry even where it names trouble (エラーが出るのですが、どうすれば…);
    a report of trouble without a question or a wish is a complaint, also where it is said calmly.

    Returns
    -------
    DataFrame
        ``text``, ``kind`` and ``kind_evidence`` (null for other), in the order given.
    """
    found = first_match(texts, lexicon)
    return found.select(
        "text", pl.col("value").fill_null("other").alias("kind"), pl.col("evidence").alias("kind_evidence")
    )
