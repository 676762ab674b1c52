from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from voc_mining.transcribe.announcements import announced, announcement_phrases

CASES = Path(__file__).parent.parent / "cases" / "transcribe" / "announcements.csv"
ROWS = list(csv.DictReader(line for line in CASES.read_text("utf-8").splitlines() if not line.startswith("#")))
PHRASES = announcement_phrases()


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:16] for row in ROWS])
def test_machines_and_people(row):
    assert (PHRASES.told(row["text"]) == "always") == (row["machine"] == "yes")


def said(*lines: tuple[int, float, float, str]) -> list[bool]:
    schema = {"channel": pl.Int8, "start_s": pl.Float64, "end_s": pl.Float64, "text": pl.String}
    rows = pl.DataFrame(lines, schema=schema, orient="row").sort("channel", "start_s")
    return announced(rows, PHRASES).to_list()


def test_lines_around_an_announcement_belong_to_it():
    assert said(
        (0, 0.0, 3.0, "お電話ありがとうございます。みどり通信カスタマーセンターです。"),
        (0, 3.5, 8.0, "この通話は品質向上のため録音させていただきます。"),
        (0, 8.2, 9.5, "あらかじめご了承ください。"),
        (0, 12.0, 14.0, "お電話ありがとうございます。担当の佐藤です。"),
        (1, 15.0, 17.0, "あの、解約したいのですが。"),
    ) == [True, True, True, False, False]


def test_a_misheard_line_between_two_announcements_is_one():
    assert said(
        (0, 0.0, 3.0, "解約の方は4を押してください。"),
        (0, 3.2, 6.0, "その他のお問い合わせの頬は誤応"),
        (0, 6.2, 9.0, "もう一度お聞きになりたい方は、9を押してください。"),
    ) == [True, True, True]


def test_the_same_words_of_people_alone_are_theirs():
    assert not any(
        said(
            (0, 0.0, 3.0, "お電話ありがとうございます。カスタマーセンターです。"),
            (1, 3.5, 8.0, "電話がつながらなくて。"),
            (0, 8.2, 9.5, "少々お待ちください。"),
        )
    )


def test_somebody_who_speaks_in_between_parts_an_announcement_from_what_follows():
    assert said(
        (0, 0.0, 3.0, "ただいま電話が大変混み合っております。"),
        (0, 5.0, 6.0, "そのままお待ちください。"),
        (1, 3.2, 4.5, "まだかな。"),
    ) == [True, False, False]


def test_nothing_said_is_no_trouble():
    assert said() == []
