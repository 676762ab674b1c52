"""The words of contacts shared out among processes: the result is that of one, and a dead process costs a try."""

from __future__ import annotations

import os
import signal

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines import engines, text_workers
from pipelines.engines import TextWords
from pipelines.steps.mine import PIECE_COLUMNS
from pipelines.text_workers import TextEngines, TextWorkers, worked
from voc_mining.contracts.glossary import NO_GLOSSARY
from voc_mining.contracts.rules import NO_MASKING
from voc_mining.contracts.values import WORD
from voc_mining.contracts.wording import NO_DICTIONARY
from voc_mining.errors import EngineTrouble

TEXTS = ("再設定メールが届きません。早く直してください。", "佐藤と申します。料金が高いです。", "とても便利です。", "")


@pytest.fixture
def words(tmp_path):
    return TextWords(NO_DICTIONARY, tmp_path, NO_GLOSSARY, frozenset(), NO_MASKING)


def pieces_of(n: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pieces of contacts with one or two texts each, and some without any."""
    ids = [f"c{number:04}" for number in range(n)]
    contacts = pl.DataFrame({"contact_id": ids, "month": ["2026-11"] * n, "input_key": ids})
    told = [(key, part, TEXTS[(number + place) % 3]) for number, key in enumerate(ids) if number % 5
            for place, part in enumerate(("subject", "body")[: 1 + number % 2])]  # fmt: skip
    pieces = pl.DataFrame(told, schema=["contact_id", "part", "text"], orient="row").with_columns(
        pl.lit("2026-11").alias("month"), pl.lit(None, pl.Int8).alias("channel"), pl.lit("customer").alias("role"),
        pl.lit(None, pl.Float64).alias("start_s"), pl.lit(None, pl.Float64).alias("end_s"),
        pl.lit(None, pl.Float64).alias("confidence"), pl.lit([], pl.List(pl.String)).alias("flags"),
        pl.lit(None, pl.List(WORD)).alias("words"), pl.lit(None, pl.String).alias("question"),
    )  # fmt: skip
    return pieces.select(PIECE_COLUMNS), contacts


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(text_workers, "_WORTH_A_START", 1)
    monkeypatch.setattr(text_workers, "_WORTH_SHARING", 2)


def test_several_processes_say_what_one_says(words, soon):
    shared = TextWorkers(engines.text_engines, words, 2)
    for n in (1, 30, 3):
        pieces, contacts = pieces_of(n)
        alone = worked(pieces, contacts, engines.text_engines(words))
        together = shared(pieces, contacts)
        assert_frame_equal(together.utterances, alone.utterances)
        for one, other in zip(together.voice, alone.voice, strict=True):
            assert_frame_equal(one, other)


def test_few_words_start_no_process(words):
    shared = TextWorkers(engines.text_engines, words, 2)
    shared(*pieces_of(30))
    assert shared._pool is None


def _dies(words: TextWords) -> TextEngines:
    os.kill(os.getpid(), signal.SIGKILL)
    return engines.text_engines(words)


def test_a_dead_process_is_trouble_that_another_try_may_mend(words, soon):
    shared = TextWorkers(_dies, words, 2)
    with pytest.raises(EngineTrouble, match="died"):
        shared(*pieces_of(30))
    shared._build = engines.text_engines
    assert shared(*pieces_of(30)).voice.outcomes.height == 30
