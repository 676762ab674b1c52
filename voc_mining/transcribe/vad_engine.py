"""Where somebody speaks in a channel: Silero's detector, in bounded memory."""

from __future__ import annotations

from faster_whisper.vad import VadOptions, get_speech_timestamps

from voc_mining.transcribe.audio import SAMPLE_RATE, Samples
from voc_mining.transcribe.windows import Stretch

# The detector keeps several copies of what it is given.
_BLOCK = 600 * SAMPLE_RATE


def speech(samples: Samples, options: VadOptions, *, block: int = _BLOCK) -> list[Stretch]:
    """Find stretches of speech.

    Parameters
    ----------
    samples : float32 array
        One channel at 16 kHz.
    options : VadOptions
        Of the detector; no stretch is longer than ``max_speech_duration_s``.
    block : int, default ten minutes
        Samples looked at at once, longer than the longest stretch. A block begins where the last
        stretch of the one before is complete, so that none is cut by its border.

    Returns
    -------
    list of (int, int)
        In samples, in order and apart.
    """
    found: list[Stretch] = []
    pad = options.speech_pad_ms * SAMPLE_RATE // 1000
    start = 0
    while start < len(samples):
        stop = min(start + block, len(samples))
        in_block = get_speech_timestamps(samples[start:stop], options)
        stretches = [(start + each["start"], start + each["end"]) for each in in_block]
        if stop < len(samples) and stretches and stretches[-1][1] >= stop:
            *stretches, (start, _) = stretches
        else:  # what is kept before a stretch may lie in this block
            done = stretches[-1][1] if stretches else start
            start = stop if stop == len(samples) else max(done, stop - pad)
        found += stretches
    return found
