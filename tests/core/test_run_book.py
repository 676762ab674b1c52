"""What a run remembers of itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines import engines
from pipelines.request import RunRequest
from pipelines.run_book import RunBook
from pipelines.settings import Settings


def test_the_inbox_is_found_again_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "inbox").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engines, "identities", lambda _: {})
    request = RunRequest(Path("inbox"), str(tmp_path / "lake"), tmp_path / "out", date(2026, 10, 31))
    assert RunBook(request, Settings()).draft()["inbox"] == str(tmp_path / "inbox")
