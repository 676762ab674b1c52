from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from voc_mining.contracts import LAKE_TABLES, VAULT_TABLES
from voc_mining.errors import BadAudio, ContractBroken
from voc_mining.transcribe.audio import Audio, AudioInfo
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.stage import Failure, Transcript, transcribe, transcriber_id
from voc_mining.transcribe.transcriber import Recording

PARAMS = TranscribeParams()
LINES = {1: ["お電話ありがとうございます。", "確認します。"], 2: ["解約したいです。"], 3: ["もしもし。"], 5: []}


def recording(name: str) -> Recording:
    return Recording(f"sha-{name}", (f"recordings/{name}.wav",))


def opener(sounds: dict[str, np.ndarray]) -> Callable[[Recording], Audio]:
    def open_audio(asked: Recording) -> Audio:
        name = asked.audio_sha256.removeprefix("sha-")
        if name not in sounds:
            raise BadAudio("empty_file")
        channels = tuple(sounds[name])
        return Audio(AudioInfo(len(channels), 8000, "pcm_s16le", None), channels)

    return open_audio


@pytest.fixture
def calls(marked: Callable) -> dict[str, np.ndarray]:
    mono = marked(3)
    return {"stereo": marked(1, 2), "mono": mono, "double": np.concatenate([mono, mono]), "silent": marked(5)}


def test_one_result_per_recording_in_order_whatever_is_read_ahead(calls: dict[str, np.ndarray], scripted: type) -> None:
    names = ["bad1", "stereo", "bad2", "mono", "silent", "double", "bad3"]
    plain, ahead = (
        list(transcribe([recording(name) for name in names], scripted(LINES, ahead=n), PARAMS, opener(calls)))
        for n in (1, 4)
    )
    for results in (plain, ahead):
        assert [result.recording for result in results] == [recording(name) for name in names]
        assert [isinstance(result, Failure) for result in results] == [name.startswith("bad") for name in names]
    for one, other in zip(plain, ahead, strict=True):
        if isinstance(one, Transcript) and isinstance(other, Transcript):
            assert one.utterances.equals(other.utterances)
            assert one.transcription.equals(other.transcription)


def test_rows_keep_their_contracts(calls: dict[str, np.ndarray], scripted: type) -> None:
    for result in transcribe([recording(name) for name in calls], scripted(LINES), PARAMS, opener(calls)):
        assert isinstance(result, Transcript)
        VAULT_TABLES["transcripts"].check(result.utterances)
        LAKE_TABLES["transcriptions"].check(result.transcription)


def test_speakers_are_told_by_channel_with_their_own_seconds(calls: dict[str, np.ndarray], scripted: type) -> None:
    (result,) = transcribe([recording("stereo")], scripted(LINES), PARAMS, opener(calls))
    assert isinstance(result, Transcript)
    assert result.utterances.select("channel", "no", "start_s", "end_s", "text").rows() == [
        (0, 0, 0.0, 0.5, "お電話ありがとうございます。"),
        (0, 1, 1.0, 1.5, "確認します。"),
        (1, 0, 0.0, 0.5, "解約したいです。"),
    ]
    assert result.transcription.select("channels", "n_utterances", "n_flagged", "duration_s", "speech_s").row(0) == (
        (2, 3, 0, 4.0, 1.5)
    )


def test_same_sound_twice_is_heard_once(calls: dict[str, np.ndarray], scripted: type) -> None:
    transcriber = scripted(LINES)
    (result,) = transcribe([recording("double")], transcriber, PARAMS, opener(calls))
    assert isinstance(result, Transcript)
    assert transcriber.heard == [3]
    assert result.transcription["channels"][0] == 1
    assert result.utterances["text"].to_list() == ["もしもし。"]


def test_nobody_speaking_is_a_result(calls: dict[str, np.ndarray], scripted: type) -> None:
    (result,) = transcribe([recording("silent")], scripted(LINES), PARAMS, opener(calls))
    assert isinstance(result, Transcript)
    assert result.utterances.is_empty()
    assert result.transcription["n_utterances"][0] == 0


def test_engine_trouble_is_the_trouble_of_one_recording(calls: dict[str, np.ndarray], scripted: type) -> None:
    results = list(
        transcribe([recording(n) for n in ("stereo", "mono")], scripted(LINES, fails_on=2), PARAMS, opener(calls))
    )
    assert isinstance(results[0], Failure)
    assert (results[0].fault.code, results[0].passing) == ("engine_trouble", True)
    assert isinstance(results[1], Transcript)


def test_times_stay_within_the_sound(marked: Callable, scripted: type) -> None:
    sounds = {"short": marked(1, seconds=1.2)}
    (result,) = transcribe([recording("short")], scripted(LINES), PARAMS, opener(sounds))
    assert isinstance(result, Transcript)
    assert result.utterances["end_s"].to_list() == [0.5, 1.2]


def test_a_transcriber_that_forgets_a_channel_breaks_the_contract(calls: dict[str, np.ndarray], scripted: type) -> None:
    class Forgetful(scripted):
        def hear(self, sounds: object) -> object:
            yield from list(super().hear(sounds))[:-1]

    with pytest.raises(ContractBroken, match="no result"):
        list(transcribe([recording("stereo")], Forgetful(LINES), PARAMS, opener(calls)))


def test_nothing_to_do(scripted: type) -> None:
    assert list(transcribe([], scripted(LINES), PARAMS, opener({}))) == []


def test_id_follows_model_and_parameters(scripted: type) -> None:
    same = transcriber_id(scripted({}), PARAMS)
    assert same == transcriber_id(scripted({}), TranscribeParams())
    assert same != transcriber_id(scripted({}), TranscribeParams(pause_s=1.0))


def test_loops_are_kept_and_counted(marked: Callable, scripted: type) -> None:
    lines = {7: ["フォークリームです"] * 4}
    (result,) = transcribe([recording("loop")], scripted(lines), PARAMS, opener({"loop": marked(7, seconds=5)}))
    assert isinstance(result, Transcript)
    assert result.utterances.height == 4
    assert result.utterances.filter(pl.col("flags").list.contains("repetition")).height == 3
    assert result.transcription["n_flagged"][0] == 3


def test_the_agents_words_in_the_customers_channel_stay_the_agents(marked: Callable, scripted: type) -> None:
    sound = marked(1, 2)
    sound[1, 1:] = 0.02 * sound[0, 1:]
    (result,) = transcribe([recording("leak")], scripted(LINES), PARAMS, opener({"leak": sound}))
    assert isinstance(result, Transcript)
    assert result.utterances.select("channel", "flags").rows() == [(0, []), (0, []), (1, ["crosstalk", "silence_text"])]
