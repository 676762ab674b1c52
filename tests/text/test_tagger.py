from __future__ import annotations

import pytest

from tests.text.cases import Marked, marked
from voc_mining.text.mask import Masker, MaskRules
from voc_mining.text.mask.tagger import find_tagged, may_hold, tagger_id
from voc_mining.text.tokenizer_engine import FugashiTokenizer

CASES = marked("tagger.csv")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.raw)
def test_case(case: Marked, tokenizer: FugashiTokenizer) -> None:
    found = find_tagged(case.normal, tokenizer.tokenize(case.normal), spoken=True)
    assert tuple(found) == case.found


def test_the_tagger_adds_to_the_rules_and_takes_nothing(masker: Masker) -> None:
    sentence = "はい谷村ですけど電話は090-1234-5678です"
    assert [(place.type, sentence[place.start : place.end]) for place in masker.find(sentence, spoken=True)] == [
        ("name", "谷村"),
        ("phone", "090-1234-5678"),
    ]


def test_names_stay_where_they_are_not_to_be_masked(tokenizer: FugashiTokenizer) -> None:
    masker = Masker(tokenizer, MaskRules(names=False))
    assert masker.mask("主任のほしのに代わります").spans == ()


def test_a_kind_that_was_asked_for_need_be_less_sure(tokenizer: FugashiTokenizer) -> None:
    tokens = tokenizer.tokenize("ええとあきらです")
    plain = list(find_tagged("ええとあきらです", tokens, spoken=True))
    asked = list(find_tagged("ええとあきらです", tokens, spoken=True, asked=("name",)))
    assert len(asked) >= len(plain)


def test_masked_text_is_left_as_it_is(tokenizer: FugashiTokenizer) -> None:
    text = "［氏名］です田中と申します"
    assert not list(find_tagged(text, tokenizer.tokenize(text), spoken=True))


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("請求書の金額が先月より高いので内訳を確認してほしい", False),
        ("主人の誠が契約者なんですが本人じゃないとだめですか", True),
        ("住所はよこはましのほうなんですけど届きますかね", True),
        ("はいきしだです", True),
    ],
)
def test_few_sentences_are_worth_asking(text: str, worth: bool, tokenizer: FugashiTokenizer) -> None:  # noqa: FBT001 - a case
    assert may_hold(text, tokenizer.tokenize(text)) is worth


def test_long_texts_are_read_in_parts(tokenizer: FugashiTokenizer) -> None:
    text = "荷物がまだ届かないんですけど、" * 80 + "担当の村瀬と申します"
    found = list(find_tagged(text, tokenizer.tokenize(text), spoken=True))
    assert [text[place.start : place.end] for place in found] == ["村瀬"]


def test_the_weights_have_a_digest() -> None:
    assert tagger_id() == tagger_id()
