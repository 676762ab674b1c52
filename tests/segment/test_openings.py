from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from voc_mining.segment.openings import SUGGESTED, UTTERANCES, _patterns, openings, suggestions

CASES = pl.read_csv(
    Path(__file__).parent.parent / "cases/segment/openings.tsv", separator="\t", infer_schema=False
).rows()


@pytest.mark.parametrize(("opening", "expected"), CASES)
def test_opening_words_suggest_an_origin_with_the_words_that_say_so(opening, expected):
    found = suggestions(pl.DataFrame({"contact_id": ["k"], "opening": [opening]})).row(0, named=True)
    assert found["suggestion"] == (expected or None)
    assert (found["because"] is None) == (found["suggestion"] is None)
    plain = opening.replace("／", "/").replace("、", "").replace("。", "")
    assert all(word in plain for word in (found["because"] or "").split("・"))


def test_the_opening_is_the_first_turns_without_announcements_and_notes():
    def said(contact, no, role, text, part="audio"):
        return {"contact_id": contact, "no": no, "role": role, "channel": None, "part": part, "text": text}

    rows = [
        said("a", 0, "ivr", "この通話は録音されます"), said("a", 1, "agent", "はい"), said("a", 2, "agent", "窓口です"),
        said("a", 3, "customer", "あの"), said("a", 4, "agent", "はい"), said("a", 5, "customer", "ええ"),
        said("a", 6, "agent", "五番目"), said("a", 7, "writer", "メモ", "note"),
        *(said("b", no, "unknown", str(no)) for no in range(20)),
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema_overrides={"channel": pl.Int8})
    found = dict(openings(frame.reverse()).iter_rows())
    assert found["a"] == "はい 窓口です／あの／はい／ええ"
    assert found["b"] == " ".join(map(str, range(UTTERANCES)))


def test_without_words_nothing_is_suggested():
    empty = pl.DataFrame(schema={"contact_id": pl.String, "opening": pl.String})
    assert suggestions(empty).is_empty()


def test_patterns_are_of_known_origins_and_read_as_expressions():
    table = _patterns()
    assert set(table["origin"]) == set(SUGGESTED)
    assert table["pattern"].is_unique().all()
    for pattern in table["pattern"]:
        pl.Series(["あ"]).str.contains(pattern)
