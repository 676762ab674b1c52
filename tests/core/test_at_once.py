"""Steps that are overtaken by another run decide again: the tables are those of one run after the other."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.steps.segment import segment_step
from pipelines.steps.topics import topics_step
from tests.ingest.conftest import World
from tests.meanwhile import Meanwhile
from tests.segment import worlds
from tests.segment.test_origin import FRIDAY, call
from tests.topics import cone
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.errors import EngineTrouble
from voc_mining.store.conflicts import Overtaken
from voc_mining.store.delta import open_lake

FORM = "inquiry_id,received_at,channel,customer_id,body\n"
TOPIC_TABLES = ("registries", "topics", "assignments")
FIRST = pl.concat([cone.statements(cone.MATTERS, 15), cone.strays(12), cone.greetings(10)])
LATE = pl.concat([cone.statements(list(cone.LATE), 18), cone.statements(["login"], 5, start=700)])


def test_a_replacement_decided_on_an_older_version_is_refused(tmp_path):
    lake = open_lake(str(tmp_path))
    rows = pl.DataFrame({"text_hash": ["a"], "model_id": "m", "vector": [[1.0]]})
    (seen,) = lake.seen("vectors")
    assert lake.replace("vectors", rows, scope=rows.select("text_hash"), seen=seen) == 1
    with pytest.raises(Overtaken):
        lake.replace("vectors", rows, scope=rows.select("text_hash"), seen=seen)
    (seen,) = lake.seen("vectors")
    assert lake.replace("vectors", rows, scope=rows.select("text_hash"), seen=seen) == 0


@pytest.mark.parametrize("table", ["recordings", "call_log", "contacts", "customers", "rejects", "inputs"])
def test_an_ingest_overtaken_by_one_of_another_inbox(tmp_path, table):
    """Both bring a record of the same key: the later one holds, in every table."""
    after, at_once = deliveries(tmp_path / "after"), deliveries(tmp_path / "at-once")
    for world in after:
        world.ingest()
    first, second = at_once
    second.lake = Meanwhile(second.lake, table, first.ingest)
    second.ingest()
    content = second.content()
    assert content == after[1].content()
    assert [row["text"] for row in content["documents"]] == ["もう届いた", "壊れた", "解約"]


def deliveries(root):
    first, second = World(root), World(root)
    second.inbox = root / "second"
    second.inbox.mkdir()
    first.put(
        "inquiries_1.csv", FORM + "Q1,2026/4/1 9:05,form,A,届かない\nQ2,2026/4/31,form,A,x\nQ3,2026/4/3,mail,,解約\n"
    )
    second.put("inquiries_2.csv", FORM + "Q1,2026/5/2 9:05,form,A,もう届いた\nQ4,2026/5/3,mail,,壊れた\nQ5,x,mail,,x\n")
    return first, second


def test_one_inbox_taken_in_twice_at_once(tmp_path):
    (one, _), (two, _) = deliveries(tmp_path / "one"), deliveries(tmp_path / "two")
    one.ingest()
    other = World(two.root)
    two.lake = Meanwhile(two.lake, "inputs", other.ingest)
    two.ingest()
    assert two.content() == one.content()


def test_contacts_that_come_while_segments_are_decided(tmp_path):
    early, late = (
        worlds.contact_frame(
            [{k: v for k, v in call(name, FRIDAY, "inbound", month="2026-11").items() if k != "answered_at"}]
        )
        for name in "ab"
    )
    lake = open_lake(str(tmp_path))
    lake.append_new("contacts", early)

    def other() -> None:
        lake.append_new("contacts", late)
        segment_step(lake, OriginRules(), SilenceRules())

    segment_step(Meanwhile(lake, "segments", other), OriginRules(), SilenceRules())
    assert lake.read("segments")["contact_id"].sort().to_list() == ["a", "b"]


def deliver(lake, texts):
    lake.append_new("voc", cone.voc_rows(texts))
    lake.append_new("vectors", cone.vector_rows(texts))
    lake.append_new("segments", cone.segment_rows(texts, "reactive"))


def contents(lake):
    return {name: lake.read(name).sort(lake.tables[name].key) for name in TOPIC_TABLES}


@pytest.mark.parametrize("table", TOPIC_TABLES)
@pytest.mark.parametrize("day", [1, 2])
def test_two_that_find_the_same_topics(tmp_path, table, day):
    one, both = (open_lake(str(tmp_path / name)) for name in ("one", "both"))
    for lake in (one, both):
        deliver(lake, FIRST)
        if day == 2:
            topics_step(lake)
            deliver(lake, LATE)
    topics_step(one)
    topics_step(Meanwhile(both, table, lambda: topics_step(both)))
    for name, frame in contents(one).items():
        assert_frame_equal(contents(both)[name], frame, check_exact=True)


@pytest.mark.parametrize(("day", "table"), [*((1, table) for table in TOPIC_TABLES), (2, "topics"), (2, "assignments")])
def test_two_that_would_find_other_topics(tmp_path, table, day):
    """The other has seen more; what it found stays, and nothing is found twice."""
    lake = open_lake(str(tmp_path))
    deliver(lake, FIRST)
    if day == 2:
        topics_step(lake)
        deliver(lake, LATE)

    def other() -> None:
        deliver(lake, LATE if day == 1 else cone.statements(list(cone.LATE), 9, start=50))
        topics_step(lake)

    topics_step(Meanwhile(lake, table, other))
    found = contents(lake)
    assert found["registries"].height == 1
    labels = found["topics"].filter(pl.col("status") == "active")["label"].to_list()
    assert len(labels) == len(set(labels)) == len(cone.MATTERS) + len(cone.LATE)
    counted = lake.read("voc")["text_hash"].unique().sort().to_list()
    assert found["assignments"]["text_hash"].sort().to_list() == counted
    assert set(found["assignments"]["topic_id"].drop_nulls()) <= set(found["topics"]["topic_id"])
    versions = lake.versions()
    topics_step(lake)
    assert lake.versions() == versions


def test_a_founder_killed_before_more_came(tmp_path):
    lake = open_lake(str(tmp_path))
    deliver(lake, FIRST)

    def die() -> None:
        raise EngineTrouble("killed")

    for table in ("topics", "assignments"):
        with pytest.raises(EngineTrouble):
            topics_step(Meanwhile(lake, table, die))
    deliver(lake, LATE)
    topics_step(lake)
    assert lake.read("registries").height == 1
    assert lake.read("topics").height == len(cone.MATTERS) + len(cone.LATE)
