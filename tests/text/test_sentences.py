from __future__ import annotations

import pytest

from tests.text.cases import table
from voc_mining.text.letters import REPLY_QUOTE, SIGNATURE, letter_sentences
from voc_mining.text.sentences import sentences, unwrap
from voc_mining.text.smalltalk import smalltalk


@pytest.mark.parametrize("case", table("sentences.csv"), ids=lambda case: case["text"])
def test_sentences(case: dict[str, str]) -> None:
    assert sentences(case["text"]) == case["sentences"].split("|")


@pytest.mark.parametrize("case", table("smalltalk.csv"), ids=lambda case: case["text"])
def test_smalltalk(case: dict[str, str]) -> None:
    assert smalltalk(case["text"]) == case["kind"]


def test_long_repetition_is_judged_quickly() -> None:
    assert smalltalk("はい" * 50 + "です") == ""
    assert smalltalk("あ" * 119) == ""


def test_wrapped_lines_are_joined() -> None:
    long = "先日申し込んだプランについてですが、管理画面から変更しようとすると"
    assert unwrap([long, "エラーになります。", "次です。"]) == [long + "エラーになります。", "次です。"]
    assert unwrap(["使えません", "急ぎです"]) == ["使えません", "急ぎです"]
    assert unwrap([long, "・箇条書き"]) == [long, "・箇条書き"]


def test_parts_of_a_letter() -> None:
    letter = (
        "届きません。\n"
        "至急お願いします。\n"
        "\n"
        "-----\n"
        "株式会社サンプル\n"
        "TEL 03-1234-5678\n"
        "2026年1月5日 10:00 サポート <a@example.com>のメール:\n"
        "ご確認ください。"
    )
    assert [(line.text, line.part) for line in letter_sentences(letter)] == [
        ("届きません。", ""),
        ("至急お願いします。", ""),
        ("-----", SIGNATURE),
        ("株式会社サンプル", SIGNATURE),
        ("TEL 03-1234-5678", SIGNATURE),
        ("2026年1月5日 10:00 サポート <a@example.com>のメール:", REPLY_QUOTE),
        ("ご確認ください。", REPLY_QUOTE),
    ]


def test_signature_without_a_rule() -> None:
    parts = [line.part for line in letter_sentences("対応お願いします\n\n山田太郎\n03-1234-5678\na@example.com")]
    assert parts == ["", SIGNATURE, SIGNATURE, SIGNATURE]


def test_first_line_is_never_a_signature() -> None:
    assert letter_sentences("TEL 03-1234-5678\nTEL 03-1234-5679")[0].part == ""


def test_quoted_lines_between_answers() -> None:
    letter = "> いつからですか。\n昨日からです。\n> 端末は。\nスマホです。"
    assert [line.part for line in letter_sentences(letter)] == [REPLY_QUOTE, "", REPLY_QUOTE, ""]
