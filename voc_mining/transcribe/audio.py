"""Sound in memory: what a file says about itself, and its channels as samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
"""Samples a second of every decoded channel."""

Samples = NDArray[np.float32]

_SAME_SOUND = 0.999
_SAME_POWER = 20.0
_BLOCK = 1 << 20
_LOUDER_DB = 10.0
_ECHO = 0.4
_LARGEST_DELAY = SAMPLE_RATE // 20
_SHORTEST = SAMPLE_RATE // 10
_SILENT_DB = -60.0
_LOUD, _TOP = 0.316, 0.9
_MOST_TOP = 0.04
_LEAST_LOUD = SAMPLE_RATE // 100


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a file says about its sound before it is decoded.

    Parameters
    ----------
    channels : int
        Audio channels.
    sample_rate : int
        Samples a second.
    codec : str
        Codec as FFmpeg names it, such as ``pcm_mulaw``.
    duration_s : float or None
        Length in seconds; None where the file does not tell.
    """

    channels: int
    sample_rate: int
    codec: str
    duration_s: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """A decoded recording.

    Parameters
    ----------
    info : AudioInfo
        Of the file it came from.
    channels : tuple of float32 arrays
        One per channel, equally long, 16 kHz, full scale at ±1.
    damaged : int, default 0
        Packets amid the sound that could not be decoded, or not well.
    """

    info: AudioInfo
    channels: tuple[Samples, ...]
    damaged: int = 0

    @property
    def duration_s(self) -> float:
        """Length in seconds, as decoded."""
        return len(self.channels[0]) / SAMPLE_RATE if self.channels else 0.0

    def distinct(self) -> tuple[Samples, ...]:
        """Channels worth hearing: only the first where a stereo file carries the same sound twice."""
        if len(self.channels) == 2 and same_sound(*self.channels):
            return self.channels[:1]
        return self.channels


def same_sound(left: Samples, right: Samples) -> bool:
    """Whether two channels carry one and the same sound, at levels that differ by 13 dB at most.

    They do if their correlation is at least 0.999: lossy codecs leave small differences between the
    channels of a doubled mono recording, while two speakers' channels are all but uncorrelated. A much
    weaker copy is a leak into the channel of somebody who says nothing. Two silent channels are the same.

    >>> tone = np.sin(np.arange(16_000, dtype=np.float32))
    >>> same_sound(tone, 0.5 * tone), same_sound(tone, tone[::-1].copy()), same_sound(tone, 0 * tone)
    (True, False, False)
    """
    cross = power_left = power_right = 0.0
    for start in range(0, len(left), _BLOCK):
        one = left[start : start + _BLOCK].astype(np.float64)
        other = right[start : start + _BLOCK].astype(np.float64)
        cross += float(one @ other)
        power_left += float(one @ one)
        power_right += float(other @ other)
    if power_left == 0.0 or power_right == 0.0:
        return power_left == power_right
    if max(power_left, power_right) > _SAME_POWER * min(power_left, power_right):
        return False
    return cross >= _SAME_SOUND * float(np.sqrt(power_left * power_right))


def level_db(samples: Samples) -> float:
    """Level of a stretch of sound: root mean square in decibels of full scale; −200 for digital silence.

    >>> round(level_db(np.full(100, 0.1, dtype=np.float32)))
    -20
    """
    if not len(samples):
        return -200.0
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return 10 * float(np.log10(max(power, 1e-20)))


def leaked(own: Samples, other: Samples) -> bool:
    """Whether a stretch of one channel is only the other speaker, leaking in.

    It is if the other channel is at least 10 dB louder there and the stretch is a copy of it: their
    normalized cross-correlation reaches 0.4 at some delay within ±50 ms. Two people speaking at once
    stay far below that, however different their levels. Stretches under a tenth of a second are too
    short to tell.

    >>> speech = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
    >>> other_voice = np.random.default_rng(1).normal(0, 0.01, 16_000).astype(np.float32)
    >>> leaked(0.02 * speech, speech), leaked(other_voice, speech), leaked(speech, 0.02 * speech)
    (True, False, False)
    """
    if len(own) < _SHORTEST or level_db(other) - level_db(own) < _LOUDER_DB:
        return False
    size = 1 << (2 * len(own) - 1).bit_length()
    spectrum = np.fft.rfft(own, size) * np.conj(np.fft.rfft(other, size))
    by_delay = np.fft.irfft(spectrum, size)
    near = np.concatenate([by_delay[: _LARGEST_DELAY + 1], by_delay[-_LARGEST_DELAY:]])
    power = float(np.sum(np.square(own, dtype=np.float64)) * np.sum(np.square(other, dtype=np.float64)))
    return power > 0 and float(np.max(np.abs(near))) >= _ECHO * float(np.sqrt(power))


def sound_flaws(audio: Audio) -> list[str]:
    """Name what is wrong with the sound of a recording that could be decoded, sorted; empty where nothing is.

    ``silent``: no channel ever reaches -60 dB for a tenth of a second. ``silent_channel``: one of two does not.
    ``clipped``: on some channel the recorder was driven too hard: of the loud samples (above -10 dB of full scale), one
    in 25 or more lies in the topmost tenth. Speech that just reaches full scale stays below one in 75; driven twice
    as hard it lies at one in 20 to 9, through µ-law and MP3 too. Sound made quieter after it was clipped is not found.
    ``damaged_part``: packets amid the sound were damaged. Formats without checks, as PCM, hide their damage.

    >>> quiet, tone = np.zeros(16_000, dtype=np.float32), np.sin(np.arange(16_000, dtype=np.float32) / 7)
    >>> about = AudioInfo(2, 16_000, "pcm_s16le", 1.0)
    >>> sound_flaws(Audio(about, (quiet, 0.5 * tone))), sound_flaws(Audio(about, (np.clip(9 * tone, -1, 1), tone)))
    (['silent_channel'], ['clipped'])
    """
    silent = [_loudest_db(channel) < _SILENT_DB for channel in audio.channels]
    flaws = []
    if any(_clipped(channel) for channel in audio.channels):
        flaws.append("clipped")
    if audio.damaged:
        flaws.append("damaged_part")
    if all(silent):
        flaws.append("silent")
    elif any(silent):
        flaws.append("silent_channel")
    return flaws


def _loudest_db(channel: Samples) -> float:
    """Level of the loudest tenth of a second, decibels of full scale; of all of it where it is shorter."""
    if len(channel) < _SHORTEST:
        return level_db(channel)
    frames = channel[: len(channel) // _SHORTEST * _SHORTEST].reshape(-1, _SHORTEST)
    power = float(np.max(np.einsum("ij,ij->i", frames, frames))) / _SHORTEST
    return 10 * float(np.log10(max(power, 1e-20)))


def _clipped(channel: Samples) -> bool:
    loud = top = 0
    for start in range(0, len(channel), _BLOCK):
        size = np.abs(channel[start : start + _BLOCK])
        loud += int(np.count_nonzero(size >= _LOUD))
        top += int(np.count_nonzero(size >= _TOP))
    return loud >= _LEAST_LOUD and top >= _MOST_TOP * loud
