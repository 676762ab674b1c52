"""Inboxes and runs that flow and browser tests share."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from voc_mining.contracts import LAKE_TABLES, VAULT_TABLES
from voc_mining.sample.calendar import DEMO_DATE
from voc_mining.sample.make import make_sample
from voc_mining.sample.speech_engine import OpenJTalkSpeech
from voc_mining.sample.truth import Truth, read_truth
from voc_mining.store.delta import DeltaStore

RUN_TIMEOUT_S = 900


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


def cut_inbox(whole: Path, small: Path) -> Path:
    """Copy a tenth of the sample: every kind of file, two short recordings."""
    (small / "recordings").mkdir(parents=True)
    for path in sorted(whole.rglob("*")):
        target = small / path.relative_to(whole)
        if path.suffix == ".toml":
            shutil.copy2(path, target)
        elif path.suffix == ".csv":
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:40]))
    sounds = sorted((whole / "recordings").rglob("*.wav"), key=lambda path: (path.stat().st_size, path))
    for path in [path for path in sounds if path.stat().st_size > 20_000][:2]:
        shutil.copy2(path, small / "recordings" / path.name)
    return small


@pytest.fixture(scope="session")
def environment(tmp_path_factory) -> dict[str, str]:
    """A Prefect home of the tests' own."""
    return {"PREFECT_HOME": str(tmp_path_factory.mktemp("prefect")), "LANG": "ja_JP.UTF-8"}


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> tuple[Path, Truth]:
    """The sample inbox with speech, and the truth about it."""
    root = tmp_path_factory.mktemp("sample")
    make_sample(root, seed=20261031, speech=OpenJTalkSpeech())
    return root / "inbox", read_truth(root / "truth" / "truth.json")


@pytest.fixture(scope="session")
def small_inbox(sample, tmp_path_factory) -> Path:
    """A tenth of the sample: every kind of file, two short recordings."""
    whole, _ = sample
    return cut_inbox(whole, tmp_path_factory.mktemp("small") / "inbox")


@pytest.fixture
def place(small_inbox, tmp_path) -> Callable[[str], Place]:
    """Name a fresh place for a run on the small inbox."""
    return lambda name: Place(small_inbox, tmp_path / name)


@pytest.fixture(scope="session")
def sample_run(sample, tmp_path_factory, environment) -> tuple[Place, Truth, subprocess.CompletedProcess[str]]:
    """The whole job, run once on the sample inbox."""
    inbox, truth = sample
    place = Place(inbox, tmp_path_factory.mktemp("run"))
    done = place.run(environment=environment)
    assert done.returncode == 3, done.stderr  # the planted rejects
    return place, truth, done
