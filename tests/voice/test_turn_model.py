"""Turns that no pattern knows: what is weighed, and what is never left out."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO

import pytest

from tests.voice.frames import said, utterances
from voc_mining.voice.rules import VoiceRules
from voc_mining.voice.statements import left_out, pieces, statements_of
from voc_mining.voice.turn_model import (
    TurnModel,
    bundled_turn_model,
    read_turn_model,
    turn_features,
    written_turn_model,
)

NOTHING_TELLS = replace(VoiceRules(), turn_model=TurnModel({}, 0.0, 1.0, "nothing"))
"""Rules by which every turn that may be weighed is a reaction."""


def conversation(
    turn: str, agent: str = "明日お届けいたします", first: str = "荷物がまだ届かないんですが"
) -> list[dict]:
    return [
        said(first, 0, 3),
        said(agent, 4, 6, role="agent", channel=0),
        said(turn, 8, 10),
    ]


def told(rows: list[dict], rules: VoiceRules) -> list[str]:
    return statements_of(pieces(utterances(c=rows), rules))["text"].to_list()


def test_runs_of_both_turns_and_the_length_are_weighed() -> None:
    found = turn_features("はい。", "届きます")
    assert {"は", "^は", "はい$", "A:届き", "A:す$", "<length>", "<to 4>"} <= found.keys()
    assert found["<length>"] == pytest.approx(2 / 40)
    assert not {"A:届", "はい。", "<to 4>"} & turn_features("はい届きましたよ", "").keys()
    assert "?$" in turn_features("届きますか？", "")


def test_a_model_comes_back_from_its_rows() -> None:
    lines = StringIO()
    csv.writer(lines).writerows([("feature", "weight"), *written_turn_model({",": 0.5, "A:か$": -1.0}, 0.25, -1.0)])
    model = read_turn_model(lines.getvalue().splitlines())
    assert (dict(model.weights), model.bias, model.least) == ({",": 0.5, "A:か$": -1.0}, 0.25, -1.0)
    assert model.log_odds("三,五", "ですか") == pytest.approx(0.25 + 0.5 - 1.0)


@pytest.mark.parametrize(
    ("turn", "statement"),
    [
        ("もう一品足しときます", False),
        ("ああ倉庫にあったんやね", False),
        ("前も同じこと言われたのに全然直ってないですよね", True),
        ("受け取る時間も選べるようにしてほしいんですけど", True),
    ],
)
def test_what_comes_with_the_program_tells_reactions_from_matters(turn: str, *, statement: bool) -> None:
    assert bundled_turn_model().tells(turn, "明日お届けいたします") is statement


def test_a_reaction_is_left_out_with_its_reason() -> None:
    found = pieces(utterances(c=conversation("もう一品足しときます")), NOTHING_TELLS)
    assert left_out(found)["reason"].to_list() == ["agent", "reaction"]


@pytest.mark.parametrize(
    "rows",
    [
        conversation("この箱の色はどうなんやろ", agent="ご感想はいかがでしょうか"),
        conversation("この箱の色はどうなんやろ", first="はい"),
        conversation("箱が壊れていて使えません"),
        conversation("もう解約します"),
        conversation("弁護士に相談させてもらいます"),
        conversation("この箱の色のことなんですけどね" * 4),
    ],
)
def test_the_first_matter_grave_words_and_what_was_invited_are_never_left_out(rows: list[dict]) -> None:
    assert rows[-1]["text"] in told(rows, NOTHING_TELLS)


def test_pieces_of_one_turn_are_weighed_together() -> None:
    rows = [*conversation("荷物がまだ"), said("玄関に届いてないんです", 10.2, 12)]
    assert told(rows, VoiceRules())[-1] == "荷物がまだ玄関に届いてないんです"


def test_a_statement_keeps_the_question_it_answers() -> None:
    found = statements_of(
        pieces(utterances(c=conversation("色が合わなかったんです", agent="どうされましたか")), VoiceRules())
    )
    assert found["question"].to_list() == [None, "どうされましたか"]
