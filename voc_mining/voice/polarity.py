"""Tone of a statement: the last word of tone decides."""

from __future__ import annotations

import polars as pl

from voc_mining.voice.lexicon import Lexicon, cancelled, folded

_DOWN, _UP = "\ue000", "\ue001"
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
        ``text``, ``polarity``, in the order given.
    """
    marked = folded(pl.col("text"))
    marked = marked.str.replace_all(words.alternation("match", "negative"), _DOWN)
    marked = marked.str.replace_all(words.alternation("match", "positive"), _UP)
    for kind in _NEGATIVE_KINDS:
        marked = cancelled(marked, lexicon, kind).str.replace_all(lexicon.alternation("match", kind), _DOWN)
    marked = cancelled(marked, lexicon, "praise").str.replace_all(lexicon.alternation("match", "praise"), _UP)
    last = marked.str.extract(_LAST, 1)
    by_kind = (
        pl.when(pl.col("kind").is_in(_NEGATIVE_KINDS))
        .then(pl.lit("negative"))
        .when(pl.col("kind") == "praise")
        .then(pl.lit("positive"))
        .otherwise(pl.lit("neutral"))
    )
    return kinds.select(
        "text",
        pl.when(last == _DOWN)
        .then(pl.lit("negative"))
        .when(last == _UP)
        .then(pl.lit("positive"))
        .otherwise(by_kind)
        .alias("polarity"),
    )
