"""The report in a real browser, opened from the file system."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.models, pytest.mark.timeout(1500)]

PAGES = (
    "index",
    "critical",
    "topics",
    "coding",
    "contrast",
    "proactive",
    "seeds",
    "silent",
    "goals",
    "customers",
    "pareto",
    "kpi",
    "calls",
    "run",
)
CHARTS = {"contrast": ".scatterlayer .point", "pareto": ".bars path", "kpi": ".bars path", "calls": ".bars path"}
LAPTOP, TABLET = (1280, 900), (820, 1180)
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll(".scroll")]
    .filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.className || part.localName)"""
UNNAMED = """() => [...document.querySelectorAll("[role=img], input, select, audio, button, a[href], summary")]
    .filter((part) => part.checkVisibility())
    .filter((part) => !(part.getAttribute("aria-label") || part.textContent.trim() || part.labels?.[0]?.textContent.trim()))
    .filter((part) => part.localName !== "audio").map((part) => part.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def folder(sample_run) -> Path:
    place, _, _ = sample_run
    return place.out / "report"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "install Chromium: make browser"
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=quiet)


@pytest.fixture
def page(browser) -> Iterator[Page]:
    """A page that fails the test when anything on it failed."""
    context = browser.new_context(viewport={"width": LAPTOP[0], "height": LAPTOP[1]}, locale="ja-JP")
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on(
        "request", lambda request: None if request.url.startswith(("file:", "data:")) else troubles.append(request.url)
    )
    yield page
    context.close()
    assert troubles == []


def visit(page: Page, path: Path) -> None:
    page.goto(path.as_uri())
    if page.locator(".plot").count():
        page.wait_for_selector(".plot .main-svg")


def heaviest_topic(folder: Path) -> Path:
    return max((folder / "topics").iterdir(), key=lambda path: (path.stat().st_size, path.name))


def heaviest_customer(folder: Path) -> Path:
    return max((folder / "customers").iterdir(), key=lambda path: (path.stat().st_size, path.name))


def topic_with_sound(folder: Path) -> Path:
    return min(path for path in (folder / "topics").iterdir() if 'class="play"' in path.read_text("utf-8"))


@pytest.mark.parametrize("size", [LAPTOP, TABLET], ids=["laptop", "tablet"])
def test_every_page_opens_without_an_error_and_fits_the_screen(page, folder, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for path in [folder / f"{name}.html" for name in PAGES] + [heaviest_topic(folder), heaviest_customer(folder)]:
        visit(page, path)
        assert page.title().endswith("お客様の声レポート 2026-10-31")
        assert page.evaluate(TOO_WIDE) == [], path.name
        assert page.evaluate(UNNAMED) == [], path.name


@pytest.mark.parametrize("name", CHARTS)
def test_charts_are_drawn(page, folder, name):
    visit(page, folder / f"{name}.html")
    assert page.locator(CHARTS[name]).count() > 3


def test_navigation_reaches_every_page_and_comes_back(page, folder):
    visit(page, folder / "index.html")
    for name in PAGES[1:]:
        page.locator(f"nav a[href$='{name}.html']").click()
        assert page.url.endswith(f"{name}.html")
        assert page.locator("nav [aria-current=page]").count() == 1
    visit(page, heaviest_topic(folder))
    page.locator("nav a").first.click()
    assert page.url.endswith("index.html")


def test_topics_are_filtered_and_sorted(page, folder):
    visit(page, folder / "topics.html")
    rows, shown = page.locator("#topic-table tbody tr"), page.locator("#topic-table tbody tr:visible")
    whole = rows.count()
    assert whole > 5
    page.get_by_label("絞り込み").fill("ｱﾌﾟﾘ")
    assert 0 < shown.count() < whole
    assert page.locator(".filters output").text_content().startswith(f"{shown.count()} / {whole}")
    page.get_by_label("絞り込み").fill("")
    page.get_by_label("サイレントの声があるものだけ").check()
    assert all(int(row.get_attribute("data-quiet")) > 0 for row in shown.all())
    page.get_by_label("サイレントの声があるものだけ").uncheck()
    page.get_by_role("button", name="能動", exact=True).press("Enter")
    numbers = [int(row.locator("td").nth(3).get_attribute("data-value")) for row in rows.all()]
    assert numbers == sorted(numbers, reverse=True)
    assert page.locator("#topic-table th[aria-sort=descending]").text_content().strip() == "能動"


def test_a_filter_is_kept_when_one_comes_back_from_a_topic(page, folder):
    visit(page, folder / "topics.html")
    page.get_by_label("判定").select_option("proactive")
    shown = page.locator("#topic-table tbody tr:visible").count()
    page.locator("#topic-table tbody tr:visible a").first.click()
    page.wait_for_selector(".plot .main-svg")
    page.go_back()
    assert page.locator("#topic-table tbody tr:visible").count() == shown


def test_a_point_of_a_chart_leads_to_its_topic(page, folder):
    visit(page, folder / "pareto.html")
    bar = page.locator("#chart-pareto .bars path").first.bounding_box()
    page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    page.wait_for_url("**/topics/T*.html")


def test_examples_are_marked_and_filtered_by_origin(page, folder):
    visit(page, heaviest_topic(folder))
    assert page.locator("#example-list mark.keyword").count() > 0
    page.locator("select[name=origin]").select_option("reactive")
    assert {item.get_attribute("data-origin") for item in page.locator(".quote:visible").all()} == {"reactive"}


def test_a_statement_plays_from_its_second(page, folder):
    visit(page, topic_with_sound(folder))
    link = page.locator("a.play").first
    second = float(link.get_attribute("href").split("#t=")[1])
    link.click()
    page.wait_for_function("document.querySelector('#player audio').readyState >= 1")
    assert abs(page.evaluate("document.querySelector('#player audio').currentTime") - second) < 2
    page.locator("#player [data-close]").click()
    assert page.locator("#player").is_hidden()
    assert page.evaluate("document.activeElement.className") == "play"


def test_a_recording_that_is_gone_is_named(browser, folder):
    page = browser.new_page()
    page.goto(topic_with_sound(folder).as_uri())
    page.evaluate("document.querySelector('a.play').href = 'gone.wav#t=3'")
    page.locator("a.play").first.click()
    page.wait_for_function("document.querySelector('#player p').textContent.includes('録音を開けません')")
    assert "gone.wav" in page.locator("#player p").text_content()
    page.close()


def test_the_keyboard_reaches_the_content_first(page, folder):
    visit(page, folder / "silent.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_pages_read_without_scripts(browser, folder):
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    page.goto((folder / "contrast.html").as_uri())
    assert page.locator("#contrast-table tbody tr").count() > 3
    context.close()


def test_on_paper_a_chart_is_no_wider_than_the_sheet(page, folder):
    visit(page, folder / "kpi.html")
    width = "document.querySelector('.plot .main-svg').getBoundingClientRect().width"
    on_screen = page.evaluate(width)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function(f"{width} <= 640")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.wait_for_function(f"{width} === {on_screen}")


def test_what_is_beyond_the_edge_of_a_phone_is_reached_by_keyboard(page, folder):
    page.set_viewport_size({"width": 400, "height": 800})
    visit(page, folder / "kpi.html")
    wide = page.locator(".scroll").evaluate_all(
        "parts => parts.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.tabIndex)"
    )
    assert wide
    assert set(wide) == {0}
