"""Sounds that are no speech: hold music, ringing, busy tone, keys, other tones, silence.

Music is told from speech by how its partials stand still: a note holds its frequencies for a quarter of a second and
longer, a voice glides. The idea is that of Seyerlehner, Pohle, Schedl and Widmer, Automatic music detection in
television productions (DAFx 2007); here peaks are followed one by one instead of being added up over blocks.

The tones are those of Japanese networks: about 400 Hz, as ring-back 1 s on and 2 s off, as busy tone half a second on
and half a second off; keys are two tones at once (ITU-T Q.23).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from voc_mining.transcribe.audio import SAMPLE_RATE, Samples
from voc_mining.transcribe.spectra import HOP, Flags, Spectra, spectra

SPEECH, MUSIC, RING, BUSY, DTMF, TONE, SILENCE = "speech", "music", "ring", "busy", "dtmf", "tone", "silence"
TONES = (RING, BUSY, DTMF, TONE)

_FRAME_S = HOP / SAMPLE_RATE
_LOUD_DB = -60.0
_SILENT_DB = -65.0
_SHORTEST_SILENCE_S = 2.0

_STEADY_SHARE = 0.5
_MUSIC_WINDOW_S = 2.5
_MUSIC_SHARE = 0.4  # of frames; read speech has 0.03 over all and reaches 0.2 in its steadiest windows
_LEAST_SOUND = 0.6  # of a window, so that one long vowel between pauses does not fill it
_LONGEST_REST_S = 2.0
_SHORTEST_MUSIC_S = 3.0
_FEWEST_NOTES = 3
_FRAMES_OF_A_NOTE = 3

_LEAST_STEADY = 0.25
_VOICE_ABOVE_DB = 6.0
_ENOUGH_MUSIC_S = 1.0

_PURE = 0.85
_SAME_PITCH = 0.02
_EDGE_DB = 6.0
_SHORTEST_BURST_S = 0.2
_SHORTEST_TONE_S = 0.6
_CALL_TONE_HZ = (375.0, 425.0)
_RING_ON_S, _RING_OFF_S = (0.7, 1.4), (1.6, 2.4)
_BUSY_ON_S, _BUSY_OFF_S = (0.3, 0.7), (0.3, 0.7)
_FEWEST_BUSY = 3

_LOW_KEYS, _HIGH_KEYS = (697.0, 770.0, 852.0, 941.0), (1209.0, 1336.0, 1477.0, 1633.0)
_KEY_TOLERANCE = 0.018
_BOTH_KEYS, _ONE_KEY = 0.9, 0.8
_SHORTEST_KEY_S = 0.06
_LONGEST_BETWEEN_KEYS_S = 2.0


@dataclass(frozen=True, slots=True)
class SoundEvent:
    """A stretch of one kind of sound, in seconds from the beginning of the channel."""

    kind: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Soundscape:
    """What a channel holds.

    Parameters
    ----------
    events : tuple of SoundEvent
        In order; those that are no speech lie apart, and speech lies outside of them.
    steady : bool array
        By frame: loud, and steady as music and tones are.
    level_db : float32 array
        By frame, decibels of full scale.
    music_db : float
        Level of the music, where no speech was found if there is such a place.
    """

    events: tuple[SoundEvent, ...]
    steady: Flags
    level_db: Samples
    music_db: float

    def share(self, kinds: Sequence[str], start_s: float, end_s: float) -> float:
        """Share of a stretch that events of some kinds take, 0-1."""
        if end_s <= start_s:
            return 0.0
        taken = (
            min(event.end_s, end_s) - max(event.start_s, start_s)
            for event in self.events
            if event.kind in kinds and event.end_s > start_s and event.start_s < end_s
        )
        return sum(taken) / (end_s - start_s)

    def is_music(self, start_s: float, end_s: float, least_share: float) -> bool:
        """Whether a stretch is music and no voice before it.

        It is if music takes ``least_share`` of it, a quarter of its frames and more are steady themselves, and it is
        not 6 dB louder than the music: somebody who speaks where music plays in the background is.
        """
        under = slice(round(start_s / _FRAME_S), round(end_s / _FRAME_S) + 1)
        if self.share((MUSIC,), start_s, end_s) < least_share or not len(self.steady[under]):
            return False
        power = float(np.mean(10 ** (self.level_db[under] / 10)))
        steady = float(self.steady[under].mean()) >= _LEAST_STEADY
        return steady and 10 * np.log10(power) <= self.music_db + _VOICE_ABOVE_DB


def soundscape(samples: Samples, stretches: Sequence[tuple[float, float]]) -> Soundscape:
    """Find the events of a channel.

    Parameters
    ----------
    samples : float32 array
        Channel at 16 kHz.
    stretches : sequence of (float, float)
        Where a detector found speech, in seconds. What is music or a tone is taken out of them.

    Returns
    -------
    Soundscape
        Events to a hundredth of a second; their edges are good to about a tenth.
    """
    heard = spectra(samples)
    length_s = len(samples) / SAMPLE_RATE
    tones = [*_keys(heard), *_call_tones(heard)]
    steady = (heard.steady >= _STEADY_SHARE) & (heard.level_db > _LOUD_DB)
    found = list(_apart(_music(heard, steady, tones), tones))
    others = _within(found, length_s)
    silent = [
        SoundEvent(SILENCE, *times)
        for times in _runs(heard.level_db < _SILENT_DB)
        if times[1] - times[0] >= _SHORTEST_SILENCE_S
    ]
    silences = _within(silent, length_s)
    spoken = [SoundEvent(SPEECH, *times) for times in _without(stretches, others)]
    order = sorted([*others, *silences, *_within(spoken, length_s)], key=lambda event: (event.start_s, event.kind))
    return Soundscape(tuple(order), steady, heard.level_db, _music_db(heard, steady, others, stretches))


def _music_db(
    heard: Spectra, steady: Flags, events: Sequence[SoundEvent], stretches: Sequence[tuple[float, float]]
) -> float:
    """Middle level of the steady frames in music, where no speech was found as far as there are such."""
    music = steady & _frames_of([(event.start_s, event.end_s) for event in events if event.kind == MUSIC], len(heard))
    apart = music & ~_frames_of(stretches, len(heard))
    levels = heard.level_db[apart if apart.sum() * _FRAME_S >= _ENOUGH_MUSIC_S else music]
    return float(np.median(levels)) if len(levels) else _LOUD_DB


def _frames_of(stretches: Sequence[tuple[float, float]], count: int) -> Flags:
    flags = np.zeros(count, dtype=bool)
    for start, end in stretches:
        flags[round(start / _FRAME_S) : round(end / _FRAME_S) + 1] = True
    return flags


def _runs(flags: Flags) -> Iterator[tuple[float, float]]:
    """Seconds of each run of true frames."""
    for first, last in _frame_runs(flags):
        yield max(first - 0.5, 0) * _FRAME_S, (last - 0.5) * _FRAME_S


def _frame_runs(flags: Flags) -> list[tuple[int, int]]:
    """First frame of each run of true ones, and the one after its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def _within(events: Sequence[SoundEvent], length_s: float) -> list[SoundEvent]:
    """Events within the sound, to a hundredth of a second."""
    cut = [SoundEvent(e.kind, round(max(e.start_s, 0.0), 2), round(min(e.end_s, length_s), 2)) for e in events]
    return [event for event in cut if event.end_s > event.start_s]


def _without(stretches: Sequence[tuple[float, float]], taken: Sequence[SoundEvent]) -> Iterator[tuple[float, float]]:
    """Take events out of stretches."""
    for start, end in stretches:
        at = start
        for event in sorted(taken, key=lambda event: event.start_s):
            if event.end_s <= at or event.start_s >= end:
                continue
            if event.start_s > at:
                yield at, event.start_s
            at = max(at, event.end_s)
        if at < end:
            yield at, end


def _apart(music: Sequence[SoundEvent], tones: Sequence[SoundEvent]) -> Iterator[SoundEvent]:
    """Music, and the tones that do not lie in it."""
    yield from music
    for tone in tones:
        if not any(event.start_s < tone.end_s and tone.start_s < event.end_s for event in music):
            yield tone


def _music(heard: Spectra, steady: Flags, tones: Sequence[SoundEvent]) -> list[SoundEvent]:
    """Stretches in which steady frames are many, for some seconds, and on several notes."""
    in_tone = _frames_of([(tone.start_s, tone.end_s) for tone in tones if tone.kind != TONE], len(heard))
    loud, notes = heard.level_db > _LOUD_DB, steady & ~in_tone
    frames = round(_MUSIC_WINDOW_S / _FRAME_S)
    dense = _moving_sum(notes, frames) >= _MUSIC_SHARE * np.maximum(_moving_sum(loud, frames), _LEAST_SOUND * frames)
    # A window counts with all its frames: the steady ones within are the music's.
    covered = _moving_sum(dense, frames) > 0
    found = []
    for start, end in _joined(list(_frame_runs(covered & notes)), round(_LONGEST_REST_S / _FRAME_S)):
        first, last = _trimmed(notes, start, end)
        if (last - first) * _FRAME_S >= _SHORTEST_MUSIC_S and _notes(heard.pitch_hz[first:last][notes[first:last]]):
            found.append(SoundEvent(MUSIC, first * _FRAME_S, last * _FRAME_S))
    return found


def _moving_sum(flags: Flags, frames: int) -> NDArray[np.int64]:
    """Sum over the frames around each frame."""
    sums = np.concatenate([[0], np.cumsum(flags, dtype=np.int64)])
    at = np.arange(len(flags))
    return np.asarray(sums[np.minimum(at + frames // 2 + 1, len(flags))] - sums[np.maximum(at - frames // 2, 0)])


def _joined(runs: Sequence[tuple[int, int]], longest_gap: int) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and first - joined[-1][1] <= longest_gap:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _trimmed(notes: Flags, first: int, last: int) -> tuple[int, int]:
    """Cut off the edges in which steady frames stand alone: the speech before or after music."""
    frames = round(0.5 / _FRAME_S)
    many = np.flatnonzero(_moving_sum(notes, frames)[first:last] >= _MUSIC_SHARE * frames)
    return (first + int(many[0]), first + int(many[-1]) + 1) if len(many) else (first, first)


def _notes(pitches: Samples) -> bool:
    """Whether there are several notes, to the half tone, each for some frames: a melody, no humming machine."""
    half_tones = np.round(12 * np.log2(pitches / 440)).astype(int)
    _, counts = np.unique(half_tones, return_counts=True)
    return int((counts >= _FRAMES_OF_A_NOTE).sum()) >= _FEWEST_NOTES


def _bursts(heard: Spectra) -> Iterator[tuple[float, float, float]]:
    """Start, end and pitch of each stretch of one pure tone."""
    pure = (heard.pure >= _PURE) & (heard.level_db > _LOUD_DB)
    change = np.abs(np.diff(heard.pitch_hz, prepend=heard.pitch_hz[:1])) > _SAME_PITCH * heard.pitch_hz
    run = np.cumsum(~pure | change)
    for first, last in _frame_runs(pure):
        for _, frames in groupby(range(first, last), key=lambda frame: run[frame]):
            inside = np.fromiter(frames, dtype=int)
            level = heard.level_db[inside]
            inside = inside[level >= level.max() - _EDGE_DB]
            start, end = (inside[0] - 0.5) * _FRAME_S, (inside[-1] + 0.5) * _FRAME_S
            if end - start >= _SHORTEST_BURST_S:
                yield float(start), float(end), float(np.median(heard.pitch_hz[inside]))


def _call_tones(heard: Spectra) -> Iterator[SoundEvent]:
    """Ringing and busy tone by their cadence; other pure tones as such."""
    bursts = list(_bursts(heard))
    while bursts:
        for kind, on, off, fewest in (
            (RING, _RING_ON_S, _RING_OFF_S, 1),
            (BUSY, _BUSY_ON_S, _BUSY_OFF_S, _FEWEST_BUSY),
        ):
            count = _cadence(bursts, on, off)
            if count >= fewest:
                yield SoundEvent(kind, bursts[0][0], bursts[count - 1][1])
                bursts = bursts[count:]
                break
        else:
            start, end, _ = bursts.pop(0)
            if end - start >= _SHORTEST_TONE_S:
                yield SoundEvent(TONE, start, end)


def _cadence(bursts: Sequence[tuple[float, float, float]], on: tuple[float, float], off: tuple[float, float]) -> int:
    """How many bursts from the first on follow a cadence; the last may be cut short by an answer."""
    count = 0
    for number, (start, end, pitch) in enumerate(bursts):
        if not _CALL_TONE_HZ[0] <= pitch <= _CALL_TONE_HZ[1] or end - start > on[1]:
            break
        if number and not off[0] <= start - bursts[number - 1][1] <= off[1]:
            break
        if end - start < on[0]:
            return count + 1 if number else 0
        count += 1
    return count


def _keys(heard: Spectra) -> Iterator[SoundEvent]:
    """Keys pressed one after another, as one event."""
    low, high = np.minimum(heard.pitch_hz, heard.second_hz), np.maximum(heard.pitch_hz, heard.second_hz)
    two = (heard.both >= _BOTH_KEYS) & (heard.pure <= _ONE_KEY) & (heard.level_db > _LOUD_DB)
    fits = two & _among(low, _LOW_KEYS) & _among(high, _HIGH_KEYS)
    pressed = [run for run in _frame_runs(fits) if (run[1] - run[0]) * _FRAME_S >= _SHORTEST_KEY_S]
    for first, last in _joined(pressed, round(_LONGEST_BETWEEN_KEYS_S / _FRAME_S)):
        yield SoundEvent(DTMF, (first - 0.5) * _FRAME_S, (last - 0.5) * _FRAME_S)


def _among(pitches: Samples, keys: Sequence[float]) -> Flags:
    near = np.abs(pitches[:, None] / np.asarray(keys, dtype=np.float32) - 1) <= _KEY_TOLERANCE
    return np.asarray(near.any(axis=1))
