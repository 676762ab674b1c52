from __future__ import annotations

import pytest

from tests.text.cases import table
from voc_mining.text.clauses import LONGEST, ClauseFinder
from voc_mining.text.tokenizer_engine import FugashiTokenizer


def _said(texts: list[str], tokenizer: FugashiTokenizer) -> list[list[str]]:
    return [[clause.text for clause in clauses] for clauses in ClauseFinder(tokenizer)(texts)]


@pytest.mark.parametrize("case", table("clauses.csv"), ids=lambda case: case["text"])
def test_case(case: dict[str, str], tokenizer: FugashiTokenizer) -> None:
    (said,) = _said([case["text"]], tokenizer)
    assert said == case["clauses"].split("|")


def test_a_hidden_case_is_put_back_as_others_say_it(tokenizer: FugashiTokenizer) -> None:
    texts = ["請求書を再発行したい", "請求書は再発行したいです", "メール届かない", "メールが届かない"]
    said = _said(texts, tokenizer)
    assert "請求書を再発行したい" in said[1]
    assert "メールが届かない" in said[2]
    assert "請求書は再発行したい" in _said(texts[1:2], tokenizer)[0]


def test_the_order_of_the_texts_does_not_matter(tokenizer: FugashiTokenizer) -> None:
    texts = ["請求書を再発行したい", "請求書は再発行したいです", "電話がつながりません"]
    assert _said(texts[::-1], tokenizer)[::-1] == _said(texts, tokenizer)


def test_nothing_longer_than_a_name_is_cut(tokenizer: FugashiTokenizer) -> None:
    (said,) = _said(["給与計算ソフトの連携画面の設定項目から勤務データを出力できない"], tokenizer)
    assert said
    assert all(len(clause) <= LONGEST for clause in said)


def test_words_are_the_terms_of_the_text(tokenizer: FugashiTokenizer) -> None:
    (clauses,) = ClauseFinder(tokenizer)(["パスワードの再設定メールが届きません"])
    whole = next(clause for clause in clauses if clause.text == "パスワードの再設定メールが届かない")
    assert whole.words == ("パスワード", "再設定メール", "届かない")
    assert whole.predicate == "届かない"


def test_no_text_has_no_clause(tokenizer: FugashiTokenizer) -> None:
    assert _said([], tokenizer) == []
    assert _said(["", "…"], tokenizer) == [[], []]
