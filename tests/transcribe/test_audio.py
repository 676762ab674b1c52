from __future__ import annotations

import numpy as np
import pytest

from voc_mining.transcribe.audio import Audio, AudioInfo, level_db, same_sound

INFO = AudioInfo(2, 8000, "pcm_s16le", 1.0)


def voice(seed: int, n: int = 50_000) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, n).astype(np.float32)


def test_doubled_mono_is_heard_once_whatever_its_levels() -> None:
    mono = voice(1)
    assert len(Audio(INFO, (mono, mono.copy())).distinct()) == 1
    assert len(Audio(INFO, (mono, 0.25 * mono)).distinct()) == 1
    assert len(Audio(INFO, (mono, mono + 0.02 * voice(2))).distinct()) == 1, "a codec's noise"


def test_two_speakers_are_two_channels() -> None:
    one, other = voice(1), voice(2)
    assert len(Audio(INFO, (one, other)).distinct()) == 2
    assert len(Audio(INFO, (one, other + 0.5 * one)).distinct()) == 2, "cross-talk"
    assert len(Audio(INFO, (one, np.zeros_like(one))).distinct()) == 2, "one side silent"
    assert len(Audio(INFO, (one, -one)).distinct()) == 2, "opposite phase"


def test_two_silent_channels_are_the_same() -> None:
    silence = np.zeros(1000, dtype=np.float32)
    assert same_sound(silence, silence)


@pytest.mark.parametrize(("samples", "level"), [(np.zeros(10), -200.0), (np.zeros(0), -200.0), (np.ones(10), 0.0)])
def test_level(samples: np.ndarray, level: float) -> None:
    assert level_db(samples.astype(np.float32)) == pytest.approx(level)


def test_duration_of_nothing() -> None:
    assert Audio(INFO, ()).duration_s == 0
