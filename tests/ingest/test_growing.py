"""Recordings that somebody is still writing while the inbox is read."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.steps.ingest import ingest_step
from tests.ingest.conftest import World
from voc_mining.ingest import plan
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.sources import default_sources
from voc_mining.sample.sound_engine import mulaw
from voc_mining.transcribe.audio import Samples

PATH = "recordings/call.wav"


def recording(samples: Samples) -> bytes:
    """Make a µ-law WAV file whose header leaves its length open."""
    head = b"\x07\x00\x01\x00" + (8000).to_bytes(4, "little") * 2 + b"\x01\x00\x08\x00"
    sound = mulaw((samples * 32767).astype("int16")).tobytes()
    return b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0" + head + b"data\xff\xff\xff\xff" + sound


def test_a_growing_recording_waits_for_the_next_run(world: World, monkeypatch: pytest.MonkeyPatch):
    noise = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
    world.put(PATH, recording(noise[:8000]))

    def ingest() -> None:
        ingest_step(world.lake, world.vault, world.inbox, default_sources(), IngestParams(), str)

    def hash_while_it_grows(inbox: object, path: str, hashed: object = plan.sha256_of) -> str:
        found = hashed(inbox, path)
        world.put(PATH, recording(noise[:12_000]))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(plan, "sha256_of", hash_while_it_grows)
        ingest()
    reject = world.lake.read("rejects").row(0, named=True)
    assert (reject["reason"], reject["file"]) == ("still_being_written", PATH)
    assert "8,044 → 12,044 bytes" in reject["faults"]
    world.put(PATH, recording(noise))
    ingest()
    assert world.lake.read("rejects").is_empty()
    readable = world.lake.read("recordings").filter(state="readable")
    assert readable["size_bytes"].to_list() == [len(recording(noise))]
    before = world.versions()
    ingest()
    assert world.versions() == before
