"""Bytes of a report on 60,000 statements, and how long its pages take to open in Chromium from the file system.

Usage: python benchmarks/report_size.py [STATEMENTS] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import polars as pl
from playwright.sync_api import Browser, sync_playwright

from voc_mining.export.files import csv_files, empty_frame
from voc_mining.report.folder import write_report
from voc_mining.report.pages import PAGES, render_report
from voc_mining.report.views.proactive import CLASSES

AS_OF = date(2026, 10, 31)
LIMIT_S = 2.0
DAYS = 730
ORIGINS = ["reactive"] * 16 + ["proactive"] * 4 + ["other", "unknown"]
KINDS = ["inquiry", "complaint", "request", "praise", "other"]
THINGS = [
    "請求書",
    "打刻",
    "アプリ",
    "パスワード",
    "レシート",
    "シフト",
    "有給休暇",
    "承認",
    "明細",
    "連携",
    "通知",
    "権限",
]
ACTS = [
    "届かない",
    "起動しない",
    "遅い",
    "分からない",
    "消える",
    "変えたい",
    "取り込めない",
    "見づらい",
    "増やしたい",
    "止まる",
]
FRAMES = [
    "昨日から{}が{}ので、{}の担当が困っています。",
    "{}が{}のですが、{}ではどうすればよいでしょうか。",
    "{}が{}と{}の締めに間に合いません。",
]


def frame(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    """Rows with the columns and types of a CSV."""
    schema = empty_frame(csv_files().files[name]).schema
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


def synthetic(n: int, rng: random.Random) -> dict[str, pl.DataFrame]:
    """Frames of a company with ``n`` statements, a topic per 150 and a customer per 8."""
    n_topics, n_customers = max(n // 150, 1), max(n // 8, 1)
    labels = [f"{rng.choice(THINGS)}・{rng.choice(ACTS)} {no}" for no in range(n_topics)]
    voc, contacts = [], []
    for no in range(n):
        topic = min(int(rng.expovariate(4 / n_topics)), n_topics - 1)
        thing, act = labels[topic].split(" ")[0].split("・")
        origin, spoken = rng.choice(ORIGINS), rng.random() < 0.4
        row = {
            "contact_id": f"c{no}",
            "source": "call" if spoken else "inquiry",
            "source_id": f"S{no:06}",
            "channel": "phone" if spoken else "form",
            "origin": origin,
            "silence": rng.choice(["vocal", "quiet", "undetermined"]),
            "customer_id": f"C{rng.randrange(n_customers):05}" if rng.random() < 0.95 else None,
        }
        at = datetime(2026, 10, 31, 3, tzinfo=UTC) - timedelta(minutes=rng.randrange(DAYS * 1440))
        contacts.append(row | {"started_at": at, "origin_rule": "rule", "n_statements": 1})
        voc.append(
            row
            | {
                "voc_id": f"{no:020x}",
                "occurred_at": at,
                "role": "customer",
                "text": rng.choice(FRAMES).format(thing, act, f"{rng.randrange(500)}番支店"),
                "kind": rng.choice(KINDS),
                "polarity": "neutral",
                "urgency": "none",
                "topic_id": f"T{topic:012x}",
                "topic_label": labels[topic],
                "start_s": rng.random() * 300 if spoken else None,
                "audio_link": f"../inbox/recordings/2026/10/{no:06}.wav#t={rng.random() * 300:.2f}" if spoken else None,
            }
        )
    frames = {name: empty_frame(file) for name, file in csv_files().files.items()}
    frames |= {"voc": frame("voc", voc), "contacts": frame("contacts", contacts)}
    return frames | drawn(frames["voc"], labels, n_customers, rng)


def drawn(voc: pl.DataFrame, labels: list[str], n_customers: int, rng: random.Random) -> dict[str, pl.DataFrame]:
    """Frames that follow from the statements, with made-up figures."""
    topics = [{"topic_id": f"T{no:012x}", "label": label, "layer": 0} for no, label in enumerate(labels)]
    window = {"window_from": AS_OF - timedelta(days=89), "window_to": AS_OF}
    sides = {f"{side}_{name}": 40 for side in ("reactive", "proactive", "quiet") for name in ("customers", "heard")}
    odds = {"log_odds": 1.0, "ci_low": -1.0, "ci_high": 2.0, "p_value": 0.1, "q_value": 0.2} | sides | window
    counted = {"n_voc": 150, "n_customers": 80, "n_reactive": 100, "n_proactive": 40, "n_quiet": 20, "status": "active"}
    seen = {"first_seen": AS_OF - timedelta(days=DAYS), "last_seen": AS_OF}
    words = [{"keywords": label.split(" ")[0].split("・")} for label in labels]
    silent = {
        "state": "dissatisfied",
        "annual_value": 480000.0,
        "do_not_contact": False,
        "reasons": ["困りごと"],
        "risk": 50,
    }
    days = [AS_OF - timedelta(days=day) for day in range(DAYS)]
    calls = {
        "offered": 80,
        "answered": 70,
        "abandoned": 10,
        "service_level": 0.8,
        "aht_s": 400.0,
        "fcr": 0.8,
        "n_identified": 50,
    }
    asked = voc.filter(pl.col("origin") == "proactive")
    return {
        "topics": frame("topics", [t | w | counted | seen for t, w in zip(topics, words, strict=True)]),
        "contrast": frame("contrast", [t | odds | {"side": rng.choice(["both", "reactive"])} for t in topics]),
        "pareto": frame(
            "pareto",
            [t | window | {"rank": no, "n_inquiries": 10, "share": 0.01, "cumulative_share": 0.5, "in_vital_few": no < 50}
             for no, t in enumerate(topics, 1)],
        ),
        "proactive_voc": frame(
            "proactive_voc",
            [{"voc_id": voc_id, "class": rng.choice(CLASSES), "prompted": False, "silence": "quiet"} for voc_id in asked["voc_id"]],
        ),
        "silent_customers": frame(
            "silent_customers",
            [silent | {"customer_id": f"C{no:05}", "quiet_since": AS_OF} for no in range(n_customers // 3)],
        ),
        "kpi_daily": frame("kpi_daily", [calls | {"business_date": d, "queue": q} for d in days for q in "ABCD"]),
        "rejects": frame(
            "rejects",
            [{"source": "inquiries", "file": "a.csv", "row": no, "stage": "ingest", "reason": "bad_time", "detail": "x" * 60}
             for no in range(2000)],
        ),
        "customer_silence": pl.DataFrame({"silence": ["quiet"], "silence_reason": [None], "n_customers": [n_customers]}),
        "statement_words": voc.select(
            "voc_id", pl.concat_list(pl.col("topic_label").str.slice(0, 2), pl.col("text").str.slice(2, 3)).alias("terms"),
        ),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("statements", nargs="?", type=int, default=60_000)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    frames = synthetic(asked.statements, random.Random(1))
    with tempfile.TemporaryDirectory() as place:
        folder = (asked.keep or Path(place) / "report").resolve()
        began = time.perf_counter()
        write_report(render_report(frames, as_of=AS_OF), folder)
        print(
            f"{asked.statements:,} statements, {frames['topics'].height} topics: rendered in {time.perf_counter() - began:.1f} s"
        )
        sizes = {path.relative_to(folder): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
        print(
            f"{len(sizes)} files, {sum(sizes.values()) / 1e6:.1f} MB\n\n| page | kB | readable, s | chart drawn, s | processor, s |\n|---|---|---|---|---|"
        )
        heaviest = max((path for path in sizes if path.parts[0] == "topics"), key=sizes.__getitem__)
        pages = [Path("index.html" if page == "overview" else f"{page}.html") for page in PAGES] + [heaviest]
        slowest = max(opened(folder, pages, sizes))
    print(f"\nslowest to read: {slowest:.2f} s, limit {LIMIT_S} s")
    if slowest > LIMIT_S:
        raise SystemExit(1)


def opened(folder: Path, pages: list[Path], sizes: dict[Path, int]) -> list[float]:
    """Seconds from the address to the loaded page, each in a fresh browser context; the median of three.

    The last column is the time that the page's own thread worked, which other work on the machine does not lengthen.
    """
    program = shutil.which("chromium") or shutil.which("google-chrome")
    medians = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for path in pages:
            loaded, drawn, worked = zip(*(seconds_to_open(browser, folder / path) for _ in range(3)), strict=True)
            medians.append(median(loaded))
            name = "heaviest topic" if path.parts[0] == "topics" else path.stem
            figure = f"{median(drawn):.2f}" if drawn[0] is not None else ""
            print(f"| {name} | {sizes[path] / 1e3:.0f} | {medians[-1]:.2f} | {figure} | {median(worked):.2f} |")
        browser.close()
    return medians


def seconds_to_open(browser: Browser, path: Path) -> tuple[float, float | None, float]:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    began = time.perf_counter()
    page.goto(path.as_uri(), wait_until="load")
    loaded, drawn = time.perf_counter() - began, None
    if page.locator(".plot").count():
        page.wait_for_selector(".plot .main-svg")
        drawn = time.perf_counter() - began
    metrics = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    page.context.close()
    return loaded, drawn, metrics["TaskDuration"]


if __name__ == "__main__":
    main()
