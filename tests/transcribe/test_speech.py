"""Stretches of speech: the rules that Silero's detector is published with, and the detector in pieces."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from faster_whisper import vad
from hypothesis import given
from hypothesis import strategies as st

from voc_mining.transcribe import vad_engine
from voc_mining.transcribe.audio import SAMPLE_RATE
from voc_mining.transcribe.speech import FRAME, SpeechParams, stretches
from voc_mining.transcribe.vad_engine import speech_probabilities

# Runs of frames about one probability: silence, in between, speech.
RUNS = st.lists(
    st.tuples(st.sampled_from([0.02, 0.2, 0.4, 0.6, 0.95]), st.integers(1, 60), st.sampled_from([0.0, 0.1])),
    max_size=30,
)


@given(
    RUNS,
    st.integers(0, FRAME - 1),
    st.builds(
        SpeechParams,
        threshold=st.sampled_from([0.3, 0.5]),
        silence_s=st.sampled_from([0.1, 0.5, 1.0]),
        pad_s=st.sampled_from([0.0, 0.1, 0.4]),
        longest_s=st.sampled_from([2.0, 5.0, 28.0]),
    ),
)
def test_stretches_are_those_of_the_published_rules(
    runs: list[tuple[float, int, float]], lacking: int, params: SpeechParams
) -> None:
    said = [level + swing * (-1) ** number for level, count, swing in runs for number in range(count)]
    length = max(len(said) * FRAME - lacking, 0)
    options = vad.VadOptions(
        threshold=params.threshold,
        min_silence_duration_ms=round(params.silence_s * 1000),
        speech_pad_ms=round(params.pad_s * 1000),
        max_speech_duration_s=params.longest_s,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vad, "get_vad_model", lambda: lambda _: said)
        published = vad.get_speech_timestamps(np.zeros(length, dtype=np.float32), options)
    found = stretches(said, length, params)
    assert found == [(each["start"], each["end"]) for each in published]
    assert all(one[1] <= following[0] for one, following in pairwise(found))
    assert all(0 <= start < end <= length and end - start <= params.longest_s * SAMPLE_RATE for start, end in found)


@pytest.mark.parametrize("length", [0, 1, 511, 512, 513, 5 * SAMPLE_RATE + 7])
@pytest.mark.parametrize("frames", [1, 3, 1000])
def test_pieces_change_nothing(monkeypatch: pytest.MonkeyPatch, length: int, frames: int) -> None:
    sound = np.random.default_rng(length).normal(0, 0.1, length).astype(np.float32)
    whole = speech_probabilities(sound)
    assert len(whole) == -(-length // FRAME)
    monkeypatch.setattr(vad_engine, "_FRAMES", frames)
    assert speech_probabilities(sound) == whole
    if length % FRAME == 0 and length:
        theirs = vad.get_vad_model()(np.pad(sound, (0, FRAME)))
        assert whole == theirs[:-1].tolist()
