"""Sounds of telephone calls that are no speech, made from formulas: 16 kHz, within ±1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from voc_mining.sample.sound_engine import mulaw
from voc_mining.sample.speech import telephone

Wave = NDArray[np.float32]
RATE = 16_000
_KEYS = {
    key: (low, high)
    for low, row in zip((697, 770, 852, 941), ("123A", "456B", "789C", "*0#D"), strict=True)
    for high, key in zip((1209, 1336, 1477, 1633), row, strict=True)
}
# Half tones over A4 and beats of two melodies whose authors are long dead: Für Elise, Greensleeves.
ELISE = [(7, 1), (6, 1), (7, 1), (6, 1), (7, 1), (2, 1), (5, 1), (3, 1), (0, 3), (-9, 1), (-5, 1), (0, 1), (2, 3)]
SLEEVES = [(0, 2), (3, 4), (5, 2), (7, 3), (8, 1), (7, 2), (5, 4), (2, 2), (-2, 3), (0, 1), (2, 2), (3, 4), (0, 2)]


def _time(seconds: float) -> NDArray[np.float64]:
    return np.arange(round(seconds * RATE)) / RATE


def silence(seconds: float) -> Wave:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def noise(seconds: float, level: float, seed: int = 0) -> Wave:
    return np.random.default_rng(seed).normal(0, level, round(seconds * RATE)).astype(np.float32)


def beep(hertz: float, seconds: float, level: float = 0.2) -> Wave:
    return (level * np.sin(2 * np.pi * hertz * _time(seconds))).astype(np.float32)


def ring(times: int, *, on_s: float = 1.0, off_s: float = 2.0) -> Wave:
    """Ring-back tone of Japan: 400 Hz, swelling 16 times a second."""
    time = _time(on_s)
    burst = 0.12 * (1 + 0.85 * np.sin(2 * np.pi * 16 * time)) * np.sin(2 * np.pi * 400 * time)
    return np.concatenate([np.concatenate([burst.astype(np.float32), silence(off_s)]) for _ in range(times)])


def busy(times: int) -> Wave:
    return np.concatenate([np.concatenate([beep(400, 0.5), silence(0.5)]) for _ in range(times)])


def keys(pressed: str, *, on_s: float = 0.1, off_s: float = 0.1) -> Wave:
    pieces = []
    for key in pressed:
        low, high = _KEYS[key]
        pieces += [beep(low, on_s, 0.1) + beep(high, on_s, 0.08), silence(off_s)]
    return np.concatenate(pieces)


def melody(
    notes: Sequence[tuple[int, float]],
    seconds: float,
    *,
    beat_s: float = 0.18,
    partials: Sequence[float] = (1.0,),
    decay_s: float | None = None,
    chords: Sequence[int] = (0,),
    drums: float = 0.0,
    vibrato: float = 0.0,
) -> Wave:
    """Play notes over and over.

    ``partials`` are the strengths of the harmonics, ``decay_s`` the time in which a note dies away (None: it is held),
    ``chords`` further half tones sounding with each note, ``drums`` the level of a noise on each beat, ``vibrato`` the
    share by which the pitch swings.
    """
    pieces: list[Wave] = []
    while sum(map(len, pieces)) < seconds * RATE:
        for half_tone, beats in notes:
            time = _time(beats * beat_s)
            swing = 1 + vibrato * np.sin(2 * np.pi * 5.5 * time)
            sound = np.zeros(len(time))
            for chord in chords:
                phase = 2 * np.pi * np.cumsum(440 * 2 ** ((half_tone + chord) / 12) * swing) / RATE
                sound += sum(strength * np.sin(n * phase) for n, strength in enumerate(partials, 1))
            shape = np.ones(len(time)) if decay_s is None else np.exp(-time / decay_s)
            edge = np.minimum(1, np.minimum(time, time[::-1]) / 0.01)
            beat = drums * np.random.default_rng(len(pieces)).normal(0, 1, len(time)) * np.exp(-time / 0.03)
            pieces.append((sound * shape * edge / (sum(partials) * len(chords)) + beat).astype(np.float32))
    whole = np.concatenate(pieces)[: round(seconds * RATE)]
    return np.asarray(0.3 * whole / np.abs(whole).max(), dtype=np.float32)


def music(seconds: float = 15.0) -> dict[str, Wave]:
    """Music of several kinds to wait by."""
    rich = (1.0, 0.6, 0.4, 0.25, 0.15)
    return {
        "beeping": melody(ELISE, seconds),
        "square": melody(SLEEVES, seconds, partials=(1, 0, 1 / 3, 0, 1 / 5)),
        "music box": melody(ELISE, seconds, partials=(1, 0, 0.3), decay_s=0.4),
        "plucked": melody(SLEEVES, seconds, partials=rich, decay_s=0.25),
        "piano": melody(SLEEVES, seconds, partials=rich, decay_s=0.5, chords=(0, 4, -12)),
        "strings": melody(SLEEVES, seconds, partials=rich, chords=(0, 3, 7, -12), beat_s=0.3, vibrato=0.004),
        "organ": melody(ELISE, seconds, partials=(1, 0.8, 0.1, 0.5), chords=(0, 4, 7)),
        "band": melody(ELISE, seconds, partials=rich, decay_s=0.6, chords=(0, 4, 7, -24), drums=0.2),
        "fast": melody(SLEEVES, seconds, partials=rich, decay_s=0.3, beat_s=0.1),
    }


def by_telephone(wave: Wave) -> Wave:
    """Carry a sound over a telephone: 300 to 3,400 Hz, 8 kHz, µ-law."""
    narrow = telephone(resample_poly(wave, 1, 2).astype(np.float32))
    coded = mulaw((np.clip(narrow, -1, 1) * 16_384).astype(np.int16))
    back = ~coded
    magnitude = ((((back & 15).astype(np.int32) << 3) + 132) << ((back >> 4) & 7)) - 132
    return np.asarray(resample_poly(np.where(back & 128, -magnitude, magnitude) / 32_768, 2, 1), dtype=np.float32)
