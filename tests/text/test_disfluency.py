"""What was said stays; terms and vectors are made from what was meant."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.cases import table
from voc_mining.text.disfluency import disfluencies, plain


@pytest.mark.parametrize("case", table("disfluency.csv"), ids=lambda case: case["text"])
def test_case(case: dict[str, str]) -> None:
    assert plain(case["text"]) == case["plain"]


def test_what_is_left_out_is_named() -> None:
    text = "えーと、プラ、プランが、解約、解約のほうがいーい、［氏名1］"
    assert [(text[one.start : one.end], one.kind) for one in disfluencies(text)] == [
        ("えーと、", "filler"),
        ("プラ、", "fragment"),
        ("解約、", "repetition"),
        ("ー", "lengthening"),
        ("1", "person_number"),
    ]


@given(st.text(st.sampled_from("えーとあのまそ、。プランの解約ー〜［氏名12］ 違う"), max_size=30))
@settings(max_examples=300, deadline=None)
def test_the_text_can_be_put_together_again(text: str) -> None:
    found = disfluencies(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    kept = "".join(sign for at, sign in enumerate(text) if not any(one.start <= at < one.end for one in found))
    assert plain(text) in {kept.strip(), text}
