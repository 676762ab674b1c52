"""Planted numbers never survive, however they are written or spoken."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from voc_mining.text.digits import runs
from voc_mining.text.mask import Masker
from voc_mining.text.mask.numbers import FREE, is_card_number
from voc_mining.text.mask.spans import replace
from voc_mining.text.normalize import normalize
from voc_mining.text.tokenizer_engine import FugashiTokenizer

TOKENIZER = FugashiTokenizer()
MASKER = Masker(TOKENIZER)
FORMS = (
    "0123456789",
    "０１２３４５６７８９",
    "〇一二三四五六七八九",
    "零一二三四五六七八九",
    ("ゼロ", "イチ", "ニー", "サン", "ヨン", "ゴー", "ロク", "ナナ", "ハチ", "キュウ"),
    ("ぜろ", "いち", "にー", "さん", "よん", "ごー", "ろく", "なな", "はち", "きゅう"),
    ("まる", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう"),
    ("れい", "いち", "に", "さん", "し", "ご", "ろく", "しち", "はち", "く"),
)
LINKS = ("", "-", "－", "ー", "‐", "−", " ", "　", "の", "、", ".", "・")
FRAMES = (
    "{}",
    "電話は{}です",
    "{}になります",
    "えーと、{}。",
    "はい、{}でお願いします",
    "({})",
    "「{}」と言いました",
    "私の番号\n{}\nまで",
)
phones = st.one_of(
    st.from_regex(r"0[5-9]0[0-9]{8}", fullmatch=True),
    st.from_regex(r"0[1-9][0-9]{8}", fullmatch=True),
).filter(lambda number: not number.startswith(FREE))


def with_check_digit(digits: str) -> str:
    return next(digits + last for last in "0123456789" if is_card_number(digits + last))


cards = st.from_regex(r"[3-6][0-9]{14}", fullmatch=True).map(with_check_digit)


def written(number: str, groups: tuple[int, ...], form: object, link: str) -> str:
    parts, start = [], 0
    for size in groups:
        parts.append("".join(form[int(digit)] for digit in number[start : start + size]))  # type: ignore[index]
        start += size
    return link.join(parts)


@given(phones, st.sampled_from(FORMS), st.sampled_from(LINKS), st.sampled_from(FRAMES))
@settings(max_examples=400, deadline=None)
def test_no_phone_survives(number: str, form: object, link: str, frame: str) -> None:
    groups = (3, 4, 4) if len(number) == 11 else (4, 3, 3)
    text = frame.format(written(number, groups, form, link))
    masked = MASKER.mask(text).text
    assert "［電話番号］" in masked
    assert not [run.values for run in runs(masked)]
    assert not re.search("[0-9]", masked)


@given(
    st.one_of(phones, cards),
    st.sampled_from((*FORMS[:4], FORMS[4])),
    st.sampled_from(("えーと", "、はい、", "次が", "その次は", "そんで", "、えっと", "、ええ、", "いや、", "で、えー")),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_no_number_that_is_dictated_survives(number: str, form: object, aside: str, named: bool) -> None:  # noqa: FBT001
    groups = (4, 4, 4, 4) if len(number) == 16 else (3, 4, 4) if len(number) == 11 else (4, 3, 3)
    text = normalize(f"{'番号ですか' if named else ''}{written(number, groups, form, aside)}です")
    masked = replace(text, MASKER.find(text, spoken=True)).text
    assert not re.search("[0-9〇零一二三四五六七八九]", masked)
    assert not [run.values for run in runs(masked)]


@given(cards, st.sampled_from(FORMS), st.sampled_from(LINKS), st.sampled_from(FRAMES))
@settings(max_examples=400, deadline=None)
def test_no_card_survives(number: str, form: object, link: str, frame: str) -> None:
    text = frame.format(written(number, (4, 4, 4, 4), form, link))
    masked = MASKER.mask(text).text
    assert not [run.values for run in runs(masked)]
    assert not re.search("[0-9]", masked)


@given(st.from_regex(r"[a-z0-9]{1,10}(\.[a-z0-9]{1,5})?@[a-z0-9]{1,10}\.(com|co\.jp|ne\.jp)", fullmatch=True))
@settings(max_examples=100, deadline=None)
def test_no_mail_survives(address: str) -> None:
    wide = address.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    for form in (address, wide):
        assert MASKER.mask(f"アドレスは{form}です").text == "アドレスは［メール］です"


JAPANESE = st.text(
    st.one_of(
        st.sampled_from(
            "ーー〜～!！?？。、・…･･.- 　\n\r\t-－‐−（）()「」『』［］[]0１2３電話番号氏名様さん県市町村区丁目田中ﾞﾟがｶﾞ〒@＠+①㈱\u200b\ufeff"
        ),
        st.characters(codec="utf-8"),
    ),
    max_size=40,
)


@given(JAPANESE)
@settings(max_examples=500, deadline=None)
def test_normalize_is_idempotent(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(JAPANESE)
@settings(max_examples=300, deadline=None)
def test_mask_is_idempotent(text: str) -> None:
    once = MASKER.mask(text)
    assert MASKER.mask(once.text) == once


@given(JAPANESE)
@settings(max_examples=200, deadline=None)
def test_spans_hold_placeholders(text: str) -> None:
    masked = MASKER.mask(text)
    assert all(re.fullmatch("［.+］", masked.text[span.start : span.end]) for span in masked.spans)
