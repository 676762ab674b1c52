"""Suspicions about a transcript: flags, never deletion."""

from __future__ import annotations

import polars as pl
from polars import selectors

from voc_mining.transcribe.announcements import announced
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.phrases import bare
from voc_mining.transcribe.repetition import repeated

REPETITION = "repetition"
SILENCE_TEXT = "silence_text"
LOW_CONFIDENCE = "low_confidence"
CROSSTALK = "crosstalk"
MUSIC = "music"
TONE = "tone"
IVR = "ivr"


def flag(utterances: pl.DataFrame, params: TranscribeParams) -> pl.DataFrame:
    """Add the column ``flags``: what makes each utterance suspicious.

    ``repetition``: the decoder says it again, see :func:`~voc_mining.transcribe.repetition.repeated`.
    ``silence_text``: words where nobody speaks on this channel: invented by the model, over no sound, or the
    other speaker's. ``crosstalk``: the latter. Whisper hears a speaker who leaks into the other channel at
    -40 dB, and words must not change their owner. ``music``, ``tone``: words over hold music, or over ringing,
    busy tone, keys and other tones. ``ivr``: an announcement's, see
    :func:`~voc_mining.transcribe.announcements.announced`. ``low_confidence``: hardly more than a guess.

    Parameters
    ----------
    utterances : DataFrame
        Of one recording, sorted by ``channel`` and ``no``, with ``start_s``, ``end_s``, ``text``,
        ``confidence``, ``no_speech``, ``level_db`` (decibels of full scale under the words), ``leaked``
        (whether the sound there is only the other channel's), ``over_music`` and ``over_tone`` (whether it is
        music, or tones).
    params : TranscribeParams
        Thresholds and phrases.

    Returns
    -------
    DataFrame
        The same rows in the same order with ``flags``, a sorted list.
    """
    rows = utterances.with_columns(
        __bare=pl.col("text").map_elements(bare, return_dtype=pl.String),
        __invented=pl.col("text").map_elements(params.phrases.invented, return_dtype=pl.Boolean),
        __doubtful=pl.col("text").map_elements(params.phrases.doubtful, return_dtype=pl.Boolean),
    )
    unsure = pl.col("confidence") < params.least_confidence
    no_sound = pl.col("level_db") < params.quiet_db
    bar = pl.when("__doubtful").then(params.doubtful_no_speech).otherwise(params.most_no_speech)
    no_speech = pl.col("no_speech") > bar
    silence = pl.col("__invented") | pl.col("leaked") | no_sound | no_speech | (pl.col("__bare") == "")
    marks = {
        CROSSTALK: pl.col("leaked"),
        IVR: pl.lit(announced(utterances, params.announcements)),
        LOW_CONFIDENCE: unsure,
        MUSIC: pl.col("over_music"),
        REPETITION: pl.lit(repeated(utterances)),
        SILENCE_TEXT: silence,
        TONE: pl.col("over_tone"),
    }
    named = [pl.when(mark.fill_null(value=False)).then(pl.lit(name)) for name, mark in marks.items()]
    return rows.with_columns(flags=pl.concat_list(named).list.drop_nulls()).drop(selectors.starts_with("__"))
