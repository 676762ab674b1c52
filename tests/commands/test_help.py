"""The help of every command, in one language at a time."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from pipelines.commands.help_words import BETWEEN
from tests.commands.conftest import Voc
from voc_mining import cli

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龯]")


def tree(command: TyperCommand | TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    yield path, command
    for name, each in getattr(command, "commands", {}).items():
        yield from tree(each, (*path, name))


COMMANDS = dict(tree(typer.main.get_command(cli.app)))


def test_every_text_has_both_languages():
    for path, command in COMMANDS.items():
        for text in (command.help, *(parameter.help for parameter in command.params)):
            japanese, between, english = text.partition(BETWEEN)
            assert between, (path, text)
            assert JAPANESE.search(japanese), (path, text)
            assert not JAPANESE.search(english), (path, text)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_is_in_the_language_that_is_asked_for(path: tuple[str, ...], voc: Voc, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    code, told, complaint = voc(*path, "--help", "--lang", "ja")
    assert (code, complaint) == (0, "")
    assert "使い方: voc" in told
    assert "この説明を表示して終わる" in told
    assert not re.search(r"Usage|Options|Arguments|Commands|OPTIONS|ARGS|required|default|Show this|…(?![、 ])", told)
    code, told, complaint = voc(*path, "--lang=en", "--help")
    assert (code, complaint) == (0, "")
    assert "Usage: voc" in told
    assert "Show this message and exit." in told
    assert not JAPANESE.search(told)


def test_help_follows_the_locale(voc: Voc, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("VOC_LANG", raising=False)
    for locale, word in (("en_US.UTF-8", "Usage:"), ("ja_JP.UTF-8", "使い方:"), ("C.UTF-8", "使い方:")):
        monkeypatch.setenv("LC_ALL", locale)
        assert word in voc()[1] + voc()[2]
        assert word in voc("topics", "--help")[1]


def test_help_loads_nothing_that_takes_long():
    code = (
        "import sys\nfrom voc_mining import cli\nsys.argv = ['voc', '--help']\n"
        "try:\n    cli.main()\nexcept SystemExit:\n    print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"polars", "deltalake", "numpy", "prefect", "rich.progress"} & set(loaded)
