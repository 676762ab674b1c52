"""Write sound files as telephone systems leave them."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from voc_mining.sample.speech import RATE, Samples

_FORMATS = {"flac": ("flac", "s16"), "mp3": ("libmp3lame", "s16p"), "m4a": ("aac", "fltp"), "ogg": ("libopus", "s16")}
_MULAW = 7


def write_sound(path: Path, samples: Samples, codec: str) -> None:
    """Write a sound file.

    Parameters
    ----------
    path : Path
        File; its folder is made.
    samples : ndarray, shape (n_channels, n_samples)
        At 8 kHz, within ±1.
    codec : str
        pcm or ulaw (WAV), flac, mp3, m4a or ogg.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if codec == "pcm":
        with wave.open(str(path), "wb") as file:
            file.setnchannels(len(samples))
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(_pcm16(samples).T.tobytes())
    elif codec == "ulaw":
        path.write_bytes(_mulaw_file(samples))
    else:
        _encode(path, samples, codec)


def _pcm16(samples: Samples) -> npt.NDArray[np.int16]:
    return (np.clip(samples, -1.0, 1.0) * 32767).round().astype("<i2")


def _mulaw_file(samples: Samples) -> bytes:
    frames = mulaw(_pcm16(samples)).T.tobytes()
    channels = len(samples)
    head = struct.pack("<HHIIHHH", _MULAW, channels, RATE, RATE * channels, channels, 8, 0)
    fact = struct.pack("<I", samples.shape[1])
    chunks = b"".join(
        name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
        for name, body in ((b"fmt ", head), (b"fact", fact), (b"data", frames))
    )
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def mulaw(pcm: npt.NDArray[np.int16]) -> npt.NDArray[np.uint8]:
    """Compress 16-bit samples by G.711 µ-law.

    >>> mulaw(np.array([0, 32767, -32768], dtype=np.int16)).tolist()
    [255, 128, 0]
    """
    magnitude = np.minimum(np.abs(pcm.astype(np.int32)), 32635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    sign = np.where(pcm < 0, 0x80, 0)
    return np.asarray(~(sign | (exponent << 4) | mantissa) & 0xFF, dtype=np.uint8)


def _encode(path: Path, samples: Samples, codec: str) -> None:
    name, sample_format = _FORMATS[codec]
    layout = "mono" if len(samples) == 1 else "stereo"
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(name, rate=RATE, layout=layout)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.flags |= 1 << 23  # bit-exact: no version of the encoder in the file
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(_pcm16(samples).T.reshape(1, -1)), "s16", layout)
        frame.sample_rate = RATE
        resampler = av.AudioResampler(sample_format, layout, RATE)
        fifo = av.AudioFifo()
        for piece in resampler.resample(frame):
            fifo.write(piece)
        size = stream.codec_context.frame_size or 4096
        while (full := fifo.read(size)) is not None:
            container.mux(stream.encode(full))
        if (rest := fifo.read(partial=True)) is not None:
            container.mux(stream.encode(rest))
        container.mux(stream.encode(None))
