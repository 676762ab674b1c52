"""Who speaks when on one channel: two voices told apart by their vectors and the order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voc_mining.transcribe.audio import Samples
from voc_mining.transcribe.pitch import pitch, pitch_places
from voc_mining.transcribe.speech_runs import (
    FRAME,
    FRAMES_S,
    Numbers,
    cells_of,
    laid_windows,
    over_cells,
    same_run,
    share_of_second,
    speech_runs,
)

Vectors = NDArray[np.float32]

_SEEDS = 16
_ROUNDS = 10
_REFINEMENTS = 3
_HALF = 0.5


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
            Unit vectors in the direction from an average voice, so that those of unlike voices are at right angles or
            more; a function of this channel and these windows alone.
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
    one_voice : float, default 0.6
        Length of the mean of all windows' vectors from which there may be but one voice, 0-1: the windows of one voice
        point one way from the average voice, those of two point two ways. High, because nearly every call has two.
    pitch_apart : float, default 1.5
        Half tones between the middle pitches of two voices from which they are two all the same.
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
    one_voice: float = 0.6
    pitch_apart: float = 1.5
    change_cost: float = 0.5
    pause_cost: float = 0.1
    least_margin: float = 0.02

    @property
    def key(self) -> tuple[object, ...]:
        """Everything that changes who is told to speak when, for digests."""
        return ("speakers", 3, *astuple(self))


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
    change costs less at a pause, and both voices are learnt anew from it. Where all windows point one way from the
    average voice and the two differ little in pitch, there is but one.

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
    runs = speech_runs(samples, stretches, params.pause_s)
    windows = laid_windows(runs, params.window_s, params.hop_s)
    if sum(end - start for start, end in runs) < params.least_speech_s * FRAMES_S or len(windows) < 2:
        return ()
    places = [(start * FRAME, end * FRAME) for start, end in windows]
    encoded = encoder.encode(samples, places)
    weights = np.array([(end - start) / (params.window_s * FRAMES_S) for start, end in windows])
    pitches = np.array([pitch(samples[start:end]) for start, end in places], dtype=np.float64)
    vectors = _with_pitch(encoded, pitches, params.pitch_weight)
    voices = _two_voices(vectors, weights)
    cells = cells_of(runs)
    changes = np.array([params.change_cost if same else params.pause_cost for same in same_run(cells, runs)])
    for _ in range(_REFINEMENTS):
        margins = over_cells(vectors @ (voices[1] - voices[0]), cells, windows)
        path = _likeliest(margins, changes)
        share = share_of_second(path, cells, windows)
        learnt = [weights * np.where(part > 0.8, part, 0.0) for part in (1 - share, share)]
        if any(part.sum() == 0 for part in learnt):
            break
        voices = np.stack([_mean(vectors, part) for part in learnt])
    one_way = float(np.linalg.norm(weights @ encoded)) >= params.one_voice * weights.sum()
    if one_way and _pitch_between(pitches, share > _HALF) < params.pitch_apart:
        return tuple(SpeakerTurn(start, end, 0) for start, end in stretches)
    return _turns(path, margins, cells, runs, stretches, params)


def _with_pitch(vectors: Vectors, pitches: Numbers, weight: float) -> Numbers:
    """Put pitch beside the vectors as two further dimensions, and bring them back to about unit length."""
    both = np.hstack([vectors.astype(np.float64), weight * pitch_places(pitches)])
    return np.asarray(both / np.sqrt(1 + weight**2))


def _pitch_between(pitches: Numbers, second: NDArray[np.bool_]) -> float:
    """Half tones between the middle pitches of two voices; 0 where one has none."""
    known = ~np.isnan(pitches)
    if not (known & second).any() or not (known & ~second).any():
        return 0.0
    return abs(float(np.median(pitches[known & second]) - np.median(pitches[known & ~second])))


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
    stretch = np.searchsorted([start for start, _ in stretches], cells / FRAMES_S, side="right") - 1
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
        start = begin if opens else round(float(cells[place - 1] + cells[place]) / 2 / FRAMES_S, 3)
        if not opens:
            turns[-1] = SpeakerTurn(turns[-1].start_s, start, turns[-1].speaker)
        turns.append(SpeakerTurn(start, finish, speaker))
    return tuple(turns)
