"""Both catalogues say the same things."""

from __future__ import annotations

import string

import pytest

from voc_mining.ingest.deliveries import SUPERSEDED
from voc_mining.ingest.kinds import RECORDINGS, UNKNOWN, catalogue
from voc_mining.ingest.stage import EARLY, UNKNOWN_FILE
from voc_mining.messages.catalogue import LANGUAGES, Messages, _sentences
from voc_mining.text.letters import REPLY_QUOTE, SIGNATURE
from voc_mining.voice.rules import VoiceRules


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_catalogues_hold_the_same_keys_and_fields():
    ja, en = (_sentences(lang) for lang in LANGUAGES)
    assert set(ja) == set(en)
    assert [key for key in ja if fields(ja[key]) != fields(en[key])] == []


def test_codes_without_words_stay_as_they_are():
    assert Messages("ja").value("origin", "reactive") == "受動（問い合わせ起点）"
    assert Messages("ja").value("origin", "new_code") == "new_code"
    assert Messages("ja").value("origin", None) == ""


def test_unknown_language_is_named():
    with pytest.raises(KeyError, match="fr"):
        Messages("fr")


def test_every_kind_of_input_and_reason_for_leaving_out_has_words():
    for say in map(Messages, LANGUAGES):
        assert [kind for kind in (RECORDINGS, UNKNOWN, *catalogue().kinds) if not say.has(f"input.{kind}")] == []
        excluded = {entry.value for entry in VoiceRules().excluded.entries if entry.action != "cancel"}
        ingested = {EARLY, UNKNOWN_FILE, "duplicate", SUPERSEDED, "empty_row"}
        unsaid = {REPLY_QUOTE, SIGNATURE, "agent", "ivr", "writer", "agent_quoted", "subject", "answer", "steering"}
        later = {"no_words", "no_topic", "no_vector", "too_few"}
        dropped = ingested | unsaid | later | excluded
        assert sorted(code for code in dropped if not say.has(f"dropped.{code}")) == []
