"""Pitch of voices, found from their overtones: a telephone line does not carry the fundamental itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voc_mining.transcribe.audio import SAMPLE_RATE, Samples

_FRAME = SAMPLE_RATE // 25
_HOP = SAMPLE_RATE // 50
_SIZE = 2048
_SHORTEST, _LONGEST = SAMPLE_RATE // 500, SAMPLE_RATE // 70
_VOICED = 0.5
_NEARLY_BEST = 0.95
_LEAST_FRAMES = 5


def pitch(samples: Samples) -> float | None:
    """Median pitch of a stretch of speech in half tones above 55 Hz, between 70 and 500 Hz; None where none is heard.

    By the peak of each 40 ms frame's autocorrelation, divided by that of the window; of nearly equal peaks the one of
    the shortest period. P. Boersma: Accurate short-term analysis of the fundamental frequency (1993), simplified.

    >>> time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    >>> voice = sum(np.sin(2 * np.pi * 110 * n * time) for n in range(3, 20)).astype(np.float32)
    >>> round(pitch(voice)), pitch(np.zeros(SAMPLE_RATE, dtype=np.float32))
    (12, None)
    """
    if len(samples) < _FRAME:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP]
    window = np.hanning(_FRAME)
    spectrum = np.fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * window, _SIZE)
    same = np.fft.irfft(np.square(np.abs(spectrum)))[:, : _LONGEST + 2]
    shape = np.fft.irfft(np.square(np.abs(np.fft.rfft(window, _SIZE))))[: _LONGEST + 2]
    periodic = same / np.maximum(same[:, :1], 1e-9) / (shape / shape[0])
    inner = periodic[:, _SHORTEST : _LONGEST + 1]
    peaks = (inner >= periodic[:, _SHORTEST - 1 : _LONGEST]) & (inner >= periodic[:, _SHORTEST + 1 : _LONGEST + 2])
    heights = np.where(peaks, inner, 0.0)
    best = heights.max(axis=1)
    voiced = best > _VOICED
    if voiced.sum() < _LEAST_FRAMES:
        return None
    first = np.argmax(heights >= _NEARLY_BEST * best[:, None], axis=1) + _SHORTEST
    return float(np.median(12 * np.log2(SAMPLE_RATE / first[voiced] / 55)))


def pitch_places(pitches: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put pitches on a circle of four octaves, so that their likeness is that of directions; unknown ones in the middle.

    Parameters
    ----------
    pitches : ndarray, shape (n,)
        Half tones; NaN where unknown.

    Returns
    -------
    ndarray, shape (n, 2)
        Of unit length, but for unknown ones.
    """
    angle = pitches * (2 * np.pi / 48)
    places = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    known = ~np.isnan(pitches)
    middle = places[known].mean(axis=0) if known.any() else np.zeros(2)
    return np.where(known[:, None], places, middle)
