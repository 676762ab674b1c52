"""What a run remembers of itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines import engines
from pipelines.request import RunRequest
from pipelines.run_book import RunBook
from pipelines.settings import Settings
from voc_mining.faults import Fault, as_stored
from voc_mining.store.delta import open_lake


def test_the_inbox_is_found_again_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "inbox").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engines, "identities", lambda *_: {})
    request = RunRequest(Path("inbox"), str(tmp_path / "lake"), tmp_path / "out", date(2026, 10, 31))
    assert RunBook(request, Settings()).draft()["inbox"] == str(tmp_path / "inbox")


def test_what_cannot_be_opened_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engines, "identities", lambda *_: {})
    (tmp_path / "inbox").mkdir()
    for name in ("closed", "memo.txt"):
        (tmp_path / "inbox" / name).write_text("x")
    lake = open_lake(str(tmp_path / "lake"))
    said = {"source": "unknown", "file": "closed", "row": 0, "stage": "ingest", "reason": "unreadable_file"}
    row = pl.DataFrame([said | {"faults": as_stored([Fault("unreadable_file", os_error="EACCES")])}])
    lake.append_new("rejects", lake.tables["rejects"].conform(row))
    request = RunRequest(tmp_path / "inbox", lake.uri, tmp_path / "out", date(2026, 10, 31))
    notes = RunBook(request, Settings()).summary()["notes"]
    assert (notes["unknown_files"], notes["rejects"], notes["no_input"]) == (["memo.txt"], 1, True)
