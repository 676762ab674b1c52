"""How likely somebody speaks, frame by frame: Silero's detector, in bounded memory."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np
from faster_whisper.utils import get_assets_path
from onnxruntime import InferenceSession, SessionOptions

from voc_mining.transcribe.audio import Samples
from voc_mining.transcribe.speech import FRAME

# The network sees the end of the frame before, too.
_BEFORE = 64
# Frames at once: what the network makes of them fits into the processor's caches.
_FRAMES = 128
_STATE = (1, 1, 128)
_FATAL_ONLY = 4


def speech_probabilities(samples: Samples) -> list[float]:
    """Tell for each frame how likely it is speech.

    The detector's memory goes through the whole channel, which is read piece by piece; the size of the pieces changes
    nothing.

    Parameters
    ----------
    samples : float32 array
        One channel at 16 kHz.

    Returns
    -------
    list of float
        Probabilities, one per :data:`~voc_mining.transcribe.speech.FRAME` samples begun; the last frame is filled up
        with silence.
    """
    detector = _detector()
    hidden = cell = np.zeros(_STATE, dtype=np.float32)
    found: list[float] = []
    for start in range(0, len(samples), _FRAMES * FRAME):
        said, hidden, cell = detector.run(
            None, {"input": _frames(samples, start, start + _FRAMES * FRAME), "h": hidden, "c": cell}
        )
        found += said.tolist()
    return found


def detector_digest() -> str:
    """SHA-256 of the detector."""
    return hashlib.sha256(_file().read_bytes()).hexdigest()


def _frames(samples: Samples, start: int, stop: int) -> Samples:
    """Frames between two samples, each with the end of the one before it; silence beyond both ends of the channel."""
    piece = samples[max(start - _BEFORE, 0) : stop]
    lacking = max(_BEFORE - start, 0)
    padded = np.pad(piece, (lacking, -(len(piece) + lacking - _BEFORE) % FRAME))
    return np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(padded, _BEFORE + FRAME)[::FRAME])


@lru_cache(maxsize=1)
def _detector() -> InferenceSession:
    options = SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.log_severity_level = _FATAL_ONLY
    return InferenceSession(_file(), providers=["CPUExecutionProvider"], sess_options=options)


def _file() -> Path:
    """Return the detector that faster-whisper ships."""
    return next(Path(get_assets_path()).glob("silero_vad*.onnx"))
