"""Stretches of speech, from how likely a detector thinks speech in each frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voc_mining.transcribe.audio import SAMPLE_RATE
from voc_mining.transcribe.windows import Stretch

FRAME = 512
"""Samples of a frame: 32 ms."""


@dataclass(frozen=True, slots=True)
class SpeechParams:
    """When frames are a stretch of speech.

    Parameters
    ----------
    threshold : float
        Probability from which a frame begins speech or goes on with it, 0-1.
    silence_s : float
        Silence that ends a stretch, seconds.
    pad_s : float
        Sound kept before and after each, seconds; where two are nearer, each has half of what is between them.
    longest_s : float
        Longest stretch, with what is kept around it, seconds.
    """

    threshold: float
    silence_s: float
    pad_s: float
    longest_s: float


# In between a frame is what the one before was, so that a voice that trembles about the threshold is not cut to pieces.
_HYSTERESIS = 0.15
_LEAST_LOWER = 0.01
# A stretch that grows too long is cut at its last pause of this length.
_PAUSE = 98 * SAMPLE_RATE // 1000


def stretches(probabilities: Sequence[float], length: int, params: SpeechParams) -> list[Stretch]:
    """Find the stretches of speech of a channel.

    The rules are those that Silero's detector is published with: speech begins at the threshold and ends where it stays
    0.15 below it for a while; what grows too long ends at its last pause of a tenth of a second, or where it is.

    Parameters
    ----------
    probabilities : sequence of float
        Of speech, one per frame of :data:`FRAME` samples.
    length : int
        Samples of the channel; the last frame may reach beyond.
    params : SpeechParams
        Threshold and lengths.

    Returns
    -------
    list of (int, int)
        In samples, in order and apart.

    >>> second = SAMPLE_RATE // FRAME
    >>> spoken = [0.0] * second * 4 + [0.9] * second * 2 + [0.0] * second * 4
    >>> stretches(spoken, len(spoken) * FRAME, SpeechParams(0.5, 0.5, 0.1, 28.0))
    [(61888, 96832)]
    """
    return _padded(_found(probabilities, length, params), length, round(params.pad_s * SAMPLE_RATE))


def _found(probabilities: Sequence[float], length: int, params: SpeechParams) -> list[Stretch]:
    """Stretches without what is kept around them."""
    lower = max(params.threshold - _HYSTERESIS, _LEAST_LOWER)
    longest = (params.longest_s - 2 * params.pad_s) * SAMPLE_RATE - FRAME
    silence = params.silence_s * SAMPLE_RATE
    found: list[Stretch] = []
    current: _Current | None = None
    for number, probability in enumerate(probabilities):
        at = number * FRAME
        if current is None:
            current = _Current(at) if probability >= params.threshold else None
            continue
        if probability >= params.threshold:
            current.resume(at)
        if at - current.start > longest:
            found.append((current.start, at if current.pause is None else current.pause))
            current = current.rest()
        if current is not None and probability < lower and current.silent_since(at) >= silence:
            found.append((current.start, at - current.silent_since(at)))
            current = None
    if current is not None:
        found.append((current.start, length))
    return found


@dataclass(slots=True)
class _Current:
    """A stretch that goes on: where it began, its silence, and the last pause at which it could be cut."""

    start: int
    quiet: int | None = None
    pause: int | None = None
    resumed: int | None = None

    def resume(self, at: int) -> None:
        """Go on with speech."""
        if self.quiet is not None and self.pause == self.quiet:
            self.resumed = at
        self.quiet = None

    def silent_since(self, at: int) -> int:
        """Go on with silence: how long it lasts by now, in samples."""
        self.quiet = at if self.quiet is None else self.quiet
        if at - self.quiet > _PAUSE:
            self.pause, self.resumed = self.quiet, None
        return at - self.quiet

    def rest(self) -> _Current | None:
        """Return what follows the last pause, once the stretch is cut there."""
        return None if self.resumed is None else _Current(self.resumed)


def _padded(found: Sequence[Stretch], length: int, pad: int) -> list[Stretch]:
    """Stretches with what is kept around them."""
    starts, ends = [start for start, _ in found], [end for _, end in found]
    for number, (start, end) in enumerate(zip(starts[1:], ends[:-1], strict=True)):
        between = start - end
        kept = between // 2 if between < 2 * pad else pad
        starts[number + 1], ends[number] = start - kept, end + kept
    if found:
        starts[0], ends[-1] = max(0, starts[0] - pad), min(length, ends[-1] + pad)
    return list(zip(starts, ends, strict=True))
