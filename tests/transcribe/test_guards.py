from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from voc_mining.transcribe.guards import flag, loops
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.phrases import bare, stock_phrases

CASES = Path(__file__).parent.parent / "cases" / "transcribe" / "flags.csv"
LINES = [line for line in CASES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
ROWS = list(csv.DictReader(LINES))
PARAMS = TranscribeParams()


def heard(
    *texts: str,
    channel: int = 0,
    confidence: float = 0.9,
    no_speech: float = 0.1,
    level: float = -25.0,
    leak: bool = False,
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "channel": channel,
            "text": list(texts),
            "confidence": confidence,
            "no_speech": no_speech,
            "level_db": level,
            "leaked": leak,
        },
        schema_overrides={"channel": pl.Int8},
    )


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['text'][:12]}-{row['no_speech']}" for row in ROWS])
def test_flags_of_one_utterance(row: dict[str, str]) -> None:
    frame = heard(
        row["text"],
        confidence=float(row["confidence"]),
        no_speech=float(row["no_speech"]),
        level=float(row["level_db"]),
    )
    assert flag(frame, PARAMS)["flags"].to_list() == [row["flags"].split("+") if row["flags"] else []]


def test_a_sentence_over_and_over_is_flagged_but_for_the_first() -> None:
    frame = heard("少々お待ちください。", "フォークリーム", "フォークリーム。", "フォークリーム", "はい。")
    assert flag(frame, PARAMS)["flags"].list.len().to_list() == [0, 0, 1, 1, 0]


def test_short_answers_and_one_repetition_are_how_people_speak() -> None:
    frame = heard(*["はい。"] * 7, "聞こえますか。", "聞こえますか。", "そうですか。")
    assert flag(frame, PARAMS)["flags"].list.len().sum() == 0


def test_runs_do_not_reach_over_channels() -> None:
    frame = pl.concat([heard("お待たせいたしました。", channel=channel) for channel in (0, 1)] * 2).sort("channel")
    assert flag(frame, PARAMS)["flags"].list.len().sum() == 0


def test_words_of_the_other_speaker_are_not_this_ones() -> None:
    assert flag(heard("解約したいです。", leak=True), PARAMS)["flags"].to_list() == [["crosstalk", "silence_text"]]


def test_nothing_said_is_no_trouble() -> None:
    flagged = flag(heard(), PARAMS)
    assert flagged.is_empty()
    assert flagged.schema["flags"] == pl.List(pl.String)


def test_rows_stay_as_they_are() -> None:
    frame = heard("い。", "あ。")
    assert flag(frame, PARAMS).drop("flags").equals(frame)


@pytest.mark.parametrize("text", ["", "。", "ご", "いいいい"])
def test_short_texts_do_not_loop(text: str) -> None:
    assert not loops(text)


def test_phrase_list_is_in_order() -> None:
    phrases = stock_phrases()
    assert phrases.always
    assert phrases.silence
    assert not phrases.always & phrases.silence
    assert all(phrase == bare(phrase) and phrase for phrase in phrases.always | phrases.silence)


def test_parameters_change_the_key() -> None:
    assert TranscribeParams().key == TranscribeParams().key
    assert TranscribeParams(pause_s=0.7).key != TranscribeParams().key
