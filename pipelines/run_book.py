"""The book of a run: accounts, timings and versions on the way to its manifest."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import polars as pl
from pydantic import TypeAdapter

from pipelines import engines, progress
from pipelines.publish import REPORT
from pipelines.request import RunRequest
from pipelines.settings import Settings
from pipelines.steps.hearing import heard_otherwise, in_force, told_digest
from voc_mining import __version__
from voc_mining.accounts import Account, totals
from voc_mining.contracts.objectives import Aims
from voc_mining.contracts.rules import SilenceRules
from voc_mining.ingest.inbox import InboxFile, list_inbox
from voc_mining.store.manifest import RunManifest, record
from voc_mining.topics.registry import active_version


class RunBook:
    """Collects what a run does, and records it when the run ends, well or not.

    Parameters
    ----------
    request : RunRequest
        What the run was asked to do.
    settings : Settings
        Of the installation.
    """

    def __init__(self, request: RunRequest, settings: Settings) -> None:
        self.request = request
        self.settings = settings
        self._lake, self._vault = request.stores(settings)
        self._started_at = datetime.now(UTC)
        self._tables_in = self._versions()
        self._accounts: list[Account] = []
        self._timings: dict[str, float] = {}

    def add(self, accounts: Sequence[Account]) -> None:
        """Enter accounts; those of one stage are added up."""
        for account in accounts:
            self._accounts.append(account.verify())

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step and tell the listener when it begins and ends."""
        progress.at(name, 0, 1)
        began = time.perf_counter()
        yield
        self._timings[name] = time.perf_counter() - began
        progress.at(name, 1, 1)

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Record the run when the block ends; a failure passes on after it was recorded."""
        try:
            yield
        except BaseException as end:
            record(self._lake, self._manifest("failed"))
            if not isinstance(end, Exception):  # an interrupt or a signal
                progress.stopped(end)
            raise
        record(self._lake, self._manifest("completed"))

    def draft(self) -> dict[str, Any]:
        """Return the manifest so far, for the report that the run itself makes."""
        return self._manifest("completed").as_row()

    def summary(self) -> dict[str, Any]:
        """Return what people and programs are told about the run, as plain values."""
        registries = self._lake.read("registries", ("registry_version", "state"))
        in_force = pl.lit(active_version(registries)["registry_version"].max(), pl.Int64)
        count = {
            name: self._lake.scan(table).filter(which).select(pl.len()).collect().item()
            for name, table, which in (
                ("contacts", "contacts", pl.lit(True)),
                ("statements", "voc", pl.col("counts")),
                ("topics", "topics", (pl.col("status") == "active") & pl.col("registry_version").eq_missing(in_force)),
            )
        }
        return {
            "as_of": self.request.as_of.isoformat(),
            "out": str(self.request.out),
            "report": str(self.request.out / REPORT),
            "counts": count,
            "accounts": [asdict(account) for account in totals(self._accounts)],
            "timings": {name: round(seconds, 2) for name, seconds in self._timings.items()},
            "notes": self._notes(),
        }

    def _versions(self) -> dict[str, int]:
        return self._lake.versions() | {f"vault/{name}": n for name, n in self._vault.versions().items()}

    def _manifest(self, state: str) -> RunManifest:
        request = self.request
        return RunManifest(
            started_at=self._started_at,
            ended_at=datetime.now(UTC),
            state=state,
            code_version=__version__,
            # Links are made from it later, perhaps from another working folder.
            inbox=str(request.inbox.resolve()),
            as_of=request.as_of,
            config={
                "settings": self.settings.model_dump(mode="json", exclude={"phone_secret", "naming_key"}),
                "from": request.from_date,
                "full": request.full,
                "corrections": request.corrections,
                "rehear": request.rehear,
                "rehear_since": request.rehear_since,
                "aims": TypeAdapter(Aims).dump_python(request.aims(), mode="json"),
                "silence": TypeAdapter(SilenceRules).dump_python(request.sources(self.settings).silence, mode="json"),
            },
            models=engines.identities(request, self.settings),
            tables_in=self._tables_in,
            tables_out=self._versions(),
            accounts=totals(self._accounts),
            timings=self._timings,
            notes=self._notes(),
        )

    @cached_property
    def _files(self) -> list[InboxFile]:
        """What the inbox holds; walked once, for it may hold years of recordings."""
        return list_inbox(self.request.inbox, self.request.sources(self.settings))

    def _flawed(self) -> list[tuple[str, list[str]]]:
        """Read which recordings have flawed sound: first path and flaws, by path."""
        by = engines.transcriber_id(self.settings)
        flawed = in_force(self._lake, by).filter(pl.col("flaws").list.len() > 0)
        named = flawed.join(self._lake.scan("recordings"), on="audio_sha256", validate="1:1")
        rows = named.select(pl.col("paths").list.first(), "flaws").sort("paths").collect()
        return list(rows.iter_rows())

    def _notes(self) -> dict[str, Any]:
        files = self._files
        missing = self._lake.scan("call_log").filter("recording_missing").select("recording").collect()
        present = {file.path for file in files}
        rejected = self._lake.read("rejects", ("file",))["file"].to_list()
        return {
            "flawed_recordings": self._flawed(),
            "heard_otherwise": heard_otherwise(
                self._lake, engines.transcriber_id(self.settings), told_digest(self.request.hotwords(self.settings))
            ),
            "missing_recordings": missing["recording"].drop_nulls().sort().to_list(),
            # What cannot even be opened is among the rejects.
            "unknown_files": [file.path for file in files if file.kind is None and file.path not in set(rejected)],
            "rejects": sum(file in present for file in rejected),
            "rejected_files_gone": sorted(set(rejected) - present),
            "no_input": not any(file.kind for file in files),
        }
