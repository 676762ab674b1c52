"""The command line as an operator meets it: wrong commands, wrong places, both languages, JSON for programs."""

from __future__ import annotations

import inspect
import json
import os
from datetime import datetime
from pathlib import Path

import pytest

from pipelines import local_run
from pipelines.commands import models
from pipelines.commands.arguments import check_writable, lake_with_data
from pipelines.steps.topics import topics_step
from tests.commands.conftest import Voc
from tests.topics import cone
from voc_mining import cli
from voc_mining.errors import UserError
from voc_mining.model_files.install import Installed
from voc_mining.store.delta import open_lake


@pytest.fixture
def lake(tmp_path: Path) -> str:
    """A lake with one version of topics."""
    store = open_lake(str(tmp_path / "lake"))
    texts = cone.statements(cone.MATTERS, 15)
    store.append_new("voc", cone.voc_rows(texts))
    store.append_new("vectors", cone.vector_rows(texts))
    store.append_new("segments", cone.segment_rows(texts, "reactive"))
    topics_step(store)
    return store.uri


@pytest.mark.parametrize(
    ("line", "ja", "en"),
    [
        (["topics", "lst"], "使えるコマンド: list", "no such command"),
        (["topics", "list", "--foo"], "オプション --foo はありません。\nvoc topics list --help", "no option --foo"),
        (["topics", "list"], "--lake の指定がありません", "--lake is missing"),
        (["run"], "inbox の指定がありません", "inbox is missing"),
        (["topics", "promote", "x", "--lake", "l"], "version の値が正しくありません", "value of version"),
        (["topics", "list", "--lake"], "オプション --lake に続けて", "option --lake lacks"),
        (["topics", "rename", "a", "b", "c", "--lake", "l"], "(c)", "(c)"),
        (["topics", "merge", "a", "--lake", "l"], "2つ以上", "at least one topic"),
    ],
)
def test_a_wrong_command_line_is_told_in_the_users_language(voc: Voc, line: list[str], ja: str, en: str):
    for lang, label, said in (("ja", "エラー: ", ja), ("en", "Error: ", en)):
        code, out, err = voc(*line[:2], "--lang", lang, *line[2:]) if len(line) > 1 else voc(*line, "--lang", lang)
        assert (code, out) == (1 if "merge" in line else 2, "")
        assert err.startswith(label)
        assert said in err
        code, out, err = voc(*line[:2], "--lang", lang, "--json", *line[2:])
        if "--lake" not in line[-1:]:  # there the option is what lacks its value
            told = json.loads(err)
            assert (code, out, set(told)) == (1 if "merge" in line else 2, "", {"error", "problem", "remedy"})
            assert said in f"{told['problem']}\n{told['remedy']}"


def test_no_command_shows_the_commands(voc: Voc):
    code, out, err = voc("topics")
    assert (code, err) == (2, "")
    assert "rename" in out


READING = [
    ("topics", "list"), ("topics", "show", "a"), ("topics", "rename", "a", "b"), ("topics", "merge", "a", "b"),
    ("topics", "history"), ("topics", "undo"), ("topics", "candidates"), ("topics", "promote", "1"),
    ("topics", "rollback"), ("export",), ("report",),
]  # fmt: skip


@pytest.mark.parametrize("command", READING, ids=" ".join)
@pytest.mark.parametrize("place", ["missing", "empty", "file"])
def test_a_place_without_data_is_an_error_that_says_what_to_do(voc: Voc, tmp_path: Path, command: tuple, place: str):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    out = ("--out", tmp_path / "out") if command[0] in {"export", "report"} else ()
    code, told, err = voc(*command, "--lake", tmp_path / place, *out, "--lang", "ja")
    assert (code, told) == (1, "")
    assert f"{tmp_path / place} にデータがまだありません。\n--lake の場所を確かめて" in err
    code, told, err = voc(*command, "--lake", tmp_path / place, *out, "--lang", "en", "--json")
    assert (code, told, json.loads(err)["error"]) == (1, "", "error.no_lake")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file"]


def test_every_command_speaks_to_programs():
    filters = {"mask"}
    for app in (cli.app, cli.models_app, cli.topics_app, cli.glossary_app):
        for command in app.registered_commands:
            assert command.callback is not None
            options = inspect.signature(command.callback).parameters
            assert "lang" in options
            assert ("json" in options) is (command.callback.__name__ not in filters), command.callback.__name__


def test_edits_are_told_to_programs_as_the_history_has_them(voc: Voc, lake: str):
    (first, second, *_) = [row["topic_id"] for row in json.loads(voc("topics", "list", "--lake", lake, "--json")[1])]
    (named,) = json.loads(voc("topics", "rename", first, "重い", "--lake", lake, "--json", "--author", "佐藤")[1])
    assert (named["action"], named["topic_id"], named["author"], named["effect"]) == (
        "rename", first, "佐藤", "applied"
    )  # fmt: skip
    (merged,) = json.loads(voc("topics", "merge", second, first, "--lake", lake, "--json")[1])
    assert json.loads(merged["payload"]) == {"into": first}
    (undone,) = json.loads(voc("topics", "undo", "--lake", lake, "--json")[1])
    assert undone["topic_id"] == merged["edit_id"]
    listed = json.loads(voc("topics", "history", "--lake", lake, "--json")[1])
    assert {row["edit_id"]: row["effect"] for row in listed}[merged["edit_id"]] == "undone"
    assert datetime.fromisoformat(listed[0]["at"])


def test_tables_have_words_for_codes(voc: Voc, lake: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "200")
    topic = json.loads(voc("topics", "list", "--lake", lake, "--json")[1])[0]["topic_id"]
    assert "操作はまだありません" in voc("topics", "history", "--lake", lake, "--lang", "ja")[1]
    assert f"{topic} の名前を「重い」に" in voc("topics", "rename", topic, "重い", "--lake", lake, "--lang", "ja")[1]
    told = voc("topics", "history", "--lake", lake, "--lang", "ja")[1]
    assert all(word in told for word in ("操作した人", "有効", "重い"))
    assert "label" not in told
    assert "使用中" in voc("topics", "list", "--lake", lake, "--lang", "ja")[1]
    assert "statements" in voc("topics", "show", topic, "--lake", lake, "--lang", "en")[1]


def test_installed_models_are_told_to_programs(monkeypatch: pytest.MonkeyPatch, voc: Voc, tmp_path: Path):
    monkeypatch.setattr(models, "install_embedded", lambda *_: [Installed("m", tmp_path, "m@1", fresh=True)])
    assert json.loads(voc("models", "install", "--json")[1]) == [
        {"name": "m", "folder": str(tmp_path), "identity": "m@1", "fresh": True}
    ]


def test_what_keeps_a_run_from_working_is_named_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    check_writable(tmp_path / "a" / "b")
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="Not a folder"):
        check_writable(tmp_path / "file" / "out")
    (tmp_path / "inbox").mkdir()
    with pytest.raises(UserError, match="Not a folder"):
        local_run.request(tmp_path / "inbox", str(tmp_path / "file"), tmp_path / "out")
    (tmp_path / "inbox" / "sources.toml").write_text("[inquiry]\n")
    with pytest.raises(UserError, match="no key inquiry"):
        local_run.request(tmp_path / "inbox", str(tmp_path / "lake"), tmp_path / "out")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UserError, match="Permission denied"):
        check_writable(tmp_path)
    with pytest.raises(UserError, match=r"inbox cannot be read \(Permission denied\)"):
        local_run.request(tmp_path / "inbox", str(tmp_path / "lake"), tmp_path / "out")


def test_a_lake_that_cannot_be_reached_is_told(monkeypatch: pytest.MonkeyPatch):
    def refused(_store: object) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr("voc_mining.store.delta.DeltaStore.versions", refused)
    with pytest.raises(UserError, match="connection refused"):
        lake_with_data("s3://bucket/lake")
