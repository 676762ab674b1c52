"""What is said or written but is not a statement: greetings, fillers, back-channel, identity checks."""

from __future__ import annotations

import polars as pl

from voc_mining.voice.lexicon import Lexicon, cancelled, folded

_SEPARATORS = r"[、,。.!?！？…・\s]"
_NO_WORDS = "empty"
SEQUENCE = ("filler", "back_channel", "greeting")
"""Reasons whose pieces may follow one another in a sentence that is no statement, weakest first."""


def excluded_reasons(texts: pl.Series, lexicon: Lexicon, *, both_speakers: bool) -> pl.DataFrame:
    """Tell for each distinct sentence why it is not a statement, and what remains of one that is.

    Parameters
    ----------
    texts : Series
        Distinct sentences.
    lexicon : Lexicon
        Pieces and sentences to leave out.
    both_speakers : bool
        The sound holds agent and customer on one channel: evident phrases of an agent are left out too.

    Returns
    -------
    DataFrame
        ``text``, ``reason`` (null for a statement) and ``rest``: the sentence without greetings and
        fillers at its front.
    """
    line = folded(pl.col("text"))
    tests: list[tuple[str, pl.Expr]] = [(_NO_WORDS, ~line.str.contains(r"[\p{L}\p{N}]"))]
    if both_speakers:
        for order, reason in lexicon.tiers("contains"):
            spoken = cancelled(line, lexicon, reason)
            tests.append((reason, spoken.str.contains(lexicon.alternation("contains", reason, order))))
    pieces = ""
    for reason in SEQUENCE:
        pieces = "|".join(part for part in (pieces, lexicon.alternation("whole", reason)) if part)
        tests.append((reason, line.str.contains(rf"^(?:(?:{pieces}){_SEPARATORS}*)+$")))
    for order, reason in lexicon.tiers("sentence"):
        tests.append((reason, line.str.contains(rf"^(?:{lexicon.alternation('sentence', reason, order)})$")))
    front = rf"^(?:(?:{pieces}){_SEPARATORS}+|(?:{lexicon.alternation('cuts')}){_SEPARATORS}*)+"
    return (
        texts.alias("text")
        .to_frame()
        .select(
            "text",
            pl.coalesce([pl.when(test).then(pl.lit(reason)) for reason, test in tests]).alias("reason"),
            pl.col("text").str.replace(front, "").str.strip_chars().alias("rest"),
        )
    )
