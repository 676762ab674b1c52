"""What a sieve holds back, its expression does not find."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voc_mining.text import digits
from voc_mining.text.mask import dates, name_frames, names
from voc_mining.text.sieve import Sieve, Sieved, looser

EXPRESSIONS = [
    *(pattern for _, pattern in name_frames._FRAMES),
    *(sought._expression for sought in (dates._DATE, names._NAMED, digits._RUN)),
    re.compile(r"(?<!ご)住所(?:は|$)|^\s+\d[^\s、]*(?=円)|[\s\d-]{2}\w(?![)(])"),
]
WORDS = sorted({word for each in EXPRESSIONS for word in re.findall("[ぁ-んァ-ヴー一-鿿]{1,4}", each.pattern)})
SAID = st.lists(
    st.one_of(st.sampled_from([*WORDS, *"0123456789-/. 、。年月日佐藤太郎です\u3000\x85"]), st.text(max_size=2)),
    max_size=14,
).map("".join)
SIEVE = Sieve(EXPRESSIONS)


@settings(max_examples=300, deadline=None)
@given(SAID)
def test_every_expression_that_matches_passes(text: str) -> None:
    passing = SIEVE.passing(text)
    assert passing == sorted(passing)
    assert {n for n, each in enumerate(EXPRESSIONS) if each.search(text)} <= set(passing)


@pytest.mark.parametrize("pattern", [r"(a)\1", "a{,2}", "(?i)a", r"[^\W_]"])
def test_what_has_no_looser_form_always_passes(pattern: str) -> None:
    expression = re.compile(pattern)
    with pytest.raises(ValueError, match="no sieve"):
        looser(expression)
    assert Sieve([re.compile("住所"), expression]).passing("zz") == [1]


def test_an_expression_behind_a_sieve_matches_as_without() -> None:
    found = Sieved("(?<=〒)[0-9]{3}")
    assert [match[0] for match in found.finditer("〒160と〒170と180")] == ["160", "170"]
    assert found.search("〒はない") is None
