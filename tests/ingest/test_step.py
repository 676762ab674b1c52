"""The step: deliveries that come again, change, arrive late or in part; a killed ingest."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.ingest.conftest import World
from voc_mining.ids import contact_id, orphan_contact_id
from voc_mining.ingest.params import IngestParams

LOG = "call_id,direction,offered_at,answered_at,ended_at,customer_id,recording,note\n"
FORM = "inquiry_id,received_at,channel,customer_id,body\n"
NAMES = "[recordings]\npatterns = ['(?P<started_at>[0-9]{8}_[0-9]{6})']\n"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def first_delivery(world: World) -> None:
    world.put("sources.toml", NAMES)
    world.put("call_log.csv", LOG + "C1,着信,2026-03-31 10:00,2026-03-31 10:00:30,2026-03-31 10:05,A,C1.wav,料金の件\n"
              "C2,発信,2026-04-02 10:00,,2026-04-02 10:01,B,gone.wav,\n")  # fmt: skip
    world.put(
        "inquiries.csv",
        (FORM + "Q1,2026/4/1 9:05,form,A,届かない\nQ2,2026/4/31,form,A,x\nQ3,2026/4/3,mail,,解約\n").encode("cp932"),
    )
    world.put(
        "checkins.csv",
        "checkin_id,held_at,customer_id,method,owner,note\nK1,2026-04-05,A,phone,佐藤,「便利」とのこと\n",
    )
    world.put(
        "surveys.csv",
        "response_id,answered_at,survey_id,question,answer,score\nR1,2026-04-06,S1,用途は,帳票,4\nR1,2026-04-06,S1,不満は,遅い,4\n",
    )
    world.put("customers_20260401.csv", "customer_id,contract_start\nA,2025-01-01\nB,2025-02-01\n")
    world.put("usage.csv", "customer_id,week,metric,value\nA,2026-W14,login,3\n")
    world.put("recordings/C1.wav", b"one")
    world.put("recordings/20260301_120000.wav", b"alone")
    world.put("recordings/broken.wav", b"broken")
    world.put("memo.txt", "x")


def second_delivery(world: World) -> None:
    """A late log row in another month, a changed row that moves month, changed texts, a new and a renamed recording."""
    world.put("call_log_2.csv", LOG + "C1,着信,2026-05-01 10:00,2026-05-01 10:00:30,2026-05-01 10:05,A,C1.wav,請求の件\n"
              "C3,着信,2026-04-30 10:00,2026-04-30 10:01,2026-04-30 10:05,A,20260301_120000.wav,折り返し希望\n")  # fmt: skip
    world.put("recordings/gone.wav", b"came late")
    world.put("recordings/copy.wav", b"one")
    world.put(
        "inquiries.csv", FORM + "Q1,2026/3/1 9:05,form,A,まだ届かない\nQ2,2026/4/30,form,A,x\nQ3,2026/4/3,mail,,解約\n"
    )
    world.put("customers_20260401.csv", "customer_id,contract_start,plan\nA,2025-01-01,S\nB,2025-02-01,\n")
    world.put("usage.csv", "customer_id,week,metric,value\nA,2026-W14,login,4\nA,2026-W15,login,x\n")


def test_the_first_delivery(world: World):
    first_delivery(world)
    accounts = world.ingest()
    assert {kind: (a.inputs, a.produced, a.rejected) for kind, a in accounts.items() if a.inputs} == {
        "recordings": (3, 2, 1), "call_log": (2, 2, 0), "inquiries": (3, 2, 1), "checkins": (1, 1, 0),
        "surveys": (2, 2, 0), "customers": (2, 2, 0), "usage": (1, 1, 0), "unknown": (1, 0, 0),
    }  # fmt: skip
    assert accounts["unknown"].dropped == {"unknown_file": 1}
    rejects = world.lake.read("rejects").sort("file")
    assert rejects.select("source", "file", "row", "reason").rows() == [
        ("inquiries", "inquiries.csv", 3, "bad_time"),
        ("recordings", "recordings/broken.wav", 0, "not_audio"),
    ]
    call = world.contact("C1")
    assert (call["contact_id"], call["audio_sha256"]) == (contact_id("call", "C1"), sha256(b"one"))
    assert (call["recording_path"], call["duration_s"]) == ("recordings/C1.wav", 270.0)
    log = world.lake.read("call_log").sort("call_id")
    assert log["recording_missing"].to_list() == [False, True]
    alone = world.contact("recordings/20260301_120000.wav")
    assert (alone["contact_id"], alone["month"]) == (orphan_contact_id(sha256(b"alone")), "2026-03")
    assert world.lake.read("contacts").filter(pl.col("source") == "survey")["contact_id"].n_unique() == 2
    parts = world.vault.read("documents").group_by("part").len().sort("part").rows()
    assert parts == [("answer", 2), ("body", 2), ("note", 2), ("question", 2)]
    inputs = world.lake.read("inputs")
    assert inputs.filter(pl.col("kind") == "unknown")["file"].to_list() == ["memo.txt"]


def test_a_second_ingest_writes_nothing(world: World):
    first_delivery(world)
    first = world.ingest()
    before = world.versions()
    again = world.ingest()
    assert world.versions() == before
    for kind, account in again.items():
        assert (account.inputs, account.rejected, account.dropped) == (
            first[kind].inputs,
            first[kind].rejected,
            first[kind].dropped,
        )
        assert (account.produced, account.unchanged) == (0, first[kind].produced)
    assert world.ingest(IngestParams(full=True))["inquiries"].unchanged == 2
    assert world.versions() == before


def test_links_follow_a_renamed_recording(world: World):
    first_delivery(world)
    world.ingest()
    for old, new in (("C1.wav", "2026/録音 1.wav"), ("20260301_120000.wav", "alone.wav")):
        target = world.inbox / "recordings" / new
        target.parent.mkdir(exist_ok=True)
        (world.inbox / "recordings" / old).rename(target)
    accounts = world.ingest()
    assert (accounts["recordings"].produced, accounts["recordings"].dropped) == (0, {"duplicate": 2})
    call = world.contact("C1")
    assert (call["recording_path"], call["audio_sha256"]) == ("recordings/2026/録音 1.wav", sha256(b"one"))
    assert world.contact("recordings/alone.wav")["contact_id"] == orphan_contact_id(sha256(b"alone"))
    assert world.lake.read("contacts").filter(pl.col("source") == "recording").height == 1
    (world.inbox / "recordings" / "alone.wav").unlink()
    world.put("memo.txt", "y")
    world.ingest()
    assert world.contact("recordings/alone.wav")["recording_path"] == "recordings/alone.wav"


def test_the_second_delivery(world: World):
    first_delivery(world)
    world.ingest()
    second_delivery(world)
    accounts = world.ingest()
    contacts = world.lake.read("contacts")
    assert contacts["contact_id"].n_unique() == contacts.height
    late = world.contact("C3")
    assert (late["contact_id"], late["source"]) == (orphan_contact_id(sha256(b"alone")), "call")
    assert not contacts.filter(pl.col("source") == "recording").height
    moved = world.contact("C1")
    assert (moved["contact_id"], moved["month"]) == (contact_id("call", "C1"), "2026-05")
    assert world.contact("Q1")["month"] == "2026-03"
    found = world.contact("C2")
    assert (found["audio_sha256"], found["recording_path"]) == (sha256(b"came late"), "recordings/gone.wav")
    assert not world.lake.read("call_log")["recording_missing"].any()
    sound = world.lake.read("recordings").filter(pl.col("audio_sha256") == sha256(b"one"))
    assert sound["paths"].to_list() == [["recordings/C1.wav", "recordings/copy.wav"]]
    assert accounts["recordings"].dropped == {"duplicate": 1}
    texts = dict(
        world.vault.read("documents").filter(pl.col("part") == "body").select("contact_id", "text").iter_rows()
    )
    assert texts[contact_id("inquiry", "Q1")] == "まだ届かない"
    assert len(texts) == 3
    assert world.lake.read("rejects").sort("file")["file"].to_list() == ["recordings/broken.wav", "usage.csv"]
    assert world.lake.read("usage").select("week", "value").rows() == [(date(2026, 3, 30), 4.0)]
    assert (accounts["inquiries"].produced, accounts["inquiries"].unchanged) == (2, 1)
    before = world.versions()
    world.ingest(IngestParams(full=True))
    assert {name: n for name, n in world.versions().items() if name != "inputs"} == {
        name: n for name, n in before.items() if name != "inputs"
    }


@pytest.mark.parametrize("deliveries", [1, 2])
def test_a_killed_ingest_is_repeated_with_the_same_result(tmp_path: Path, deliveries: int):
    start = World(tmp_path / "start")
    first_delivery(start)
    if deliveries == 2:
        start.ingest()
        second_delivery(start)

    def delivered(name: str) -> World:
        shutil.copytree(tmp_path / "start", tmp_path / name)
        return World(tmp_path / name)

    undisturbed = delivered("undisturbed")
    undisturbed.ingest()
    expected = undisturbed.content()
    for writes in range(40):
        world = delivered(f"killed{writes}")
        world.failing_after(writes)
        try:
            world.ingest()
        except KeyboardInterrupt:
            world.mended()
            world.ingest()
            assert world.content() == expected, f"killed at write {writes}"
        else:
            break
    assert writes > 8


def test_the_last_record_of_a_key_holds(world: World):
    world.put("inquiries_1.csv", FORM + "Q1,2026-04-01,form,A,古い\nQ1,2026-04-01,form,A,新しい\n")
    world.put("inquiries_2.csv", FORM + "Q1,2026-04-01,form,A,新しい\n")
    account = world.ingest()["inquiries"]
    assert (account.inputs, account.produced, account.dropped) == (3, 1, {"duplicate": 1, "superseded": 1})
    assert world.vault.read("documents")["text"].to_list() == ["新しい"]
    contact = world.contact("Q1")
    assert (contact["source_file"], contact["source_row"]) == ("inquiries_1.csv", 3)


def test_a_changed_mapping_reads_older_deliveries_first(world: World):
    world.put("inquiries_b.csv", FORM + "Q1,2026-04-01,form,A,古い\n")
    world.ingest()
    world.put("inquiries_a.csv", FORM + "Q1,2026-04-01,form,A,新しい\n")
    world.ingest()
    world.put("sources.toml", "[inquiries]\nlenient = true\n")
    account = world.ingest()["inquiries"]
    assert (account.unchanged, account.dropped) == (1, {"superseded": 1})
    assert world.vault.read("documents")["text"].to_list() == ["新しい"]


def test_what_left_the_inbox_stays_and_still_wins_over_older_files(world: World):
    world.put("inquiries_a.csv", FORM + "Q1,2026-04-01,form,A,古い\n")
    world.ingest()
    world.put("inquiries_b.csv", FORM + "Q1,2026-04-01,form,A,新しい\nQ2,2026-04-02,form,A,x\n")
    world.ingest()
    (world.inbox / "inquiries_b.csv").unlink()
    account = world.ingest(IngestParams(full=True))["inquiries"]
    assert (account.inputs, account.dropped) == (1, {"superseded": 1})
    assert sorted(world.vault.read("documents")["text"]) == ["x", "新しい"]


def test_a_touched_file_is_not_read_again(world: World):
    world.put("inquiries.csv", FORM + "Q1,2026-04-01,form,A,x\n")
    world.ingest()
    before = world.versions()
    os.utime(world.inbox / "inquiries.csv", ns=(10**18, 10**18))
    assert world.ingest()["inquiries"].unchanged == 1
    after = world.versions()
    assert {name for name in after if after[name] != before[name]} == {"inputs"}
    world.ingest()
    assert world.versions() == after


def test_a_mended_file_takes_its_rejects_away(world: World):
    world.put("inquiries.csv", FORM + "Q1,いつか,form,A,x\n")
    assert world.ingest()["inquiries"].rejected == 1
    assert world.ingest()["inquiries"].rejected == 1
    world.put("inquiries.csv", FORM + "Q1,2026-04-01,form,A,xx\n")
    assert world.ingest()["inquiries"].rejected == 0
    assert world.lake.read("rejects").is_empty()
    assert world.vault.read("raw_rejects").is_empty()


def test_a_recording_delivered_anew_under_its_name_replaces_the_old(world: World):
    world.put("recordings/a.wav", b"half")
    world.ingest()
    world.put("recordings/a.wav", b"whole")
    world.ingest()
    contacts = world.lake.read("contacts")
    assert contacts["contact_id"].to_list() == [orphan_contact_id(sha256(b"whole"))]


def test_a_call_keeps_the_id_it_took_over(world: World):
    world.put("recordings/a.wav", b"a")
    world.ingest()
    world.put(
        "call_log.csv",
        LOG + "C1,in,2026-04-01 10:00,,2026-04-01 10:01,A,a.wav,\nC2,in,2026-04-01 11:00,,2026-04-01 11:01,A,a.wav,\n",
    )
    world.ingest()
    taken = orphan_contact_id(sha256(b"a"))
    assert (world.contact("C1")["contact_id"], world.contact("C2")["contact_id"]) == (taken, contact_id("call", "C2"))
    world.put(
        "call_log.csv",
        LOG + "C1,in,2026-04-01 10:00,,2026-04-01 10:01,A,,\nC2,in,2026-04-01 11:00,,2026-04-01 11:01,A,,\n",
    )
    world.ingest()
    assert world.contact("C1")["contact_id"] == taken
    assert world.contact("recordings/a.wav")["contact_id"] == contact_id("recording", sha256(b"a"))


def test_records_before_the_first_day_and_their_recordings_are_left_out(world: World):
    first_delivery(world)
    accounts = world.ingest(IngestParams(since=date(2026, 4, 2)))
    assert accounts["call_log"].dropped == {"before_from": 1}
    assert accounts["inquiries"].dropped == {"before_from": 1}
    assert accounts["recordings"].dropped == {"before_from": 2}
    assert accounts["customers"].produced == 2
    assert world.lake.read("contacts")["source_id"].sort().to_list() == ["C2", "K1", "Q3", "R1", "R1"]
    later = world.ingest()
    assert later["recordings"].produced == 2
    other = World(world.root / "other")
    first_delivery(other)
    other.ingest()
    assert world.lake.read("contacts").sort("contact_id").equals(other.lake.read("contacts").sort("contact_id"))


@pytest.mark.parametrize("only", ["", "customers", "recordings", "inquiries"])
def test_inboxes_of_one_kind(world: World, only: str):
    if only == "customers":
        world.put("customers.csv", "customer_id,as_of,contract_start\nA,2026-04-01,2025-01-01\n")
    if only == "recordings":
        world.put("recordings/a.wav", b"a")
    if only == "inquiries":
        world.put("inquiries.csv", FORM + "Q1,2026-04-01,form,A,x\n")
    accounts = world.ingest()
    assert sum(account.produced for account in accounts.values()) == (1 if only else 0)


def test_nothing_raw_enters_the_lake(world: World):
    world.put(
        "customers.csv",
        "customer_id,as_of,contract_start,phone,email,備考\nA,2026-04-01,2025-01-01,090-1234-5678,a@example.jp,090-1234-5678\nA,x,2025-01-01,090-1234-5678,,\n",
    )
    world.put(
        "inquiries.csv",
        FORM.replace("body", "body,電話")
        + "Q1,2026-04-01,form,A,090-1234-5678です,090-1234-5678\nQ2,090-1234-5678,form,A,x,\n",
    )
    world.ingest(mask=lambda text: text.replace("090-1234-5678", "［電話番号］"))
    for name in world.lake.tables:
        stored = world.lake.read(name).write_json()
        assert "1234-5678" not in stored
        assert "09012345678" not in stored
        assert "example.jp" not in stored
    assert "090-1234-5678" in world.vault.read("raw_rejects").write_json()


def test_a_file_that_cannot_be_opened_is_named_and_tried_again(world: World, monkeypatch: pytest.MonkeyPatch):
    world.put("inquiries.csv", FORM + "Q1,2026-04-01,form,A,x\n")
    world.put("recordings/a.wav", b"a")
    world.put("memo.txt", "x")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("voc_mining.ingest.inbox.LocalInbox.open", refuse)
        accounts = world.ingest()
    assert [accounts[kind].rejected for kind in ("inquiries", "recordings", "unknown")] == [1, 1, 1]
    assert set(world.lake.read("rejects")["reason"]) == {"unreadable_file"}
    accounts = world.ingest()
    assert (accounts["inquiries"].produced, accounts["recordings"].produced) == (1, 1)
    assert world.lake.read("rejects").is_empty()
    before = world.versions()
    world.ingest()
    assert world.versions() == before


def test_a_corrected_mapping_takes_back_what_the_wrong_one_made(tmp_path: Path):
    def delivered(name: str, mapping: str) -> World:
        world = World(tmp_path / name)
        world.put("sources.toml", mapping)
        world.put(
            "call_log.csv",
            LOG.replace("call_id", "id,call_id") + "1,C1,in,2026-04-01 10:00,,2026-04-01 10:01,A,a.wav,メモ\n",
        )
        world.put(
            "inquiries.csv",
            FORM.replace("inquiry_id", "id,inquiry_id") + "1,Q1,2026-04-01,form,A,x\n2,Q2,2026-04-01,form,A,y\n",
        )
        world.put("customers.csv", "id,customer_id,as_of,contract_start\n9,A,2026-04-01,2025-01-01\n")
        world.put("usage.csv", "id,customer_id,week,metric,value\n9,A,2026-W14,login,3\n")
        world.put("recordings/a.wav", b"a")
        world.ingest()
        return world

    wrong = (
        '[call_log]\ncolumns = { call_id = "id" }\n[inquiries]\ncolumns = { inquiry_id = "id" }\n'
        '[customers]\ncolumns = { customer_id = "id" }\n[usage]\ncolumns = { customer_id = "id" }\n'
    )
    right = "[call_log]\n[inquiries]\n[customers]\n[usage]\n"
    world = delivered("corrected", wrong)
    assert world.lake.read("contacts")["source_id"].sort().to_list() == ["1", "1", "2"]
    world.put("sources.toml", right)
    world.ingest()
    assert world.content() == delivered("right", right).content()
    world.put("sources.toml", right.replace("[inquiries]", '[inquiries]\nfiles = "elsewhere.csv"'))
    assert world.ingest()["unknown"].inputs == 1
    assert set(world.lake.read("contacts")["source"]) == {"call"}
