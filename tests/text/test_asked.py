"""What is asked for is masked in the answer."""

from __future__ import annotations

import polars as pl
import pytest

from tests.text.test_source import pieces
from voc_mining.text.mask import Masker
from voc_mining.text.mask.asked import asks
from voc_mining.text.mask.spans import replace
from voc_mining.text.normalize import normalize
from voc_mining.text.rules import TextRules
from voc_mining.text.stage import to_utterances
from voc_mining.text.tokenizer_engine import FugashiTokenizer
from voc_mining.text.turns import with_asked


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("お名前を頂戴できますか", ("name",)),
        ("お名前とお電話番号をお願いいたします", ("name", "phone")),
        ("ご住所をお伺いしてもよろしいでしょうか", ("address",)),
        ("生年月日を教えてください", ("birth_date",)),
        ("【お名前】", ("name",)),
        ("電話番号（携帯）：", ("phone",)),
        ("住所が変わりました", ()),
        ("名前は聞いていません", ()),
        ("ありがとうございます", ()),
    ],
)
def test_what_a_turn_asks_for(text: str, kinds: tuple[str, ...]) -> None:
    assert asks(normalize(text)) == kinds


@pytest.mark.parametrize(
    ("asked", "text", "masked"),
    [
        ("name", "はい、秋です", "はい、［氏名］です"),
        ("name", "はい、みたらいです", "はい、［氏名］です"),
        ("name", "本人です", "本人です"),
        ("name", "はい、そうです", "はい、そうです"),
        ("phone", "ゼロ九", "［電話番号］"),
        ("phone", "はい、5678です", "はい、［電話番号］です"),
        ("phone", "300円です", "300円です"),
        ("birth_date", "56年の3月4日です", "［生年月日］です"),
        ("address", "えーと203号室です", "えーと［住所］です"),
        ("address", "変わっていません", "変わっていません"),
        ("mail", "ティーエー アンダーバー 99", "［メール］"),
        ("member_number", "A12の345です", "［会員番号］です"),
    ],
)
def test_answers(asked: str, text: str, masked: str, masker: Masker) -> None:
    normal = normalize(text)
    assert replace(normal, masker.find(normal, spoken=True, asked=(asked,))).text == masked


def test_questions_stand_for_some_turns() -> None:
    said = [
        "お電話番号をお願いします",
        "はい",
        "ゼロ九",
        "1234",
        "はい",
        "ありがとうございます",
        "少々",
        "お待ちください",
        "ええとですね",
        "秋です",
    ]
    rows = pl.DataFrame({"contact_id": "C1", "form": "spoken", "sentence": said})
    assert with_asked(rows)["asked"].to_list() == ["", *["phone"] * 8, ""]
    other = rows.with_columns(contact_id=pl.Series([f"C{no}" for no in range(rows.height)]))
    assert set(with_asked(other)["asked"]) == {""}


def test_labels_of_forms_ask_for_the_next_line_alone() -> None:
    rows = pl.DataFrame(
        {"contact_id": "C1", "form": "letter", "sentence": ["【お名前】", "秋", "以上", "お名前を教えてください", "秋"]}
    )
    assert with_asked(rows)["asked"].to_list() == ["", "name", "", "", ""]


def test_answers_of_a_call_are_masked(tokenizer: FugashiTokenizer) -> None:
    told = (
        "お名前をお願いできますか",
        "秋です",
        "お電話番号を教えてください",
        "ゼロ九ゼロの",
        "はい",
        "1234の",
        "5678です",
        "秋です",
    )
    utterances = to_utterances(pieces(*(("audio", text) for text in told)), tokenizer, TextRules())
    assert utterances["text"].to_list() == [
        told[0], "［氏名］です", told[2], "［電話番号］の", "はい", "［電話番号］の", "［電話番号］です", "秋です"
    ]  # fmt: skip
    assert [len(muted) for muted in utterances["muted"]] == [0, 1, 0, 1, 0, 1, 1, 0]
