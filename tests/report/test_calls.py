"""How calls went, as the report shows it."""

from __future__ import annotations

import polars as pl
import pytest

from voc_mining.messages.catalogue import LANGUAGES, Messages
from voc_mining.report.charts.calls import wait_classes
from voc_mining.report.pages import render_report
from voc_mining.report.views.calls import FIGURES, calls
from voc_mining.transcribe.roles import role_phrases


def test_calls_are_counted_where_something_is_known(frames):
    view = calls(frames)
    assert (view.total, view.speakers.n, view.held.n) == (3, 1, 1)
    assert (view.long_waits.n, view.long_waits.total) == (1, 2)
    assert view.spreads["agent_share"].known == 1
    assert view.spreads["longest_wait_s"].median == pytest.approx(39.6)
    assert view.waits == (1, 0, 0, 0, 0, 1, 0, 0)
    assert [row["queue"] for row in view.by_queue] == [None, "一般"]
    assert [row["contact_id"] for row in view.longest] == ["c1", "c0"]


def test_waits_and_holds_lead_to_their_second(frames, as_of):
    page = dict(render_report(frames, as_of=as_of))["calls.html"]
    assert 'href="../../inbox/recordings/a.wav#t=31.5"' in page
    assert "0:31 から再生" in page
    assert "1:15" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_has_its_words(lang):
    say = Messages(lang)
    assert all(say(f"calls.{name}") for name in FIGURES)
    assert len(set(wait_classes(say))) == 8


@pytest.fixture
def told(frames):
    told = {
        "c1": ("log", None, None),
        "c0": ("words", 0.4, ["opening 2.0", "service 6.0", "wish -1.5", "first 1.0"]),
        "c2": (None, 0.1, ["ask 1.0", "trouble -0.5"]),
    }
    columns = ("agent_told_by", "agent_clearness", "agent_evidence")
    calls = frames["call_anatomy"].drop(columns).with_columns(conversation_s=pl.lit(20.0))
    how = pl.DataFrame([(call, *why) for call, why in told.items()], schema=("contact_id", *columns), orient="row")
    return frames | {"call_anatomy": calls.join(how, on="contact_id")}


def test_how_the_agent_was_told_is_shown_the_least_clear_first(told, as_of):
    view = calls(told)
    assert view.told == {"log": 1, "words": 1, "unclear": 1, "one": 0}
    assert [one.call["contact_id"] for one in view.doubtful] == ["c2", "c0"]
    assert view.doubtful[1].speaks_for == ("service", "opening", "first")
    assert view.doubtful[1].speaks_against == ("wish",)
    page = dict(render_report(told, as_of=as_of))["calls.html"]
    assert "応対の言い回し、名乗り・第一声の挨拶、着信で先に話した" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_of_words_that_tells_the_agent_has_its_words(lang):
    kinds = {phrase.kind for phrase in role_phrases()} - {"gone"} | {"first"}
    say = Messages(lang)
    assert all(say(f"calls.words_{kind}") for kind in kinds)
