from __future__ import annotations

from typing import Any

import polars as pl

from voc_mining.contracts import LAKE_TABLES
from voc_mining.text.mask import MaskRules
from voc_mining.text.rules import TextRules
from voc_mining.text.stage import to_utterances
from voc_mining.text.tokenizer_engine import FugashiTokenizer

SCHEMA = {
    "contact_id": pl.String,
    "month": pl.String,
    "part": pl.String,
    "channel": pl.Int8,
    "role": pl.String,
    "start_s": pl.Float64,
    "end_s": pl.Float64,
    "confidence": pl.Float64,
    "flags": pl.List(pl.String),
    "text": pl.String,
    "question": pl.String,
}


def pieces(*rows: dict[str, Any]) -> pl.DataFrame:
    usual = dict.fromkeys(SCHEMA) | {
        "contact_id": "c",
        "month": "2026-01",
        "part": "body",
        "role": "customer",
        "flags": [],
    }
    return pl.DataFrame([usual | row for row in rows], schema=SCHEMA)


def test_written_parts_become_sentences_in_order(tokenizer: FugashiTokenizer) -> None:
    frame = to_utterances(
        pieces(
            {"part": "note", "role": "writer", "text": "「落ちる。」とのこと。再起動を案内。"},
            {"part": "subject", "text": "アプリの件"},
            {"part": "body", "text": "田中です。電話は090-1234-5678です。"},
        ),
        tokenizer,
        TextRules(),
    )
    assert frame.select("no", "part", "role", "text").rows() == [
        (0, "subject", "customer", "アプリの件"),
        (1, "body", "customer", "［氏名］です。"),
        (2, "body", "customer", "電話は［電話番号］です。"),
        (3, "note", "writer", "「落ちる。」とのこと。"),
        (4, "note", "writer", "再起動を案内。"),
    ]
    assert frame["masked_spans"].to_list()[2] == [{"start": 3, "end": 9, "type": "phone"}]
    assert frame["tokens"][2].to_list()[2]["surface"] == "［電話番号］"
    assert frame["flags"].to_list()[1] == ["greeting"]


def test_spoken_pieces_stay_whole_and_keep_their_flags(tokenizer: FugashiTokenizer) -> None:
    audio = {"part": "audio", "role": "unknown", "channel": 0, "confidence": 0.5}
    frame = to_utterances(
        pieces(
            audio | {"start_s": 5.0, "end_s": 6.0, "text": "使えません。困ります。", "flags": ["low_confidence"]},
            audio | {"start_s": 1.0, "end_s": 2.0, "text": "はい", "flags": ["repetition"]},
        ),
        tokenizer,
        TextRules(),
    )
    assert frame["text"].to_list() == ["はい", "使えません。困ります。"]
    assert frame["flags"].to_list() == [["repetition", "filler"], ["low_confidence"]]
    assert frame["start_s"].to_list() == [1.0, 5.0]


def test_a_number_given_bit_by_bit_is_masked(tokenizer: FugashiTokenizer) -> None:
    bits = [("audio", "えーと、一二三四"), ("audio", "5678です"), ("audio", "1200円です"), ("body", "5678です")]
    frame = to_utterances(pieces(*({"part": part, "text": text} for part, text in bits)), tokenizer, TextRules())
    assert frame["text"].to_list() == ["えーと、［番号］", "［番号］です", "1200円です", "5678です"]


def test_nothing_visible_is_nothing_said(tokenizer: FugashiTokenizer) -> None:
    frame = to_utterances(pieces({"text": None}, {"text": "　\n "}, {"text": ""}), tokenizer, TextRules())
    assert frame.is_empty()
    assert frame.schema == LAKE_TABLES["utterances"].schema


def test_no_pieces(tokenizer: FugashiTokenizer) -> None:
    assert to_utterances(pieces(), tokenizer, TextRules()).is_empty()


def test_the_same_words_in_many_contacts(tokenizer: FugashiTokenizer) -> None:
    frame = to_utterances(
        pieces(*({"contact_id": f"c{n % 3}", "text": "使えない。\n> 引用"} for n in range(6))), tokenizer, TextRules()
    )
    assert frame.height == 12
    assert frame.filter(pl.col("contact_id") == "c1")["no"].to_list() == [0, 1, 2, 3]
    assert frame["flags"].to_list()[:2] == [[], ["reply_quote"]]


def test_batches_do_not_matter(tokenizer: FugashiTokenizer) -> None:
    both = pieces({"contact_id": "a", "text": "田中です。急ぎです。"}, {"contact_id": "b", "text": "使えません"})
    whole = to_utterances(both, tokenizer, TextRules())
    parts = [to_utterances(both.slice(n, 1), tokenizer, TextRules()) for n in range(2)]
    assert whole.equals(pl.concat(parts))


def test_rules_have_keys() -> None:
    assert TextRules().key == TextRules().key
    assert TextRules().key != TextRules(mask=MaskRules(names=False)).key
    assert TextRules().key != TextRules(letter_parts=()).key
