"""`voc doctor` finds what keeps a run from working, and says what to do."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest

from pipelines.commands import doctor
from voc_mining.embed.sentence_transformer_engine import EightBits
from voc_mining.errors import UserError
from voc_mining.model_files.locate import MANIFEST, Located
from voc_mining.store.delta import open_lake, open_vault


def _embedding_is(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = SimpleNamespace(eight_bits=lambda: state, converted=Path("tiny-int8"))
    monkeypatch.setattr(doctor.engines, "embedder", lambda _settings: embedder)


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model that is installed and whole."""
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(b"weights")
    listed = {"name": "weights", "size": 7, "sha256": hashlib.sha256(b"weights").hexdigest()}
    (folder / MANIFEST).write_text(json.dumps({"identity": "tiny@1", "files": [listed]}), encoding="utf-8")
    for name in ("whisper_model", "embedding_model", "speaker_model"):
        monkeypatch.setattr(doctor.engines, name, lambda _settings: Located("tiny", str(folder), None, "tiny@1"))
    _embedding_is("in_use", monkeypatch)
    monkeypatch.setenv("VOC_MODELS_DIR", str(folder.parent))
    return folder


@pytest.fixture
def examined(capsys):
    """What was found, by check, and the exit code."""

    def go(inbox: Path | None = None, lake: str | None = None) -> tuple[dict[str, list[dict]], int]:
        code = doctor.examine(inbox, lake, as_json=True, lang="ja")
        told = json.loads(capsys.readouterr().out)
        assert told["ok"] == (code == 0)
        found: dict[str, list[dict]] = {}
        for check in told["checks"]:
            assert check["remedy"] or check["state"] != "bad", "every trouble comes with what to do"
            found.setdefault(check["check"], []).append(check)
        return found, code

    return go


def test_an_installation_that_works(examined):
    found, code = examined()
    assert code == 0
    assert found.keys() == {"python", "packages", "codecs", "settings", "embedding", "models", "secret", "disk"}
    assert [each["state"] for each in found["models"]] == ["ok", "ok", "ok"]


def test_the_sentences_are_for_people(capsys):
    assert doctor.examine(None, None, as_json=False, lang="ja") == 0
    told = capsys.readouterr().out
    assert "✓ モデル: tiny@1" in told
    assert told.endswith("問題はありません。\n")


def test_a_changed_model_is_found(examined, models):
    (models / "weights").write_bytes(b"weighty")
    found, code = examined()
    assert code == 1
    assert "weights" in found["models"][0]["found"]
    assert str(models) in found["models"][0]["remedy"]


@pytest.mark.parametrize("state", get_args(EightBits))
def test_it_is_told_whether_vectors_are_computed_in_8_bits_and_why_not(examined, monkeypatch, state):
    _embedding_is(state, monkeypatch)
    found, code = examined()
    (told,) = found["embedding"]
    assert (told["state"], code) == ("note" if state == "unusable" else "ok", 0)
    assert "doctor." not in told["found"]
    assert bool(told["remedy"]) == (state == "unusable")


def test_a_cache_that_cannot_be_written_keeps_from_8_bits(examined, monkeypatch):
    _embedding_is("at_first_use", monkeypatch)
    monkeypatch.setattr(doctor.os, "access", lambda _path, _mode: False)
    (told,) = examined()[0]["embedding"]
    assert (told["state"], bool(told["remedy"])) == ("note", True)


def test_a_missing_model_is_found(examined, monkeypatch):
    def missing(_settings):
        raise UserError("models.not_installed", model="tiny", folder="models")

    monkeypatch.setattr(doctor.engines, "whisper_model", missing)
    found, code = examined()
    assert code == 1
    assert "voc models install" in found["models"][0]["remedy"]


def test_a_wrong_setting_is_named(examined, monkeypatch):
    monkeypatch.setenv("VOC_DEVICE", "toaster")
    found, code = examined()
    assert code == 1
    assert "VOC_DEVICE" in found["settings"][0]["found"]
    assert "toaster" in found["settings"][0]["found"]


def test_what_is_missing_is_named(examined, monkeypatch):
    monkeypatch.setattr(doctor, "requires", lambda _name: ["polars>=999", "no-such-package", "not-here; extra == 'x'"])
    monkeypatch.setattr("voc_mining.transcribe.audio_engine.missing_decoders", lambda: ["MP3"])
    found, code = examined()
    assert code == 1
    assert found["packages"][0]["found"].startswith("polars>=999: ")
    assert "no-such-package: –" in found["packages"][0]["found"]
    assert "not-here" not in found["packages"][0]["found"]
    assert "MP3" in found["codecs"][0]["found"]


@pytest.mark.parametrize(("free", "state"), [(60e9, "ok"), (3e9, "note"), (0.5e9, "bad")])
def test_free_disk(examined, monkeypatch, free, state):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _place: type("Usage", (), {"free": free}))
    found, code = examined()
    assert {each["state"] for each in found["disk"]} == {state}
    assert code == (state == "bad")


def test_an_inbox_is_listed_by_kind(examined, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    assert examined(inbox)[0]["inbox"][0]["state"] == "note"
    (inbox / "inquiries.csv").write_text("inquiry_id\n")
    (inbox / "holiday.jpg").write_bytes(b"")
    found, code = examined(inbox)
    assert code == 0
    assert [(each["state"], each["found"]) for each in found["inbox"]] == [
        ("ok", "1個のファイル（inquiries 1）"),
        ("note", "種類が分からないファイル: holiday.jpg"),
    ]
    (inbox / "sources.toml").write_text("inquiries = 3\n")
    found, code = examined(inbox)
    assert code == 1
    assert "sources.toml" in found["sources"][0]["found"]


def test_objectives_that_cannot_be_read_are_told(examined, tmp_path):
    inbox = tmp_path / "goals"
    inbox.mkdir()
    (inbox / "inquiries.csv").write_text("inquiry_id,received_at,body\n")
    assert examined(inbox)[0]["objectives"][0]["state"] == "ok"
    (inbox / "objectives.toml").write_text("[[objective]]\nname = 'a'\n")
    found, code = examined(inbox)
    assert code == 1
    assert "objectives.toml" in found["objectives"][0]["found"]


def test_what_cannot_be_opened_is_not_taken_for_unknown(examined, tmp_path, monkeypatch):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "inquiries.csv").write_text("inquiry_id\n")
    (inbox / "closed").write_bytes(b"")
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, *how: Path(path).name != "closed" and real(path, *how))
    found, _ = examined(inbox)
    assert [each["found"] for each in found["inbox"]][1:] == ["開けないファイルやフォルダー: closed"]


def test_a_missing_inbox_is_named(examined, tmp_path):
    found, code = examined(tmp_path / "nowhere")
    assert (code, found["inbox"][0]["state"]) == (1, "bad")


def test_a_vault_that_others_can_read_is_found(examined, tmp_path):
    uri = str(tmp_path / "lake")
    assert examined(lake=uri)[1] == 0
    assert not Path(uri).exists(), "looking writes nothing"
    open_lake(uri).append_new("rejects", open_lake(uri).read("rejects"))
    open_vault(f"{uri}-vault")
    assert examined(lake=uri)[1] == 0
    Path(f"{uri}-vault").chmod(0o755)
    found, code = examined(lake=uri)
    assert code == 1
    assert "755" in found["vault"][0]["found"]
    assert found["vault"][0]["remedy"].startswith("chmod 700")


def test_a_file_in_place_of_the_lake_is_named(examined, tmp_path):
    (tmp_path / "lake").write_text("")
    found, code = examined(lake=str(tmp_path / "lake"))
    assert (code, found["lake"][0]["state"]) == (1, "bad")
    assert "フォルダーではありません" in found["lake"][0]["found"]


def test_a_lake_that_cannot_be_opened_is_named(examined, tmp_path):
    log = tmp_path / "lake" / "contacts" / "_delta_log"
    log.mkdir(parents=True)
    (log / "00000000000000000000.json").write_text("not a log")
    found, code = examined(lake=str(tmp_path / "lake"))
    assert (code, found["lake"][0]["state"]) == (1, "bad")
