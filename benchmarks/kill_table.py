"""Kill a run at every stage and at random moments, run it again, and compare with a run nobody disturbed.

    python -m benchmarks.kill_table --work /tmp/kills --moments 50

Every case is one killed run (SIGKILL, the whole process group) and one repeat of the same command in a place of its
own. What was done is kept in the work folder: stopped by ``--budget`` or otherwise, the script goes on from there.
With all cases done, the table is written to ``RESULTS.md`` beside this script.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import polars as pl

from tests.conftest import Place, cut_inbox
from voc_mining.sample.make import make_sample
from voc_mining.sample.speech_engine import OpenJTalkSpeech

RESULTS = Path(__file__).parent / "RESULTS.md"
HEADING = "## Kills"
INTRODUCTION = """\
A run on a tenth of the sample, with two recordings, is killed (SIGKILL, the whole process group) at {stages} stages, as
soon as a table or file appears, and at {moments} moments drawn uniformly from the {lasted_s:.0f} s between the first table
and the end of an undisturbed run. The same command is then run again. Equal: all tables of lake and vault but `runs` by
content, no key twice, and all CSVs and `datapackage.json` byte for byte. One server of Prefect's stands by for all runs,
so that none has to start its own. Times are those of a busy machine."""
STAGES = {
    "ingest begins": "lake/recordings",
    "ingest: contacts": "lake/contacts",
    "ingest: documents": "lake-vault/documents",
    "ingest: rejects": "lake/rejects",
    "ingest ends": "lake/inputs",
    "transcribe": "lake-vault/transcripts",
    "transcribe ends": "lake/transcriptions",
    "mine": "lake/utterances",
    "mine: statements": "lake/voc",
    "mine ends": "lake/outcomes",
    "segment": "lake/segments",
    "embed": "lake/vectors",
    "topics": "lake/topics",
    "topics: assignments": "lake/assignments",
    "topics: registry": "lake/registries",
    "publish": "out",
    "publish: report": "out/report",
}
ALL_WELL = {0, 3}  # 3: rejects are present


def started(place: Place, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        place.command(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, **environment},
    )


def wait_for(there: Callable[[], bool], run: subprocess.Popen[bytes]) -> None:
    while run.poll() is None and not there():
        time.sleep(0.002)


def tables(place: Place) -> list[Path]:
    return [log.parent for root in ("lake", "lake-vault") for log in place.root.glob(f"{root}/*/_delta_log")]


def killed(place: Place, environment: dict[str, str], case: dict[str, Any]) -> int:
    """Run and kill when the case says; return how many tables were there."""
    with started(place, environment) as run:
        if "path" in case:
            wait_for((place.root / case["path"]).exists, run)
        else:
            wait_for(lambda: bool(tables(place)), run)
            deadline = time.monotonic() + case["after_s"]
            wait_for(lambda: time.monotonic() >= deadline, run)
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    return len(tables(place))


def repeated(place: Place, environment: dict[str, str]) -> float:
    began = time.perf_counter()
    done = place.run(environment=environment)
    if done.returncode not in ALL_WELL:
        raise SystemExit(done.stderr)
    return time.perf_counter() - began


def differences(place: Place, other: Place) -> list[str]:
    """Name the tables and CSVs that differ, and the tables that hold a row twice."""
    found = []
    mine, theirs = place.content(), other.content()
    keys = {table.name: table.key for store in place.stores for table in store.tables.values()}
    for name, frame in mine.items():
        if not frame.equals(theirs[name]):
            found.append(name)
        if frame.select(pl.struct(keys[Path(name).name]).n_unique()).item() != frame.height and frame.height:
            found.append(f"{name}: rows twice")
    for name in sorted({path.name for here in (place, other) for path in here.out.glob("*.*")}):
        if not all((here.out / name).is_file() for here in (place, other)):
            found.append(f"{name}: missing")
        elif (place.out / name).read_bytes() != (other.out / name).read_bytes():
            found.append(name)
    return found


def undisturbed(work: Path, environment: dict[str, str]) -> tuple[Place, float]:
    """Make the inbox and a run on it; return also how long it takes from its first table to its end."""
    place = Place(work / "inbox", work / "undisturbed")
    told = work / "undisturbed.json"
    if not told.exists():
        shutil.rmtree(place.inbox, ignore_errors=True)
        make_sample(work / "sample", seed=20261031, speech=OpenJTalkSpeech())
        cut_inbox(work / "sample" / "inbox", place.inbox)
        for _ in range(2):  # the first fills the caches of the system
            shutil.rmtree(place.root, ignore_errors=True)
            with started(place, environment) as run:
                wait_for(lambda: bool(tables(place)), run)
                began = time.perf_counter()
                run.wait()
                lasted = time.perf_counter() - began
        told.write_text(json.dumps({"lasted_s": lasted}))
    return place, json.loads(told.read_text())["lasted_s"]


def cases(moments: int, seed: int, lasted_s: float) -> list[dict[str, Any]]:
    draw = random.Random(seed)
    after = sorted(draw.uniform(0, lasted_s) for _ in range(moments))
    return [{"moment": stage, "path": path} for stage, path in STAGES.items()] + [
        {"moment": f"after {seconds:.2f} s", "after_s": seconds} for seconds in after
    ]


def go_through(
    planned: list[dict[str, Any]], work: Path, whole: Place, environment: dict[str, str], *, until: float
) -> list[dict[str, Any]]:
    """Do what is left to do; return the rows of all that is done."""
    kept = work / "cases.jsonl"
    rows = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    done = {row["moment"] for row in rows}
    for case in planned:
        if case["moment"] in done or time.monotonic() > until:
            continue
        place = Place(whole.inbox, work / "case")
        shutil.rmtree(place.root, ignore_errors=True)
        there = killed(place, environment, case)
        row = case | {"tables": there, "again_s": repeated(place, environment), "differs": differences(place, whole)}
        rows.append(row)
        with kept.open("a") as file:
            file.write(json.dumps(row) + "\n")
        print(
            f"{row['moment']:24} {there:3} {row['again_s']:6.1f} s  {', '.join(row['differs']) or 'equal'}", flush=True
        )
    return rows


def write_results(rows: list[dict[str, Any]], lasted_s: float, seed: int) -> None:
    stages = sum("path" in row for row in rows)
    equal = sum(not row["differs"] for row in rows)
    lines = [
        HEADING,
        "",
        f"`python -m benchmarks.kill_table --moments {len(rows) - stages} --seed {seed}`",
        "",
        INTRODUCTION.format(stages=stages, moments=len(rows) - stages, lasted_s=lasted_s),
        "",
        f"**{equal} of {len(rows)} equal.**",
        "",
        "| killed | tables then | run again, s | equal |",
        "|---|---:|---:|---|",
        *(
            f"| {row['moment']} | {row['tables']} | {row['again_s']:.1f} | {', '.join(row['differs']) or 'yes'} |"
            for row in rows
        ),
        "",
    ]
    text = RESULTS.read_text("utf-8") if RESULTS.exists() else "# Results\n"
    section = "\n".join(lines)
    former = re.compile(rf"^{HEADING}$.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    found = former.search(text)
    text = f"{text.rstrip()}\n\n{section}" if found is None else former.sub(lambda _: section + "\n", text)
    RESULTS.write_text(text.rstrip() + "\n", "utf-8")


@contextmanager
def server(work: Path) -> Iterator[dict[str, str]]:
    """Let a server of Prefect's stand by; yield the environment of runs that use it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    api = f"http://127.0.0.1:{port}/api"
    environment = {"PREFECT_HOME": str(work / "prefect"), "LANG": "ja_JP.UTF-8"}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port, "--no-ui"]
    with (
        (work / "server.log").open("ab") as log,
        subprocess.Popen(
            command, stdout=log, stderr=log, start_new_session=True, env={**os.environ, **environment}
        ) as process,
    ):
        try:
            wait_for(lambda: answers(f"{api}/health"), process)
            yield environment | {"PREFECT_API_URL": api}
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=1):
            return True
    except OSError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--budget", type=float, default=float("inf"), help="seconds after which no case is begun")
    asked = parser.parse_args()
    began = time.monotonic()
    work = asked.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    with server(work) as environment:
        whole, lasted_s = undisturbed(work, environment)
        planned = cases(asked.moments, asked.seed, lasted_s)
        rows = go_through(planned, work, whole, environment, until=began + asked.budget)
    order = {case["moment"]: place for place, case in enumerate(planned)}
    rows.sort(key=lambda row: order[row["moment"]])
    if len(rows) < len(planned):
        print(f"{len(rows)} of {len(planned)} done; the same command goes on")
    else:
        write_results(rows, lasted_s, asked.seed)


if __name__ == "__main__":
    main()
