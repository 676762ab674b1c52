"""The emotional course of a call."""

from __future__ import annotations

import polars as pl
import pytest

from tests.voice.frames import said, utterances, wrote
from voc_mining.voice.course import emotional_course, feelings
from voc_mining.voice.rules import VoiceRules

RULES = VoiceRules()
WORDS = RULES.emotions


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
        ("だから昨日払ったって言ってんの", -1.0),
        ("何回かければ出るんですか", -1.0),
        ("それでどうしてくれんの", -1.0),
        ("もうかけてこないでください", -1.0),
        ("早めに相談してよかったんですね", 1.0),
        ("もっと早く言ってくれればよかったのに", None),
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
    course = emotional_course(utterances(a=call), RULES)
    assert course.rows() == [("a", -1.0, 0.0, 1.0)]


def test_a_part_without_the_customer_is_unknown() -> None:
    call = [said("困っています", 0, 5), said("ご案内します", 6, 90, role="agent", channel=0)]
    assert emotional_course(utterances(a=call), RULES).rows() == [("a", -1.0, None, None)]


def test_written_contacts_have_no_course() -> None:
    assert emotional_course(utterances(a=[wrote("困っています。")]), RULES).is_empty()


def test_a_call_of_one_instant_has_an_opening() -> None:
    assert emotional_course(utterances(a=[said("困っています", 1, 1)]), RULES).rows() == [("a", -1.0, None, None)]


@pytest.mark.parametrize(
    ("text", "felt"),
    [
        ("アプリが落ちます", -0.5),
        ("料理が冷たかったんだけど", -0.5),
        ("また一から説明する羽目になりました", -0.5),
        ("お前みたいなのは死ね", -1.0),
        ("画面の右上です", 0.0),
    ],
)
def test_trouble_and_rough_endings_are_felt_less_than_words_of_feeling(text: str, felt: float) -> None:
    assert emotional_course(utterances(a=[said(text, 0, 2)]), RULES)["emotion_middle"].to_list() == [felt]
