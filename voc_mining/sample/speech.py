"""Speech as a telephone carries it: the engine's protocol, band and level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.signal import fftconvolve, firwin  # type: ignore[attr-defined]

Samples = npt.NDArray[np.float32]
RATE = 8000
"""Samples a second of a telephone call."""
_BAND = firwin(129, (300, 3400), fs=RATE, pass_zero=False)
_PEAK = 0.5


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker: agents, customers and machines sound different, and so do customers among themselves."""

    is_agent: bool
    variant: int = 0
    is_machine: bool = False


class SpeechEngine(Protocol):
    """Speaks Japanese; the same words in the same voice give the same samples."""

    def speak(self, text: str, voice: Voice) -> Samples:
        """Return mono samples at 8 kHz, within ±1."""
        ...


def telephone(samples: Samples) -> Samples:
    """Cut to the telephone band, 300 to 3,400 Hz, and bring to one level."""
    cut = fftconvolve(samples, _BAND, mode="same")
    peak = float(np.abs(cut).max(initial=0.0)) or 1.0
    return np.asarray(cut * (_PEAK / peak), dtype=np.float32)
