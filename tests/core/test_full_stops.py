from __future__ import annotations

import re

from voc_mining.full_stops import SENTENCE, sentence_pattern


def test_a_sentence_keeps_its_full_stops() -> None:
    assert SENTENCE.findall("落ちます。なぜ！？困る") == ["落ちます。", "なぜ！？", "困る"]


def test_another_sign_may_end_a_sentence_and_is_left_out() -> None:
    assert SENTENCE.fullmatch("落ちる|困る")
    assert re.findall(sentence_pattern("|"), "落ちる|困る。") == ["落ちる", "困る。"]
