from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.settings import Settings
from voc_mining.errors import EngineTrouble
from voc_mining.model_files.catalogue import load_catalogue
from voc_mining.model_files.locate import locate
from voc_mining.transcribe.transcriber import Hearing, Segment, Word

Wave = NDArray[np.float32]


@pytest.fixture(scope="session")
def tones() -> Callable[..., Wave]:
    """Make channels of pure tones: (channels, samples) at a rate."""

    def make(*hertz: float, seconds: float = 2.0, rate: int = 8000) -> Wave:
        time = np.arange(round(seconds * rate)) / rate
        return np.stack([0.3 * np.sin(2 * np.pi * pitch * time) for pitch in hertz]).astype(np.float32)

    return make


@pytest.fixture(scope="session")
def encode() -> Callable[..., Path]:
    """Write channels to a file in a given container and codec."""

    def write(
        path: Path, wave: Wave, *, container: str = "wav", codec: str = "pcm_s16le", rate: int = 8000, layout: str = ""
    ) -> Path:
        layout = layout or ("mono", "stereo")[len(wave) - 1]
        with av.open(str(path), "w", format=container) as out:
            stream = out.add_stream(codec, rate=rate, layout=layout)
            source = av.AudioFrame.from_ndarray(np.ascontiguousarray(wave), format="fltp", layout=layout)
            source.sample_rate = rate
            resampler = av.AudioResampler(
                format=stream.format.name, layout=layout, rate=rate, frame_size=stream.codec_context.frame_size or 1024
            )
            for frame in [*resampler.resample(source), *resampler.resample(None)]:
                frame.pts = None
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        return path

    return write


@pytest.fixture(scope="session")
def say() -> Callable[[str, float], Wave]:
    """Speak a Japanese text at 8 kHz, some half tones higher or lower."""
    import pyopenjtalk

    def speak(text: str, half_tones: float = 0.0) -> Wave:
        samples, rate = pyopenjtalk.tts(text, 1.0, half_tones)
        resampler = av.AudioResampler(format="flt", layout="mono", rate=8000)
        frame = av.AudioFrame.from_ndarray((samples / 32768).astype(np.float32)[None], format="flt", layout="mono")
        frame.sample_rate = rate
        pieces: Sequence[av.AudioFrame] = [*resampler.resample(frame), *resampler.resample(None)]
        return np.concatenate([piece.to_ndarray()[0] for piece in pieces])

    return speak


class Scripted:
    """A transcriber that hears what a table says: one word per listed text at the second of its place.

    The channel is recognized by its first sample, in hundredths.
    """

    revision = "scripted"

    def __init__(self, lines: dict[int, list[str]], *, ahead: int = 1, fails_on: int | None = None) -> None:
        self.lines = lines
        self.ahead = ahead
        self.fails_on = fails_on
        self.heard: list[int] = []

    def hear(self, sounds: Iterable[Wave]) -> Iterator[Hearing | EngineTrouble]:
        waiting = iter(sounds)
        while batch := list(islice(waiting, self.ahead)):
            for samples in batch:
                who = round(float(samples[0]) * 100)
                self.heard.append(who)
                if who == self.fails_on:
                    yield EngineTrouble("out of memory")
                    continue
                words = [Word(at, at + 0.5, text, 0.9) for at, text in enumerate(self.lines.get(who, []))]
                yield Hearing(
                    tuple(Segment((word,), 0.01) for word in words), tuple((w.start_s, w.end_s) for w in words)
                )


@pytest.fixture(scope="session")
def scripted() -> type[Scripted]:
    """Return the class of transcribers that hear what a table says."""
    return Scripted


@pytest.fixture(scope="session")
def marked() -> Callable[..., Wave]:
    """Make noisy channels whose first sample tells who they are, in hundredths."""

    def make(*who: int, seconds: float = 4.0, rate: int = 16000) -> Wave:
        wave = np.stack([np.random.default_rng(each).normal(0, 0.1, round(seconds * rate)) for each in who])
        wave[:, 0] = np.array(who) / 100
        return wave.astype(np.float32)

    return make


@pytest.fixture(scope="session")
def whisper_folder() -> Path:
    """Folder of the embedded Whisper model, as installed."""
    settings = Settings()
    return Path(locate("whisper-base", "whisper", settings.models_dir, load_catalogue()).reference)


@pytest.fixture(scope="session")
def speaker_folder() -> Path:
    """Folder of the embedded speaker encoder, as installed."""
    settings = Settings()
    return Path(locate("resemblyzer", "speaker", settings.models_dir, load_catalogue()).reference)
