from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.cases import table
from voc_mining.text.normalize import aligned_normal, normalize


@pytest.mark.parametrize("case", table("normalize.csv"), ids=lambda case: case["raw"])
def test_case(case: dict[str, str]) -> None:
    assert normalize(case["raw"]) == case["normal"]


@settings(deadline=None)
@given(st.text(alphabet="ー〜~！？。、ぁっあいんwｗ笑!?.・…-—[]氏名 \n\t\u3000\x85\u200b\uff5e0129 漢ア―", max_size=9))
def test_texts_that_no_rule_changes_are_passed_by_rightly(text: str) -> None:
    """Tracing tries every rule on every text."""
    assert normalize(text) == aligned_normal(text).text
