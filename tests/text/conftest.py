from __future__ import annotations

import pytest

from voc_mining.text.mask import Masker
from voc_mining.text.tokenizer_engine import FugashiTokenizer


@pytest.fixture(scope="session")
def tokenizer() -> FugashiTokenizer:
    return FugashiTokenizer()


@pytest.fixture(scope="session")
def masker(tokenizer: FugashiTokenizer) -> Masker:
    return Masker(tokenizer)
