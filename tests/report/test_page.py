"""The page says what the frames say, also when they are empty, and needs nothing from a network."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import polars as pl
import pytest

from voc_mining.export.files import csv_files, empty_frame
from voc_mining.report.page import render, write_report

AS_OF = date(2026, 10, 31)


@pytest.fixture
def empty() -> dict[str, pl.DataFrame]:
    return {name: empty_frame(file) for name, file in csv_files().files.items()}


def rows(name: str, *records: dict[str, object]) -> pl.DataFrame:
    schema = empty_frame(csv_files().files[name]).schema
    return pl.DataFrame([dict.fromkeys(schema) | record for record in records], schema=schema)


@pytest.fixture
def frames(empty) -> dict[str, pl.DataFrame]:
    statement = {
        "contact_id": "c1",
        "source": "call",
        "source_id": "CALL-1",
        "channel": "phone",
        "occurred_at": datetime(2026, 10, 30, 1, tzinfo=UTC),
        "role": "customer",
        "kind": "complaint",
        "polarity": "negative",
        "urgency": "none",
    }
    filled = {
        "voc": rows(
            "voc",
            statement
            | {
                "voc_id": "v1",
                "origin": "reactive",
                "silence": "vocal",
                "customer_id": "K-1",
                "text": "再設定メールが<b>届かない</b>",
                "topic_id": "T1",
                "topic_label": "再設定メール 届かない",
                "start_s": 72.4,
                "audio_link": "../inbox/recordings/a.wav#t=72.4",
            },
            statement
            | {
                "voc_id": "v2",
                "origin": "proactive",
                "silence": "quiet",
                "customer_id": "K-2",
                "text": "手作業でExcelに写しています",
                "topic_id": "T2",
                "topic_label": "Excel 写す",
            },
        ),
        "topics": rows(
            "topics",
            {
                "topic_id": "T1",
                "label": "再設定メール 届かない",
                "keywords": ["再設定", "届かない"],
                "layer": 0,
                "status": "active",
                "n_voc": 1,
                "n_customers": 1,
                "n_reactive": 1,
                "n_proactive": 0,
                "n_quiet": 0,
                "example_1": "再設定メールが<b>届かない</b>",
                "example_1_voc_id": "v1",
            },
        ),
        "proactive_voc": rows(
            "proactive_voc",
            {
                "voc_id": "v2",
                "source_id": "CALL-1",
                "customer_id": "K-2",
                "silence": "quiet",
                "class": "unmet_need",
                "prompted": False,
                "evidence": "手作業でExcelに写しています",
            },
        ),
    }
    return empty | filled


def test_empty_frames_make_a_page(empty):
    page = render(empty, as_of=AS_OF, run=None)
    assert "まだ表示できるデータがありません" in page


@pytest.mark.parametrize(("lang", "word"), [("ja", "サイレントカスタマー"), ("en", "Silent customers")])
def test_the_page_speaks_the_language_asked_for(frames, lang, word):
    page = render(frames, as_of=AS_OF, run=None, lang=lang)
    assert f'<html lang="{lang}">' in page
    assert word in page


def test_what_customers_said_is_never_markup(frames):
    page = render(frames, as_of=AS_OF, run=None)
    assert "再設定メールが<b>" not in page
    assert "再設定メールが&lt;b&gt;届かない" in page


def test_a_statement_leads_to_its_second(frames):
    page = render(frames, as_of=AS_OF, run=None, links="../")
    assert 'href="../../inbox/recordings/a.wav#t=72.4"' in page
    assert "1:12 から再生" in page


def test_shares_carry_their_denominator(frames):
    page = render(frames, as_of=AS_OF, run=None)
    assert re.search(r"50\.0%\s*<span class=\"meta\">1 / 2</span>", page)


def test_the_page_loads_nothing(frames):
    page = render(frames, as_of=AS_OF, run=None)
    markup = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", markup)


def test_a_page_is_written_whole_over_the_old_one(tmp_path):
    path = tmp_path / "report" / "index.html"
    write_report("一", path)
    write_report("二", path)
    assert path.read_text("utf-8") == "二"
    assert [file.name for file in path.parent.iterdir()] == ["index.html"]
