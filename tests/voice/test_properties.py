"""Whatever is said: every utterance is accounted for, and the contracts hold."""

from __future__ import annotations

import json

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voice.frames import contacts, nothing, said, utterances, wrote
from voc_mining.voice.rules import VoiceRules
from voc_mining.voice.stage import statements

RULES = VoiceRules()
WORDS = st.one_of(
    st.sampled_from([
        "はい", "もしもし、アプリが", "開きません。", "「解約したい」とのこと", "ご案内し終話。", "えーと", "［氏名］です", "。",
        "お電話ありがとうございます", "「", "」と", "とのこと。", "分からないので教えてください。届きません。",
    ]),
    st.text(alphabet="あいアン漢字「」。、!?と言のこABab12［］ 　\t", max_size=12),
)  # fmt: skip
FLAGS = st.lists(st.sampled_from(["silence_text", "repetition", "greeting", "low_confidence"]), max_size=2, unique=True)
SPOKEN = st.builds(
    lambda text, start, length, role, channel, flags: said(
        text, start, start + length, role=role, channel=channel, flags=flags
    ),
    WORDS,
    st.floats(0, 20),
    st.floats(0, 3),
    st.sampled_from(["customer", "unknown", "agent", "ivr"]),
    st.integers(0, 1),
    FLAGS,
)
WRITTEN = st.one_of(
    st.builds(wrote, WORDS, st.sampled_from(["body", "subject", "answer"])),
    st.builds(lambda text: wrote(text, "note", "writer"), WORDS),
)
CONTACT = st.lists(st.one_of(SPOKEN, WRITTEN), max_size=6)


@settings(max_examples=40, deadline=None)
@given(first=CONTACT, second=CONTACT)
def test_every_utterance_is_accounted_for(first: list[dict], second: list[dict]) -> None:
    frame = utterances(a=first, b=second)
    voc, outcomes, _ = statements(frame, contacts("a", "b"), RULES, nothing, nothing)
    for contact, rows in (("a", first), ("b", second)):
        mark = outcomes.row(by_predicate=pl.col("contact_id") == contact, named=True)
        own = voc.filter(pl.col("contact_id") == contact)
        dropped = sum(json.loads(mark["dropped"]).values())
        made = {n for low, high in own.select("first_no", "last_no").rows() for n in range(low, high + 1)}
        assert mark["n_utterances"] == len(rows)
        assert mark["n_statements"] == own["counts"].sum()
        assert own["first_no"].n_unique() <= len(rows) - dropped <= len(made)
        assert not own["role"].is_in(["agent", "ivr"]).any()
    assert (voc["text"].str.strip_chars() != "").all()
    assert (voc["start_s"].is_null() | (voc["start_s"] <= voc["end_s"])).all()
