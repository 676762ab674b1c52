from __future__ import annotations

import pytest

from tests.text.cases import table
from voc_mining.text.terms import pairs, terms
from voc_mining.text.tokenizer_engine import FugashiTokenizer


def _parts(cell: str) -> list[str]:
    return cell.split("|") if cell else []


@pytest.mark.parametrize("case", table("terms.csv"), ids=lambda case: case["text"])
def test_case(case: dict[str, str], tokenizer: FugashiTokenizer) -> None:
    tokens = tokenizer.tokenize(case["text"])
    assert (terms(tokens), pairs(tokens)) == (_parts(case["terms"]), _parts(case["pairs"]))


def test_no_tokens() -> None:
    assert terms([]) == []
    assert pairs([]) == []
