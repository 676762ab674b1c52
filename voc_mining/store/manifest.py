"""The run manifest: what a run rests on and what it did."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from voc_mining.accounts import Account
from voc_mining.ids import digest
from voc_mining.store.delta import DeltaStore


@dataclass(frozen=True, slots=True)
class RunManifest:
    """One run, as kept in ``runs``.

    Parameters
    ----------
    started_at, ended_at : datetime
        UTC.
    state : str
        ``completed`` or ``failed``.
    code_version : str
        Version of the program.
    inbox : str or None
        Inbox that was read; None where there was none.
    as_of : date
        Date of the figures.
    config : mapping
        Settings and parameters by name.
    models : mapping
        Identity of each engine: model digest and options.
    tables_in, tables_out : mapping of str to int
        Table versions before and after.
    accounts : sequence of Account
        What became of every input, per stage.
    timings : mapping of str to float
        Wall time per step, seconds.
    notes : mapping
        What people should see: rejected inputs that are present, log rows whose recording is missing, unknown files.
    """

    started_at: datetime
    ended_at: datetime
    state: str
    code_version: str
    inbox: str | None
    as_of: date
    config: Mapping[str, object] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    tables_in: Mapping[str, int] = field(default_factory=dict)
    tables_out: Mapping[str, int] = field(default_factory=dict)
    accounts: Sequence[Account] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    notes: Mapping[str, object] = field(default_factory=dict)

    @property
    def run_id(self) -> str:
        """Digest of when and on what it ran."""
        return "R" + digest(self.started_at.isoformat(), self.inbox, self.as_of)[:12]

    def as_row(self) -> dict[str, Any]:
        """Row of ``runs``, with the manifest still an object of plain values."""
        details = {
            "config": self.config,
            "models": self.models,
            "tables_in": self.tables_in,
            "tables_out": self.tables_out,
            "accounts": [asdict(account) for account in self.accounts],
            "timings": {step: round(seconds, 3) for step, seconds in self.timings.items()},
            "notes": self.notes,
        }
        return {
            "run_id": self.run_id,
            "started_at": self.started_at,
            "ended_at": self.ended_at,
            "state": self.state,
            "code_version": self.code_version,
            "inbox": self.inbox,
            "as_of": self.as_of,
            "manifest": json.loads(json.dumps(details, ensure_ascii=False, sort_keys=True, default=str)),
        }


def record(lake: DeltaStore, manifest: RunManifest) -> None:
    """Append the manifest to ``runs``."""
    row = manifest.as_row()
    lake.append_new("runs", pl.DataFrame([row | {"manifest": json.dumps(row["manifest"], ensure_ascii=False)}]))


def last_run(lake: DeltaStore, *, with_inbox: bool = False) -> dict[str, Any] | None:
    """Return the newest row of ``runs`` with its manifest decoded; None where nothing ran yet."""
    runs = lake.read("runs").sort("started_at", "run_id")
    if with_inbox:
        runs = runs.filter(pl.col("inbox").is_not_null())
    if runs.is_empty():
        return None
    row = runs.row(-1, named=True)
    return row | {"manifest": json.loads(row["manifest"])}
