from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.transcriber import Segment, Word
from voc_mining.transcribe.utterances import Utterance, utterances

PARAMS = TranscribeParams()


def spoken(script: str) -> Segment:
    """Words of 0.2 s each; a digit says how many tenths of a second pass before the next word."""
    words, clock = [], 0.0
    for part in script.split():
        if part.isdigit():
            clock += int(part) / 10
            continue
        words.append(Word(clock, clock + 0.2, part, 0.9))
        clock += 0.2
    return Segment(tuple(words), 0.1)


@pytest.mark.parametrize(
    ("script", "texts"),
    [
        ("お電話 ありがとう ございます 。 田中 です 。", ["お電話ありがとうございます。", "田中です。"]),
        ("困っています 。 解約 も 考えています", ["困っています。", "解約も考えています"]),
        ("ログイン できない 7 はい", ["ログインできない", "はい"]),
        ("ログイン が 5 できない", ["ログインができない"]),
        ("砂糖 を 入れて 、 7 飲みます 。", ["砂糖を入れて、飲みます。"]),
        ("砂糖 を 入れて 、 12 飲みます 。", ["砂糖を入れて、", "飲みます。"]),
        ("「 困る 。 」 と 言われた 。", ["「困る。」", "と言われた。"]),
        ("本当 です か ？ ！ はい", ["本当ですか？！", "はい"]),
        ("料金 は 3. 5% です", ["料金は3.5%です"]),
    ],
)
def test_cut_at_sentences_and_pauses(script: str, texts: list[str]) -> None:
    assert [utterance.text for utterance in utterances([spoken(script)], PARAMS)] == texts


def test_each_statement_has_its_own_seconds() -> None:
    first, second = utterances([spoken("届きません 。 20 交換 して ください 。")], PARAMS)
    assert (first.start_s, first.end_s) == (0.0, pytest.approx(0.4))
    assert (second.start_s, second.end_s) == (pytest.approx(2.4), pytest.approx(3.2))


def test_words_keep_their_places_and_seconds() -> None:
    words = (
        Word(0.0, 0.4, " はい", 0.9),
        Word(0.4, 0.5, " ", 0.9),
        Word(1.004, 1.0, "どうも", 0.9),
        Word(1.5, 1.9, "。", 0.9),
    )
    said = Utterance(words, 0.1)
    assert said.text == "はい どうも。"
    assert said.word_times == [(0, 0.0, 0.4), (3, 1.0, 1.0), (6, 1.5, 1.9)]
    assert [said.text[at] for at, _, _ in said.word_times] == ["は", "ど", "。"]


def test_long_stretch_is_cut_at_its_longest_pause() -> None:
    script = " ".join(["あ"] * 40 + ["5"] + ["い"] * 50)
    assert [utterance.text for utterance in utterances([spoken(script)], PARAMS)] == ["あ" * 40, "い" * 50]


def test_confidence_is_weighted_by_characters() -> None:
    segment = Segment((Word(0, 1, "あいう", 1.0), Word(1, 2, "え", 0.2)), 0.1)
    (utterance,) = utterances([segment], PARAMS)
    assert utterance.confidence == pytest.approx(0.8)


def test_white_space_alone_is_nothing_said() -> None:
    assert utterances([Segment((Word(0, 1, "  ", 0.5),), 0.9)], PARAMS) == []


word_lists = st.lists(
    st.tuples(st.sampled_from(["はい", "。", "、", "困", "」", " ", "1", ".", "？"]), st.floats(0, 3), st.floats(0, 4)),
    min_size=1,
    max_size=60,
)


@given(word_lists)
def test_no_word_is_lost_or_moved(pieces: list[tuple[str, float, float]]) -> None:
    words, clock = [], 0.0
    for text, pause, length in pieces:
        words.append(Word(clock + pause, clock + pause + length, text, 0.5))
        clock += pause + length
    cut = utterances([Segment(tuple(words), 0.2)], PARAMS)
    kept = [word for utterance in cut for word in utterance.words]
    assert [word for word in kept if word.text.strip()] == [word for word in words if word.text.strip()]
    assert [utterance.start_s for utterance in cut] == sorted(utterance.start_s for utterance in cut)
    for utterance in cut:
        assert utterance.end_s >= utterance.start_s
        assert len(utterance.words) == 1 or utterance.end_s - utterance.start_s <= PARAMS.longest_s + 1e-9
