"""Tone of a statement: the last word of tone decides."""

from __future__ import annotations

import polars as pl

from voc_mining.voice.lexicon import Lexicon, cancelled, folded
from voc_mining.voice.matching import last_words, marked_words

_DOWN, _UP = "\ue000", "\ue001"
_BY_KIND = 0.5
"""Strength of a tone that only the kind tells."""
_LAST = f"([{_DOWN}{_UP}])[^{_DOWN}{_UP}]*$"
_NEGATIVE_KINDS = ("complaint", "churn_signal")


def polarity(kinds: pl.DataFrame, words: Lexicon, lexicon: Lexicon) -> pl.DataFrame:
    """Tell the tone of each distinct text.

    Words of complaint and churn are negative and words of praise positive, after what cancels them
    (不満はない、悪くない) is taken out; ``words`` adds further ones. What comes last in the sentence
    weighs most in Japanese (使いやすいが高い), so the last word decides; without any, complaints and
    churn signals are negative, praise is positive, the rest neutral.

    Parameters
    ----------
    kinds : DataFrame
        ``text`` and ``kind`` of distinct texts.
    words : Lexicon
        Further words, values ``negative`` and ``positive``.
    lexicon : Lexicon
        Patterns of the kinds.

    Returns
    -------
    DataFrame
        ``text``, ``polarity``, ``polarity_evidence`` (the last word of tone; null where the kind decided) and
        ``polarity_score``: -1 to 1, words of tone added up, the last counted twice, over their number; half
        where only the kind tells. In the order given.
    """
    line = kinds.select(folded(pl.col("text"))).to_series()
    marked = marked_words(line, words.patterns("match", "negative"), _DOWN)
    marked = marked_words(marked, words.patterns("match", "positive"), _UP)
    for kind, mark in (*((kind, _DOWN) for kind in _NEGATIVE_KINDS), ("praise", _UP)):
        left = marked.alias("text").to_frame().select(cancelled(pl.col("text"), lexicon, kind)).to_series()
        marked = marked_words(left, lexicon.patterns("match", kind), mark)
    told = kinds.select("text", "kind").with_columns(marked.alias("marked"), line.alias("line"))
    told = told.with_columns(pl.col("marked").str.extract(_LAST, 1).alias("last"))
    negative = _last_of(told, _DOWN, words.patterns("match", "negative"), lexicon, _NEGATIVE_KINDS)
    positive = _last_of(told, _UP, words.patterns("match", "positive"), lexicon, ("praise",))
    last = pl.col("last")
    by_kind = (
        pl.when(pl.col("kind").is_in(_NEGATIVE_KINDS))
        .then(pl.lit("negative"))
        .when(pl.col("kind") == "praise")
        .then(pl.lit("positive"))
        .otherwise(pl.lit("neutral"))
    )
    downs, ups = (pl.col("marked").str.count_matches(mark, literal=True).cast(pl.Float64) for mark in (_DOWN, _UP))
    sign = last.replace_strict({_DOWN: -1.0, _UP: 1.0}, default=None, return_dtype=pl.Float64)
    kind_sign = by_kind.replace_strict({"negative": -1.0, "positive": 1.0}, default=0.0, return_dtype=pl.Float64)
    return told.select(
        "text",
        pl.when(last == _DOWN)
        .then(pl.lit("negative"))
        .when(last == _UP)
        .then(pl.lit("positive"))
        .otherwise(by_kind)
        .alias("polarity"),
        pl.coalesce(negative, positive).alias("polarity_evidence"),
        pl.coalesce((ups - downs + sign) / (ups + downs + 1), kind_sign * _BY_KIND).round(3).alias("polarity_score"),
    )


def _last_of(told: pl.DataFrame, mark: str, patterns: list[str], lexicon: Lexicon, kinds: tuple[str, ...]) -> pl.Series:
    """Last words of one tone in the texts that end with its mark; null in the others."""
    every = [*patterns, *(each for kind in kinds for each in lexicon.patterns("match", kind))]
    rows = (told["last"] == mark).fill_null(value=False).arg_true()
    found = last_words(told["line"].gather(rows), every)
    return pl.repeat(None, told.height, dtype=pl.String, eager=True).scatter(rows, found)
