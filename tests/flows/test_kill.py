"""A run that is killed goes on where it stopped, and ends with the tables of one that was not."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from tests.conftest import Place

pytestmark = [pytest.mark.flow, pytest.mark.models, pytest.mark.timeout(900)]
PATIENCE_S = 240


@pytest.fixture(scope="module")
def undisturbed(small_inbox, tmp_path_factory, environment):
    place = Place(small_inbox, tmp_path_factory.mktemp("undisturbed"))
    done = place.run(environment=environment)
    assert done.returncode in {0, 3}, done.stderr
    return place.content()


def kill_when(seen: Path, command: list[str], environment: dict[str, str]) -> None:
    """Kill the whole process group as soon as a file of a table is there."""
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, **environment},
    ) as run:
        deadline = time.monotonic() + PATIENCE_S
        while not seen.exists():
            assert run.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.002)
        os.killpg(run.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    "seen",
    ["lake/contacts", "lake-vault/documents", "lake-vault/transcripts", "lake/voc", "lake/vectors", "lake/topics"],
)
def test_a_killed_run_is_made_good(seen, place, environment, undisturbed):
    where = place("killed")
    kill_when(where.root / seen, where.command(), environment)
    again = where.run(environment=environment)
    assert again.returncode in {0, 3}, again.stderr
    content = where.content()
    assert content.keys() == undisturbed.keys()
    for name, table in undisturbed.items():
        assert_frame_equal(content[name], table)
