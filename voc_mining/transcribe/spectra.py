"""What a channel sounds like, frame by frame: level, strongest pitches, and how steady its pitches are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from voc_mining.transcribe.audio import SAMPLE_RATE, Samples

HOP = 512
"""Samples between two frames: 32 ms."""

Flags = NDArray[np.bool_]

_SIZE = 2048  # 128 ms: neighbouring notes and telephone tones stand apart
_WINDOW = np.hanning(_SIZE).astype(np.float32)
_HERTZ = SAMPLE_RATE / _SIZE
# The telephone's band; mains hum lies below it.
_LOWEST, _HIGHEST = round(200 / _HERTZ), round(3700 / _HERTZ)
_BLOCK = 1024
_LOBE = 4  # bins on either side that belong to a pitch, a tremolo of 16 Hz included
_LAG = 4  # 128 ms: a note holds its pitch that long, a voice does not
_STEADY_SHIFT = 0.008
_NEIGHBOURS = 8
_STANDS_OUT_DB = 8.0
_BELOW_LOUDEST_DB = 35.0
_TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Spectra:
    """One value per frame; frame n stands for the :data:`HOP` samples around second ``n * HOP / SAMPLE_RATE``.

    Parameters
    ----------
    level_db : float32 array
        Level in the telephone's band, decibels of full scale.
    pitch_hz, second_hz : float32 array
        The strongest frequency and the strongest one apart from it.
    pure, both : float32 array
        Share of the power that lies in the strongest pitch, and in both, 0-1.
    steady : float32 array
        Share of the power in peaks that stood at the same frequency, within 0.8 %, 128 ms before, 0-1.
    """

    level_db: Samples
    pitch_hz: Samples
    pure: Samples
    second_hz: Samples
    both: Samples
    steady: Samples

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.level_db)


def spectra(samples: Samples) -> Spectra:
    """Measure a channel; memory beside the result does not grow with its length."""
    count = len(samples) // HOP + 1
    blocks = [_block(samples, start, min(start + _BLOCK, count)) for start in range(0, count, _BLOCK)]
    return Spectra(*(np.concatenate(column) for column in zip(*blocks, strict=True)))


def _block(samples: Samples, first: int, last: int) -> tuple[Samples, ...]:
    """Measure the frames from ``first`` to before ``last``."""
    before = min(first, _LAG)
    power = _power(samples, first - before, last)
    decibels = 10 * np.log10(power)
    total = power.sum(axis=1)
    rows = np.arange(len(power))
    strongest = power.argmax(axis=1)
    one = _around(power, strongest, _LOBE)
    rest = power.copy()
    for shift in range(-_LOBE - 2, _LOBE + 3):
        rest[rows, np.clip(strongest + shift, 0, power.shape[1] - 1)] = 0
    next_to = rest.argmax(axis=1)
    two = _around(rest, next_to, _LOBE)
    peaks = _peaks(decibels)
    offsets = _offsets(decibels)
    in_peaks = power.copy()
    in_peaks[:, 1:] += power[:, :-1]
    in_peaks[:, :-1] += power[:, 1:]
    held = np.where(_held(peaks, offsets), in_peaks, 0).sum(axis=1)
    # A sine of amplitude 1 has the mean square 1/2; the window and the one-sided spectrum are taken out.
    level = 10 * np.log10(2 * total / (_SIZE * float(np.sum(_WINDOW**2))) + _TINY)
    columns = (
        level,
        (strongest + offsets[rows, strongest] + _LOWEST) * _HERTZ,
        one / total,
        (next_to + offsets[rows, next_to] + _LOWEST) * _HERTZ,
        (one + two) / total,
        np.minimum(held / total, 1.0),
    )
    return tuple(column[before:].astype(np.float32) for column in columns)


def _power(samples: Samples, first: int, last: int) -> Samples:
    """Power by frame and bin within the band; frames are centred, beyond the sound there is silence."""
    start, end = first * HOP - _SIZE // 2, (last - 1) * HOP + _SIZE // 2
    inside = samples[max(start, 0) : max(min(end, len(samples)), 0)]
    padded = np.pad(inside, (max(-start, 0), end - start - len(inside) - max(-start, 0)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::HOP]
    spectrum = rfft(frames * _WINDOW, axis=1)[:, _LOWEST:_HIGHEST]
    return np.asarray(spectrum.real**2 + spectrum.imag**2 + _TINY, dtype=np.float32)


def _around(power: Samples, centre: NDArray[np.intp], reach: int) -> Samples:
    """Power within some bins of a centre, row by row."""
    sums = np.cumsum(np.pad(power, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    rows = np.arange(len(power))
    low, high = np.maximum(centre - reach, 0), np.minimum(centre + reach + 1, power.shape[1])
    return np.asarray(sums[rows, high] - sums[rows, low], dtype=np.float32)


def _peaks(decibels: Samples) -> Flags:
    """Bins that stand out: above both neighbours, the mean around them, and 35 dB below the loudest."""
    peaks = np.zeros(decibels.shape, dtype=bool)
    middle = decibels[:, 1:-1]
    peaks[:, 1:-1] = (middle > decibels[:, :-2]) & (middle >= decibels[:, 2:])
    sums = np.cumsum(np.pad(decibels, ((0, 0), (_NEIGHBOURS + 1, _NEIGHBOURS)), mode="edge"), axis=1, dtype=np.float64)
    width = 2 * _NEIGHBOURS + 1
    mean = (sums[:, width:] - sums[:, :-width]) / width
    floor = decibels.max(axis=1, keepdims=True) - _BELOW_LOUDEST_DB
    return np.asarray(peaks & (decibels > mean + _STANDS_OUT_DB) & (decibels > floor))


def _offsets(decibels: Samples) -> Samples:
    """Where between bins a peak lies: vertex of the parabola through three bins, -0.5 to 0.5."""
    offsets = np.zeros_like(decibels)
    low, middle, high = decibels[:, :-2], decibels[:, 1:-1], decibels[:, 2:]
    bend = low - 2 * middle + high
    offsets[:, 1:-1] = np.where(bend < -_TINY, 0.5 * (low - high) / np.where(bend < -_TINY, bend, 1), 0)
    return np.clip(offsets, -0.5, 0.5)


def _held(peaks: Flags, offsets: Samples) -> Flags:
    """Peaks that stood where they stand now some frames before; the first frames have none."""
    held = np.zeros_like(peaks)
    if len(peaks) <= _LAG:
        return held
    bins = np.arange(peaks.shape[1], dtype=np.float32) + _LOWEST
    now, then = bins + offsets[_LAG:], bins + offsets[:-_LAG]
    was = peaks[:-_LAG]
    allowed = _STEADY_SHIFT * now
    for shift in (-1, 0, 1):
        same = np.roll(was, shift, axis=1) & (np.abs(now - np.roll(then, shift, axis=1)) < allowed)
        held[_LAG:] |= peaks[_LAG:] & same
    return held
