"""Two runs at once on one lake lose nothing and double nothing."""

from __future__ import annotations

import shutil

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.conftest import RUN_TIMEOUT_S, Place

pytestmark = [pytest.mark.flow, pytest.mark.models]
ENDED = {0, 3}
# Which texts come first is open, and with them the topics.
FOUND_TOGETHER = {"/lake/registries", "/lake/topics", "/lake/topic_layers", "/lake/assignments"}


def at_once(places: list[Place], environment: dict[str, str]) -> None:
    """Run in several processes and wait for all."""
    runs = [place.start(environment) for place in places]
    for run in runs:
        _, told = run.communicate(timeout=RUN_TIMEOUT_S)
        assert run.returncode in ENDED, told


def test_of_one_inbox_they_leave_what_one_run_leaves(place, served, undisturbed):
    one = undisturbed.place
    both = place("both")
    at_once([both, both], served)
    assert_same(both.content(), one.content())
    assert both.stores[0].read("runs")["state"].to_list() == ["completed"] * 2
    files = sorted(path.name for path in one.out.iterdir())
    assert sorted(path.name for path in both.out.iterdir()) == files
    for name in files:
        if (one.out / name).is_file():
            assert (both.out / name).read_bytes() == (one.out / name).read_bytes(), name


def test_of_two_inboxes_they_leave_what_one_after_the_other_leaves(small_inbox, tmp_path, served):
    inboxes = halves(small_inbox, tmp_path)
    first, second = (Place(inbox, tmp_path / "after") for inbox in inboxes)
    for place in (first, second):
        done = place.run(environment=served)
        assert done.returncode in ENDED, done.stderr
    places = [Place(inbox, tmp_path / "at-once") for inbox in inboxes]
    at_once(places, served)
    content, expected = (without_order(place.content()) for place in (places[0], first))
    assert_same(content, expected, apart_from=FOUND_TOGETHER, exact=False)
    assert_topics_hold_together(content)


def halves(inbox, root):
    """Split an inbox: inquiries here, everything else there."""
    parts = root / "inquiries", root / "others"
    for path in sorted(path for path in inbox.rglob("*") if path.is_file()):
        written = path.name.startswith("inquiries")
        for part, belongs in zip(parts, (written, not written), strict=True):
            if belongs or path.name == "sources.toml":
                target = part / path.relative_to(inbox)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)
    return parts


def without_order(content):
    """Leave out what tells which run came first, and the last bits of vectors, which tell their company."""
    vectors = pl.col("vector").list.eval(pl.element().round(3))
    return content | {
        "/lake/inputs": content["/lake/inputs"].drop("delivery"),
        "/lake/vectors": content["/lake/vectors"].with_columns(vectors),
    }


def assert_same(content, expected, *, apart_from=frozenset(), exact=True):
    assert content.keys() == expected.keys()
    for name in content.keys() - apart_from:
        assert_frame_equal(content[name], expected[name], abs_tol=0.002, check_exact=exact)


def assert_topics_hold_together(content):
    registries, topics, assignments = (content[f"/lake/{name}"] for name in ("registries", "topics", "assignments"))
    assert registries["state"].to_list() == ["active"]
    assert topics["registry_version"].unique().to_list() == [1]
    counted = content["/lake/voc"].filter("counts")["text_hash"].unique().sort()
    assert assignments["text_hash"].sort().to_list() == counted.to_list()
    assert set(assignments["topic_id"].drop_nulls()) <= set(topics["topic_id"])
    active = topics.filter(pl.col("status") == "active")["topic_id"]
    assert set(active) == set(content["/lake/topic_layers"]["topic_id"])
