"""The stage as a whole: contracts, ids, what counts, outcomes."""

from __future__ import annotations

import json

import polars as pl
import pytest

from tests.voice.frames import contacts, nothing, said, utterances, wrote
from voc_mining.errors import ContractBroken
from voc_mining.ids import voc_id
from voc_mining.voice.lexicon import read_lexicon
from voc_mining.voice.rules import VoiceRules
from voc_mining.voice.stage import statements

RULES = VoiceRules()


def mined(frame: pl.DataFrame, *ids: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    return statements(frame, contacts(*ids), RULES, nothing, nothing)[:2]


def test_contacts_without_words_have_an_outcome() -> None:
    voc, outcomes = mined(utterances(), "a", "b")
    assert voc.is_empty()
    assert outcomes.select("contact_id", "outcome", "n_utterances", "n_statements", "dropped").rows() == [
        ("a", "unknown", 0, 0, "{}"),
        ("b", "unknown", 0, 0, "{}"),
    ]


def test_the_same_words_twice_have_two_ids() -> None:
    voc, _ = mined(utterances(a=[wrote("高いです。"), wrote("高いです。")]), "a")
    assert voc["voc_id"].to_list() == [voc_id("a", "", "高いです。", 0), voc_id("a", "", "高いです。", 1)]


def test_suspicious_speech_is_kept_but_does_not_count() -> None:
    frame = utterances(a=[said("ご視聴いただき感謝です", 0, 2, flags=["silence_text"]), said("高いです", 5, 6)])
    voc, outcomes = mined(frame, "a")
    assert dict(zip(voc["text"], voc["counts"], strict=True)) == {"ご視聴いただき感謝です": False, "高いです": True}
    assert outcomes["n_statements"].to_list() == [1]


def test_the_reporting_word_names_the_kind_where_the_words_do_not() -> None:
    frame = utterances(a=[wrote("「一覧に担当者の列」との要望あり。", "note", "writer")])
    voc, _ = mined(frame, "a")
    assert voc.select("kind", "kind_evidence", "role", "quoted").rows() == [
        ("request", "との要望あり", "customer", True)
    ]


def test_what_was_left_out_is_counted_by_reason() -> None:
    frame = utterances(a=[wrote("お世話になっております。"), wrote("高いです。"), wrote("よろしくお願いします。")])
    _, outcomes = mined(frame, "a")
    assert json.loads(outcomes["dropped"][0]) == {"greeting": 2}


@pytest.mark.parametrize(
    ("turns", "outcome", "evidence"),
    [
        ([said("あ、直りました", 0, 1), said("はい、失礼します", 2, 3)], "satisfied", "直りました"),
        ([said("ありがとうございました", 0, 1)], "unknown", None),
        ([said("助かりました", 0, 1), wrote("未解決のため折り返し待ち。", "note", "writer")], "unresolved", "未解決"),
        ([said("仕方ないですね", 0, 1), wrote("ご納得いただき終話。", "note", "writer")], "appeased", "仕方ない"),
        ([wrote("未解決。", "note", "writer"), wrote("再起動で復旧した。", "note", "writer")], "satisfied", "復旧した"),
        ([said("解決しました", 0, 1, role="agent", channel=0)], "unknown", None),
    ],
)
def test_outcome_comes_from_words(turns: list[dict], outcome: str, evidence: str | None) -> None:
    _, outcomes = mined(utterances(a=turns), "a")
    assert outcomes.select("outcome", "evidence").rows() == [(outcome, evidence)]


def test_only_the_last_turns_tell_the_outcome() -> None:
    turns = [said("前回は解決しました", 0, 1), *(said("今日は請求の件です", 2 * n, 2 * n + 1) for n in range(1, 9))]
    _, outcomes = mined(utterances(a=turns), "a")
    assert outcomes["outcome"].to_list() == ["unknown"]


def test_terms_are_asked_once_for_each_distinct_text() -> None:
    asked: list[list[str]] = []

    def find(texts: list[str]) -> list[list[str]]:
        asked.append(list(texts))
        return [[text[:2]] for text in texts]

    frame = utterances(a=[wrote("高いです。"), wrote("高いです。")], b=[wrote("高いです。")])
    voc = statements(frame, contacts("a", "b"), RULES, find, nothing).voc
    assert asked == [["高いです。"]]
    assert voc["terms"].to_list() == [["高い"]] * 3


def test_contacts_of_a_batch_do_not_touch_each_other() -> None:
    told = {"a": [said("昨日からアプリが", 0, 2)], "b": [said("開きません", 2.1, 4)], "c": [wrote("助かります。")]}
    together = mined(utterances(**told), "a", "b", "c")
    alone = [mined(utterances(**{contact: rows}), contact) for contact, rows in told.items()]
    for n, frame in enumerate(together):
        assert frame.equals(pl.concat([frames[n] for frames in alone]))


def test_the_key_changes_with_the_words_and_not_with_comments() -> None:
    head = "order,value,action,pattern"
    one = read_lexicon("kinds", [head, "10,praise,match,良い"])
    assert one.key == read_lexicon("kinds", ["# said otherwise", head, "10,praise,match,良い"]).key
    assert one.key != read_lexicon("kinds", [head, "10,praise,match,よい"]).key
    assert VoiceRules().key == RULES.key


@pytest.mark.parametrize("lines", [["a,b"], ["order,value,action,pattern", "1,a,match,x{0,2}"]])
def test_a_broken_lexicon_stops(lines: list[str]) -> None:
    with pytest.raises(ContractBroken, match="lexicon kinds"):
        read_lexicon("kinds", lines)


def test_texts_that_mean_the_same_share_a_hash_and_stay_as_they_were_said() -> None:
    frame = utterances(a=[wrote("料金、料金が高いです。")], b=[wrote("料金が高いです。")])
    asked: list[list[str]] = []

    def find(texts: list[str]) -> list[list[str]]:
        asked.append(list(texts))
        return [[] for _ in texts]

    told = statements(
        frame, contacts("a", "b"), RULES, find, nothing, plain=lambda text: text.removeprefix("料金、")
    ).voc.sort("contact_id")
    assert asked == [["料金が高いです。", "料金が高いです。"]]
    assert told["text_hash"].n_unique() == 1
    assert list(zip(told["text"], told["plain_text"], strict=True)) == [
        ("料金、料金が高いです。", "料金が高いです。"),
        ("料金が高いです。", None),
    ]
