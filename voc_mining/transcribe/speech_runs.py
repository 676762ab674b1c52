"""Where on a channel somebody speaks: runs of sound, the windows laid over them and their tenths of a second."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from voc_mining.transcribe.audio import SAMPLE_RATE, Samples

Numbers = NDArray[np.float64]
Places = Sequence[tuple[int, int]]

FRAME = SAMPLE_RATE // 100
FRAMES_S = 100
_CELL = 10
_SHORTEST_WINDOW = 60
_WINDOW_STEP = 20
_QUIETEST_DB = 24.0
_ABOVE_NOISE_DB = 6.0
_SPAN_PAD_S = 0.3


def within(stretches: Sequence[tuple[float, float]], spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Keep what of some stretches lies within three tenths of a second of the given spans.

    >>> within([(0.0, 4.0), (6.0, 9.0)], [(1.0, 2.0), (2.5, 3.0), (8.0, 9.0)])
    [(0.7, 3.3), (7.7, 9.0)]
    """
    padded = [(round(start - _SPAN_PAD_S, 3), round(end + _SPAN_PAD_S, 3)) for start, end in sorted(spans)]
    merged: list[tuple[float, float]] = []
    for start, end in padded:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    kept: list[tuple[float, float]] = []
    place = 0
    for begin, finish in stretches:
        while place < len(merged) and merged[place][1] <= begin:
            place += 1
        for start, end in islice(merged, place, None):
            if start >= finish:
                break
            kept.append((max(begin, start), min(finish, end)))
    return kept


def speech_runs(samples: Samples, stretches: Sequence[tuple[float, float]], pause_s: float) -> list[tuple[int, int]]:
    """Find the runs of sound within stretches of speech, parted by pauses, in frames of 10 ms."""
    count = len(samples) // FRAME
    if not count:
        return []
    power = np.mean(np.square(samples[: count * FRAME].reshape(count, FRAME), dtype=np.float64), axis=1)
    level = np.convolve(10 * np.log10(power + 1e-12), np.full(3, 1 / 3), "same")
    noise = min(float(np.percentile(level, 10)), float(np.percentile(level, 95)) - _QUIETEST_DB - _ABOVE_NOISE_DB)
    runs: list[tuple[int, int]] = []
    for begin, finish in stretches:
        first, last = round(begin * FRAMES_S), min(round(finish * FRAMES_S), count)
        sounding = (level[first:last] > noise + _ABOVE_NOISE_DB).astype(np.int8)
        edges = np.flatnonzero(np.diff(sounding, prepend=0, append=0)) + first
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            if runs and start - runs[-1][1] < pause_s * FRAMES_S:
                runs[-1] = (runs[-1][0], end)
            else:
                runs.append((start, end))
    return [(start, end) for start, end in runs if end - start >= _CELL]


def laid_windows(runs: Places, window_s: float, hop_s: float) -> list[tuple[int, int]]:
    """Lay windows over runs, in frames; a short run has one of its own length, to a fifth of a second."""
    length, hop = round(window_s * FRAMES_S), round(hop_s * FRAMES_S)
    windows = []
    for start, end in runs:
        if end - start <= length:
            own = max(_SHORTEST_WINDOW, round((end - start) / _WINDOW_STEP) * _WINDOW_STEP)
            begin = max(0, (start + end - own) // 2)
            windows.append((begin, begin + own))
        else:
            steps = -(-(end - start - length) // hop)
            windows += [
                (begin, begin + length)
                for begin in (start + (end - start - length) * n // steps for n in range(steps + 1))
            ]
    return windows


def cells_of(runs: Places) -> Numbers:
    """Middles of the tenths of a second that make up the runs, in frames."""
    return np.concatenate([np.arange(start, end - _CELL + 1, _CELL) for start, end in runs]) + _CELL / 2


def same_run(cells: Numbers, runs: Places) -> list[bool]:
    """Whether each cell but the first lies in the run of the one before."""
    number = np.searchsorted([start for start, _ in runs], cells, side="right")
    return [before == after for before, after in pairwise(number.tolist())]


def over_cells(values: Numbers, cells: Numbers, windows: Places) -> Numbers:
    """Spread values of windows over cells: the mean of the windows about a cell, each the more the nearer it is."""
    total, weights = np.zeros(len(cells)), np.zeros(len(cells))
    for value, (start, end) in zip(values.tolist(), windows, strict=True):
        reach = (end - start) / 2 + _CELL
        middle = (start + end) / 2
        first, last = np.searchsorted(cells, (middle - reach, middle + reach))
        weight = 1 - np.abs(cells[first:last] - middle) / reach
        total[first:last] += weight * value
        weights[first:last] += weight
    return total / np.maximum(weights, 1e-9)


def share_of_second(path: NDArray[np.int8], cells: Numbers, windows: Places) -> Numbers:
    """Share of speaker 1 among the cells of each window; half where it holds none."""
    sums = np.concatenate([[0.0], np.cumsum(path)])
    first, last = (np.searchsorted(cells, [window[end] for window in windows]) for end in (0, 1))
    count = last - first
    return np.where(count > 0, (sums[last] - sums[first]) / np.maximum(count, 1), 0.5)
