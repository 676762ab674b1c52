"""Emotional course of a call: what the customer feels at its opening, in the middle, at the end."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.values import HARASSMENT
from voc_mining.voice.kinds import kinds
from voc_mining.voice.lexicon import Lexicon, asked, every_match, folded, folded_lines
from voc_mining.voice.polarity import polarity
from voc_mining.voice.rules import VoiceRules

PARTS = ("opening", "middle", "end")
_DOWN, _UP = "\ue000", "\ue001"
_LAST = f"([{_DOWN}{_UP}])[^{_DOWN}{_UP}]*$"
_WEAK = 0.5
"""Strength of a feeling that only trouble told, things praised or a rough ending show."""
_SIDES = (("negative", _DOWN.encode()), ("positive", _UP.encode()))


def emotional_course(utterances: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Tell how the customer's feeling runs through each call.

    A call's conversation is cut into three parts of equal length, from its first to its last word. In each
    the customer's utterances that show feeling count: -1 or 1 by the last word of feeling, -1 by abuse or a threat, half
    as much where only the tone of what is told (ログインできない) or a rough ending (〜んだけど) shows it; their mean
    is the part's. Callers who tell trouble are rarely at ease, though it is less than ログインできなくて困っています.

    Parameters
    ----------
    utterances : DataFrame
        By the contract, of whole contacts.
    rules : VoiceRules
        ``emotions``, ``critical``, ``polarity`` and ``kinds``.

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
    felt = own.join(_felt(own["text"].unique(maintain_order=True), rules), on="text", how="left", validate="m:1")
    means = felt.group_by("contact_id", "third").agg(pl.col("feeling").mean().fill_null(0.0).round(3).alias("mean"))
    parts = [
        means.filter(pl.col("third") == n).select("contact_id", pl.col("mean").alias(f"emotion_{part}"))
        for n, part in enumerate(PARTS)
    ]
    course = own.select("contact_id").unique()
    for part in parts:
        course = course.join(part, on="contact_id", how="left", validate="1:1")
    return course.sort("contact_id")


def _felt(texts: pl.Series, rules: VoiceRules) -> pl.DataFrame:
    """Feeling of each distinct utterance: words of feeling, harassment, then tone."""
    told = kinds(texts, rules.kinds)
    tone = polarity(told, rules.polarity, rules.kinds)["polarity"]
    signs = every_match(texts, rules.critical)
    harassing = pl.col("text").is_in(signs.filter(pl.col("value").is_in(HARASSMENT))["text"].implode())
    rough = folded(pl.col("text")).str.contains(rules.emotions.alternation("match", "rough"))
    weak = pl.when(tone == "negative").then(-_WEAK).when(tone == "positive").then(_WEAK).when(rough).then(-_WEAK)
    return feelings(texts, rules.emotions).select(
        "text", pl.coalesce(pl.when(harassing).then(-1.0), "feeling", weak).alias("feeling")
    )


def feelings(texts: pl.Series, lexicon: Lexicon) -> pl.DataFrame:
    """Feeling of each distinct text by its last word of feeling.

    Returns
    -------
    DataFrame
        ``text``, ``feeling`` (-1, 1, null), in the order given.
    """
    of_feeling = asked(lexicon)
    lines = []
    for text in folded_lines(texts):
        line = text or b""
        for side, mark in _SIDES:
            line = of_feeling.marked(of_feeling.without(line, side), side, mark)
        lines.append(line.decode())
    marked = pl.Series("marked", lines, dtype=pl.String)
    last = marked.str.extract(_LAST, 1)
    feeling = last.replace_strict({_DOWN: -1.0, _UP: 1.0}, default=None, return_dtype=pl.Float64)
    return pl.DataFrame({"text": texts.cast(pl.String), "feeling": feeling})
