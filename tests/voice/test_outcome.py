"""How calls end."""

from __future__ import annotations

import pytest

from tests.voice.frames import said, utterances
from voc_mining.voice.outcome import contact_outcomes
from voc_mining.voice.rules import VoiceRules

RULES = VoiceRules()
OPENS = said("解約の方法を教えてください", 3, 5)


def agent(text: str, start: float) -> dict:
    return said(text, start, start + 2, role="agent", channel=0)


def ended(*turns: dict) -> list[tuple[str, str]]:
    found = contact_outcomes(utterances(c=[agent("お電話ありがとうございます", 0), OPENS, *turns]), RULES)
    return found.select("outcome", "evidence").rows()


@pytest.mark.parametrize(
    ("last", "answer", "outcome"),
    [
        ("お手続きが完了いたしました", "ありがとうございました", "satisfied"),
        ("来月の二十日でございます", "わかりました", "satisfied"),
        ("担当から折り返しお電話いたします", "わかりました", "unresolved"),
        ("当社ではお受けしておりません", "そうですか", "unresolved"),
        ("お手続きが完了いたしました", "もう待たされて腹が立ちました", "unresolved"),
        ("担当から折り返しお電話いたします", "よかった、助かりました", "satisfied"),
        ("お手続きが完了いたしました", "お前のせいだ死ね", "unresolved"),
    ],
)
def test_the_agents_last_words_speak_where_the_customers_do_not(last: str, answer: str, outcome: str) -> None:
    assert [found for found, _ in ended(agent(last, 6), said(answer, 9, 11))] == [outcome]


def test_the_words_that_told_it_are_kept() -> None:
    assert ended(agent("担当から折り返しお電話いたします", 6), said("はい", 9, 10)) == [
        ("unresolved", "担当から折り返しお電話")
    ]


def test_calls_that_we_made_end_unknown_unless_the_customer_says_more() -> None:
    call = [agent("ご様子伺いでお電話いたしました", 0), said("はい", 3, 4), agent("ありがとうございました", 5)]
    assert contact_outcomes(utterances(c=call), RULES).is_empty()
