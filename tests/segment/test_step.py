from __future__ import annotations

from pipelines.steps.segment import segment_step
from tests.segment import worlds
from tests.segment.test_origin import FRIDAY, call
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.store.delta import open_lake


def test_a_second_run_writes_nothing(tmp_path):
    lake = open_lake(str(tmp_path / "lake"))
    row = {k: v for k, v in call("a", FRIDAY, "inbound", month="2026-11").items() if k != "answered_at"}
    lake.append_new("contacts", worlds.contact_frame([row]))
    first = segment_step(lake, OriginRules(), SilenceRules())
    versions = lake.versions()
    second = segment_step(lake, OriginRules(), SilenceRules())
    assert (first[0].produced, second[0].produced, second[0].unchanged) == (1, 0, 1)
    assert lake.versions() == versions


def test_an_empty_lake_stays_empty(tmp_path):
    lake = open_lake(str(tmp_path / "lake"))
    assert segment_step(lake, OriginRules(), SilenceRules())[0].inputs == 0
    assert lake.versions() == {}


def test_a_new_contact_is_appended_and_one_that_is_gone_leaves(tmp_path):
    lake = open_lake(str(tmp_path / "lake"))
    rows = [
        {k: v for k, v in call(name, FRIDAY, "inbound", month="2026-11").items() if k != "answered_at"}
        for name in "abc"
    ]
    lake.append_new("contacts", worlds.contact_frame(rows[:2]))
    segment_step(lake, OriginRules(), SilenceRules())
    lake.append_new("contacts", worlds.contact_frame(rows[2:]))
    told = segment_step(lake, OriginRules(), SilenceRules())[0]
    assert (told.produced, told.unchanged) == (1, 2)
    gone = worlds.contact_frame(rows[:1])
    lake.replace("contacts", gone.clear(), scope=gone.select("contact_id"))
    assert segment_step(lake, OriginRules(), SilenceRules())[0].unchanged == 2
    assert sorted(lake.read("segments")["contact_id"]) == sorted(lake.read("contacts")["contact_id"])
