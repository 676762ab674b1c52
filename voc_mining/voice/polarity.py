"""Tone of a statement: the last word of tone decides."""

from __future__ import annotations

import polars as pl

from voc_mining.voice.lexicon import Asked, Lexicon, asked, folded_lines

_DOWN, _UP = "\ue000", "\ue001"
_BY_KIND = 0.5
"""Strength of a tone that only the kind tells."""
_LAST = f"([{_DOWN}{_UP}])[^{_DOWN}{_UP}]*$"
_NEGATIVE_KINDS = ("complaint", "churn_signal")
_TONES = (("negative", _DOWN.encode()), ("positive", _UP.encode()))
_KINDS = (*((kind, _DOWN.encode()) for kind in _NEGATIVE_KINDS), ("praise", _UP.encode()))
_SIDES = {_DOWN: ("negative", _NEGATIVE_KINDS), _UP: ("positive", ("praise",))}


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
    lines = [line or b"" for line in folded_lines(kinds["text"])]
    words_of, of_kinds = asked(words), asked(lexicon)
    marked = [_marked(line, words_of, of_kinds) for line in lines]
    told = kinds.select("text", "kind").with_columns(
        pl.Series("marked", [line.decode() for line in marked], dtype=pl.String)
    )
    told = told.with_columns(pl.col("marked").str.extract(_LAST, 1).alias("last"))
    evidence = [
        _last_words(line, words_of, of_kinds, _SIDES[sign]) if sign else None
        for line, sign in zip(lines, told["last"].to_list(), strict=True)
    ]
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
        pl.Series("polarity_evidence", evidence, dtype=pl.String),
        pl.coalesce((ups - downs + sign) / (ups + downs + 1), kind_sign * _BY_KIND).round(3).alias("polarity_score"),
    )


def _marked(line: bytes, words: Asked, kinds: Asked) -> bytes:
    """Put marks in place of the words of tone."""
    for tone, mark in _TONES:
        line = words.marked(line, tone, mark)
    for kind, mark in _KINDS:
        line = kinds.marked(kinds.without(line, kind), kind, mark)
    return line


def _last_words(line: bytes, words: Asked, kinds: Asked, side: tuple[str, tuple[str, ...]]) -> str | None:
    """Last words of one tone in a line."""
    tone, of_kinds = side
    found = words.last(line, {tone}), kinds.last(line, of_kinds)
    begin, end = max((span for span in found if span), key=lambda span: span[0], default=(0, 0))
    return line[begin:end].decode() or None
