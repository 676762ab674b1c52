from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from voc_mining.errors import UserError
from voc_mining.transcribe.audio import Audio
from voc_mining.transcribe.audio_engine import decode
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.stage import Transcript, transcribe
from voc_mining.transcribe.transcriber import Recording
from voc_mining.transcribe.whisper_engine import WhisperOptions, WhisperTranscriber, model_digest
from voc_mining.transcribe.windows import Window

AGENT = ("お電話ありがとうございます。", "確認いたしますので、少々お待ちください。")
CUSTOMER = ("アプリにログインできなくて困っています。", "請求書が届きません。")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    made.mkdir()
    (made / "model.bin").write_bytes(b"weights")
    (made / "config.json").write_text("{}")
    return made


def test_model_is_known_by_its_content(folder: Path, tmp_path: Path) -> None:
    (folder / "README.md").write_text("not part of the model")
    moved = folder.rename(tmp_path / "elsewhere")
    before = model_digest(moved)
    (moved / "README.md").unlink()
    assert model_digest(moved) == before
    (moved / "model.bin").write_bytes(b"other weights")
    assert model_digest(moved) != before


def test_revision_follows_what_changes_the_words(folder: Path) -> None:
    base = WhisperTranscriber(WhisperOptions(str(folder))).revision
    assert WhisperTranscriber(WhisperOptions(str(folder), cpu_threads=2, device="auto")).revision == base
    assert WhisperTranscriber(WhisperOptions(str(folder), beam_size=1)).revision != base
    assert WhisperTranscriber(WhisperOptions(str(folder), compute_type="float32")).revision != base


def test_missing_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="voc models install"):
        _ = WhisperTranscriber(WhisperOptions(str(tmp_path))).revision
    with pytest.raises(UserError, match="hf download nobody/no-such-model --revision abc --local-dir"):
        _ = WhisperTranscriber(
            WhisperOptions("nobody/no-such-model", hub_revision="abc", cache=str(tmp_path), offline=True)
        ).revision


def test_no_network_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, local_files_only: bool, **__: object) -> str:
        network = None if local_files_only else ConnectionError("Name or service not known")
        raise LocalEntryNotFoundError("nothing cached") from network

    monkeypatch.setattr("voc_mining.transcribe.whisper_engine.download_model", unreachable)
    with pytest.raises(UserError, match=r"not be downloaded \(Name or service not known\)"):
        _ = WhisperTranscriber(WhisperOptions("owner/model")).folder


@pytest.mark.parametrize(
    ("device", "gpus", "able", "expected"),
    [
        ("cpu", 1, {"float16"}, "int8"),
        ("auto", 0, set(), "int8"),
        ("auto", 1, {"float16", "int8_float16", "int8", "float32"}, "float16"),
        ("cuda", 1, {"int8", "int8_float32", "float32"}, "int8"),
    ],
)
def test_arithmetic_suits_the_device(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, device: str, gpus: int, able: set[str], expected: str
) -> None:
    monkeypatch.setattr("voc_mining.transcribe.whisper_engine.get_cuda_device_count", lambda: gpus)
    monkeypatch.setattr("voc_mining.transcribe.whisper_engine.get_supported_compute_types", lambda _: able)
    automatic = WhisperTranscriber(WhisperOptions(str(folder), device=device))
    assert automatic.compute_type == expected
    named = WhisperTranscriber(WhisperOptions(str(folder), device=device, compute_type=expected))
    assert named.revision == automatic.revision


def test_silence_needs_no_model(folder: Path) -> None:
    transcriber = WhisperTranscriber(WhisperOptions(str(folder)))
    sounds = [np.zeros(0, dtype=np.float32), np.zeros(32_000, dtype=np.float32)]
    assert [(hearing.segments, hearing.stretches) for hearing in transcriber.hear(sounds)] == [((), ())] * 2


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory, say: Callable, encode: Callable) -> tuple[Path, list[float]]:
    """A µ-law stereo call: agent on channel 0, customer on 1, in turns, and when each turn begins."""
    turns = [(channel, text) for pair in zip(AGENT, CUSTOMER, strict=True) for channel, text in enumerate(pair)]
    spoken = [(channel, say(text, -4.0 * channel)) for channel, text in turns]
    starts, clock = [], 0.5
    for _, wave in spoken:
        starts.append(clock)
        clock += len(wave) / 8000 + 1.0
    sound = np.random.default_rng(0).normal(0, 3e-4, (2, round(clock * 8000))).astype(np.float32)
    for (channel, wave), start in zip(spoken, starts, strict=True):
        sound[channel, round(start * 8000) :][: len(wave)] += wave
    path = tmp_path_factory.mktemp("call") / "call.wav"
    return encode(path, sound, codec="pcm_mulaw"), starts


def hear(audio: Audio, transcriber: WhisperTranscriber) -> Transcript:
    (result,) = transcribe([Recording("0", ("call.wav",))], transcriber, TranscribeParams(), lambda _: audio)
    assert isinstance(result, Transcript)
    return result


@pytest.mark.models
def test_a_call_is_heard_by_speaker_and_second(call: tuple[Path, list[float]], whisper_folder: Path) -> None:
    import jiwer

    path, starts = call
    transcriber = WhisperTranscriber(WhisperOptions(str(whisper_folder)))
    whole = decode(path)
    rows = hear(whole, transcriber).utterances
    alone = hear(Audio(whole.info, whole.channels[1:]), transcriber).utterances
    told = ["start_s", "end_s", "text", "confidence", "no_speech"]
    assert alone.select(told).equals(rows.filter(rows["channel"] == 1).select(told)), "repeatable, alone or not"
    for channel, texts in ((0, AGENT), (1, CUSTOMER)):
        mine = rows.filter(rows["channel"] == channel)
        heard = "".join(mine["text"]).translate(str.maketrans("", "", "、。?？"))
        assert jiwer.cer("".join(texts).translate(str.maketrans("", "", "、。")), heard) < 0.35
        for expected in starts[channel::2]:
            assert min(abs(start - expected) for start in mine["start_s"]) < 0.6
    assert rows["flags"].list.len().sum() == 0
    assert rows["confidence"].min() > 0.5


@pytest.mark.models
def test_words_do_not_depend_on_batch_or_threads(call: tuple[Path, list[float]], whisper_folder: Path) -> None:
    sounds = [*decode(call[0]).channels, np.zeros(16_000, dtype=np.float32), decode(call[0]).channels[1]]

    def hear(batch_size: int, cpu_threads: int) -> list[object]:
        options = WhisperOptions(str(whisper_folder), batch_size=batch_size, cpu_threads=cpu_threads)
        return list(WhisperTranscriber(options).hear(sounds))

    alone = hear(1, 1)
    assert alone[1] == alone[3], "a function of the channel alone"
    assert hear(4, 2) == alone


@pytest.mark.models
def test_told_words_are_heard_and_not_spoken_where_nobody_speaks(
    call: tuple[Path, list[float]], whisper_folder: Path
) -> None:
    told = ("請求書", "ハレノキ", "二段階認証")
    transcriber = WhisperTranscriber(WhisperOptions(str(whisper_folder), hotwords=told))
    assert transcriber.revision == WhisperTranscriber(WhisperOptions(str(whisper_folder))).revision
    customer = hear(decode(call[0]), transcriber).utterances.filter(pl.col("channel") == 1)
    assert "請求書" in "".join(customer["text"])
    noise = np.random.default_rng(0).normal(0, 0.03, 8 * 16_000).astype(np.float32)
    for sound in (noise, np.zeros_like(noise)):
        (segments,) = transcriber.decoder.decode([(sound, Window(((0, len(sound)),)))])
        text = "".join(word.text for segment in segments for word in segment.words)
        assert not any(word in text for word in told)


@pytest.mark.models
def test_the_prompt_has_room_for_whole_words_only(whisper_folder: Path) -> None:
    words = tuple(f"契約番号{number}" for number in range(200))
    decoder = WhisperTranscriber(WhisperOptions(str(whisper_folder), hotwords=words)).decoder
    assert 20 < len(decoder.told) < 60
    assert decoder.told == words[: len(decoder.told)]
