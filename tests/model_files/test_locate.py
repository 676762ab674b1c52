from __future__ import annotations

import pytest

from voc_mining.errors import UserError
from voc_mining.model_files.catalogue import load_catalogue
from voc_mining.model_files.locate import Located, fingerprint, locate


def find(model: str, models_dir, kind: str = "whisper") -> Located:
    return locate(model, kind, models_dir, load_catalogue())


def make_model(folder, weights: bytes = b"weights"):
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.bin").write_bytes(weights)
    return folder


def test_a_listed_hub_model_comes_with_its_pinned_revision(tmp_path):
    found = find("kotoba-whisper-v2.0", tmp_path)
    assert found.reference == "kotoba-tech/kotoba-whisper-v2.0-faster"
    assert found.revision == "f44edd35eaeb2274e85ac7b31fb2c6f59ff1c4bc"


def test_a_downloaded_copy_comes_before_the_hub(tmp_path):
    folder = make_model(tmp_path / "whisper-small")
    found = find("whisper-small", tmp_path)
    assert (found.reference, found.revision) == (str(folder), None)


@pytest.mark.parametrize(
    ("alias", "name"),
    [("small", "whisper-small"), ("large-v3-turbo", "whisper-large-v3-turbo"), ("kotoba", "kotoba-whisper-v2.0")],
)
def test_an_alias_is_as_good_as_the_name(alias, name, tmp_path):
    assert find(alias, tmp_path) == find(name, tmp_path)
    folder = make_model(tmp_path / name)
    assert find(alias, tmp_path).reference == str(folder)


def test_a_folder_is_known_by_its_content_wherever_it_lies(tmp_path):
    here, there = make_model(tmp_path / "a" / "mine"), make_model(tmp_path / "b" / "mine")
    assert find(str(here), tmp_path).identity == find(str(there), tmp_path).identity
    (there / "model.bin").write_bytes(b"other weights")
    assert find(str(here), tmp_path).identity != find(str(there), tmp_path).identity
    (here / ".cache").mkdir()
    (here / ".cache" / "download.lock").write_text("")
    assert fingerprint(here) == find(str(here), tmp_path).identity.split("@")[1]


def test_a_hub_name_needs_a_commit(tmp_path):
    found = find("owner/model@abc123", tmp_path)
    assert (found.reference, found.revision) == ("owner/model", "abc123")
    with pytest.raises(UserError, match="names no revision"):
        find("owner/model", tmp_path)


def test_an_embedding_model_brings_its_prompt(tmp_path):
    assert find("ruri-v3-30m", tmp_path, "embedding").prompt == "トピック: "


@pytest.mark.parametrize(
    ("model", "kind", "says"),
    [
        ("whisper-base", "whisper", "voc models install"),
        ("whisper-base", "embedding", "multilingual-e5-small"),
        ("no-such-model", "whisper", "whisper-small"),
        ("./nowhere", "whisper", "no model or folder"),
    ],
)
def test_what_is_not_there_comes_with_a_remedy(tmp_path, model, kind, says):
    with pytest.raises(UserError, match=says):
        find(model, tmp_path, kind)


def test_half_a_folder_is_refused(tmp_path):
    (make_model(tmp_path / "mine") / "model.bin").unlink()
    with pytest.raises(UserError, match=r"not complete; it lacks model\.bin"):
        find("mine", tmp_path)
