from __future__ import annotations

import polars as pl

from voc_mining.contracts.glossary import Glossary, GlossaryTerm
from voc_mining.contracts.values import TOKEN
from voc_mining.text.candidates import CANDIDATE_SCHEMA, GLOSSARY, NONE, WRITTEN, candidates
from voc_mining.text.tokenizer_engine import FugashiTokenizer
from voc_mining.text.tokens import tokenize_masked

SCHEMA = {
    "contact_id": pl.String,
    "part": pl.String,
    "text": pl.String,
    "tokens": pl.List(TOKEN),
    "confidence": pl.Float64,
    "start_s": pl.Float64,
}


def utterances(tokenizer: FugashiTokenizer, *rows: tuple[str, str, str]) -> pl.DataFrame:
    made = [
        {
            "contact_id": contact,
            "part": part,
            "text": text,
            "tokens": [token._asdict() for token in tokenize_masked(text, tokenizer.tokenize)],
            "confidence": 0.5 + 0.1 * no if part == "audio" else None,
            "start_s": float(no) if part == "audio" else None,
        }
        for no, (contact, part, text) in enumerate(rows)
    ]
    return pl.DataFrame(made, schema=SCHEMA)


def test_what_sounds_like_a_term_is_listed_with_its_place(tokenizer: FugashiTokenizer) -> None:
    said = utterances(
        tokenizer,
        ("a", "audio", "ラコクした時刻が違います"),
        ("b", "audio", "ラコクの画面です"),
        ("b", "audio", "ラコクの画面です"),
        ("b", "audio", "打刻の画面です"),
    )
    listed = candidates(said, tokenizer, Glossary((GlossaryTerm("打刻"),)))
    (row,) = listed.to_dicts()
    assert listed.schema == CANDIDATE_SCHEMA
    assert (row["heard"], row["term"], row["known_from"], row["ordinary"]) == ("ラコク", "打刻", GLOSSARY, False)
    assert (row["n_utterances"], row["n_contacts"]) == (3, 2)
    assert (row["contact_id"], row["start_s"], row["example"]) == ("b", 2.0, "ラコクの画面です")
    assert 0.8 < row["likeness"] < 0.9


def test_what_customers_write_helps_where_there_is_no_glossary(tokenizer: FugashiTokenizer) -> None:
    written = [(f"w{n}", "body", "請求書が届きません") for n in range(3)]
    listed = candidates(
        utterances(tokenizer, *written, ("c", "audio", "成球所を送ってください")), tokenizer, Glossary()
    )
    assert listed.select("heard", "term", "known_from").rows() == [("成球所", "請求書", WRITTEN)]


def test_an_ordinary_word_that_sounds_the_same_is_marked(tokenizer: FugashiTokenizer) -> None:
    said = utterances(tokenizer, ("a", "audio", "商人ルートを変えたい"), ("a", "audio", "商人の町です"))
    listed = candidates(said, tokenizer, Glossary((GlossaryTerm("承認"), GlossaryTerm("承認ルート"))))
    assert listed.select("heard", "term", "ordinary").sort("heard").rows() == [
        ("商人", "承認", True),
        ("商人ルート", "承認ルート", True),
    ]


def test_odd_words_that_are_like_nothing_must_recur(tokenizer: FugashiTokenizer) -> None:
    said = utterances(
        tokenizer,
        ("a", "audio", "ゾモグラを使います"),
        ("b", "audio", "ゾモグラが動きません"),
        ("b", "audio", "ペケリナです"),
    )
    listed = candidates(said, tokenizer, Glossary((GlossaryTerm("請求書"),)))
    assert listed.select("heard", "term", "known_from", "n_utterances").rows() == [("ゾモグラ", "", NONE, 2)]


def test_placeholders_and_right_words_are_no_candidates(tokenizer: FugashiTokenizer) -> None:
    said = utterances(tokenizer, ("a", "audio", "［氏名］です、請求書が届きません"), ("a", "audio", "はい"))
    assert candidates(said, tokenizer, Glossary((GlossaryTerm("請求書"), GlossaryTerm("氏名")))).is_empty()
    assert candidates(said.clear(), tokenizer, Glossary()).is_empty()
