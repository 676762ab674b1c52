"""What a telephone line carries beside speech, made from formulas: ring-back tone and music on hold."""

from __future__ import annotations

import numpy as np

from voc_mining.sample.speech import RATE, Samples

RING_ON_S, RING_OFF_S = 1.0, 2.0
_RING_HERTZ, _SWELLS = 400, 16
_LEVEL = 0.12
_BEAT_S = 0.3
_DECAY_S = 0.5
_PARTIALS = (1.0, 0.6, 0.4, 0.25)
_CHORD = (0, 4, -12)
# Half tones over A4 and beats of Greensleeves, whose author is long dead.
_MELODY = (
    (0, 1), (3, 2), (5, 1), (7, 1.5), (8, 0.5), (7, 1), (5, 2), (2, 1), (-2, 1.5), (0, 0.5), (2, 1), (3, 2), (0, 1),
)  # fmt: skip


def ring_back(times: int) -> Samples:
    """Ring-back tone of Japan: 400 Hz swelling 16 times a second, one second on and two off."""
    seconds = np.arange(round(RING_ON_S * RATE)) / RATE
    swell = 1 + 0.85 * np.sin(2 * np.pi * _SWELLS * seconds)
    burst = _LEVEL * swell * np.sin(2 * np.pi * _RING_HERTZ * seconds)
    once = np.concatenate([burst, np.zeros(round(RING_OFF_S * RATE))])
    return np.tile(once, times).astype(np.float32)


def hold_music(length_s: float) -> Samples:
    """Music on hold: struck chords, over and over, for so many seconds."""
    pieces: list[np.ndarray] = []
    while sum(map(len, pieces)) < length_s * RATE:
        pieces += [_struck(half_tone, beats * _BEAT_S) for half_tone, beats in _MELODY]
    whole = np.concatenate(pieces)[: round(length_s * RATE)]
    return np.asarray(2 * _LEVEL * whole / np.abs(whole).max(), dtype=np.float32)


def _struck(half_tone: int, length_s: float) -> np.ndarray:
    seconds = np.arange(round(length_s * RATE)) / RATE
    tones = [440 * 2 ** ((half_tone + over) / 12) for over in _CHORD]
    sound = sum(
        strength * np.sin(2 * np.pi * partial * tone * seconds)
        for tone in tones
        for partial, strength in enumerate(_PARTIALS, start=1)
    )
    edge = np.minimum(1, np.minimum(seconds, seconds[::-1]) / 0.01)
    return np.asarray(sound * edge * np.exp(-seconds / _DECAY_S))
