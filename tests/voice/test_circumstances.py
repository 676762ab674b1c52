"""Facts, appointments and openings around the matter are kept and not counted."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.voice.frames import contacts, nothing, utterances, wrote
from voc_mining.voice.rules import VoiceRules
from voc_mining.voice.stage import Voice, statements

CASES = pl.read_csv(Path(__file__).parents[1] / "cases" / "voice" / "circumstances.csv", comment_prefix="#")


def mined(**told: list[dict[str, object]]) -> Voice:
    return statements(utterances(**told), contacts(*told), VoiceRules(), nothing, nothing)


@pytest.mark.parametrize(("text", "counts"), CASES.rows())
def test_a_sentence_of_a_letter(text: str, counts: int) -> None:
    voc = mined(a=[wrote("画面が固まります。"), wrote(text)]).voc
    assert voc.filter(pl.col("text") == text)["counts"].to_list() == [bool(counts)]


def test_what_a_customer_answers_when_asked_counts() -> None:
    told = [wrote("画面が固まります。"), wrote("先月から使っております。", part="answer")]
    assert mined(a=told).voc["counts"].to_list() == [True, True]


def test_a_fact_counts_where_the_contact_says_nothing_else() -> None:
    assert mined(a=[wrote("先月から使っております。")]).voc["counts"].to_list() == [True]


def test_an_opening_counts_where_the_contact_says_nothing_else() -> None:
    opening = wrote("来年度の契約についてご連絡いたします。")
    assert mined(a=[opening]).voc["counts"].to_list() == [True]
    assert mined(a=[opening, wrote("更新を見送ることになりました。")]).voc["counts"].to_list() == [False, True]


def test_circumstances_are_no_reason_and_not_in_the_number_of_statements() -> None:
    voice = mined(a=[wrote("母にタブレットを持たせています。"), wrote("文字が小さくて読めません。")])
    assert voice.voc.filter("is_reason")["text"].to_list() == ["文字が小さくて読めません。"]
    assert voice.outcomes["n_statements"].to_list() == [1]
