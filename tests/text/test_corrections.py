from __future__ import annotations

import pytest

from tests.text.cases import table
from voc_mining.contracts.glossary import Glossary, GlossaryTerm
from voc_mining.text.corrections import ALIAS, NEAR, READING, Corrected, Correction, CorrectionRules, Corrector
from voc_mining.text.mask import Masker
from voc_mining.text.rules import TextRules
from voc_mining.text.stage import work_sentence
from voc_mining.text.tokenizer_engine import FugashiTokenizer

GLOSSARY = Glossary(
    tuple(
        GlossaryTerm(row["term"], row["reading"], tuple(row["aliases"].split(";")) if row["aliases"] else ())
        for row in table("corrections_glossary.csv")
    )
)


@pytest.fixture(scope="module")
def corrector(tokenizer: FugashiTokenizer) -> Corrector:
    return Corrector(tokenizer, GLOSSARY)


def corrected(heard: str, corrector: Corrector, tokenizer: FugashiTokenizer) -> Corrected:
    first = corrector.replace_aliases(heard)
    return corrector.correct(first.text, tokenizer.tokenize(first.text), before=first.corrections)


@pytest.mark.parametrize("case", table("corrections.csv"), ids=lambda case: case["heard"])
def test_case(case: dict[str, str], corrector: Corrector, tokenizer: FugashiTokenizer) -> None:
    assert corrected(case["heard"], corrector, tokenizer).text == case["corrected"]


@pytest.mark.parametrize("case", table("corrections.csv"), ids=lambda case: case["heard"])
def test_the_record_leads_back_to_what_was_heard(
    case: dict[str, str], corrector: Corrector, tokenizer: FugashiTokenizer
) -> None:
    text, corrections = corrected(case["heard"], corrector, tokenizer)
    back = text
    for one in reversed(corrections):
        assert text[one.start : one.end] == one.term
        back = back[: one.start] + one.original + back[one.end :]
    assert back == case["heard"]


def test_kinds_and_scores(corrector: Corrector, tokenizer: FugashiTokenizer) -> None:
    _, corrections = corrected("座国と開約と暗黄確認", corrector, tokenizer)
    assert [(one.original, one.term, one.kind) for one in corrections] == [
        ("座国", "打刻", ALIAS),
        ("開約", "解約", READING),
        ("暗黄確認", "安否確認", NEAR),
    ]
    assert corrections[0].score == corrections[1].score == 1.0
    assert 0.87 <= corrections[2].score < 1.0


def test_a_second_time_changes_nothing(corrector: Corrector, tokenizer: FugashiTokenizer) -> None:
    once = corrected("成球所の開約", corrector, tokenizer).text
    assert corrected(once, corrector, tokenizer) == Corrected(once, ())


def test_an_empty_glossary_and_an_empty_text(tokenizer: FugashiTokenizer, corrector: Corrector) -> None:
    nothing = Corrector(tokenizer, Glossary())
    assert corrected("製給所", nothing, tokenizer) == Corrected("製給所", ())
    assert corrected("", corrector, tokenizer) == Corrected("", ())


def test_a_term_nobody_can_read_has_aliases_only(tokenizer: FugashiTokenizer) -> None:
    corrector = Corrector(tokenizer, Glossary((GlossaryTerm("XQ-9", aliases=("エックス9",)),)))
    assert corrected("エックス9を使う", corrector, tokenizer).text == "XQ-9を使う"


def test_full_width_aliases_meet_normalized_text(tokenizer: FugashiTokenizer) -> None:
    corrector = Corrector(tokenizer, Glossary((GlossaryTerm("ＡＢ会", aliases=("ｴｰﾋﾞｰ会",)),)))
    assert corrected("エービー会です", corrector, tokenizer).text == "AB会です"


def test_a_name_is_masked_and_not_made_a_product(masker: Masker) -> None:
    corrector = Corrector(
        masker.tokenizer, Glossary((GlossaryTerm("タナカヤ", "たなかや"), GlossaryTerm("タナカ", "たなか")))
    )
    worked = work_sentence("田中様のお電話ですか", masker, spoken=True, corrector=corrector)
    assert worked.text == "［氏名］様のお電話ですか"
    assert worked.corrections == ()


def test_corrections_stand_at_their_place_beside_placeholders(masker: Masker) -> None:
    corrector = Corrector(masker.tokenizer, GLOSSARY)
    worked = work_sentence("090-1234-5678です、製給所が届きません", masker, spoken=True, corrector=corrector)
    assert worked.text == "［電話番号］です、請求書が届きません"
    assert worked.corrections == (Correction(9, 12, "製給所", "請求書", READING, 1.0),)


def test_what_is_masked_leaves_no_trace_in_the_record(masker: Masker) -> None:
    corrector = Corrector(masker.tokenizer, Glossary((GlossaryTerm("田中", aliases=("棚か",)),)))
    worked = work_sentence("棚か様のお電話ですか", masker, spoken=True, corrector=corrector)
    assert worked.text == "［氏名］様のお電話ですか"
    assert worked.corrections == ()


def test_the_glossary_is_a_part_of_the_rules_key_but_its_categories_are_not() -> None:
    plain = TextRules()
    term = GlossaryTerm("請求書", category="word")
    assert TextRules(corrections=CorrectionRules(gain=1)).key == plain.key
    assert TextRules(glossary=Glossary((term,))).key != plain.key
    other = Glossary((GlossaryTerm("請求書", category="other"),))
    assert TextRules(glossary=other).key == TextRules(glossary=Glossary((term,))).key
    aliased = Glossary((GlossaryTerm("請求書", aliases=("製給所",)),))
    assert TextRules(glossary=aliased).key != TextRules(glossary=other).key
