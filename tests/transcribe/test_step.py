from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.steps import transcribe as step
from pipelines.steps.hearing import Rehearing, heard_otherwise, in_force, pending_recordings, told_digest
from pipelines.steps.transcribe import settled_recordings, transcribe_step
from tests.meanwhile import Meanwhile
from voc_mining.errors import EngineTrouble
from voc_mining.faults import Fault, as_stored
from voc_mining.ids import digest
from voc_mining.store.delta import DeltaStore, open_lake, open_vault
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.stage import transcriber_id

PARAMS = TranscribeParams()
LINES = {who: [f"{who}番の用件です。", "お願いします。"] for who in range(1, 40)}


class World:
    """An inbox with recordings, taken in to a lake."""

    def __init__(self, root: Path, marked: Callable, encode: Callable) -> None:
        self.inbox = root / "inbox"
        (self.inbox / "recordings").mkdir(parents=True)
        self.marked, self.encode = marked, encode
        self.lake, self.vault = open_lake(str(root / "lake")), open_vault(str(root / "vault"))

    def deliver(self, name: str, *who: int, also: tuple[str, ...] = ()) -> str:
        path = self.inbox / "recordings" / name
        self.encode(path, self.marked(*who), codec="pcm_f32le", rate=16000)
        content = path.read_bytes()
        for other in also:
            (self.inbox / "recordings" / other).write_bytes(content)
        return self.take_in(content, name, *also)

    def take_in(self, content: bytes, *names: str) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        paths = sorted(f"recordings/{each}" for each in names)
        row = {"audio_sha256": sha256, "paths": paths, "size_bytes": len(content), "state": "readable"}
        self.lake.append_new("recordings", pl.DataFrame([row]))
        return sha256

    def run(self, transcriber: object, lake: DeltaStore | None = None) -> list:
        lake = lake or self.lake
        pending = pending_recordings(lake, self.vault, transcriber_id(transcriber, PARAMS))
        return transcribe_step(lake, self.vault, pending, transcriber, PARAMS, self.inbox)

    def content(self) -> list[pl.DataFrame]:
        tables = [(self.vault, "transcripts"), (self.lake, "transcriptions"), (self.lake, "rejects")]
        return [store.read(name).sort(store.tables[name].key) for store, name in tables]


@pytest.fixture
def world(tmp_path: Path, marked: Callable, encode: Callable) -> World:
    return World(tmp_path, marked, encode)


def test_every_recording_is_stored_or_rejected(world: World, scripted: type) -> None:
    world.deliver("stereo.wav", 1, 2)
    world.deliver("mono.wav", 3)
    (world.inbox / "recordings" / "noise.wav").write_bytes(b"RIFF noise")
    world.take_in(b"RIFF noise", "noise.wav")
    (account,) = world.run(scripted(LINES))
    assert (account.inputs, account.produced, account.rejected) == (3, 2, 1)
    transcripts, transcriptions, rejects = world.content()
    assert sorted(transcripts["text"].unique()) == sorted(
        ["1番の用件です。", "2番の用件です。", "3番の用件です。", "お願いします。"]
    )
    assert transcriptions["n_utterances"].sort().to_list() == [2, 4]
    assert rejects.select("source", "file", "row", "stage", "reason").rows() == [
        ("recordings", "recordings/noise.wav", 0, "transcribe", "not_audio")
    ]
    assert rejects["faults"].str.starts_with('[{"code": "not_audio"').all()


def test_second_run_hears_and_writes_nothing(world: World, scripted: type) -> None:
    world.deliver("a.wav", 1)
    world.deliver("silent.wav", 99)
    (world.inbox / "recordings" / "bad.wav").write_bytes(b"x")
    world.take_in(b"x", "bad.wav")
    transcriber = scripted(LINES)
    world.run(transcriber)
    versions = world.lake.versions(), world.vault.versions()
    pending = pending_recordings(world.lake, world.vault, transcriber_id(transcriber, PARAMS))
    assert [recording.paths for recording in pending] == [("recordings/bad.wav",)], "worth another look, but cheap"
    assert settled_recordings(world.lake, pending).unchanged == 2
    heard = len(transcriber.heard)
    world.run(transcriber)
    assert len(transcriber.heard) == heard
    assert (world.lake.versions(), world.vault.versions()) == versions


def test_same_sound_under_two_names_is_heard_once(world: World, scripted: type) -> None:
    world.deliver("b.wav", 4, also=("a.wav",))
    transcriber = scripted(LINES)
    (account,) = world.run(transcriber)
    assert (account.inputs, transcriber.heard) == (1, [4])
    (world.inbox / "recordings" / "a.wav").unlink()
    assert not pending_recordings(world.lake, world.vault, transcriber_id(transcriber, PARAMS))


def test_any_of_its_names_will_do(world: World, scripted: type) -> None:
    world.deliver("b.wav", 4, also=("a.wav",))
    (world.inbox / "recordings" / "a.wav").write_bytes(b"something else by now")
    (account,) = world.run(scripted(LINES))
    assert account.produced == 1


@pytest.mark.parametrize(("content", "reason"), [(None, "missing_file"), (b"other", "changed_file")])
def test_file_that_went_or_changed_and_came_back(
    world: World, scripted: type, content: bytes | None, reason: str
) -> None:
    world.deliver("a.wav", 4)
    path = world.inbox / "recordings" / "a.wav"
    good = path.read_bytes()
    path.unlink() if content is None else path.write_bytes(content)
    (account,) = world.run(scripted(LINES))
    assert account.rejected == 1
    assert world.lake.read("rejects").select("reason", "faults").rows() == [(reason, as_stored([Fault(reason)]))]
    path.write_bytes(good)
    (account,) = world.run(scripted(LINES))
    assert account.produced == 1
    assert world.lake.read("rejects").is_empty()


def test_file_that_grew_since_it_was_taken_in_waits(world: World, scripted: type) -> None:
    world.deliver("a.wav", 4)
    path = world.inbox / "recordings" / "a.wav"
    path.write_bytes(path.read_bytes() + bytes(500))
    (account,) = world.run(scripted(LINES))
    assert account.rejected == 1
    fault = Fault("still_being_written", found="+500 bytes")
    assert world.lake.read("rejects").select("reason", "faults").rows() == [(fault.code, as_stored([fault]))]


def test_flaws_of_the_sound_are_stored(world: World, scripted: type) -> None:
    world.deliver("fine.wav", 4, 5)
    quiet = np.stack([world.marked(6)[0], np.zeros(64_000)]).astype(np.float32)
    world.encode(world.inbox / "recordings" / "half.wav", quiet, codec="pcm_f32le", rate=16000)
    world.take_in((world.inbox / "recordings" / "half.wav").read_bytes(), "half.wav")
    world.run(scripted(LINES))
    stored = world.lake.read("transcriptions").sort("channels", "n_utterances")
    assert sorted(stored["flaws"].to_list()) == [[], ["silent_channel"]]


class Killed(BaseException):
    pass


def test_killed_run_resumes_where_it_was(
    world: World, scripted: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "_COMMIT_RECORDINGS", 2)
    for who in range(1, 8):
        world.deliver(f"{who}.wav", who)

    class Mortal(scripted):
        def hear(self, sounds: object) -> Iterator[object]:
            for nth, hearing in enumerate(super().hear(sounds)):
                if nth == 5:
                    raise Killed
                yield hearing

    with pytest.raises(Killed):
        world.run(Mortal(LINES))
    rest = scripted(LINES)
    world.run(rest)
    assert rest.heard == [5, 6, 7]
    other = open_lake(str(tmp_path / "other"))
    other.append_new("recordings", world.lake.read("recordings"))
    interrupted = world.content()
    undisturbed = World.__new__(World)
    undisturbed.inbox, undisturbed.lake, undisturbed.vault = (
        world.inbox,
        other,
        open_vault(str(tmp_path / "other-vault")),
    )
    undisturbed.run(scripted(LINES))
    assert all(one.equals(two) for one, two in zip(interrupted, undisturbed.content(), strict=True))


def test_killed_between_vault_and_lake(world: World, scripted: type, monkeypatch: pytest.MonkeyPatch) -> None:
    world.deliver("1.wav", 1)
    replace = DeltaStore.replace

    def dies(store: DeltaStore, name: str, *args: object, **kwargs: object) -> int:
        if name == "transcriptions":
            raise Killed
        return replace(store, name, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(DeltaStore, "replace", dies)
        with pytest.raises(Killed):
            world.run(scripted(LINES))
    before = world.vault.versions()
    world.run(scripted(LINES))
    assert world.vault.versions() == before, "equal rows are not written again"
    assert world.lake.read("transcriptions").height == 1


def test_lost_vault_is_filled_again(world: World, scripted: type, tmp_path: Path) -> None:
    world.deliver("1.wav", 1)
    world.run(scripted(LINES))
    world.vault = open_vault(str(tmp_path / "new-vault"))
    world.run(scripted(LINES))
    assert world.vault.read("transcripts").height == 2
    assert world.lake.read("transcriptions").height == 1


def test_engine_trouble_leaves_the_rest_done(world: World, scripted: type) -> None:
    for who in (1, 2, 3):
        world.deliver(f"{who}.wav", who)
    with pytest.raises(EngineTrouble, match=r"2\.wav"):
        world.run(scripted(LINES, fails_on=2))
    assert world.lake.read("transcriptions").height == 2
    again = scripted(LINES)
    world.run(again)
    assert again.heard == [2]


def test_unreadable_recordings_are_left_to_ingest(world: World, scripted: type) -> None:
    row = {"audio_sha256": "0" * 64, "paths": ["recordings/x.wav"], "size_bytes": 0, "state": "unreadable"}
    world.lake.append_new("recordings", pl.DataFrame([row]))
    assert world.run(scripted(LINES))[0].inputs == 0


def other_model(scripted: type) -> tuple[object, str]:
    other = scripted(LINES)
    other.revision = "another"
    return other, transcriber_id(other, PARAMS)


def test_another_transcriber_hears_what_is_new_and_the_rest_only_if_asked(world: World, scripted: type) -> None:
    world.deliver("1.wav", 1)
    world.run(scripted(LINES))
    world.deliver("2.wav", 2)
    other, by = other_model(scripted)
    world.run(other)
    assert other.heard == [2]
    assert heard_otherwise(world.lake, by, None) == 1
    again = pending_recordings(world.lake, world.vault, by, Rehearing(world.inbox))
    transcribe_step(world.lake, world.vault, again, other, PARAMS, world.inbox)
    assert other.heard == [2, 1]
    assert pending_recordings(world.lake, world.vault, by, Rehearing(world.inbox)) == [], "once is enough"
    assert heard_otherwise(world.lake, by, None) == 0
    stored = world.lake.read("transcriptions").sort("turn", "transcriber_id")
    assert stored["turn"].to_list() == [1, 1, 2]
    assert in_force(world.lake, by).select("transcriber_id").collect().to_series().to_list() == [by, by]


def test_the_latest_transcript_counts_where_the_transcriber_has_made_none(world: World, scripted: type) -> None:
    world.deliver("1.wav", 1)
    first = scripted(LINES)
    world.run(first)
    other, by = other_model(scripted)
    pending = pending_recordings(world.lake, world.vault, by, Rehearing(world.inbox))
    transcribe_step(world.lake, world.vault, pending, other, PARAMS, world.inbox)
    counting = {
        name: in_force(world.lake, name).collect()["transcriber_id"].item()
        for name in (transcriber_id(first, PARAMS), by, "a third")
    }
    assert counting == {transcriber_id(first, PARAMS): transcriber_id(first, PARAMS), by: by, "a third": by}


def test_other_words_have_recordings_heard_again_if_asked(world: World, scripted: type) -> None:
    world.deliver("1.wav", 1)
    transcriber = scripted(LINES)
    world.run(transcriber)
    by, told = transcriber_id(transcriber, PARAMS), told_digest(("請求書",))
    assert pending_recordings(world.lake, world.vault, by) == []
    again = Rehearing(world.inbox, told)
    pending = pending_recordings(world.lake, world.vault, by, again)
    transcribe_step(world.lake, world.vault, pending, transcriber, PARAMS, world.inbox, hotwords=("請求書",))
    assert transcriber.heard == [1, 1]
    assert world.lake.read("transcriptions").select("glossary", "turn").rows() == [(told, 1)]
    assert pending_recordings(world.lake, world.vault, by, again) == []


def test_recordings_whose_file_is_gone_or_that_are_too_old_stay_as_they_were_heard(
    world: World, scripted: type
) -> None:
    days = {"gone.wav": 20, "old.wav": 9, "new.wav": 10}
    sounds = {name: world.deliver(name, who) for who, name in enumerate(days, start=1)}
    contacts = [
        {"contact_id": name, "audio_sha256": sounds[name], "business_date": date(2026, 10, day), "month": "2026-10"}
        | {"source": "call", "source_id": name, "channel": "phone", "content_key": "k", "source_file": "f"}
        | {"source_row": 1}
        for name, day in days.items()
    ]
    table = world.lake.tables["contacts"]
    world.lake.append_new("contacts", table.conform(pl.DataFrame(contacts)))
    world.run(scripted(LINES))
    (world.inbox / "recordings" / "gone.wav").unlink()
    _, by = other_model(scripted)
    every = pending_recordings(world.lake, world.vault, by, Rehearing(world.inbox))
    assert [recording.paths for recording in every] == [("recordings/new.wav",), ("recordings/old.wav",)]
    late = pending_recordings(world.lake, world.vault, by, Rehearing(world.inbox, since=date(2026, 10, 10)))
    assert [recording.paths for recording in late] == [("recordings/new.wav",)]
    assert pending_recordings(world.lake, world.vault, by) == []


def test_a_recording_missing_here_may_be_heard_by_another_run(world: World, scripted: type, tmp_path: Path) -> None:
    world.deliver("a.wav", 1)
    transcriber = scripted(LINES)
    pending = pending_recordings(world.lake, world.vault, transcriber_id(transcriber, PARAMS))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    lake = Meanwhile(world.lake, "rejects", lambda: world.run(transcriber))
    transcribe_step(lake, world.vault, pending, transcriber, PARAMS, elsewhere)
    _, transcriptions, rejects = world.content()
    assert (transcriptions.height, rejects.height) == (1, 0)


def test_sounds_are_stored_with_the_words_once(world: World, scripted: type) -> None:
    world.deliver("a.wav", 1, 2)
    transcriber = scripted(LINES)
    world.run(transcriber)
    events = world.lake.read("sound_events").sort("channel", "no")
    assert events.select("channel", "no", "kind").rows() == [
        (0, 0, "speech"),
        (0, 1, "speech"),
        (1, 0, "speech"),
        (1, 1, "speech"),
    ]
    key = pl.DataFrame({"audio_sha256": events["audio_sha256"].unique()})
    world.lake.replace("transcriptions", world.lake.tables["transcriptions"].empty(), scope=key)
    version = world.lake.version("sound_events")
    world.run(transcriber)
    assert world.lake.version("sound_events") == version, "a run that was killed before it was done writes the same"


def test_what_the_transcriber_was_told_is_stored_and_has_nothing_heard_again(world: World, scripted: type) -> None:
    world.deliver("a.wav", 1)
    world.run(scripted(LINES))
    world.deliver("b.wav", 2)
    transcriber = scripted(LINES)
    pending = pending_recordings(world.lake, world.vault, transcriber_id(transcriber, PARAMS))
    assert [recording.paths for recording in pending] == [("recordings/b.wav",)]
    transcribe_step(world.lake, world.vault, pending, transcriber, PARAMS, world.inbox, hotwords=("請求書", "解約"))
    stored = world.lake.read("transcriptions").sort("glossary", nulls_last=False)["glossary"].to_list()
    assert stored == [None, digest("hotwords", "請求書", "解約")]
    assert pending_recordings(world.lake, world.vault, transcriber_id(transcriber, PARAMS)) == []
