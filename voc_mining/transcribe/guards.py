"""Suspicions about a transcript: flags, never deletion."""

from __future__ import annotations

import re

import polars as pl
from polars import selectors

from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.phrases import bare

REPETITION = "repetition"
SILENCE_TEXT = "silence_text"
LOW_CONFIDENCE = "low_confidence"
CROSSTALK = "crosstalk"

# A loop inside one utterance: a unit of several syllables again and again, a sentence doubled, or one
# sign without end. Short units may be honest (はいはいはい, もしもしもしもし), so they need more copies.
_LOOPS = re.compile(
    r"(?P<sign>.)(?P=sign){7,}|(?P<short>.{2,4}?)(?P=short){5,}|(?P<unit>.{5,}?)(?P=unit){2,}|(?P<twice>.{12,})(?P=twice)"
)
_LOOP_SHARE = 0.5
# Equal utterances in a row: people repeat はい and short questions, a decoder repeats sentences.
_SHORT_CHARS = 6
_SHORT_RUN = 8
_LONG_RUN = 3


def loops(text: str) -> bool:
    """Whether most of a text is one unit over and over, as decoders write when they are stuck.

    >>> loops("ありがとうございますありがとうございますありがとうございます")
    True
    >>> loops("はい、はい、はい、わかりました"), loops("もしもし、もしもし")
    (False, False)
    """
    signs = bare(text)
    looped = sum(len(match[0]) for match in _LOOPS.finditer(signs))
    return looped > 0 and looped >= _LOOP_SHARE * len(signs)


def flag(utterances: pl.DataFrame, params: TranscribeParams) -> pl.DataFrame:
    """Add the column ``flags``: what makes each utterance suspicious.

    ``repetition``: a loop within it, or the same words as before in a run of three or more (short answers:
    eight); the first of a run stays free. ``silence_text``: words where nobody speaks on this channel:
    invented by the model, over no sound, or the other speaker's. ``crosstalk``: the latter. Whisper hears
    a speaker who leaks into the other channel at -40 dB, and words must not change their owner.
    ``low_confidence``: hardly more than a guess.

    Parameters
    ----------
    utterances : DataFrame
        Of one recording, sorted by ``channel`` and ``no``, with ``text``, ``confidence``,
        ``no_speech``, ``level_db`` (decibels of full scale under the words) and ``leaked`` (whether the
        sound there is only the other channel's).
    params : TranscribeParams
        Thresholds and phrases.

    Returns
    -------
    DataFrame
        The same rows in the same order with ``flags``, a sorted list.
    """
    rows = utterances.with_columns(
        __bare=pl.col("text").map_elements(bare, return_dtype=pl.String),
        __loops=pl.col("text").map_elements(loops, return_dtype=pl.Boolean),
        __invented=pl.col("text").map_elements(params.phrases.invented, return_dtype=pl.Boolean),
        __doubtful=pl.col("text").map_elements(params.phrases.doubtful, return_dtype=pl.Boolean),
    )
    run = pl.struct("channel", "__bare").rle_id()
    again = pl.int_range(pl.len()).over(run) > 0
    longest = pl.when(pl.col("__bare").str.len_chars() < _SHORT_CHARS).then(_SHORT_RUN).otherwise(_LONG_RUN)
    repeated = pl.col("__loops") | (again & (pl.len().over(run) >= longest))
    unsure = pl.col("confidence") < params.least_confidence
    no_sound = pl.col("level_db") < params.quiet_db
    bar = pl.when("__doubtful").then(params.doubtful_no_speech).otherwise(params.most_no_speech)
    no_speech = pl.col("no_speech") > bar
    silence = pl.col("__invented") | pl.col("leaked") | no_sound | no_speech | (pl.col("__bare") == "")
    marks = {CROSSTALK: pl.col("leaked"), LOW_CONFIDENCE: unsure, REPETITION: repeated, SILENCE_TEXT: silence}
    named = [pl.when(mark.fill_null(value=False)).then(pl.lit(name)) for name, mark in marks.items()]
    return rows.with_columns(flags=pl.concat_list(named).list.drop_nulls()).drop(selectors.starts_with("__"))
