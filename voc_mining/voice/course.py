"""Emotional course of a call: what the customer feels at its opening, in the middle, at the end."""

from __future__ import annotations

import polars as pl

from voc_mining.voice.lexicon import Lexicon, cancelled, folded

PARTS = ("opening", "middle", "end")
_DOWN, _UP = "\ue000", "\ue001"
_LAST = f"([{_DOWN}{_UP}])[^{_DOWN}{_UP}]*$"
_SIDES = (("negative", _DOWN), ("positive", _UP))


def emotional_course(utterances: pl.DataFrame, lexicon: Lexicon) -> pl.DataFrame:
    """Tell how the customer's feeling runs through each call.

    A call's conversation is cut into three parts of equal length, from its first to its last word. In each
    the customer's utterances with a word of feeling count, -1 or 1 by the last such word; their mean is the
    part's. What went wrong is no feeling: ログインできない is neutral, ログインできなくて困っています is not.

    Parameters
    ----------
    utterances : DataFrame
        By the contract, of whole contacts.
    lexicon : Lexicon
        Words of feeling, values ``negative`` and ``positive``.

    Returns
    -------
    DataFrame
        ``contact_id``, ``emotion_opening``, ``emotion_middle``, ``emotion_end``: -1 to 1; 0 where no word of
        feeling falls, null where the customer says nothing. Calls with words of the customer only.
    """
    spoken = utterances.filter((pl.col("part") == "audio") & pl.col("role").is_in(["customer", "agent"]))
    start, end = (pl.col("start_s").min().over("contact_id"), pl.col("end_s").max().over("contact_id"))
    middle = (pl.col("start_s") + pl.col("end_s")) / 2
    third = ((middle - start) / (end - start) * len(PARTS)).floor().clip(0, len(PARTS) - 1)
    own = spoken.with_columns(third.fill_nan(0).cast(pl.Int8).alias("third")).filter(pl.col("role") == "customer")
    felt = own.join(feelings(own["text"].unique(maintain_order=True), lexicon), on="text", how="left", validate="m:1")
    means = felt.group_by("contact_id", "third").agg(pl.col("feeling").mean().fill_null(0.0).round(3).alias("mean"))
    parts = [
        means.filter(pl.col("third") == n).select("contact_id", pl.col("mean").alias(f"emotion_{part}"))
        for n, part in enumerate(PARTS)
    ]
    course = own.select("contact_id").unique()
    for part in parts:
        course = course.join(part, on="contact_id", how="left", validate="1:1")
    return course.sort("contact_id")


def feelings(texts: pl.Series, lexicon: Lexicon) -> pl.DataFrame:
    """Feeling of each distinct text by its last word of feeling.

    Returns
    -------
    DataFrame
        ``text``, ``feeling`` (-1, 1, null), in the order given.
    """
    marked = folded(pl.col("text"))
    for side, mark in _SIDES:
        marked = cancelled(marked, lexicon, side).str.replace_all(lexicon.alternation("match", side), mark)
    last = marked.str.extract(_LAST, 1)
    feeling = last.replace_strict({_DOWN: -1.0, _UP: 1.0}, default=None, return_dtype=pl.Float64)
    return texts.alias("text").to_frame().select("text", feeling.alias("feeling"))
