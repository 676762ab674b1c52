"""Tone of a statement: the last word of tone decides."""

from __future__ import annotations

import polars as pl

from voc_mining.voice.lexicon import Lexicon, cancelled, folded

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
    marked = folded(pl.col("text"))
    marked = marked.str.replace_all(words.alternation("match", "negative"), _DOWN)
    marked = marked.str.replace_all(words.alternation("match", "positive"), _UP)
    for kind in _NEGATIVE_KINDS:
        marked = cancelled(marked, lexicon, kind).str.replace_all(lexicon.alternation("match", kind), _DOWN)
    marked = cancelled(marked, lexicon, "praise").str.replace_all(lexicon.alternation("match", "praise"), _UP)
    # In columns of their own: as one expression every use of the marks would look for them again.
    told = kinds.select("text", "kind", marked.alias("marked")).with_columns(
        pl.col("marked").str.extract(_LAST, 1).alias("last")
    )
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
    negative = _last_of(words, lexicon, "negative", _NEGATIVE_KINDS)
    positive = _last_of(words, lexicon, "positive", ("praise",))
    return told.select(
        "text",
        pl.when(last == _DOWN)
        .then(pl.lit("negative"))
        .when(last == _UP)
        .then(pl.lit("positive"))
        .otherwise(by_kind)
        .alias("polarity"),
        pl.when(last == _DOWN).then(negative).when(last == _UP).then(positive).alias("polarity_evidence"),
        pl.coalesce((ups - downs + sign) / (ups + downs + 1), kind_sign * _BY_KIND).round(3).alias("polarity_score"),
    )


def _last_of(words: Lexicon, lexicon: Lexicon, side: str, kinds: tuple[str, ...]) -> pl.Expr:
    """Last words of one tone in the text."""
    patterns = [words.alternation("match", side), *(lexicon.alternation("match", kind) for kind in kinds)]
    return folded(pl.col("text")).str.extract(f"(?s)^.*({'|'.join(filter(None, patterns))})", 1)
