"""The pages say what the frames say, also when they are empty, and need nothing from a network."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import PurePosixPath

import pytest

from voc_mining.messages.catalogue import LANGUAGES, Messages
from voc_mining.report.pages import PAGES, render_report

RUN = {
    "run_id": "R1",
    "state": "completed",
    "code_version": "1",
    "manifest": {
        "accounts": [
            {"stage": "ingest.call_log", "inputs": 5, "produced": 3, "unchanged": 0, "dropped": {"duplicate": 1}, "rejected": 1}
        ],
        "notes": {
            "missing_recordings": ["2026/10/V23.wav"],
            "flawed_recordings": [("2026/10/V07.wav", ["clipped", "silent_channel"])],
        },
        "timings": {"ingest": 1.5},
        "models": {"embedder": "m"},
        "tables_out": {"voc": 3},
    },
}  # fmt: skip


class Outline(HTMLParser):
    """What of a page matters to those who do not see it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.refs: list[str] = []
        self.named_by: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.refs += [found[name] for name in ("href", "src") if name in found]
        self.named_by += (found.get("aria-labelledby") or "").split()


@pytest.fixture(scope="session")
def run(as_of, frames):
    statement_time = frames["voc"]["occurred_at"][0]
    return RUN | {"as_of": as_of, "started_at": statement_time, "ended_at": statement_time}


@pytest.fixture(scope="session")
def files(frames, run, as_of) -> dict[str, str]:
    return dict(render_report(frames, as_of=as_of, run=run))


@pytest.fixture(scope="session")
def made(files) -> dict[str, str]:
    return {path: text for path, text in files.items() if path.endswith(".html")}


def test_empty_frames_make_every_page(empty, as_of):
    made = {path: text for path, text in render_report(empty, as_of=as_of) if path.endswith(".html")}
    assert set(made) == {"index.html", *(f"{page}.html" for page in PAGES if page != "overview")}
    for name in ("critical", "topics", "contrast", "proactive", "silent", "pareto", "kpi", "calls"):
        assert "まだ表示できるデータがありません" in made[f"{name}.html"]
        assert Messages("ja")(f"report.empty_{name}") in made[f"{name}.html"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_keeps_to_one_language(frames, run, as_of, lang):
    rendered = dict(render_report(frames, as_of=as_of, run=run, lang=lang))
    for page in (text for path, text in rendered.items() if path.endswith(".html")):
        assert f'<html lang="{lang}">' in page
        assert ("サイレントカスタマー" in page, "Silent customers" in page) == (lang == "ja", lang == "en")


def test_what_customers_and_files_say_is_never_markup(made):
    whole = "".join(made.values())
    assert "<b>届かない" not in whole
    assert "<b>メール" not in whole
    assert "a<b>.csv" not in whole
    assert "a&lt;b&gt;.csv" in whole


def test_deciding_words_and_keywords_are_marked(made):
    page = made["topics/T1.html"]
    assert '<mark class="keyword">再設定</mark><mark class="corrected">メール</mark>が&lt;b&gt;' in page
    assert '&lt;b&gt;<mark class="evidence keyword">届かな</mark>' in page


@pytest.mark.parametrize(("lang", "told"), [("ja", "訂正: "), ("en", "corrected: ")])
def test_what_was_heard_stands_beside_what_was_put_right(frames, as_of, run, lang, told):
    page = dict(render_report(frames, as_of=as_of, run=run, lang=lang))["topics/T1.html"]
    assert f'<span class="correction">{told}&lt;u&gt;目売る → メール</span>' in page


def test_a_statement_leads_to_its_second_from_every_depth(made):
    assert 'href="../../../inbox/recordings/a.wav#t=72.4"' in made["topics/T1.html"]
    assert "1:12 から再生" in made["topics/T1.html"]


def test_shares_carry_their_denominator_on_one_line(made):
    assert re.search(r'<b>50\.0%</b> <small class="of">1 / 2</small>', made["index.html"])


def test_pages_load_nothing_from_elsewhere_and_link_to_what_is_there(files, made):
    for path, text in made.items():
        outline = Outline(text)
        for ref in outline.refs:
            assert not ref.startswith(("http:", "https:", "//"))
            target, _, part = ref.partition("#")
            if ref == "data:,":
                continue
            if not target:
                assert part in outline.ids
            elif "inbox" not in target:
                steps: list[str] = []
                for step in (PurePosixPath(path).parent / target).parts:
                    steps = steps[:-1] if step == ".." else [*steps, step]
                assert "/".join(steps) in files, ref


def test_times_are_under_a_heading_that_tells_their_unit(made):
    assert "平均処理時間（分:秒）" in made["kpi.html"]
    assert "初回返信（時:分）" in made["kpi.html"]
    assert "処理時間の合計（時:分）" in made["pareto.html"]


def test_the_first_thing_told_is_whether_the_data_are_complete(made):
    page = made["index.html"]
    places = [page.index(f'id="{part}"') for part in ("complete", "by-origin", "first", "how")]
    assert places == sorted(places)


def test_tables_tell_by_what_they_are_sorted_when_they_open(made):
    for name, heading in {"topics": "お客様", "contrast": "差と95%区間", "silent": "リスク", "pareto": "順位"}.items():
        assert re.search(rf'aria-sort="(a|de)scending"><button type="button">{heading}<', made[f"{name}.html"]), name


def test_topics_without_a_page_are_named_but_not_linked(made):
    page = made["pareto.html"]
    assert "隠したもの" in page
    assert "topics/T9.html" not in page


def test_every_page_has_landmarks_one_title_and_unique_ids(made):
    for page in made.values():
        outline = Outline(page)
        assert {"header", "nav", "main", "footer"} <= set(outline.tags)
        assert outline.tags.count("h1") == 1
        assert len(outline.ids) == len(set(outline.ids))
        assert set(outline.named_by) <= set(outline.ids)
        assert page.count('aria-current="page"') == 1
        assert page.index('class="skip"') < page.index("<header")


def test_charts_come_with_the_script_and_a_table(made):
    for path, page in made.items():
        has_chart = 'class="plot"' in page
        assert has_chart == ("plotly.min.js" in page), path
        assert not has_chart or "<table" in page
    assert sum('class="plot"' in page for page in made.values()) == 5


def test_the_run_page_names_what_was_rejected_and_where_each_input_went(made):
    page = made["run.html"]
    for words in ("日時として読めない", "重複 1", "通話ログ", "2026/10/V23.wav", "2026/10/V07.wav: 音割れ、片側が無音"):
        assert words in page
