"""A run that somebody stops says so in a sentence, and is recorded."""

from __future__ import annotations

import os
import signal

import pytest

from tests.conftest import wait_for

pytestmark = [pytest.mark.flow, pytest.mark.models]


@pytest.mark.parametrize(
    ("by", "code", "words"),
    [(signal.SIGINT, 130, ("ja", "中断しました。")), (signal.SIGTERM, 143, ("en", "The run was interrupted."))],
)
def test_a_stopped_run_ends_with_a_sentence(by, code, words, place, environment):
    lang, sentence = words
    where = place("stopped")
    with where.start(environment, "--lang", lang) as run:
        wait_for(where.root / "lake" / "contacts", run)
        os.killpg(run.pid, by)  # as a terminal does
        told, said = run.communicate(timeout=60)
    assert run.returncode == code
    assert not told
    assert said.startswith(sentence)
    assert len(said.splitlines()) == 2
    lake, _ = where.stores
    assert lake.read("runs")["state"].to_list() == ["failed"]
