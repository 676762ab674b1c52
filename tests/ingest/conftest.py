"""A small inbox, its stores, and a store that fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest
from hypothesis import settings

from pipelines.steps.ingest import ingest_step
from voc_mining.accounts import Account
from voc_mining.errors import BadAudio
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.sources import read_sources
from voc_mining.store.delta import DeltaStore, open_lake, open_vault
from voc_mining.transcribe.audio import AudioInfo

# A case may wait for the processor longer than Hypothesis likes.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def probe(path: str) -> AudioInfo:
    if "broken" in path:
        raise BadAudio("not_audio", found="cut")
    return AudioInfo(1, 8000, "pcm_mulaw", 60.0)


@dataclass
class World:
    """An inbox with its lake and vault."""

    root: Path
    params: IngestParams = field(default_factory=IngestParams)

    def __post_init__(self) -> None:
        self.inbox = self.root / "inbox"
        self.inbox.mkdir(parents=True, exist_ok=True)
        self.lake = open_lake(str(self.root / "lake"))
        self.vault = open_vault(str(self.root / "vault"))

    def put(self, path: str, text: str | bytes) -> None:
        file = self.inbox / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)

    def ingest(self, params: IngestParams | None = None, *, mask: Callable[[str], str] = str) -> dict[str, Account]:
        sources = read_sources(self.inbox / "sources.toml")
        found = ingest_step(self.lake, self.vault, self.inbox, sources, params or self.params, mask, probe)
        return {account.stage.removeprefix("ingest."): account for account in found}

    def versions(self) -> dict[str, int]:
        return {**self.lake.versions(), **{f"vault/{name}": n for name, n in self.vault.versions().items()}}

    def content(self) -> dict[str, list[dict[str, object]]]:
        """Every table by content; the times of files are the file system's."""
        tables = {}
        for store in (self.lake, self.vault):
            for name, contract in store.tables.items():
                frame = store.read(name).sort(contract.key)
                tables[name] = frame.drop("mtime_ns", strict=False).rows(named=True)
        return tables

    def contact(self, source_id: str) -> dict[str, object]:
        return self.lake.read("contacts").row(by_predicate=pl.col("source_id") == source_id, named=True)

    def failing_after(self, writes: int) -> None:
        """Let the stores fail at the write after so many."""
        left = [writes]

        class Failing(DeltaStore):
            def _commit(self, *args: object, **kwargs: object) -> None:
                if not left[0]:
                    raise KeyboardInterrupt
                left[0] -= 1
                super()._commit(*args, **kwargs)

        self.lake = Failing(self.lake.uri, self.lake.tables)
        self.vault = Failing(self.vault.uri, self.vault.tables)

    def mended(self) -> None:
        """Let the stores work again."""
        self.lake, self.vault = open_lake(self.lake.uri), open_vault(self.vault.uri)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)
