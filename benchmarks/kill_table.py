"""Kill a run at every stage and at random moments, run it again, and compare with a run nobody disturbed.

    python -m benchmarks.kill_table --work FOLDER --moments 50

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
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import get_ident
from typing import Any

import polars as pl

from pipelines.settings import quiet_libraries, quiet_prefect
from tests.conftest import Place, cut_inbox, prefect_server
from voc_mining.cli import main as main_of_voc
from voc_mining.sample.make import make_sample
from voc_mining.sample.speech_engine import OpenJTalkSpeech

RESULTS = Path(__file__).parent / "RESULTS.md"
HEADING = "## Kills"
INTRODUCTION = """\
A run on a part of the sample, with two recordings, is killed (SIGKILL, the whole process group) at {stages} stages, as
soon as a table or file appears, and at {moments} moments drawn uniformly from the {lasted_s:.0f} s between the first table
and the end of an undisturbed run. The same command is then run again. Equal: all tables of lake and vault but `runs` by
content, no key twice, and all CSVs and `datapackage.json` byte for byte. To save time one server of Prefect's stands by for all runs, each is forked from a process that has imported
the libraries; times are those of a busy machine."""
IMPORTED = ["pipelines.flows.nightly", "faster_whisper", "sentence_transformers", "fugashi", "scipy.sparse"]
NURSERY = get_context("forkserver")
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
    "topics: registry": "lake/registries",
    "topics": "lake/topics",
    "topics: assignments": "lake/assignments",
    "publish": "out",
    "publish: report": "out/report",
}
ALL_WELL = {0, 3}  # 3: rejects are present


def start(place: Place) -> BaseProcess:
    """Start ``voc run`` in a process group of its own."""
    run = NURSERY.Process(target=voc, args=(place.command()[3:], str(place.root)))
    run.start()
    return run


def voc(arguments: list[str], root: str) -> None:
    """Be the command: a fork of a process that has imported the libraries, and done nothing else."""
    os.setsid()
    Path(root).mkdir(parents=True, exist_ok=True)
    said = os.open(Path(root) / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.argv = ["voc", *arguments]
    main_of_voc()


def wait_for(there: Callable[[], bool], run: BaseProcess) -> None:
    while run.is_alive() and not there():
        time.sleep(0.002)


def tables(place: Place) -> list[Path]:
    return [log.parent for root in ("lake", "lake-vault") for log in place.root.glob(f"{root}/*/_delta_log")]


def killed(place: Place, case: dict[str, Any]) -> int:
    """Run and kill when the case says; return how many tables were there."""
    run = start(place)
    if "path" in case:
        wait_for((place.root / case["path"]).exists, run)
    else:
        wait_for(lambda: bool(tables(place)), run)
        deadline = time.monotonic() + case["after_s"]
        wait_for(lambda: time.monotonic() >= deadline, run)
    if run.is_alive():
        assert run.pid is not None
        os.killpg(run.pid, signal.SIGKILL)
    run.join()
    return len(tables(place))


def repeated(place: Place) -> float:
    began = time.perf_counter()
    run = start(place)
    run.join()
    if run.exitcode not in ALL_WELL:
        raise SystemExit((place.root / "said").read_text("utf-8"))
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


def undisturbed(work: Path, workers: int) -> tuple[Place, float]:
    """Make the inbox and a run on it; return also how long it takes from its first table to its end."""
    places = [Place(work / "inbox", work / f"undisturbed-{n}") for n in range(workers)]
    told = work / "undisturbed.json"
    if not told.exists():
        if not places[0].inbox.exists():
            make_sample(work / "sample", seed=20261031, speech=OpenJTalkSpeech())
            cut_inbox(work / "sample" / "inbox", places[0].inbox)
        with ThreadPoolExecutor(workers) as pool:
            for _ in range(2):  # the first fills the caches of the system
                lasted_s = max(pool.map(timed, places))
        told.write_text(json.dumps({"lasted_s": lasted_s}))
    return places[0], json.loads(told.read_text())["lasted_s"]


def timed(place: Place) -> float:
    shutil.rmtree(place.root, ignore_errors=True)
    run = start(place)
    wait_for(lambda: bool(tables(place)), run)
    began = time.perf_counter()
    run.join()
    assert run.exitcode in ALL_WELL
    return time.perf_counter() - began


def cases(moments: int, seed: int, lasted_s: float) -> list[dict[str, Any]]:
    draw = random.Random(seed)
    after = sorted(draw.uniform(0, lasted_s) for _ in range(moments))
    return [{"moment": stage, "path": path} for stage, path in STAGES.items()] + [
        {"moment": f"after {seconds:.2f} s", "after_s": seconds} for seconds in after
    ]


def go_through(
    planned: list[dict[str, Any]], work: Path, whole: Place, workers: int, *, until: float
) -> list[dict[str, Any]]:
    """Do what is left to do; return the rows of all that is done."""
    kept = work / "cases.jsonl"
    rows = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    done = {row["moment"] for row in rows}

    def go(case: dict[str, Any]) -> None:
        if time.monotonic() > until:
            return
        place = Place(whole.inbox, work / f"case-{get_ident()}")
        shutil.rmtree(place.root, ignore_errors=True)
        there = killed(place, case)
        row = case | {"tables": there, "again_s": repeated(place), "differs": differences(place, whole)}
        rows.append(row)
        with kept.open("a") as file:
            file.write(json.dumps(row) + "\n")
        verdict = ", ".join(row["differs"]) or "equal"
        print(f"{row['moment']:24} {there:3} {row['again_s']:6.1f} s  {verdict}", flush=True)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(go, [case for case in planned if case["moment"] not in done]))
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
def nursery(work: Path) -> Iterator[None]:
    """Prepare the process that runs are forked from, and a server of Prefect's for them."""
    home = work / "prefect"
    home.mkdir(exist_ok=True)
    os.environ |= {"PREFECT_HOME": str(home), "LANG": "ja_JP.UTF-8"}
    quiet_prefect()
    quiet_libraries()
    with prefect_server(home) as api:
        os.environ["PREFECT_API_URL"] = api
        NURSERY.set_forkserver_preload([__name__, *IMPORTED])
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--budget", type=float, default=float("inf"), help="seconds after which no case is begun")
    parser.add_argument("--workers", type=int, default=1, help="cases at a time")
    asked = parser.parse_args()
    began = time.monotonic()
    work = asked.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    with nursery(work):
        whole, lasted_s = undisturbed(work, asked.workers)
        planned = cases(asked.moments, asked.seed, lasted_s)
        rows = go_through(planned, work, whole, asked.workers, until=began + asked.budget)
    order = {case["moment"]: place for place, case in enumerate(planned)}
    rows.sort(key=lambda row: order[row["moment"]])
    if len(rows) < len(planned):
        print(f"{len(rows)} of {len(planned)} done; the same command goes on")
    else:
        write_results(rows, lasted_s, asked.seed)


if __name__ == "__main__":
    main()
