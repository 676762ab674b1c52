"""Inboxes and runs that flow and browser tests share."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import polars as pl
import pytest

from voc_mining.contracts import LAKE_TABLES, VAULT_TABLES
from voc_mining.sample.calendar import DEMO_DATE
from voc_mining.sample.make import make_sample
from voc_mining.sample.speech_engine import OpenJTalkSpeech
from voc_mining.sample.truth import Truth, read_truth
from voc_mining.store.delta import DeltaStore

RUN_TIMEOUT_S = 900
SERVER_TIMEOUT_S = 180


@dataclass(frozen=True)
class Place:
    """Where one run reads and writes."""

    inbox: Path
    root: Path

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def stores(self) -> tuple[DeltaStore, DeltaStore]:
        return DeltaStore(str(self.lake), LAKE_TABLES), DeltaStore(f"{self.lake}-vault", VAULT_TABLES)

    def command(self, *more: str) -> list[str]:
        asked = ["run", str(self.inbox), "--lake", str(self.lake), "--out", str(self.out), "--date", str(DEMO_DATE)]
        return [sys.executable, "-m", "voc_mining.cli", *asked, "--json", *more]

    def run(self, *more: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*more),
            check=False,
            capture_output=True,
            text=True,
            timeout=RUN_TIMEOUT_S,
            env={**os.environ, **environment},
        )

    def start(self, environment: Mapping[str, str], *more: str) -> subprocess.Popen[str]:
        """Start a run in a process group of its own."""
        return subprocess.Popen(
            self.command(*more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, **environment},
        )

    @property
    def first_table(self) -> Path:
        return self.lake / "recordings"

    def versions(self) -> dict[str, int]:
        lake, vault = self.stores
        return {**lake.versions(), **{f"vault/{name}": n for name, n in vault.versions().items()}}

    def content(self) -> dict[str, pl.DataFrame]:
        """Every table but the record of runs, in the order of its key."""
        return {
            f"{store.uri.removeprefix(str(self.root))}/{name}": store.read(name).sort(table.key)
            for store in self.stores
            for name, table in store.tables.items()
            if name != "runs"
        }


@dataclass(frozen=True)
class Undisturbed:
    """A run to compare others with."""

    place: Place
    lasted_s: float


@contextmanager
def prefect_server(home: Path) -> Iterator[str]:
    """Let a server of Prefect's stand by; yield the address of its API."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port, "--no-ui"]
    with (
        (home / "server.log").open("ab") as log,
        subprocess.Popen(
            command, stdout=log, stderr=log, start_new_session=True, env={**os.environ, "PREFECT_HOME": str(home)}
        ) as server,
    ):
        try:
            deadline = time.monotonic() + SERVER_TIMEOUT_S
            while not _answers(f"http://127.0.0.1:{port}/api/health"):
                assert server.poll() is None, (home / "server.log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/api"
        finally:
            os.killpg(server.pid, signal.SIGTERM)


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5):
            return True
    except OSError:
        return False


def wait_for(seen: Path, run: subprocess.Popen[str]) -> None:
    """Wait until a run has made a file or folder."""
    deadline = time.monotonic() + RUN_TIMEOUT_S
    while not seen.exists():
        assert run.poll() is None, f"the run ended before there was {seen}"
        assert time.monotonic() < deadline, seen
        time.sleep(0.002)


def cut_inbox(whole: Path, small: Path, *, lines: int = 14) -> Path:
    """Copy a part of the sample: the first lines of every file, two short recordings."""
    (small / "recordings").mkdir(parents=True)
    for path in sorted(whole.rglob("*")):
        target = small / path.relative_to(whole)
        if path.suffix == ".toml":
            shutil.copy2(path, target)
        elif path.suffix == ".csv":
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:lines]))
    sounds = sorted((whole / "recordings").rglob("*.wav"), key=lambda path: (path.stat().st_size, path))
    for path in [path for path in sounds if path.stat().st_size > 20_000][:2]:
        shutil.copy2(path, small / "recordings" / path.name)
    return small


@pytest.fixture(scope="session")
def environment(tmp_path_factory) -> dict[str, str]:
    """A Prefect home of the tests' own."""
    return {"PREFECT_HOME": str(tmp_path_factory.mktemp("prefect")), "LANG": "ja_JP.UTF-8"}


@pytest.fixture(scope="session")
def served(tmp_path_factory) -> Iterator[dict[str, str]]:
    """A server of Prefect's for many runs: none has to start its own."""
    home = tmp_path_factory.mktemp("served")
    with prefect_server(home) as api:
        yield {"PREFECT_HOME": str(home), "PREFECT_API_URL": api, "LANG": "ja_JP.UTF-8"}


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> tuple[Path, Truth]:
    """The sample inbox with speech, and the truth about it."""
    root = tmp_path_factory.mktemp("sample")
    make_sample(root, seed=20261031, speech=OpenJTalkSpeech())
    return root / "inbox", read_truth(root / "truth" / "truth.json")


@pytest.fixture(scope="session")
def small_inbox(sample, tmp_path_factory) -> Path:
    """A part of the sample: every kind of file, two short recordings."""
    whole, _ = sample
    return cut_inbox(whole, tmp_path_factory.mktemp("small") / "inbox")


@pytest.fixture
def place(small_inbox, tmp_path) -> Callable[[str], Place]:
    """Name a fresh place for a run on the small inbox."""
    return lambda name: Place(small_inbox, tmp_path / name)


@pytest.fixture(scope="session")
def undisturbed(small_inbox, tmp_path_factory, served) -> Undisturbed:
    """A run on the small inbox that nobody disturbed, and how long it took from its first table to its end."""
    # As deep as the places of tests: links to recordings are relative.
    place = Place(small_inbox, tmp_path_factory.mktemp("undisturbed") / "run")
    with place.start(served) as run:
        wait_for(place.first_table, run)
        began = time.monotonic()
        _, told = run.communicate(timeout=RUN_TIMEOUT_S)
    assert run.returncode in {0, 3}, told
    return Undisturbed(place, time.monotonic() - began)


@pytest.fixture(scope="session")
def sample_run(sample, tmp_path_factory, environment) -> tuple[Place, Truth, subprocess.CompletedProcess[str]]:
    """The whole job, run once on the sample inbox."""
    inbox, truth = sample
    place = Place(inbox, tmp_path_factory.mktemp("run"))
    done = place.run(environment=environment)
    assert done.returncode == 3, done.stderr  # the planted rejects
    return place, truth, done
