"""How calls went, as the report shows it."""

from __future__ import annotations

import pytest

from voc_mining.messages.catalogue import LANGUAGES, Messages
from voc_mining.report.charts.calls import wait_classes
from voc_mining.report.pages import render_report
from voc_mining.report.views.calls import FIGURES, calls


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
