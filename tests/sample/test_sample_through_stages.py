"""The sample through ingest and segment: every contact, origin, link, silence and reject as the truth says."""

from __future__ import annotations

import pytest

from pipelines.steps.ingest import ingest_step
from pipelines.steps.segment import segment_step
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.sources import read_sources
from voc_mining.sample import make_sample
from voc_mining.sample.truth import LINKED
from voc_mining.store.delta import open_lake, open_vault

from .test_speech import ToneSpeech


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    out = tmp_path_factory.mktemp("through")
    truth = make_sample(out, seed=7, speech=ToneSpeech())
    lake, vault = open_lake(str(out / "lake")), open_vault(str(out / "vault"))
    sources = read_sources(out / "inbox" / "sources.toml")
    ingest_step(lake, vault, out / "inbox", sources, IngestParams(), lambda text: text)
    segment_step(lake, sources.origin, sources.silence)
    return truth, lake


def test_exactly_the_planted_rejects_occur(world):
    truth, lake = world
    found = {
        (row["source"], row["file"], row["row"], row["reason"]) for row in lake.read("rejects").iter_rows(named=True)
    }
    assert found == {(r.source, r.file, r.row, r.reason) for r in truth.rejects}


def test_every_contact_is_found_and_decided_as_by_hand(world):
    truth, lake = world
    rows = lake.read("contacts").drop("customer_key").join(lake.read("segments"), on="contact_id", validate="1:1")
    found = {
        row["contact_id"]: (
            row["source"],
            row["source_id"],
            row["customer_key"] or "",
            row["origin"],
            row["origin_rule"] if row["origin_rule"] in LINKED else "direct",
            row["related_contact_id"] or "",
            row["silence"],
        )
        for row in rows.iter_rows(named=True)
    }
    assert found == {
        c.contact_id: (c.source, c.source_id, c.customer_id, c.origin, c.rule, c.related_contact_id, c.silence)
        for c in truth.contacts
    }


def test_recordings_and_their_names_are_found(world):
    truth, lake = world
    readable = {
        row["audio_sha256"]: tuple(row["paths"])
        for row in lake.read("recordings").iter_rows(named=True)
        if row["state"] == "readable"
    }
    assert readable == {recording.audio_sha256: recording.paths for recording in truth.recordings}
    missing = [row["recording"] for row in lake.read("call_log").iter_rows(named=True) if row["recording_missing"]]
    assert missing == truth.missing_recordings
