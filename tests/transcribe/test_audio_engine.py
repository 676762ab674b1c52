from __future__ import annotations

import csv
import errno
import io
import struct
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voc_mining.errors import BadAudio
from voc_mining.messages.catalogue import Messages
from voc_mining.transcribe.audio import sound_flaws
from voc_mining.transcribe.audio_engine import decode, probe

CASES = Path(__file__).parent.parent / "cases" / "transcribe" / "audio_formats.csv"
LINES = [line for line in CASES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
FORMATS = list(csv.DictReader(LINES))


def pitch(samples: np.ndarray) -> float:
    """Strongest frequency, hertz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * 16000 / len(samples))


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, tones: Callable, encode: Callable) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("formats")
    made = {}
    for case in FORMATS:
        rate = int(case["rate"])
        wave = tones(*(440, 1000)[: int(case["channels"])], rate=rate)
        made[case["name"]] = encode(
            folder / case["name"], wave, container=case["container"], codec=case["codec"], rate=rate
        )
    return made


@pytest.mark.parametrize("case", FORMATS, ids=[case["name"] for case in FORMATS])
def test_every_format_gives_each_channel_at_16_khz(case: dict[str, str], files: dict[str, Path]) -> None:
    info = probe(files[case["name"]])
    assert info.channels == int(case["channels"])
    assert info.duration_s == pytest.approx(2.0, abs=0.15)
    if case["codec"] != "libopus":  # Opus always tells 48 kHz
        assert info.sample_rate == int(case["rate"])
    audio = decode(files[case["name"]])
    assert audio.duration_s == pytest.approx(2.0, abs=0.15)
    assert [channel.dtype for channel in audio.channels] == [np.float32] * info.channels
    assert [pitch(channel) for channel in audio.channels] == pytest.approx([440, 1000][: info.channels], abs=5)
    for channel in audio.channels:
        assert np.abs(channel).max() == pytest.approx(0.3, abs=0.06), "neither halved nor clipped"


def reason(path: Path) -> str:
    with pytest.raises(BadAudio) as caught:
        decode(path)
    assert "Errno" not in str(caught.value)
    assert all(str(value) in str(caught.value) for value in caught.value.fault.values.values() if " " in value)
    assert Messages("ja").has(f"reject.{caught.value.fault.code}")
    return caught.value.fault.code


def test_what_is_no_recording_is_named(tmp_path: Path) -> None:
    empty, text, list_of_files = tmp_path / "empty.wav", tmp_path / "text.mp3", tmp_path / "list.m3u8"
    empty.write_bytes(b"")
    text.write_text("これは音声ではありません。" * 50, encoding="utf-8")
    list_of_files.write_text("#EXTM3U\n#EXTINF:10,\nhttp://example.invalid/a.mp3\n", encoding="utf-8")
    assert reason(empty) == "empty_file"
    assert reason(text) == "not_audio"
    assert reason(list_of_files) == "not_audio"
    assert reason(tmp_path) == "unreadable_file"
    assert reason(tmp_path / "missing.wav") == "unreadable_file"


@pytest.mark.parametrize("name", ["pcm16.wav", "mulaw.wav", "alaw.wav", "talk.flac", "music.mp3", "talk.m4a"])
def test_half_a_file_is_refused(name: str, files: dict[str, Path], tmp_path: Path) -> None:
    whole = files[name].read_bytes()
    half = tmp_path / name
    half.write_bytes(whole[: len(whole) // 2])
    assert reason(half) in {"truncated", "not_audio", "damaged"}


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_wav_of_a_recorder_that_never_wrote_its_length(size: int, files: dict[str, Path], tmp_path: Path) -> None:
    content = bytearray(files["pcm16.wav"].read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", size)
    path = tmp_path / "open.wav"
    path.write_bytes(content)
    assert decode(path).duration_s == pytest.approx(2.0, abs=0.05)


def test_more_than_two_channels_are_refused(tmp_path: Path, tones: Callable, encode: Callable) -> None:
    path = encode(tmp_path / "three.wav", tones(300, 400, 500), layout="2.1")
    assert reason(path) == "too_many_channels"


def test_header_without_samples(tmp_path: Path, tones: Callable, encode: Callable) -> None:
    path = encode(tmp_path / "x.wav", tones(300, seconds=0.5))
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"data") + 4] + struct.pack("<I", 0))
    assert reason(path) in {"no_sound", "not_audio"}


def test_a_fifth_of_a_second(tmp_path: Path, tones: Callable, encode: Callable) -> None:
    path = encode(tmp_path / "short.wav", tones(300, seconds=0.2))
    assert decode(path).duration_s == pytest.approx(0.2, abs=0.01)


def test_picture_only(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=10, width=64, height=64, pix_fmt="yuv420p")
        for _ in range(5):
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), dtype=np.uint8), format="rgb24")
            out.mux(stream.encode(picture))
        out.mux(stream.encode(None))
    assert reason(path) == "no_sound"


def test_sound_of_a_video(tmp_path: Path, tones: Callable) -> None:
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w", format="mp4") as out:
        picture = out.add_stream("mpeg4", rate=10, width=64, height=64, pix_fmt="yuv420p")
        sound = out.add_stream("aac", rate=16000, layout="mono")
        for _ in range(20):
            out.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), dtype=np.uint8), format="rgb24")))
        frame = av.AudioFrame.from_ndarray(tones(440, rate=16000), format="fltp", layout="mono")
        frame.sample_rate = 16000
        for piece in av.AudioResampler("fltp", "mono", 16000, frame_size=1024).resample(frame):
            piece.pts = None
            out.mux(sound.encode(piece))
        out.mux(picture.encode(None))
        out.mux(sound.encode(None))
    (samples,) = decode(path).channels
    assert pitch(samples) == pytest.approx(440, abs=5)


@pytest.mark.parametrize(
    ("name", "alias"), [("speech.mp3", "call.wav"), ("pcm16.wav", "call.mp3"), ("talk.m4a", "x.ogg")]
)
def test_names_may_lie(name: str, alias: str, files: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / alias
    path.write_bytes(files[name].read_bytes())
    assert decode(path).duration_s == pytest.approx(2.0, abs=0.15)


def test_disk_that_fails_is_no_fault_of_the_recording(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 20_000:
                raise OSError(errno.EIO, "Input/output error")
            return super().read(size)

    content = files["pcm24.wav"].read_bytes()
    monkeypatch.setattr(Path, "open", lambda *_: Failing(content))
    assert reason(tmp_path / "far.wav") == "unreadable_file"


def test_too_long_for_memory(files: dict[str, Path]) -> None:
    with pytest.raises(BadAudio, match="too long") as caught:
        decode(files["pcm16.wav"], longest_s=1.0)
    assert caught.value.fault.code == "too_long"


def test_pause_left_out_of_the_stream_becomes_silence(tmp_path: Path, tones: Callable) -> None:
    path = tmp_path / "gap.mka"
    wave = tones(440, seconds=2.0)
    with av.open(str(path), "w", format="matroska") as out:
        stream = out.add_stream("pcm_s16le", rate=8000, layout="mono")
        for second in (0, 1):
            part = (wave[:, second * 8000 : (second + 1) * 8000] * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(part), format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 8000, second * 3 * 8000, Fraction(1, 8000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    (samples,) = decode(path).channels
    assert len(samples) / 16000 == pytest.approx(4.0, abs=0.05)
    assert np.abs(samples[20_000:44_000]).max() == 0
    assert np.abs(samples[50_000:]).max() > 0.2


def test_damaged_packets_in_the_middle_keep_the_seconds_true(files: dict[str, Path], tmp_path: Path) -> None:
    content = bytearray(files["speech.mp3"].read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = bytes(40)
    path = tmp_path / "dent.mp3"
    path.write_bytes(content)
    assert decode(path).duration_s == pytest.approx(2.0, abs=0.4)


def test_a_damaged_part_is_flagged(tmp_path: Path, tones: Callable, encode: Callable) -> None:
    path = encode(
        tmp_path / "call.flac", tones(440, seconds=20.0, rate=16000), container="flac", codec="flac", rate=16000
    )
    assert "damaged_part" not in sound_flaws(decode(path))
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = bytes(40)
    path.write_bytes(content)
    audio = decode(path)
    assert audio.duration_s == pytest.approx(20.0, abs=0.5)
    assert sound_flaws(audio) == ["damaged_part"]


damage = st.lists(
    st.tuples(st.sampled_from(["flip", "zero", "cut", "grow", "drop"]), st.floats(0, 1)), min_size=1, max_size=6
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
@given(name=st.sampled_from([case["name"] for case in FORMATS]), harm=damage, noise=st.binary(min_size=1, max_size=64))
def test_damaged_files_never_crash_or_hang(
    name: str, harm: list[tuple[str, float]], noise: bytes, files: dict[str, Path], tmp_path: Path
) -> None:
    content = bytearray(files[name].read_bytes())
    for kind, place in harm:
        at = int(place * len(content))
        if kind == "flip":
            content[at : at + len(noise)] = noise
        elif kind == "zero":
            content[at : at + 200] = bytes(200)
        elif kind == "cut":
            del content[max(at, 1) :]
        elif kind == "grow":
            content[at:at] = noise * 20
        else:
            del content[at : at + 100]
    path = tmp_path / name
    path.write_bytes(content)
    began = time.perf_counter()
    audio, refusal = None, None
    try:
        audio = decode(path, longest_s=600)
    except BadAudio as trouble:
        refusal = trouble
    assert time.perf_counter() - began < 10
    if audio is None:
        assert refusal
        assert str(refusal) != refusal.fault.code
    else:
        assert audio.duration_s > 0
        assert all(np.isfinite(channel).all() for channel in audio.channels)
