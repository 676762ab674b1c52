"""A run that somebody stops says so in a sentence, and is recorded."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from tests.conftest import wait_for

pytestmark = [pytest.mark.flow, pytest.mark.models]


@pytest.mark.parametrize(
    ("by", "code", "lang", "sentence"),
    [(signal.SIGINT, 130, "ja", "中断しました。"), (signal.SIGTERM, 143, "en", "The run was interrupted.")],
)
def test_a_stopped_run_ends_with_a_sentence(by, code, lang, sentence, place, environment):
    where = place("stopped")
    with subprocess.Popen(
        where.command("--lang", lang),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, **environment},
    ) as run:
        wait_for(where.root / "lake" / "contacts", run)
        os.killpg(run.pid, by)  # as a terminal does
        told, said = run.communicate(timeout=60)
    assert run.returncode == code
    assert not told
    assert said.startswith(sentence)
    assert len(said.splitlines()) == 2
    lake, _ = where.stores
    assert lake.read("runs")["state"].to_list() == ["failed"]
