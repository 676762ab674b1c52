from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voc_mining.transcribe.audio import SAMPLE_RATE
from voc_mining.transcribe.windows import Stretch, Window, pack

LONGEST = 28 * SAMPLE_RATE


@st.composite
def stretches(draw: st.DrawFn) -> list[Stretch]:
    lengths = draw(st.lists(st.tuples(st.integers(0, 60_000), st.integers(1, LONGEST)), max_size=20))
    found, at = [], 0
    for pause, length in lengths:
        found.append((at + pause, at + pause + length))
        at += pause + length
    return found


@given(stretches())
def test_packing_keeps_every_stretch_in_order_and_no_window_is_too_long(found: list[Stretch]) -> None:
    windows = pack(found, LONGEST)
    assert [stretch for window in windows for stretch in window.stretches] == found
    assert all(window.length <= LONGEST for window in windows)
    for one, following in pairwise(windows):
        first_of_next = following.stretches[0][1] - following.stretches[0][0]
        assert one.length + first_of_next > LONGEST, "a stretch that had room was put into the next window"


@given(stretches().filter(bool), st.floats(0, 1), st.floats(0, 2))
def test_a_moment_lies_within_the_stretch_it_was_said_in(found: list[Stretch], where: float, length_s: float) -> None:
    window = pack(found, LONGEST)[0]
    start_s = where * window.length / SAMPLE_RATE
    begin, end, number = window.place(start_s, min(start_s + length_s, window.length / SAMPLE_RATE))
    first, after = window.stretches[number]
    assert first / SAMPLE_RATE <= begin <= end <= after / SAMPLE_RATE


def test_sound_and_places_agree() -> None:
    channel = np.arange(100_000, dtype=np.float32)
    window = Window(((1_000, 17_000), (50_000, 66_000)))
    sound = window.sound(channel)
    assert len(sound) == window.length
    for at in (0, 8_000, 16_100, 31_000):
        begin, _, _ = window.place(at / SAMPLE_RATE, at / SAMPLE_RATE)
        assert channel[round(begin * SAMPLE_RATE)] == sound[at]


def test_halves_are_cut_where_a_pause_was() -> None:
    three = Window(((0, 10), (20, 30), (40, 70)))
    assert three.halves() == (Window(((0, 10), (20, 30))), Window(((40, 70),)))
    assert Window(((0, 10),)).halves() == (Window(((0, 10),)),)


def test_context_is_the_speech_with_silence_in_whole_steps() -> None:
    assert Window(((0, 28 * SAMPLE_RATE),)).context_s(0.5, 2.0, 30.0) == 30.0
    assert Window(((0, 30 * SAMPLE_RATE),)).context_s(0.5, 2.0, 30.0) == 30.0
    assert Window(((0, SAMPLE_RATE),)).context_s(0.5, 2.0, 30.0) == 2.0
