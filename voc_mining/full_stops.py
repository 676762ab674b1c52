"""Sentences as stages cut them out of masked text: at full stops, wherever they stand."""

from __future__ import annotations

import re

_STOPS = "。!?！？"


def sentence_pattern(also: str = "") -> str:
    """Regular expression of one sentence with its full stops; ``also`` are characters that end one and are left out."""
    return f"[^{_STOPS}{also}]+[{_STOPS}]*"


SENTENCE = re.compile(sentence_pattern())
