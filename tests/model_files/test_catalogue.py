from __future__ import annotations

import pytest

from voc_mining.errors import UserError
from voc_mining.model_files.catalogue import load_catalogue

ENTRY = """
[[model]]
name = "m"
kind = "whisper"
source = "hub"
hub = "owner/m"
revision = "0123456789012345678901234567890123456789"
licence = "MIT"
note = "n"
"""


def test_the_bundled_list_holds_the_defaults_and_the_production_models():
    models = load_catalogue().models
    assert [entry.name for entry in load_catalogue().embedded()] == [
        "whisper-base",
        "multilingual-e5-small",
        "resemblyzer",
    ]
    for name in (
        "whisper-small",
        "whisper-large-v3-turbo",
        "kotoba-whisper-v2.0",
        "ruri-v3-30m",
        "multilingual-e5-base",
    ):
        assert models[name].source == "hub"
        assert len(models[name].revision or "") == 40
    assert all(entry.licence and entry.note for entry in models.values())


def test_identities_differ_and_name_what_decides_the_results():
    identities = [entry.identity for entry in load_catalogue().models.values()]
    assert len(set(identities)) == len(identities)
    assert "Systran/faster-whisper-small@536b0662742c" in identities


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (('kind = "whisper"', 'kind = "voice"'), "kind voice"),
        (('source = "hub"', 'source = "web"'), "source web"),
        (('revision = "0123456789012345678901234567890123456789"', 'revision = "main"'), "not a commit"),
        (('hub = "owner/m"', ""), "needs"),
        (('note = "n"', ""), "lacks a field"),
        (('note = "n"', 'note = "n"\ncolour = "red"'), "unknown"),
        (("[[model]]", "[[model"), "cannot be read"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path, changed, says):
    file = tmp_path / "models.toml"
    file.write_text(ENTRY.replace(*changed), encoding="utf-8")
    with pytest.raises(UserError, match=says) as caught:
        load_catalogue(file)
    assert str(file) in caught.value.problem


def test_a_name_is_listed_once(tmp_path):
    file = tmp_path / "models.toml"
    file.write_text(ENTRY * 2, encoding="utf-8")
    with pytest.raises(UserError, match="twice"):
        load_catalogue(file)
