from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from voc_mining.transcribe.guards import flag
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.phrases import bare, stock_phrases
from voc_mining.transcribe.repetition import loops

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
    music: bool = False,
    tone: bool = False,
    every_s: float = 4.0,
) -> pl.DataFrame:
    """Utterances of two seconds, the next one starting some seconds after the one before."""
    starts = [every_s * number for number in range(len(texts))]
    return pl.DataFrame(
        {
            "channel": channel,
            "start_s": starts,
            "end_s": [start + 2.0 for start in starts],
            "text": list(texts),
            "confidence": confidence,
            "no_speech": no_speech,
            "level_db": level,
            "leaked": leak,
            "over_music": music,
            "over_tone": tone,
        },
        schema_overrides={"channel": pl.Int8, "start_s": pl.Float64, "end_s": pl.Float64},
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
    frame = heard(*["はい。"] * 20, "聞こえますか。", "聞こえますか。", "そうですか。")
    assert flag(frame, PARAMS)["flags"].list.len().sum() == 0


def test_short_words_without_a_pause_are_a_loop() -> None:
    frame = heard(*["ん。"] * 9, "はい、お願いします。", every_s=2.1)
    assert flag(frame, PARAMS)["flags"].list.contains("repetition").to_list() == [False] + [True] * 8 + [False]


def test_a_sentence_said_twice_without_a_pause_is_doubled() -> None:
    twice = ["解約の手続きを教えてください。"] * 2
    assert flag(heard(*twice, every_s=2.3), PARAMS)["flags"].to_list() == [[], ["repetition"]]
    assert flag(heard(*twice, every_s=9.0), PARAMS)["flags"].to_list() == [[], []]


def test_a_group_of_utterances_that_comes_three_times_is_a_loop() -> None:
    frame = heard(*["少々お待ちください。", "確認いたしますので。"] * 3, "お待たせしました。")
    assert flag(frame, PARAMS)["flags"].list.len().to_list() == [0, 0, 1, 1, 1, 1, 0]


def test_words_over_music_and_tones_are_flagged() -> None:
    assert flag(heard("ラララ", music=True), PARAMS)["flags"].to_list() == [["music"]]
    assert flag(heard("プルルル", tone=True), PARAMS)["flags"].to_list() == [["tone"]]


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
