"""Which recording a call has."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from tests.ingest.tables import case_table
from voc_mining.ids import contact_id, orphan_contact_id
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.recordings import link_calls, orphan_contacts, told_by_names
from voc_mining.ingest.sources import parse_sources

PATHS = (
    "recordings/2026-04-01/C1.wav",
    "recordings/2026-04-01/C2.WAV",
    "recordings/2026-04-02/C3.mp3",
    "recordings/C9.wav",
    "recordings/a/same.wav",
    "recordings/b/same.wav",
    "recordings/out/x_call-77_1.wav",
)
PATTERN = "[recordings]\npatterns = ['(?P<call_id>call-[0-9]+)_']"


def files(*paths: str) -> pl.DataFrame:
    feed = next(feed for feed in parse_sources(PATTERN).feeds if feed.kind == "recordings")
    told = told_by_names(pl.Series("path", paths), feed, IngestParams())
    return told.with_columns(pl.col("path").alias("audio_sha256"))


@pytest.mark.parametrize(("call", "named", "path"), case_table("links.tsv"))
def test_links(call: str, named: str, path: str):
    calls = pl.DataFrame({"call_id": [call], "recording": [named or None]}, schema_overrides={"recording": pl.String})
    found = link_calls(calls, files(*PATHS))
    assert found["path"].to_list() == [path or None]


def test_the_same_sound_under_two_names_is_no_doubt():
    doubled = files("recordings/a/same.wav", "recordings/b/same.wav").with_columns(pl.lit("S").alias("audio_sha256"))
    calls = pl.DataFrame({"call_id": ["K"], "recording": ["same.wav"]})
    assert link_calls(calls, doubled).row(0) == ("K", "same.wav", "recordings/a/same.wav", "S")


def test_what_a_name_tells():
    text = r"""
[recordings]
patterns = ['(?P<started_at>\d{8}_\d{6})_(?P<direction>[a-z]+)_(?P<phone>\d+)_(?P<customer_id>[A-Z]\d+)']
values = { direction = { rx = "inbound", tx = "outbound" } }
"""
    feed = next(feed for feed in parse_sources(text).feeds if feed.kind == "recordings")
    (row,) = told_by_names(
        pl.Series("path", ["recordings/20260401_090500_tx_09012345678_C12.wav"]), feed, IngestParams()
    ).rows(named=True)
    assert row["started_at"] == datetime(2026, 4, 1, 0, 5, tzinfo=UTC)
    assert (row["direction"], row["customer_key"], row["call_id"]) == ("outbound", "C12", None)
    assert row["phone_key"]


def test_sound_without_a_call_is_a_contact_by_its_content():
    orphans = files("recordings/a.wav").with_columns(pl.lit(3.0).alias("duration_s")).drop("call_id")
    (row,) = orphan_contacts(orphans, frozenset()).rows(named=True)
    assert row["contact_id"] == orphan_contact_id("recordings/a.wav")
    assert (row["source"], row["source_id"], row["duration_s"]) == ("recording", "recordings/a.wav", 3.0)
    assert (row["started_at"], row["business_date"], row["month"]) == (None, None, "unknown")
    (other,) = orphan_contacts(orphans, frozenset({row["contact_id"]})).rows(named=True)
    assert other["contact_id"] == contact_id("recording", "recordings/a.wav")
