"""Corrections of utterances found again in statements."""

from __future__ import annotations

import polars as pl

from tests.insight import worlds
from voc_mining.insight.corrections import shown_corrections, statement_corrections

SAID = "お世話になります。請求書が届きません。請求書を送ってください。"


def utterance(no: int, text: str, *made: tuple[int, str, str], role: str = "customer") -> dict:
    corrections = [
        {"start": at, "end": at + len(term), "original": heard, "term": term, "kind": "reading", "score": 1.0}
        for at, heard, term in made
    ]
    return {"contact_id": "a", "no": no, "role": role, "text": text, "corrections": corrections}


def statement(voc_id: str, text: str, first_no: int, last_no: int) -> dict:
    place = {"voc_id": voc_id, "contact_id": "a", "channel": 1, "part": "audio"}
    return place | {"text": text, "first_no": first_no, "last_no": last_no}


def test_a_correction_stands_in_the_statement_that_holds_its_sentence():
    voc = worlds.rows(
        "voc",
        statement("1", "請求書が届きません。", 0, 0),
        statement("2", "請求書を送ってください。解約もしたいのですが", 0, 1),
        statement("3", "請求書の件", 3, 3),
    )
    utterances = worlds.rows(
        "utterances",
        utterance(0, SAID, (19, "製給所", "請求書")),
        utterance(1, "解約もしたいのですが", (0, "開約", "解約")),
        utterance(2, "解約ですね", (0, "海薬", "解約"), role="agent"),
        utterance(3, "請求書の件"),
    )
    made = statement_corrections(voc, utterances)
    assert made.rows() == [("2", 0, 3, "製給所", "請求書"), ("2", 12, 14, "開約", "解約")]
    texts = dict(voc.select("voc_id", "text").iter_rows())
    assert [texts[row[0]][row[1] : row[2]] for row in made.iter_rows()] == made["term"].to_list()
    assert shown_corrections(made).rows() == [("2", ["製給所→請求書", "開約→解約"])]


def test_the_same_words_twice_are_two_places():
    said = "請求書です請求書です"
    voc = worlds.rows("voc", statement("1", f"はい{said}", 0, 0))
    one = utterance(0, f"はい{said}", (2, "製給所", "請求書"), (7, "成球所", "請求書"))
    made = statement_corrections(voc, worlds.rows("utterances", one))
    assert made.select("start", "original").rows() == [(2, "製給所"), (7, "成球所")]


def test_without_any_there_are_none():
    voc = worlds.rows("voc", statement("1", "請求書", 0, 0))
    made = statement_corrections(voc, worlds.rows("utterances", utterance(0, "請求書")))
    assert made.is_empty()
    assert made.schema["start"] == pl.Int64
