"""The emotional course of a call."""

from __future__ import annotations

import polars as pl
import pytest

from tests.voice.frames import said, utterances, wrote
from voc_mining.voice.course import emotional_course, feelings
from voc_mining.voice.rules import VoiceRules

WORDS = VoiceRules().emotions


@pytest.mark.parametrize(
    ("text", "feeling"),
    [
        ("ログインできないんですけど", None),
        ("ログインできなくて困っています", -1.0),
        ("何度も電話しているんですよ", -1.0),
        ("不安はありません", None),
        ("助かりました", 1.0),
        ("教えてもらえると助かります", None),
        ("腹が立ちましたがもう安心しました", 1.0),
        ("便利だけどがっかりしました", -1.0),
        ("ありがとうございます", None),
        ("本当にありがとうございます", 1.0),
    ],
)
def test_feeling_of_an_utterance(text: str, feeling: float | None) -> None:
    assert feelings(pl.Series([text]), WORDS)["feeling"].to_list() == [feeling]


def test_a_call_is_cut_into_thirds_of_its_time() -> None:
    call = [
        said("どうなっているんですか", 0, 5),
        said("申し訳ございません", 6, 30, role="agent", channel=0),
        said("設定の画面です", 40, 45),
        said("よかったです、助かりました", 80, 90),
    ]
    course = emotional_course(utterances(a=call), WORDS)
    assert course.rows() == [("a", -1.0, 0.0, 1.0)]


def test_a_part_without_the_customer_is_unknown() -> None:
    call = [said("困っています", 0, 5), said("ご案内します", 6, 90, role="agent", channel=0)]
    assert emotional_course(utterances(a=call), WORDS).rows() == [("a", -1.0, None, None)]


def test_written_contacts_have_no_course() -> None:
    assert emotional_course(utterances(a=[wrote("困っています。")]), WORDS).is_empty()


def test_a_call_of_one_instant_has_an_opening() -> None:
    assert emotional_course(utterances(a=[said("困っています", 1, 1)]), WORDS).rows() == [("a", -1.0, None, None)]
