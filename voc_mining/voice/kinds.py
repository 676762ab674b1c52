"""What a statement is: inquiry, complaint, request, praise, churn signal or other."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import polars as pl

from voc_mining.voice.lexicon import Lexicon, first_match

_OTHER = "other"


def kinds(texts: pl.Series, lexicon: Lexicon) -> pl.DataFrame:
    """Tell the kind of each distinct text by the first pattern that matches.

    A statement that asks is an inquiry even where it names trouble (エラーが出るのですが、どうすれば…);
    a report of trouble without a question or a wish is a complaint, also where it is said calmly.

    Returns
    -------
    DataFrame
        ``text``, ``kind``, ``kind_evidence`` (null for other) and ``kind_score``: how often, 0 to 1, patterns of this
        order were right about labelled statements; in the order given.
    """
    found = first_match(texts, lexicon).with_columns(
        pl.col("value").fill_null(_OTHER).alias("kind"), pl.col("order").fill_null(0).cast(pl.Int64)
    )
    scored = found.join(_scores(), on=["order", "kind"], how="left", validate="m:1", maintain_order="left")
    return scored.select("text", "kind", pl.col("evidence").alias("kind_evidence"), "kind_score")


@cache
def _scores() -> pl.DataFrame:
    """How often each order of patterns was right: (right + 1) / (total + 2), by Laplace's rule of succession."""
    counted = pl.read_csv(
        files("voc_mining.voice").joinpath("data", "kind_scores.csv").read_bytes(), comment_prefix="#"
    )
    score = ((pl.col("right") + 1) / (pl.col("total") + 2)).round(3)
    return counted.select("order", "kind", score.alias("kind_score"))
