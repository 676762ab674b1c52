from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.report.conftest import rows
from voc_mining.report.mined import render_mined
from voc_mining.report.views.mined import mined

GROUPS = pl.DataFrame({"contact_id": ["c1", "c2", "c3"], "group": ["東京", "<大阪>", None]})
SAID = {
    "source": "file",
    "channel": "text",
    "origin": "unknown",
    "silence": "unknown",
    "role": "customer",
    "urgency": "none",
}


@pytest.fixture
def tables() -> dict[str, pl.DataFrame]:
    voc = [
        SAID | {"voc_id": f"v{n}", "contact_id": f"c{n}", "source_id": f"A{n}", "text": text, "topic_id": topic} | tone
        for n, text, topic, tone in (
            (1, "駐車場が<狭い>です", "T1", {"kind": "complaint", "polarity": "negative"}),
            (2, "駐車場が狭かった", "T1", {"kind": "complaint", "polarity": "neutral"}),
            (3, "また来ます", None, {"kind": "praise", "polarity": "positive"}),
        )
    ]
    topic = {
        "topic_id": "T1",
        "label": "駐車場が狭い",
        "layer": 0,
        "status": "active",
        "n_voc": 2,
        "keywords": ["狭い"],
    }
    groups = [
        {"group_by": "店舗", "group": name, "topic_id": "T1", "label": "駐車場が狭い", "n_contacts": 1, "group_contacts": 1,
         "rate": 1.0, "log_odds": odds, "q_value": q}
        for name, odds, q in (("東京", 1.2, 0.01), ("<大阪>", -1.2, 0.4))
    ]  # fmt: skip
    terms = [
        {"group_by": "店舗", "group": "東京", "term": "狭い", "n": 1, "rate": 1.0, "log_odds": 1.2, "q_value": 0.01}
    ]
    return {
        "voc": rows("voc", *voc),
        "topics": rows("topics", topic),
        "topic_groups": rows("topic_groups", *groups),
        "keyness": rows("keyness", *terms),
    }


def page(view, lang: str) -> str:
    return dict(render_mined(view, "声<1>.csv", as_of=date(2026, 10, 31), lang=lang))["index.html"]


def test_a_topic_counts_texts_and_unfriendly_statements(tables):
    view = mined(tables, 3)
    (topic,) = view.topics
    assert (topic.texts.n, topic.texts.total) == (2, 3)
    assert (topic.negative.n, topic.negative.total) == (1, 2)
    assert (view.with_topic.n, view.with_topic.total) == (2, 3)
    assert [said.voc_id for said in topic.examples] == ["v1", "v2"]


def test_groups_show_what_they_have_more_of(tables):
    view = mined(tables, 3, "店舗", GROUPS)
    by_name = {group.name: group for group in view.groups}
    assert by_name["東京"].terms == ("狭い",)
    assert [row["topic_id"] for row in by_name["東京"].topics] == ["T1"]
    assert by_name["<大阪>"].topics == ()
    assert view.without_group == 1
    assert {cell.side for cell in view.topics[0].cells} == {"more", ""}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_page_is_whole_and_escaped(tables, lang):
    html = page(mined(tables, 3, "店舗", GROUPS), lang)
    assert "<狭い>" not in html
    assert "<大阪>" not in html
    assert "声&lt;1&gt;.csv" in html
    assert "駐車場が狭い" in html


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_page_of_nothing_says_so(empty, lang):
    html = page(mined(empty, 0, "店舗", GROUPS.clear()), lang)
    assert 'class="empty"' in html


def test_headings_of_guided_topics_have_no_line_of_their_own(tables):
    heading = {"topic_id": "G1", "label": "施設", "layer": 1, "status": "active", "n_voc": 2, "keywords": []}
    seen = tables | {"topics": pl.concat([tables["topics"], rows("topics", heading)])}
    assert [topic.row["label"] for topic in mined(seen, 3).topics] == ["駐車場が狭い"]
