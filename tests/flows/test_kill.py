"""A run that is killed goes on where it stopped, and ends with the tables of one that was not."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest
from polars.testing import assert_frame_equal

from tests.conftest import wait_for

pytestmark = [pytest.mark.flow, pytest.mark.models]
# One in each third of a run.
MOMENTS = [(third + random.Random(20261121 + third).random()) / 3 for third in range(3)]


def kill(run):
    """Kill the whole process group."""
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()


@pytest.mark.parametrize(
    "seen",
    ["lake/contacts", "lake-vault/documents", "lake-vault/transcripts", "lake/voc", "lake/vectors", "lake/topics"],
)
def test_killed_at_a_stage(seen, place, served, undisturbed):
    where = place("killed")
    with where.start(served) as run:
        wait_for(where.root / seen, run)
        kill(run)
    assert_made_good(where, served, undisturbed.place)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment(moment, place, served, undisturbed):
    where = place("killed")
    with where.start(served) as run:
        wait_for(where.first_table, run)
        time.sleep(moment * undisturbed.lasted_s)
        kill(run)
    assert_made_good(where, served, undisturbed.place)


def assert_made_good(where, environment, undisturbed):
    again = where.run(environment=environment)
    assert again.returncode in {0, 3}, again.stderr
    content, expected = where.content(), undisturbed.content()
    assert content.keys() == expected.keys()
    for name, table in expected.items():
        assert_frame_equal(content[name], table)
    for path in undisturbed.out.glob("*.csv"):
        assert (where.out / path.name).read_bytes() == path.read_bytes(), path.name
