"""Critical voices: families, weak signs, notes, long holds, and what stays out of the topics."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.voice.frames import contacts, nothing, said, utterances, wrote
from voc_mining.voice.rules import VoiceRules
from voc_mining.voice.stage import Voice, statements

RULES = VoiceRules()
CASES = pl.read_csv(
    Path(__file__).parents[1] / "cases" / "voice" / "critical.csv", comment_prefix="#", infer_schema=False
)


def mined(**told: list[dict[str, object]]) -> Voice:
    return statements(utterances(**told), contacts(*told), RULES, nothing, nothing)


def families(voice: Voice) -> list[tuple[str, str]]:
    return voice.critical.select("contact_id", "family").sort("contact_id", "family").rows()


@pytest.mark.parametrize(("text", "named"), CASES.rows())
def test_families_of_a_sentence(text: str, named: str | None) -> None:
    found = mined(a=[wrote(text)]).critical
    assert sorted(found["family"]) == sorted((named or "").split())


def test_weak_signs_count_only_together() -> None:
    once = [said("お前の説明は分からない", 0, 2)]
    twice = [*once, said("さっさとしろ", 3, 4)]
    assert families(mined(a=once)) == []
    assert families(mined(a=twice)) == [("a", "abuse"), ("a", "abuse")]


def test_a_legal_step_is_no_second_sign_of_harassment() -> None:
    assert families(mined(a=[wrote("お前では話にならない。"), wrote("弁護士に相談します。")])) == [("a", "legal")]


def test_a_note_names_harassment_in_the_writers_words() -> None:
    note = [wrote("入電時より暴言あり。", part="note", role="writer")]
    voice = mined(a=note)
    assert families(voice) == [("a", "abuse")]
    assert voice.voc.select("role", "counts").rows() == [("writer", False)]
    none = mined(a=[wrote("暴言なし、落ち着いた様子。", part="note", role="writer")])
    assert families(none) == []
    assert none.voc.is_empty()


def test_an_hour_long_conversation_with_a_sign_is_a_long_hold() -> None:
    told = [said("まだ動きません", 0, 5), said("ふざけるな", 3700, 3705)]
    assert families(mined(a=told)) == [("a", "long_hold")]
    assert families(mined(a=[said("まだ動きません", 0, 5), said("直りました", 3700, 3705)])) == []


def test_harassment_alone_is_kept_but_belongs_to_no_topic() -> None:
    voice = mined(a=[wrote("この馬鹿野郎。"), wrote("この馬鹿野郎、アプリが落ちるぞ。")])
    assert voice.voc.select("text", "counts").rows() == [
        ("この馬鹿野郎。", False),
        ("この馬鹿野郎、アプリが落ちるぞ。", True),
    ]
    assert voice.critical["voc_id"].is_in(voice.voc["voc_id"].implode()).all()
    assert voice.outcomes["n_statements"].to_list() == [1]


def test_the_agents_words_are_never_critical() -> None:
    agent = [said("弁護士にご相談ください", 0, 2, role="agent", channel=0)]
    assert mined(a=agent).critical.is_empty()


def test_the_words_that_named_it_are_kept() -> None:
    found = mined(a=[said("部品から煙が出ています", 3, 5)]).critical
    assert found.select("words", "start_s", "part").rows() == [("煙が出", 3.0, "audio")]


def test_a_contact_does_not_touch_another() -> None:
    told = {"a": [wrote("お前では話にならない。")], "b": [wrote("お前、さっさとしろ。")]}
    together = mined(**told).critical
    assert together.equals(pl.concat([mined(**{name: rows}).critical for name, rows in told.items()]))
