"""Text to speech with Open JTalk, which brings its dictionary and voice along."""

from __future__ import annotations

import numpy as np
import pyopenjtalk
from scipy.signal import resample_poly  # type: ignore[attr-defined]

from voc_mining.sample.speech import RATE, Samples, Voice

_ENGINE_RATE = 48_000
_FULL_SCALE = 32_768.0
# One voice, made into several by pitch (half tones) and speed: agents higher and brisker, machines higher still and
# unhurried, customers lower.
_AGENT = (1.5, 1.08)
_MACHINE = (3.0, 0.95)
_CUSTOMERS = ((-4.0, 1.0), (-2.0, 0.97), (-5.0, 1.03), (-3.0, 0.95), (-1.0, 1.0))


class OpenJTalkSpeech:
    """Speaks through ``pyopenjtalk``; deterministic."""

    def speak(self, text: str, voice: Voice) -> Samples:
        """Return mono samples at 8 kHz, within ±1."""
        person = _AGENT if voice.is_agent else _CUSTOMERS[voice.variant % len(_CUSTOMERS)]
        half_tone, speed = _MACHINE if voice.is_machine else person
        wide, rate = pyopenjtalk.tts(text, speed=speed, half_tone=half_tone)
        assert rate == _ENGINE_RATE
        narrow = resample_poly(np.asarray(wide, dtype=np.float64) / _FULL_SCALE, 1, _ENGINE_RATE // RATE)
        samples: Samples = np.clip(narrow, -1.0, 1.0).astype(np.float32)
        return samples
