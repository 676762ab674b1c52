"""People of a contact keep their numbers; what is masked in speech is muted."""

from __future__ import annotations

import polars as pl
import pytest

from tests.text.test_source import pieces
from voc_mining.contracts.values import WORD
from voc_mining.text.persons import numbers
from voc_mining.text.rules import TextRules
from voc_mining.text.seconds import muted, muted_words, shares
from voc_mining.text.stage import to_utterances
from voc_mining.text.tokenizer_engine import FugashiTokenizer


def test_two_people_get_two_numbers_and_keep_them(tokenizer: FugashiTokenizer) -> None:
    told = pieces(
        ("audio", "はい、サポートセンターの佐藤でございます"),
        ("audio", "田中太郎と申します。電話は090-1234-5678です"),
        ("audio", "田中様ですね"),
        ("audio", "担当は佐藤でした"),
    )
    utterances = to_utterances(told, tokenizer, TextRules())
    assert utterances["text"].to_list() == [
        "はい、サポートセンターの［氏名1］でございます",
        "［氏名2］と申します。電話は［電話番号］です",
        "［氏名2］様ですね",
        "担当は［氏名1］でした",
    ]
    for row in utterances.to_dicts():
        assert all(row["text"][span["start"] : span["end"]].startswith("［") for span in row["masked_spans"])
        assert "".join(token["surface"] for token in row["tokens"]) == row["text"].replace(" ", "")
    second = utterances.to_dicts()[1]
    assert [row["type"] for row in second["masked_spans"]] == ["name", "phone"]
    assert second["masked_lengths"] == [4, 13]


def test_one_person_needs_no_number(tokenizer: FugashiTokenizer) -> None:
    told = pieces(("note", "田中様より入電。田中様は解約希望。"))
    texts = to_utterances(told, tokenizer, TextRules())["text"].to_list()
    assert texts == ["［氏名］様より入電。", "［氏名］様は解約希望。"]


def test_people_by_the_readings_of_their_names() -> None:
    assert numbers(["わたなべ", "", "さとう", "わたなべはなこ", "はなこ", "ん"]) == {
        "わたなべ": 1, "さとう": 2, "わたなべはなこ": 1, "はなこ": 1, "ん": 3,
    }  # fmt: skip


def test_what_is_masked_is_muted(tokenizer: FugashiTokenizer) -> None:
    utterances = to_utterances(pieces(("audio", "えーと番号は090-1234-5678でお願いします")), tokenizer, TextRules())
    ((stretch,),) = utterances["muted"].to_list()
    assert 10.0 < stretch["start_s"] < 12.0
    assert 17.0 < stretch["end_s"] < 20.0
    assert to_utterances(pieces(("note", "田中様")), tokenizer, TextRules())["muted"].to_list() == [[]]


def test_the_times_of_words_say_what_is_muted(tokenizer: FugashiTokenizer) -> None:
    text = "えーと番号は、〇九〇の一二三四の五六七八です"
    starts = [0, 3, 7, 10, 11, 16, 20]  # a pause of five seconds before the number, which takes two
    words = [
        (0, 10.0, 10.5),
        (3, 10.5, 11.0),
        *((at, 16.0 + 0.4 * no, 16.4 + 0.4 * no) for no, at in enumerate(starts[2:])),
    ]
    heard = pl.Series(
        [[dict(zip(("start", "start_s", "end_s"), word, strict=True)) for word in words]], dtype=pl.List(WORD)
    )
    spoken = pieces(("audio", text)).with_columns(words=heard)
    ((stretch,),) = to_utterances(spoken, tokenizer, TextRules())["muted"].to_list()
    assert (stretch["start_s"], stretch["end_s"]) == (pytest.approx(15.7), pytest.approx(17.9))
    ((guessed,),) = to_utterances(pieces(("audio", text)), tokenizer, TextRules())["muted"].to_list()
    assert guessed["start_s"] < 15.0


def test_the_margin_of_words_may_leave_the_utterance() -> None:
    assert muted_words([(0.1, 1.0), (1.4, 3.0)], 0.1, 3.0) == [(0.0, 3.3)]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([(0.0, 1.0)], [(10.0, 20.0)]),
        ([(0.5, 0.5)], [(13.9, 16.1)]),
        ([(0.1, 0.2), (0.3, 0.4)], [(10.0, 15.1)]),
        ([], []),
    ],
)
def test_margins(places: list[tuple[float, float]], expected: list[tuple[float, float]]) -> None:
    assert [tuple(stretch) for stretch in muted(places, 10.0, 20.0)] == [
        (pytest.approx(first), pytest.approx(last)) for first, last in expected
    ]


def test_marks_take_no_time() -> None:
    assert shares("、あ。") == [0.0, 0.0, 1.0, 1.0]
    assert shares("。。") == [0.0, 0.5, 1.0]
    assert shares("") == [0.0]
