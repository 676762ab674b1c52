from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.transcribe import call_sounds as made
from voc_mining.transcribe.events import TONES, SoundEvent, soundscape
from voc_mining.transcribe.spectra import HOP, spectra

CARRIED: dict[str, Callable] = {"wide": lambda wave: wave, "telephone": made.by_telephone}


def found(wave: np.ndarray, *stretches: tuple[float, float]) -> list[SoundEvent]:
    """Events but silence, of a sound on a noisy line, a second before and after."""
    line = np.concatenate([made.silence(1), wave, made.silence(1)])
    return [
        event
        for event in soundscape(line + made.noise(len(line) / made.RATE, 1e-3), stretches).events
        if event.kind != "silence"
    ]


TONE_CASES = {
    "ring": (made.ring(3), "ring", 7.0),
    "answered at the first ring": (made.ring(1), "ring", 1.0),
    "answered while it rings": (made.ring(3)[: round(6.4 * made.RATE)], "ring", 6.4),
    "busy": (made.busy(6), "busy", 5.5),
    "keys": (made.keys("0312345678#"), "dtmf", 2.1),
    "short keys": (made.keys("159", on_s=0.07, off_s=0.07), "dtmf", 0.35),
    "beep": (made.beep(1000, 1.0), "tone", 1.0),
    "dial tone": (made.beep(400, 5.0), "tone", 5.0),
    "fax": (made.beep(1100, 3.0), "tone", 3.0),
}


@pytest.mark.parametrize("carry", CARRIED.values(), ids=CARRIED)
@pytest.mark.parametrize(("wave", "kind", "seconds"), TONE_CASES.values(), ids=TONE_CASES)
def test_tones_are_told_by_pitch_and_cadence(wave, kind, seconds, carry):
    (event,) = found(carry(wave))
    assert event.kind == kind
    assert event.start_s == pytest.approx(1.0, abs=0.1)
    assert event.end_s == pytest.approx(1.0 + seconds, abs=0.15)


@pytest.mark.parametrize("carry", CARRIED.values(), ids=CARRIED)
@pytest.mark.parametrize("wave", made.music().values(), ids=made.music())
def test_music_of_several_kinds_is_music(wave, carry):
    events = found(carry(wave))
    assert {event.kind for event in events} == {"music"}
    assert sum(event.end_s - event.start_s for event in events) > 0.8 * 15


@pytest.mark.parametrize("wave", [made.noise(15, 0.05), made.noise(15, 1e-4), made.silence(15)])
def test_noise_is_nothing(wave):
    assert found(wave) == []


def test_a_humming_machine_is_no_music():
    hum = sum(made.beep(pitch, 20, 0.02) for pitch in (300, 400, 500, 600))
    assert all(event.kind in TONES for event in found(hum))


def test_silence_is_told_from_two_seconds_on():
    line = np.concatenate([made.noise(2, 0.05), made.silence(3), made.noise(2, 0.05), made.silence(1)])
    (quiet,) = soundscape(line, []).events
    assert (quiet.kind, round(quiet.start_s), round(quiet.end_s)) == ("silence", 2, 5)


def test_speech_is_what_is_left_of_the_stretches():
    events = found(made.beep(1000, 2.0), (0.0, 1.5), (2.5, 4.0))
    assert [event.kind for event in events] == ["speech", "tone", "speech"]
    assert events[0].end_s == events[1].start_s
    assert events[1].end_s == events[2].start_s


def test_events_do_not_depend_on_what_comes_after():
    line = np.concatenate([made.ring(2), made.noise(40, 0.01)])
    whole, part = (soundscape(sound, []).events[0] for sound in (line, line[: 30 * made.RATE]))
    assert whole == part


@pytest.mark.parametrize("length", [0, 1, HOP, 3000])
def test_short_sounds_are_no_trouble(length):
    wave = made.noise(1, 0.1)[:length]
    assert len(spectra(wave)) == length // HOP + 1
    assert soundscape(wave, []).events == ()


def test_pitch_and_level_are_measured():
    heard = spectra(made.beep(1000, 1.0, 0.5))
    middle = len(heard) // 2
    assert heard.pitch_hz[middle] == pytest.approx(1000, abs=1)
    assert heard.level_db[middle] == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.2)
    assert heard.pure[middle] > 0.99


def test_words_over_music_are_told_from_a_voice_before_it():
    background = made.melody(made.SLEEVES, 30, partials=(1, 0.5), decay_s=0.5)
    voice = np.zeros_like(background)
    voice[10 * made.RATE : 14 * made.RATE] = made.noise(4, 0.2)
    scape = soundscape(background / 10 + voice, [(9.8, 14.2)])
    assert scape.is_music(4.0, 7.0, 0.6)
    assert not scape.is_music(10.0, 14.0, 0.6)
    assert not soundscape(made.noise(10, 0.1), []).is_music(2.0, 4.0, 0.6)
