from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

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
