"""Telephone calls on one channel of which it is known who speaks when, for the benchmark of speakers.

Real voices: clips of read speech by several people, a folder with ``transcripts.tsv`` (file, speaker), two people's
clips cut at a pause and laid in turn. Made voices: scripts of :mod:`benchmarks.spoken_calls`, spoken by one synthetic
voice whose vocal tract, pitch and speed are changed. Turns follow one another after 0.35 s on average, and run into one
another; speakers differ in level by up to 8 dB; everything goes through a simulated line (300-3400 Hz, 8 kHz, noise,
µ-law). The same seed makes the same sound.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pyopenjtalk
from numpy.typing import NDArray
from scipy.signal import fftconvolve, firwin, resample_poly

from benchmarks.spoken_calls import script
from voc_mining.sample.phrasebook import Phrasebook
from voc_mining.transcribe.audio import SAMPLE_RATE, Samples
from voc_mining.transcribe.audio_engine import decode

FRAME = SAMPLE_RATE // 100
_BAND = firwin(129, (300, 3400), fs=8000, pass_zero=False)
_SPEECH_RATE = 48_000
_FULL_SCALE = 32_768.0
_GAP_S = (0.35, 0.4)
_MOST_OVERLAP_S = 0.6
_LEAD_S = 0.5
_SPEECH_DB = -32.0
_NOD_SHARE = 0.2
_NODS = ("はい。", "ええ。", "はい、はい。", "そうですか。")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a made voice sounds: length of the vocal tract against the engine's own, pitch in half tones, speed."""

    tract: float
    half_tones: float
    speed: float


# Agent and customer. The first pair are the voices of the sample inbox; the others are two of one sex.
PAIRS = {
    "far apart": (Manner(1.0, 1.5, 1.08), Manner(1.0, -4.0, 1.0)),
    "two women": (Manner(0.98, -7.0, 1.1), Manner(1.07, -9.5, 1.0)),
    "two men": (Manner(1.2, -18.0, 1.05), Manner(1.1, -15.0, 1.0)),
}


@dataclass(frozen=True, slots=True, eq=False)
class MonoCall:
    """A call on one channel.

    Parameters
    ----------
    name : str
        What it is made of.
    samples : float32 array
        At 16 kHz.
    speaking : bool array, shape (n_frames, 2)
        Who speaks in each 10 ms; of a made call 0 is the agent.
    words : tuple of (int, float, float, str)
        Speaker, start and end in seconds, and words of each turn of a made call.
    """

    name: str
    samples: Samples
    speaking: NDArray[np.bool_]
    words: tuple[tuple[int, float, float, str], ...] = ()


def read_voices(clips: Path) -> dict[str, list[Samples]]:
    """Read the clips of each speaker, without the silence about them."""
    with (clips / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    voices: dict[str, list[Samples]] = {}
    for row in rows:
        voices.setdefault(row["speaker"], []).append(_trimmed(decode(clips / row["file"]).channels[0]))
    return voices


def real_calls(voices: dict[str, list[Samples]], half: int, most: int, seed: int, times: int = 1) -> list[MonoCall]:
    """Lay calls of two people each, of every other speaker: half 0 or 1; longer ones say each clip several times."""
    draws = np.random.default_rng([seed, half])
    named = [name for place, name in enumerate(sorted(voices)) if place % 2 == half and len(voices[name]) > 1]
    pairs = list(combinations(named, 2))
    chosen = [pairs[place] for place in draws.permutation(len(pairs))[:most]]
    return [
        _real_call(f"{one}-{other}", (_again(voices[one], times, draws), _again(voices[other], times, draws)), draws)
        for one, other in chosen
    ]


def lone_calls(voices: dict[str, list[Samples]], half: int, seed: int, times: int = 1) -> list[MonoCall]:
    """Lay recordings in which one person speaks alone; longer ones say each clip several times."""
    draws = np.random.default_rng([seed, half, 1])
    named = [name for place, name in enumerate(sorted(voices)) if place % 2 == half and len(voices[name]) > 2]
    return [_real_call(name, (_again(voices[name], times, draws), []), draws) for name in named]


def made_call(number: int, pair: str, book: Phrasebook, seed: int) -> MonoCall:
    """Speak a call with a pair of made voices; listeners say はい while the other one speaks."""
    draws = np.random.default_rng([seed, number])
    lines = script(number, seed, book)
    pieces = [
        ("ac".index(line.who), _spoken(line.text, PAIRS[pair]["ac".index(line.who)]), line.text) for line in lines
    ]
    return _laid(f"{pair} {number}", pieces, draws, PAIRS[pair])


def _again(clips: list[Samples], times: int, draws: np.random.Generator) -> list[Samples]:
    """Say clips several times in other orders, each time up to a twentieth faster or slower; once, as they are."""
    if times == 1:
        return clips
    said = []
    for _ in range(times):
        for place in draws.permutation(len(clips)).tolist():
            pace = Fraction(float(draws.uniform(0.95, 1.05))).limit_denominator(60)
            said.append(np.asarray(resample_poly(clips[place], pace.numerator, pace.denominator), dtype=np.float32))
    return said


def _real_call(name: str, clips: tuple[list[Samples], list[Samples]], draws: np.random.Generator) -> MonoCall:
    waiting = [[piece for clip in each for piece in _cut(clip, draws)] for each in clips]
    pieces: list[tuple[int, Samples, str]] = []
    who = int(draws.integers(2))
    while any(waiting):
        who = who if waiting[who] else 1 - who
        taken = int(draws.integers(1, 3))
        pieces += [(who, sound, "") for sound in waiting[who][:taken]]
        waiting[who] = waiting[who][taken:]
        who = 1 - who
    return _laid(name, pieces, draws, None)


def _laid(
    name: str,
    pieces: Sequence[tuple[int, Samples, str]],
    draws: np.random.Generator,
    nodding: tuple[Manner, Manner] | None,
) -> MonoCall:
    """Lay pieces one after the other, at one level each speaker, and send them through a line."""
    level_db = draws.uniform(-4, 4, 2)
    placed: list[tuple[int, float, Samples, str]] = []
    clock, ended = _LEAD_S, [0.0, 0.0]
    for (who, sound, text), (following, *_) in pairwise([*pieces, pieces[-1]]):
        length = len(sound) / SAMPLE_RATE
        placed.append((who, clock, sound, text))
        if nodding is not None and length > 3 and draws.random() < _NOD_SHARE:
            nod = _spoken(str(draws.choice(_NODS)), nodding[1 - who])
            placed.append((1 - who, clock + draws.uniform(0.4, 0.7) * length, nod, ""))
        ended[who] = clock + length
        gap = draws.normal(*_GAP_S)
        gap = max(gap, -_MOST_OVERLAP_S) if following != who else max(gap, 0.25)
        clock = max(ended[who] + gap, ended[following] + 0.2)
    frames = int((max(ended) + 1.5) * 100)
    samples = np.zeros(frames * FRAME, dtype=np.float32)
    speaking = np.zeros((frames, 2), dtype=bool)
    for who, start, sound, _ in placed:
        first = round(start * 100)
        level = 0.1 * 10 ** (level_db[who] / 20) / float(np.sqrt(np.mean(np.square(sound))))
        samples[first * FRAME : first * FRAME + len(sound)] += sound * np.float32(level)
        active = _active(sound)
        speaking[first : first + len(active), who] |= active
    words = tuple((who, start, start + len(sound) / SAMPLE_RATE, text) for who, start, sound, text in placed if text)
    return MonoCall(name, _on_the_line(samples, draws), speaking, words)


def _spoken(text: str, manner: Manner) -> Samples:
    """Speak faster and higher by as much as playing it slower, through a longer vocal tract, takes back."""
    higher = manner.half_tones + 12 * float(np.log2(manner.tract))
    wide, _ = pyopenjtalk.tts(text, speed=manner.speed * manner.tract, half_tone=higher)
    stretch = Fraction(manner.tract * SAMPLE_RATE / _SPEECH_RATE).limit_denominator(60)
    sound = resample_poly(np.asarray(wide) / _FULL_SCALE, stretch.numerator, stretch.denominator)
    return _trimmed(np.asarray(sound, dtype=np.float32))


def _on_the_line(samples: Samples, draws: np.random.Generator) -> Samples:
    narrow = fftconvolve(resample_poly(samples, 1, 2), _BAND, mode="same")
    narrow *= 0.5 / np.abs(narrow).max()
    power = np.mean(np.square(narrow[np.abs(narrow) > 0.01]))
    noisy = narrow + draws.normal(0.0, np.sqrt(power * 10 ** (-draws.uniform(18, 30) / 10)), len(narrow))
    pressed = np.sign(noisy) * np.log1p(255 * np.abs(np.clip(noisy, -1, 1))) / np.log(256)
    coded = np.round(pressed * 127) / 127
    return np.asarray(resample_poly(np.sign(coded) * (256 ** np.abs(coded) - 1) / 255, 2, 1), dtype=np.float32)


def _levels(sound: Samples, frame: int) -> NDArray[np.float64]:
    count = len(sound) // frame
    blocks = np.square(sound[: count * frame].reshape(count, frame), dtype=np.float64)
    return 10 * np.log10(blocks.mean(axis=1) + 1e-12)


def _active(sound: Samples) -> NDArray[np.bool_]:
    """Frames with sound, and the short pauses between them."""
    level = _levels(sound, FRAME)
    return np.asarray(np.convolve(level > level.max() + _SPEECH_DB, np.ones(31), "same") > 0)


def _trimmed(sound: Samples) -> Samples:
    level = _levels(sound, FRAME)
    heard = np.flatnonzero(level > level.max() + _SPEECH_DB)
    return sound[heard[0] * FRAME : (heard[-1] + 1) * FRAME]


def _cut(clip: Samples, draws: np.random.Generator) -> list[Samples]:
    """Cut a clip at its quietest place in the middle, or leave it whole."""
    if len(clip) < 2.2 * SAMPLE_RATE or draws.random() < 0.4:
        return [clip]
    block = 10 * FRAME
    level = _levels(clip, block)
    first = len(level) // 4
    quiet = (first + int(np.argmin(level[first : -first or None]))) * block + block // 2
    return [_trimmed(clip[:quiet]), _trimmed(clip[quiet:])]
