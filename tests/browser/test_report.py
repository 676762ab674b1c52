"""The report in a real browser, opened from the file system."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.models, pytest.mark.timeout(1500)]


@pytest.fixture(scope="module")
def report(sample_run) -> Iterator[tuple[Page, list[str]]]:
    place, _, _ = sample_run
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "install Chromium: make browser"
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=quiet)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="ja-JP")
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("requestfailed", lambda request: troubles.append(request.url))
        page.goto((place.out / "report" / "index.html").as_uri())
        yield page, troubles
        browser.close()


def test_the_page_opens_without_an_error_and_without_a_network(report):
    page, troubles = report
    page.wait_for_selector("#chart-pareto .main-svg")
    assert troubles == []
    assert page.title().startswith("お客様の声レポート")


def test_charts_are_drawn(report):
    page, _ = report
    assert page.locator("#chart-pareto .bars path").count() > 3
    assert page.locator("#chart-calls .lines path").count() == 2


def test_topics_are_filtered_and_sorted(report):
    page, _ = report
    rows = page.locator("#topic-table tbody tr")
    whole = rows.count()
    assert whole > 5
    page.locator("input[type=search]").fill("ﾛｸﾞｲﾝ")
    shown = page.locator("#topic-table tbody tr:visible").count()
    assert 0 < shown < whole
    page.locator("input[type=search]").fill("")
    page.locator("#topic-table thead th button").nth(1).click()
    first, last = (int(rows.nth(n).locator("td").nth(1).get_attribute("data-value")) for n in (0, whole - 1))
    assert first >= last


def test_a_statement_plays_from_its_second(report):
    page, _ = report
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    links = page.locator("a.play")
    assert links.count() > 0
    second = float(links.first.get_attribute("href").split("#t=")[1])
    links.first.click()
    page.wait_for_function("document.querySelector('#player audio').readyState >= 1")
    assert abs(page.evaluate("document.querySelector('#player audio').currentTime") - second) < 2


def test_nothing_is_wider_than_a_tablet(report):
    page, _ = report
    page.set_viewport_size({"width": 820, "height": 1180})
    assert page.evaluate("document.documentElement.scrollWidth") <= 820
    page.set_viewport_size({"width": 1280, "height": 900})


def test_every_section_has_a_heading_and_the_keyboard_reaches_the_content(report):
    page, _ = report
    assert page.locator("section h2").count() == page.locator("section").count()
    page.evaluate("window.scrollTo(0, 0)")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
