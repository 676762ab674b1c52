from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_mining.text.sound_index import SoundIndex
from voc_mining.text.sounds import Mora, dropped, morae, unlike

KANA = st.text(alphabet="アイウエオカキクケコガサシスセタチツナニマミラリャュョッンー", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("せいきゅうしょ", "セーキューショ"),
        ("おおきい", "オーキー"),
        ("コウザ", "コーザ"),
        ("つづく", "ツズク"),
        ("はなぢ", "ハナジ"),
        ("ヲ", "オ"),
    ],
)
def test_readings_that_sound_the_same(one: str, other: str) -> None:
    assert morae(one) == morae(other)


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        (("ダ", "タ"), ("ダ", "マ")),
        (("キャ", "カ"), ("キャ", "マ")),
        (("リ", "レ"), ("リ", "マ")),
        (("シ", "ヒ"), ("シ", "モ")),
    ],
)
def test_what_is_easily_confused_is_less_unlike(nearer: tuple[str, str], farther: tuple[str, str]) -> None:
    (near,), (to,) = morae(nearer[0]), morae(nearer[1])
    (far,), (away,) = morae(farther[0]), morae(farther[1])
    assert 0 < unlike(near, to) < unlike(far, away) <= 1


def test_signs_that_are_no_kana_are_left_out() -> None:
    assert morae("カ9-b漢") == morae("カ")


def distance(heard: tuple[Mora, ...], meant: tuple[Mora, ...]) -> float:
    """Edit distance the plain way."""
    before = [sum(dropped(mora) for mora in meant[:n]) for n in range(len(meant) + 1)]
    for said in heard:
        row = [before[0] + dropped(said)]
        for n, mora in enumerate(meant, start=1):
            row.append(min(before[n] + dropped(said), row[n - 1] + dropped(mora), before[n - 1] + unlike(said, mora)))
        before = row
    return before[-1]


@given(st.lists(KANA, min_size=1, max_size=5, unique=True), KANA, st.sampled_from([0.0, 0.5, 1.2]))
def test_the_index_finds_what_a_comparison_with_every_word_finds(words: list[str], heard: str, budget: float) -> None:
    sounds = [morae(word) for word in words]
    index = SoundIndex([(sound, budget) for sound in sounds])
    state: int | None = index.begin()
    for mora in morae(heard):
        state = index.after(state, mora) if state is not None else None
    found = {} if state is None else dict(index.found(state))
    plain = {n: distance(morae(heard), sound) for n, sound in enumerate(sounds)}
    assert found == pytest.approx({n: far for n, far in plain.items() if far <= budget + 1e-9}, abs=1e-5)
