"""Spoken calls: sound files of every kind, speakers on their channels, times that fit."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import av
import numpy as np
import pytest

from voc_mining.sample import make_sample
from voc_mining.sample.sound_engine import mulaw, write_sound
from voc_mining.sample.speech import RATE, telephone


class ToneSpeech:
    """Speaks every character as a tenth of a second of tone; agents high, customers low."""

    def speak(self, text, voice):
        seconds = np.arange(round(0.1 * len(text) * RATE)) / RATE
        return np.sin(2 * np.pi * (1500 if voice.is_agent else 700) * seconds).astype(np.float32)


def _decode(path):
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler("fltp", stream.layout, RATE)
        frames = [f for frame in container.decode(stream) for f in resampler.resample(frame)] + resampler.resample(None)
        return stream.codec_context.name, np.concatenate([frame.to_ndarray() for frame in frames], axis=1)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    out = tmp_path_factory.mktemp("spoken")
    return out / "inbox", make_sample(out, seed=7, speech=ToneSpeech())


def test_enough_calls_of_every_form(spoken):
    _, truth = spoken
    assert 18 <= len(truth.recordings) <= 24
    assert {recording.channels for recording in truth.recordings} == {1, 2}
    assert len({path.rsplit(".", 1)[1] for recording in truth.recordings for path in recording.paths}) == 5
    assert truth.missing_recordings == ["2026/10/V23.wav"]


def test_recordings_are_what_the_truth_says(spoken):
    inbox, truth = spoken
    codecs = set()
    for recording in truth.recordings:
        for path in recording.paths:
            assert hashlib.sha256((inbox / path).read_bytes()).hexdigest() == recording.audio_sha256
        codec, sound = _decode(inbox / recording.paths[0])
        codecs.add(codec)
        assert len(sound) == recording.channels
        assert sound.shape[1] / RATE == pytest.approx(recording.duration_s, abs=0.3)
    assert {"pcm_s16le", "pcm_mulaw", "flac", "aac"} <= codecs


def test_each_speaker_is_heard_on_their_channel_at_their_time(spoken):
    inbox, truth = spoken
    stereo = {recording.paths[0] for recording in truth.recordings if recording.channels == 2}
    sounds = {path: _decode(inbox / path)[1] for path in stereo}
    alone = [
        turn
        for turn in truth.turns
        if not any(
            o.path == turn.path and o != turn and o.start_s < turn.end_s and turn.start_s < o.end_s for o in truth.turns
        )
    ]
    assert len(truth.turns) - len(alone) == 2, "one cuts in"
    for turn in alone:
        if turn.path in stereo:
            inner = slice(round((turn.start_s + 0.1) * RATE), round((turn.end_s - 0.1) * RATE))
            loudness = [float(np.sqrt(np.mean(channel[inner] ** 2))) for channel in sounds[turn.path]]
            assert loudness[turn.channel] > 10 * loudness[1 - turn.channel]


def test_turns_follow_one_another_and_statements_lie_in_them(spoken):
    _, truth = spoken
    for recording in truth.recordings:
        turns = [turn for turn in truth.turns if turn.path == recording.paths[0]]
        assert all(one.start_s < other.start_s for one, other in pairwise(turns))
        assert turns[-1].end_s <= recording.duration_s
        said = [s for s in truth.statements if s.contact_id == recording.contact_id and s.start_s is not None]
        assert [s.text for s in said] == [turn.text for turn in turns if turn.role == "customer"]


def test_sounds_of_the_line_lie_between_the_turns_and_are_as_long_as_told(spoken):
    inbox, truth = spoken
    assert {(sound.kind, round(sound.end_s - sound.start_s)) for sound in truth.sounds} == {
        ("ring", 3),
        ("ring", 6),
        ("queue", 12),
        ("hold", 14),
        ("hold", 18),
    }
    for sound in truth.sounds:
        turns = [turn for turn in truth.turns if turn.path == sound.path]
        assert all(turn.end_s < sound.start_s or sound.end_s < turn.start_s for turn in turns)
        heard = _decode(inbox / sound.path)[1][:, round(sound.start_s * RATE) : round(sound.end_s * RATE)]
        loudness = np.sqrt(np.mean(heard**2, axis=1))
        assert loudness[sound.channel] > 10 * loudness[1 - sound.channel]


def test_the_log_knows_the_hold_and_the_truth_how_the_call_goes(spoken):
    _, truth = spoken
    calls = {call.contact_id: call for call in truth.calls}
    assert len(calls) == len(truth.recordings)
    assert sorted((call.n_holds, call.hold_s) for call in calls.values() if call.n_holds) == [(1, 14.9), (1, 18.9)]
    assert sum(call.interruptions for call in calls.values()) == 1
    machine = {turn.path for turn in truth.turns if turn.role == "ivr"}
    assert sum(call.ivr_s > 0 for call in calls.values()) == len(machine) == 2


def test_recordings_without_a_log_row_are_contacts_of_unknown_origin(spoken):
    _, truth = spoken
    orphans = [contact for contact in truth.contacts if contact.source == "recording"]
    assert {orphan.source_id for orphan in orphans} == {
        "recordings/drop/rec_20261029_110000.wav",
        "recordings/drop/voice memo.wav",
    }
    assert {(orphan.origin, orphan.silence) for orphan in orphans} == {("unknown", "unknown")}


def test_the_telephone_band_cuts_what_lies_outside():
    seconds = np.arange(RATE) / RATE
    low = np.sin(2 * np.pi * 100 * seconds)
    within = np.sin(2 * np.pi * 1000 * seconds)
    spectrum = np.abs(np.fft.rfft(telephone((low + within).astype(np.float32))))
    assert spectrum[1000] > 50 * spectrum[100]


def test_mulaw_keeps_the_sound(tmp_path):
    samples = (0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.float32)[None]
    write_sound(tmp_path / "tone.wav", samples, "ulaw")
    codec, sound = _decode(tmp_path / "tone.wav")
    assert codec == "pcm_mulaw"
    assert np.abs(sound - samples).max() < 0.02
    assert mulaw(np.array([0, 32767, -32768], dtype=np.int16)).tolist() == [255, 128, 0]


@pytest.mark.models
def test_open_jtalk_speaks_the_same_again():
    from voc_mining.sample.speech import Voice
    from voc_mining.sample.speech_engine import OpenJTalkSpeech

    speech = OpenJTalkSpeech()
    words = "再設定メールが届かないんです。"
    customer = speech.speak(words, Voice(is_agent=False, variant=1))
    assert np.array_equal(customer, speech.speak(words, Voice(is_agent=False, variant=1)))
    assert not np.array_equal(customer, speech.speak(words, Voice(is_agent=True)))
    assert 1.5 < len(customer) / RATE < 4.0
    assert np.abs(customer).max() <= 1.0
