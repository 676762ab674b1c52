"""Windows: what of a channel goes through the model at once, and where in the channel each moment of it lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import ceil

import numpy as np

from voc_mining.transcribe.audio import SAMPLE_RATE, Samples

Stretch = tuple[int, int]
"""A stretch of speech in a channel: first sample, and first sample after it."""

CONTEXT_S = 30.0
"""The longest sound that Whisper takes at once, seconds."""

# Silence after the words: without any, the model does not know that they end.
_PAD_S = 0.5
_STEP_S = 2.0


@dataclass(frozen=True)
class Window:
    """Stretches of speech of one channel, joined without the silence between them.

    Parameters
    ----------
    stretches : tuple of (int, int)
        In samples of the channel, in order and apart; at least one.
    """

    stretches: tuple[Stretch, ...]

    @property
    def length(self) -> int:
        """Samples of speech."""
        return self._joints[-1]

    @cached_property
    def _joints(self) -> tuple[int, ...]:
        """Where in the window each stretch ends, in samples."""
        return tuple(accumulate(end - start for start, end in self.stretches))

    def sound(self, samples: Samples) -> Samples:
        """Speech of the window, cut from its channel."""
        return np.concatenate([samples[start:end] for start, end in self.stretches])

    def context_s(self, least_pad_s: float = _PAD_S, step_s: float = _STEP_S, longest_s: float = CONTEXT_S) -> float:
        """Length of sound that the model is given, seconds: the speech, silence after it, in whole steps.

        A function of the window alone, so that windows of equal context can share a batch and a
        transcript does not depend on which others did.

        >>> Window(((0, 160_000), (200_000, 216_000))).context_s(2.0, 4.0, 30.0)
        16.0
        """
        padded_s = self.length / SAMPLE_RATE + least_pad_s
        return min(ceil(padded_s / step_s) * step_s, longest_s)

    def place(self, start_s: float, end_s: float) -> tuple[float, float, int]:
        """Seconds of the channel for a stretch of the window, and the number of the stretch of speech it lies in.

        What reaches over a joint belongs where its middle is: nobody speaks in the silence that was cut out.

        >>> Window(((16_000, 32_000), (160_000, 176_000))).place(0.9, 1.3)
        (10.0, 10.3, 1)
        """
        middle = (start_s + end_s) / 2 * SAMPLE_RATE
        number = next((no for no, joint in enumerate(self._joints) if middle < joint), len(self._joints) - 1)
        first, after = self.stretches[number]
        offset = first - (self._joints[number] - (after - first))
        begin, end = ((offset / SAMPLE_RATE) + at for at in (start_s, end_s))
        low, high = first / SAMPLE_RATE, after / SAMPLE_RATE
        return min(max(begin, low), high), min(max(end, low), high), number

    def halves(self) -> tuple[Window, ...]:
        """Two windows, cut at the joint nearest to the middle; the window itself where there is none."""
        if len(self.stretches) == 1:
            return (self,)
        cut = min(range(1, len(self.stretches)), key=lambda no: abs(2 * self._joints[no - 1] - self.length))
        return Window(self.stretches[:cut]), Window(self.stretches[cut:])


def pack(stretches: Iterable[Stretch], longest: int) -> list[Window]:
    """Fill windows with the stretches of one channel, in order.

    Parameters
    ----------
    stretches : iterable of (int, int)
        In samples, in order and apart, none longer than ``longest``.
    longest : int
        Samples of speech that fit into a window.

    >>> [len(window.stretches) for window in pack([(0, 4), (6, 9), (20, 22)], 8)]
    [2, 1]
    """
    windows: list[Window] = []
    current: list[Stretch] = []
    room = longest
    for stretch in stretches:
        length = stretch[1] - stretch[0]
        if current and length > room:
            windows.append(Window(tuple(current)))
            current, room = [], longest
        current.append(stretch)
        room -= length
    return [*windows, Window(tuple(current))] if current else windows
