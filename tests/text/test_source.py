"""A place in an utterance leads back to the words as they came."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.test_mask_properties import JAPANESE, TOKENIZER
from voc_mining.contracts.glossary import Glossary, GlossaryTerm
from voc_mining.text.corrections import Correction
from voc_mining.text.mask import Span
from voc_mining.text.normalize import aligned_normal, normalize
from voc_mining.text.rules import TextRules
from voc_mining.text.source import Kept, source_span
from voc_mining.text.stage import to_utterances

RULES = TextRules(glossary=Glossary((GlossaryTerm("請求書", "せいきゅうしょ", ("製給所",)),)))
PARTS = ("audio", "body", "note")
FORMS = {"audio": "spoken", "body": "letter", "note": "written"}
SAID = st.lists(
    st.one_of(
        st.sampled_from(
            ["製給所が", "届きません。", "０９０－１２３４－５６７８", "田中です", "佐藤様、", "ゼロ九ゼロの一二三四の五六七八", "すごーーい！！", "\n", "　", "㈱", "ｶﾞｽ",
             "二十五日に", "a@example.com", "東京都港区芝公園4-2-8", "です。", "？", "\u200b", "か\u3099", "> "]
        ),
        JAPANESE,
    ),
    max_size=8,
).map("".join)  # fmt: skip


def pieces(*told: tuple[str, str]) -> pl.DataFrame:
    rows = [
        {
            "contact_id": "C1", "month": "2026-04", "part": part, "channel": 0 if part == "audio" else None,
            "role": "customer", "start_s": 10.0 if part == "audio" else None, "end_s": 20.0 if part == "audio" else None,
            "confidence": None, "flags": [], "text": text,
        }
        for part, text in told
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"flags": pl.List(pl.String), "channel": pl.Int8, "start_s": pl.Float64,
                                                "end_s": pl.Float64, "confidence": pl.Float64})  # fmt: skip


def kept(part: str, text: str) -> list[Kept]:
    rows = to_utterances(pieces((part, text)), TOKENIZER, RULES).to_dicts()
    return [
        Kept(
            row["text"],
            [Span(**span) for span in row["masked_spans"]],
            row["masked_lengths"],
            [Correction(**one) for one in row["corrections"]],
            row["start_s"],
            row["end_s"],
            FORMS[part],
            line,
        )
        for line, row in enumerate(rows)
    ]


@given(JAPANESE)
@settings(max_examples=400, deadline=None)
def test_the_traced_normal_form_is_the_normal_form(text: str) -> None:
    traced = aligned_normal(text)
    assert traced.text == normalize(text)
    places = list(zip(traced.starts, traced.ends, strict=True))
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


@given(st.sampled_from(PARTS), SAID)
@settings(max_examples=50, deadline=None)
def test_every_place_leads_back(part: str, text: str) -> None:
    last = 0
    for utterance in kept(part, text):
        whole = source_span(text, utterance, 0, len(utterance.text))
        assert last <= whole.start <= whole.end <= len(text)
        last = whole.start
        masked = {at for span in utterance.masked_spans for at in range(span.start, span.end)}
        changed = masked | {at for one in utterance.corrections for at in range(one.start, one.end)}
        for at, sign in enumerate(utterance.text):
            found = source_span(text, utterance, at, at + 1)
            assert whole.start <= found.start < found.end <= whole.end
            if at not in changed and sign.strip():
                assert sign in normalize(f"x{text[found.start : found.end]}x") or sign in normalize(text)


def test_a_masked_number_and_a_corrected_word() -> None:
    raw = "製給所が　０９０－１２３４－５６７８に届きません！！"
    (utterance,) = kept("audio", raw)
    assert utterance.text == "請求書が ［電話番号］に届きません！"
    phone = source_span(raw, utterance, 5, 11)
    assert raw[phone.start : phone.end] == "０９０－１２３４－５６７８"
    word = source_span(raw, utterance, 0, 3)
    assert raw[word.start : word.end] == "製給所"
    assert (word.start_s, word.end_s) == (pytest.approx(10.0), pytest.approx(11.54, abs=0.3))


def test_sentences_of_a_letter() -> None:
    raw = "お世話になります。\n田中です。\n\n電話は０３－１２３４－５６７８です。"
    last = kept("body", raw)[-1]
    place = last.masked_spans[0]
    found = source_span(raw, last, place.start, place.end)
    assert raw[found.start : found.end] == "０３－１２３４－５６７８"
    assert found.start_s is None


def test_other_words_are_refused() -> None:
    (utterance,) = kept("audio", "電話は090-1234-5678です")
    with pytest.raises(ValueError, match="other words"):
        source_span("電話は090です", utterance, 0, 1)
