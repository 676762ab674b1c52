from __future__ import annotations

import pytest

from tests.text.cases import table
from voc_mining.text.normalize import normalize


@pytest.mark.parametrize("case", table("normalize.csv"), ids=lambda case: case["raw"])
def test_case(case: dict[str, str]) -> None:
    assert normalize(case["raw"]) == case["normal"]
