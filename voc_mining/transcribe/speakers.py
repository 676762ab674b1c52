"""Who speaks when on one channel: two voices told apart by their vectors and the order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import combinations, islice, pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voc_mining.transcribe.audio import SAMPLE_RATE, Samples
from voc_mining.transcribe.pitch import pitch, pitch_places

Vectors = NDArray[np.float32]
Numbers = NDArray[np.float64]

_FRAME = SAMPLE_RATE // 100
_FRAMES_S = 100
_CELL = 10
_SHORTEST_WINDOW = 60
_WINDOW_STEP = 20
_SEEDS = 16
_MOST_COMPARED = 400
_ROUNDS = 10
_REFINEMENTS = 3
_QUIETEST_DB = 24.0
_ABOVE_NOISE_DB = 6.0
_SPAN_PAD_S = 0.3


class VoiceEncoder(Protocol):
    """Turns the voice in a stretch of sound into a vector: alike for one speaker, unlike for two."""

    @property
    def revision(self) -> str:
        """Digest of the model and of how it is used."""
        ...

    def encode(self, samples: Samples, windows: Sequence[tuple[int, int]]) -> Vectors:
        """Encode stretches of one channel, given as first sample and the one after the last.

        Returns
        -------
        ndarray, shape (n_windows, n_dimensions)
            Unit vectors; a function of this channel and these windows alone.
        """
        ...


@dataclass(frozen=True, slots=True)
class SpeakerParams:
    """How speakers on one channel are told apart.

    Parameters
    ----------
    window_s, hop_s : float, default 1.6, 0.8
        Length of the stretches whose voice is encoded, and how far apart they begin, seconds.
    pause_s : float, default 0.4
        Silence that parts two runs of speech, seconds.
    least_speech_s : float, default 4.0
        Speech below which nothing is told, seconds.
    pitch_weight : float, default 0.5
        Weight of the pitch beside the voice's vector in the likeness of two windows.
    least_apart : float, default 0.02
        How much more alike windows of one speaker must be than those of two, in cosine similarity; below
        it there is but one voice. Low, because nearly every call has two.
    change_cost, pause_cost : float, default 0.5, 0.1
        What a change of speaker within a run and between two runs costs, in sums of similarity difference
        over tenths of a second.
    least_margin : float, default 0.02
        Mean difference between the similarities to the two voices below which a turn stays undecided.
    """

    window_s: float = 1.6
    hop_s: float = 0.8
    pause_s: float = 0.4
    least_speech_s: float = 4.0
    pitch_weight: float = 0.5
    least_apart: float = 0.02
    change_cost: float = 0.5
    pause_cost: float = 0.1
    least_margin: float = 0.02

    @property
    def key(self) -> tuple[object, ...]:
        """Everything that changes who is told to speak when, for digests."""
        return ("speakers", 2, *astuple(self))


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """A stretch of one speaker.

    Parameters
    ----------
    start_s, end_s : float
        Seconds from the beginning of the channel.
    speaker : int or None
        0 for the first voice heard, 1 for the other, None where it fits neither.
    """

    start_s: float
    end_s: float
    speaker: int | None


def speaker_turns(
    samples: Samples, stretches: Sequence[tuple[float, float]], encoder: VoiceEncoder, params: SpeakerParams
) -> tuple[SpeakerTurn, ...]:
    """Tell two speakers apart.

    Windows over the speech are encoded, their pitch put beside, and parted by weighted spherical 2-means from
    many seeds. Then the likeliest order of speakers over tenths of a second is found (Viterbi), in which a
    change costs less at a pause, and both voices are learnt anew from it. Where the two are hardly more unlike
    than each is in itself, they are one.

    Parameters
    ----------
    samples : float32 array
        A channel at 16 kHz.
    stretches : sequence of (float, float)
        Speech, start and end in seconds, in order and apart.
    encoder : VoiceEncoder
        The model.
    params : SpeakerParams
        Windows, costs and thresholds.

    Returns
    -------
    tuple of SpeakerTurn
        They cover the stretches, in order. All of speaker 0 where there is but one voice; none where there
        is too little speech to tell.
    """
    runs = speech_runs(samples, stretches, params)
    windows = _windows(runs, params)
    if sum(end - start for start, end in runs) < params.least_speech_s * _FRAMES_S or len(windows) < 2:
        return ()
    places = [(start * _FRAME, end * _FRAME) for start, end in windows]
    pitches = [pitch(samples[start:end]) for start, end in places]
    vectors = _with_pitch(encoder.encode(samples, places), pitches, params.pitch_weight)
    weights = np.array([(end - start) / (params.window_s * _FRAMES_S) for start, end in windows])
    voices = _two_voices(vectors, weights)
    cells = _cells(runs)
    changes = np.array([params.change_cost if same else params.pause_cost for same in _same_run(cells, runs)])
    for _ in range(_REFINEMENTS):
        margins = _over_cells(vectors @ (voices[1] - voices[0]), cells, windows)
        path = _likeliest(margins, changes)
        share = _share(path, cells, windows)
        learnt = [weights * np.where(part > 0.8, part, 0.0) for part in (1 - share, share)]
        if any(part.sum() == 0 for part in learnt):
            break
        voices = np.stack([_mean(vectors, part) for part in learnt])
    if _apart(vectors, weights, _share(path, cells, windows), windows) < params.least_apart:
        return tuple(SpeakerTurn(start, end, 0) for start, end in stretches)
    return _turns(path, margins, cells, runs, stretches, params)


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


def speech_runs(
    samples: Samples, stretches: Sequence[tuple[float, float]], params: SpeakerParams
) -> list[tuple[int, int]]:
    """Find the runs of sound within stretches of speech, parted by pauses, in frames of 10 ms."""
    count = len(samples) // _FRAME
    if not count:
        return []
    power = np.mean(np.square(samples[: count * _FRAME].reshape(count, _FRAME), dtype=np.float64), axis=1)
    level = np.convolve(10 * np.log10(power + 1e-12), np.full(3, 1 / 3), "same")
    noise = min(float(np.percentile(level, 10)), float(np.percentile(level, 95)) - _QUIETEST_DB - _ABOVE_NOISE_DB)
    runs: list[tuple[int, int]] = []
    for begin, finish in stretches:
        first, last = round(begin * _FRAMES_S), min(round(finish * _FRAMES_S), count)
        sounding = (level[first:last] > noise + _ABOVE_NOISE_DB).astype(np.int8)
        edges = np.flatnonzero(np.diff(sounding, prepend=0, append=0)) + first
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            if runs and start - runs[-1][1] < params.pause_s * _FRAMES_S:
                runs[-1] = (runs[-1][0], end)
            else:
                runs.append((start, end))
    return [(start, end) for start, end in runs if end - start >= _CELL]


def _windows(runs: Sequence[tuple[int, int]], params: SpeakerParams) -> list[tuple[int, int]]:
    """Lay windows over runs, in frames; a short run has one of its own length, to a fifth of a second."""
    length, hop = round(params.window_s * _FRAMES_S), round(params.hop_s * _FRAMES_S)
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


def _with_pitch(vectors: Vectors, pitches: Sequence[float | None], weight: float) -> Numbers:
    """Put pitch beside the vectors as two further dimensions, and bring them back to about unit length."""
    half_tones = np.array([np.nan if each is None else each for each in pitches])
    both = np.hstack([vectors.astype(np.float64), weight * pitch_places(half_tones)])
    return np.asarray(both / np.sqrt(1 + weight**2))


def _apart(vectors: Numbers, weights: Numbers, share: Numbers, windows: Sequence[tuple[int, int]]) -> float:
    """Tell how much more alike windows of one speaker are than windows of two, among those a second apart."""
    some = np.unique(np.linspace(0, len(windows) - 1, _MOST_COMPARED).round().astype(int))
    middle = np.array(windows, dtype=np.float64)[some].mean(axis=1)
    alike = vectors[some] @ vectors[some].T
    weight = np.outer(weights[some], weights[some]) * (middle[None] - middle[:, None] > 2.5 * _FRAMES_S)
    second = share[some] > 0.5
    same = second[:, None] == second[None]
    if not (weight[same].sum() and weight[~same].sum()):
        return 0.0
    return float(np.average(alike[same], weights=weight[same]) - np.average(alike[~same], weights=weight[~same]))


def _mean(vectors: Numbers, weights: Numbers) -> Numbers:
    total = weights @ vectors
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9))


def _two_voices(vectors: Numbers, weights: Numbers) -> Numbers:
    """Part windows into two voices: the best of spherical 2-means begun at every pair of some windows.

    Returns
    -------
    ndarray, shape (2, n_dimensions)
        The mean of each, of unit length.
    """
    order = np.argsort(-weights, kind="stable")
    chosen = np.sort(order[:: max(1, len(order) // _SEEDS)][:_SEEDS])
    pairs = np.array(list(combinations(chosen.tolist(), 2)))
    means = vectors[pairs]
    for _ in range(_ROUNDS):
        nearer = np.einsum("skd,nd->snk", means, vectors)
        second = nearer[..., 1] > nearer[..., 0]
        totals = np.stack([(~second * weights) @ vectors, (second * weights) @ vectors], axis=1)
        lengths = np.linalg.norm(totals, axis=2, keepdims=True)
        means = np.where(lengths > 0, totals / np.maximum(lengths, 1e-9), means)
    gain = (np.einsum("skd,nd->snk", means, vectors).max(axis=2) * weights).sum(axis=1)
    return np.asarray(means[int(np.argmax(gain))])


def _cells(runs: Sequence[tuple[int, int]]) -> Numbers:
    """Middles of the tenths of a second that make up the runs, in frames."""
    return np.concatenate([np.arange(start, end - _CELL + 1, _CELL) for start, end in runs]) + _CELL / 2


def _same_run(cells: Numbers, runs: Sequence[tuple[int, int]]) -> list[bool]:
    """Whether each cell but the first lies in the run of the one before."""
    number = np.searchsorted([start for start, _ in runs], cells, side="right")
    return [before == after for before, after in pairwise(number.tolist())]


def _over_cells(values: Numbers, cells: Numbers, windows: Sequence[tuple[int, int]]) -> Numbers:
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


def _likeliest(margins: Numbers, changes: Numbers) -> NDArray[np.int8]:
    """Find the order of two speakers with the largest sum of margins less the costs of changes (Viterbi)."""
    best = np.array([-margins[0], margins[0]])
    came = np.zeros((len(margins), 2), dtype=np.int8)
    for place in range(1, len(margins)):
        changed = best[::-1] - 2 * changes[place - 1]
        came[place] = np.where(best >= changed, (0, 1), (1, 0))
        best = np.maximum(best, changed) + np.array([-margins[place], margins[place]])
    path = np.zeros(len(margins), dtype=np.int8)
    path[-1] = int(best[1] > best[0])
    for place in range(len(margins) - 1, 0, -1):
        path[place - 1] = came[place, path[place]]
    return path


def _share(path: NDArray[np.int8], cells: Numbers, windows: Sequence[tuple[int, int]]) -> Numbers:
    """Share of speaker 1 among the cells of each window; half where it holds none."""
    sums = np.concatenate([[0.0], np.cumsum(path)])
    first, last = (np.searchsorted(cells, [window[end] for window in windows]) for end in (0, 1))
    count = last - first
    return np.where(count > 0, (sums[last] - sums[first]) / np.maximum(count, 1), 0.5)


def _turns(  # noqa: PLR0913, PLR0917 - a path and what it runs over
    path: NDArray[np.int8],
    margins: Numbers,
    cells: Numbers,
    runs: Sequence[tuple[int, int]],
    stretches: Sequence[tuple[float, float]],
    params: SpeakerParams,
) -> tuple[SpeakerTurn, ...]:
    """Join cells of one speaker; changes lie in the middle between cells, ends at those of the stretch."""
    number = np.searchsorted([start for start, _ in runs], cells, side="right")
    stretch = np.searchsorted([start for start, _ in stretches], cells / _FRAMES_S, side="right") - 1
    part = np.cumsum((np.diff(path, prepend=path[0]) != 0) | (np.diff(number, prepend=number[0]) != 0))
    mean_margin = np.abs(np.bincount(part, margins)) / np.bincount(part)
    sure = mean_margin[part] >= params.least_margin
    first = path[np.argmax(sure)] if sure.any() else path[0]
    said = np.where(sure, path ^ first, -1)
    turns: list[SpeakerTurn] = []
    for place in range(len(cells)):
        speaker = int(said[place]) if said[place] >= 0 else None
        begin, finish = stretches[stretch[place]]
        opens = place == 0 or stretch[place] != stretch[place - 1]
        if not opens and turns[-1].speaker == speaker:
            turns[-1] = SpeakerTurn(turns[-1].start_s, finish, speaker)
            continue
        start = begin if opens else round(float(cells[place - 1] + cells[place]) / 2 / _FRAMES_S, 3)
        if not opens:
            turns[-1] = SpeakerTurn(turns[-1].start_s, start, turns[-1].speaker)
        turns.append(SpeakerTurn(start, finish, speaker))
    return tuple(turns)
