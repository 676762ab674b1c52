"""What a channel sounds like, frame by frame: level, strongest pitches, and how steady its pitches are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.ndimage import uniform_filter1d  # type: ignore[attr-defined] # exported at run time

from voc_mining.transcribe.audio import SAMPLE_RATE, Samples

HOP = 512
"""Samples between two frames: 32 ms."""

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

_SIZE = 2048  # 128 ms: neighbouring notes and telephone tones stand apart
_WINDOW = np.hanning(_SIZE).astype(np.float32)
_HERTZ = SAMPLE_RATE / _SIZE
# The telephone's band; mains hum lies below it.
_LOWEST, _HIGHEST = round(200 / _HERTZ), round(3700 / _HERTZ)
_BLOCK = 256
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
    one = _around(power, strongest)
    rest = power.copy()
    for shift in range(-_LOBE - 2, _LOBE + 3):
        rest[rows, np.clip(strongest + shift, 0, power.shape[1] - 1)] = 0
    next_to = rest.argmax(axis=1)
    two = _around(rest, next_to)
    held = _held(_peaks(decibels), decibels)
    in_peaks = np.zeros_like(power)
    in_peaks[held] = power[held] + power[held[0], held[1] - 1] + power[held[0], held[1] + 1]
    # A sine of amplitude 1 has the mean square 1/2; the window and the one-sided spectrum are taken out.
    level = 10 * np.log10(2 * total / (_SIZE * float(np.sum(_WINDOW**2))) + _TINY)
    columns = (
        level,
        (strongest + _offsets(decibels, rows, strongest) + _LOWEST) * _HERTZ,
        one / total,
        (next_to + _offsets(decibels, rows, next_to) + _LOWEST) * _HERTZ,
        (one + two) / total,
        np.minimum(in_peaks.sum(axis=1) / total, 1.0),
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


def _around(power: Samples, centre: Places) -> Samples:
    """Power within the lobe about a centre, row by row."""
    bins = centre[:, None] + np.arange(-_LOBE, _LOBE + 1)
    inside = np.take_along_axis(power, np.clip(bins, 0, power.shape[1] - 1), axis=1)
    inside[(bins < 0) | (bins >= power.shape[1])] = 0
    return np.asarray(inside.sum(axis=1, dtype=np.float64), dtype=np.float32)


def _peaks(decibels: Samples) -> tuple[Places, Places]:
    """Rows and bins that stand out: above both neighbours, the mean around them, and 35 dB below the loudest."""
    middle = decibels[:, 1:-1]
    floor = decibels.max(axis=1, keepdims=True) - _BELOW_LOUDEST_DB
    mean = uniform_filter1d(decibels, 2 * _NEIGHBOURS + 1, axis=1, output=np.float64, mode="nearest")[:, 1:-1]
    high = (middle > decibels[:, :-2]) & (middle >= decibels[:, 2:]) & (middle > floor)
    rows, bins = np.nonzero(high & (middle > mean + _STANDS_OUT_DB))
    return rows, bins + 1


def _offsets(decibels: Samples, rows: Places, bins: Places) -> Samples:
    """Where between bins some peaks lie: vertices of the parabolas through three bins, -0.5 to 0.5; 0 at the edges."""
    inner = np.clip(bins, 1, decibels.shape[1] - 2)
    low, middle, high = (decibels[rows, inner + shift] for shift in (-1, 0, 1))
    bend = low - 2 * middle + high
    round_ = (bend < -_TINY) & (bins == inner)
    return np.clip(np.where(round_, 0.5 * (low - high) / np.where(round_, bend, 1), 0), -0.5, 0.5)


def _held(peaks: tuple[Places, Places], decibels: Samples) -> tuple[Places, Places]:
    """Peaks that stood where they stand now some frames before, as rows and bins; the first frames have none."""
    rows, bins = peaks
    stands = np.full(decibels.shape, np.nan, dtype=np.float32)
    stands[peaks] = bins.astype(np.float32) + np.float32(_LOWEST) + _offsets(decibels, rows, bins)
    late = rows >= _LAG
    rows, bins = rows[late], bins[late]
    now = stands[rows, bins]
    allowed = _STEADY_SHIFT * now
    held = np.zeros(len(rows), dtype=bool)
    for shift in (-1, 0, 1):  # where no peak was, there is no number, and nothing is less than that
        held |= np.abs(now - stands[rows - _LAG, bins + shift]) < allowed
    return rows[held], bins[held]
