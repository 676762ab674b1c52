"""The command line as an operator types it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from voc_mining import cli

Voc = Callable[..., tuple[int, str, str]]


@pytest.fixture
def voc(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Voc:
    """Run a command line; give its exit code, output and error output."""

    def go(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["voc", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        told = capsys.readouterr()
        assert isinstance(end.value.code, int)
        return end.value.code, told.out, told.err

    return go
