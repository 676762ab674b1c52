from __future__ import annotations

import numpy as np
import pytest

from voc_mining.transcribe.audio import Audio, AudioInfo, leaked, level_db, same_sound, sound_flaws

INFO = AudioInfo(2, 8000, "pcm_s16le", 1.0)


def voice(seed: int, n: int = 50_000) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, n).astype(np.float32)


def test_doubled_mono_is_heard_once_also_at_two_levels() -> None:
    mono = voice(1)
    assert len(Audio(INFO, (mono, mono.copy())).distinct()) == 1
    assert len(Audio(INFO, (mono, 0.25 * mono)).distinct()) == 1
    assert len(Audio(INFO, (mono, mono + 0.02 * voice(2))).distinct()) == 1, "a codec's noise"


def test_two_speakers_are_two_channels() -> None:
    one, other = voice(1), voice(2)
    assert len(Audio(INFO, (one, other)).distinct()) == 2
    assert len(Audio(INFO, (one, other + 0.5 * one)).distinct()) == 2, "cross-talk"
    assert len(Audio(INFO, (one, np.zeros_like(one))).distinct()) == 2, "one side silent"
    assert len(Audio(INFO, (one, 0.02 * one)).distinct()) == 2, "a leak into a silent side"
    assert len(Audio(INFO, (one, -one)).distinct()) == 2, "opposite phase"


def test_two_silent_channels_are_the_same() -> None:
    silence = np.zeros(1000, dtype=np.float32)
    assert same_sound(silence, silence)


@pytest.mark.parametrize(("samples", "level"), [(np.zeros(10), -200.0), (np.zeros(0), -200.0), (np.ones(10), 0.0)])
def test_level(samples: np.ndarray, level: float) -> None:
    assert level_db(samples.astype(np.float32)) == pytest.approx(level)


def test_duration_of_nothing() -> None:
    assert Audio(INFO, ()).duration_s == 0


def test_leak_is_told_from_a_quiet_speaker() -> None:
    loud, quiet, line = voice(1), 0.03 * voice(2), 0.0005 * voice(3)
    assert leaked(0.01 * loud + line, loud), "-40 dB"
    assert leaked(np.roll(0.02 * loud, 400) + line, loud), "25 ms late"
    assert not leaked(quiet, loud), "somebody else, 30 dB below"
    assert not leaked(quiet + 0.01 * loud, loud), "somebody else over a leak"
    assert not leaked(loud, loud), "as loud as the other"
    assert not leaked(0 * loud, loud), "silence"
    assert not leaked(0.01 * loud[:800], loud[:800]), "too short to tell"


def test_flaws_of_the_sound() -> None:
    speech, quiet = voice(3), 1e-4 * voice(4)
    assert sound_flaws(Audio(INFO, (speech, voice(5)))) == []
    assert sound_flaws(Audio(INFO, (speech, quiet))) == ["silent_channel"]
    assert sound_flaws(Audio(INFO, (quiet, 0 * quiet))) == ["silent"]
    assert sound_flaws(Audio(INFO, (quiet[:100],))) == ["silent"], "shorter than any frame"
    assert sound_flaws(Audio(INFO, (speech, np.clip(20 * voice(5), -1, 1)))) == ["clipped"]
    assert sound_flaws(Audio(INFO, (speech / np.abs(speech).max(),))) == [], "loud, but whole"
    assert sound_flaws(Audio(INFO, (np.clip(20 * speech, -1, 1), quiet))) == ["clipped", "silent_channel"]
