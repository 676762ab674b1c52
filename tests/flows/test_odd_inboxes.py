"""Inboxes that hold little or nothing still give a sensible result."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import Place

pytestmark = [pytest.mark.flow, pytest.mark.models, pytest.mark.timeout(600)]
KEPT = {
    "empty": (),
    "only_customers": ("customers*",),
    "only_inquiries": ("inquiries*", "sources.toml"),
    "only_recordings": ("recordings/*.wav",),
}


@pytest.mark.parametrize("name", KEPT)
def test_an_inbox_of_one_kind(name, small_inbox, tmp_path, environment):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for pattern in KEPT[name]:
        for path in sorted(small_inbox.rglob(pattern)):
            target = inbox / path.relative_to(small_inbox)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    place = Place(inbox, tmp_path / "run")
    done = place.run(environment=environment)
    assert done.returncode in {0, 3}, done.stderr
    summary = json.loads(done.stdout)
    assert Path(summary["report"]).read_text("utf-8").startswith("<!doctype html>")
    assert (place.out / "voc.csv").read_bytes().startswith(b"\xef\xbb\xbfvoc_id")
    if name == "empty":
        assert summary["notes"]["no_input"]
    if name == "only_inquiries":
        assert summary["counts"]["statements"] > 0
    if name == "only_recordings":
        assert summary["counts"]["contacts"] > 0


def test_a_missing_inbox_is_named_with_what_to_do(tmp_path, environment):
    done = Place(tmp_path / "nowhere", tmp_path / "run").run(environment=environment)
    assert done.returncode == 1
    assert "インボックス" in done.stderr
