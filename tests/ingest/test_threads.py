"""Mail and chat threads: each belongs to its inquiry, or stands for one whose row is not there."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from pipelines.steps.written import written_pieces
from tests.ingest.conftest import World
from voc_mining.ids import contact_id
from voc_mining.ingest.cells import e164
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.source_rules import origin_rules
from voc_mining.ingest.toml_reader import TomlReader

INQUIRIES = "inquiry_id,received_at,channel,subject,body\nQ1,2026-04-01 10:00,mail,送料について,送料はいくらですか。\n"
HEAD = "thread_id,seq,sent_at,role,body\n"
THREAD = (
    HEAD
    + "Q1,3,2026-04-01 12:00,customer,ありがとうございます。ただ、高いです。\n"
    + "Q1,1,2026-04-01 10:00,お客様,送料は いくらですか。\n"
    + "Q1,2,2026-04-01 11:00,agent,600円です。\n"
)


def pieces(world: World) -> list[tuple[str, str, str]]:
    found = written_pieces(world.vault, world.lake.read("contacts").select("contact_id", "month"))
    order = pl.col("part").replace_strict({"subject": 0, "body": 1, "message": 2, "note": 3}, return_dtype=pl.Int8)
    return found.sort("contact_id", order, "place").select("part", "role", "text").rows()


def test_messages_are_the_words_of_their_inquiry_in_order_and_not_doubled(world: World):
    world.put("inquiries.csv", INQUIRIES)
    world.put("messages.csv", THREAD)
    accounts = world.ingest()
    assert accounts["messages"].produced == 3
    assert pieces(world) == [
        ("subject", "customer", "送料について"),
        ("body", "customer", "送料はいくらですか。"),
        ("message", "agent", "600円です。"),
        ("message", "customer", "ありがとうございます。ただ、高いです。"),
    ]
    assert world.lake.read("contacts").height == 1


def test_a_thread_that_goes_on_is_another_thread_and_the_rest_stays(world: World):
    world.put("inquiries.csv", INQUIRIES + "Q2,2026-04-01 10:00,form,,別の件\n")
    world.put("messages_1.csv", THREAD)
    world.ingest()
    before = world.lake.read("contacts").sort("source_id")
    versions = world.versions()
    world.ingest(IngestParams(full=True))
    assert world.versions() == versions
    world.put("messages_2.csv", HEAD + "Q1,4,2026-04-02 09:00,agent,申し訳ございません。\n")
    world.ingest()
    after = world.lake.read("contacts").sort("source_id")
    assert (before["thread_key"] != after["thread_key"]).to_list() == [True, None]
    assert before.drop("thread_key").equals(after.drop("thread_key"))
    assert len(pieces(world)) == 6


@pytest.mark.parametrize("order", list(permutations(["inquiries.csv", "messages_1.csv", "messages_2.csv"])))
def test_the_order_of_deliveries_does_not_matter(tmp_path, order):
    files = {
        "inquiries.csv": INQUIRIES,
        "messages_1.csv": THREAD,
        "messages_2.csv": HEAD + "Q1,4,2026-04-02 09:00,agent,はい\nQ9,1,2026-04-03 09:00,customer,返品したい\n",
    }
    worlds = World(tmp_path / "now"), World(tmp_path / "later")
    for name in order:
        worlds[0].put(name, files[name])
        worlds[1].put(name, files[name])
        worlds[1].ingest()
    worlds[0].ingest()
    contacts = [world.lake.read("contacts").sort("contact_id") for world in worlds]
    assert contacts[0].equals(contacts[1])
    assert contacts[0]["source_id"].sort().to_list() == ["Q1", "Q9"]
    assert pieces(worlds[0]) == pieces(worlds[1])


@pytest.mark.parametrize(
    ("rows", "channel", "direction", "replied"),
    [
        ("T,1,2026-04-01 10:00,customer,あ\nT,2,2026-04-01 11:00,agent,い\n", "mail", "inbound", True),
        (
            "T,1,2026-04-01 10:00,agent,活用状況を伺いたく\nT,2,2026-04-01 11:00,customer,い\n",
            "mail",
            "outbound",
            False,
        ),
        ("T,1,2026-04-01 10:00,bot,ご用件は\nT,2,2026-04-01 10:01,customer,い\n", "chat", "inbound", False),
        ("T,1,2026-04-01 10:00,bot,お知らせ\n", "chat", None, False),
    ],
)
def test_a_thread_alone_is_a_contact_opened_by_whoever_wrote_first(world: World, rows, channel, direction, replied):
    world.put("messages.csv", HEAD + rows)
    world.ingest()
    contact = world.lake.read("contacts").row(0, named=True)
    assert (contact["contact_id"], contact["source"]) == (contact_id("inquiry", "T"), "inquiry")
    assert (contact["channel"], contact["direction"]) == (channel, direction)
    assert (contact["first_reply_at"] is not None) == replied
    assert contact["business_date"] == date(2026, 4, 1)


def test_a_thread_alone_goes_with_its_messages_and_early_ones_do_not_come(world: World):
    world.put("messages.csv", HEAD + "T,1,2026-04-01 10:00,customer,あ\n")
    world.ingest()
    world.put("sources.toml", '[messages]\nfiles = ["nothing*.csv"]')
    world.ingest()
    assert world.lake.read("contacts").is_empty()
    early = World(world.root / "early", IngestParams(since=date(2026, 4, 2)))
    early.put("inquiries.csv", INQUIRIES)
    early.put("messages.csv", THREAD + "Q1,4,2026-04-03 09:00,agent,はい\nT,1,2026-04-01 10:00,customer,あ\n")
    early.ingest()
    assert early.lake.read("contacts").is_empty()


@pytest.mark.parametrize(
    ("subject", "reply"),
    [
        ("Re: 送料について", True),
        ("ＲＥ：送料について", True),
        ("Re[2]: 送料について", True),
        ("RE: Fwd: 送料　について", True),
        ("返信：送料について", True),
        ("Fwd: 送料について", False),
        ("送料について", False),
        ("Reについて", False),
    ],
)
def test_answers_bear_the_subject_they_answer(world: World, subject, reply):
    world.put("inquiries.csv", INQUIRIES + f"Q2,2026-04-01 11:00,mail,{subject},あの件\n")
    world.ingest()
    first, second = world.lake.read("contacts").sort("source_id").iter_rows(named=True)
    assert (first["reply"], second["reply"]) == (False, reply)
    same = subject != "Reについて" and "　" not in subject
    assert (first["subject_key"] == second["subject_key"]) == same


def test_numbers_and_addresses_of_inquiries_become_pseudonyms(world: World):
    world.put(
        "inquiries.csv",
        "inquiry_id,received_at,channel,body,phone,email\n"
        "Q1,2026-04-01 10:00,form,あ,０９０ー１２３４ー５６７８,A@Example.jp\n"
        "Q2,2026-04-01 10:00,form,い,+81 90-1234-5678 ext. 12,a@example.jp\n"
        "Q3,2026-04-01 10:00,form,う,非通知,なし\n"
        "Q4,2026-04-01 10:00,form,え,0081-90-1234-5678,\n",
    )
    world.ingest()
    contacts = world.lake.read("contacts").sort("source_id")
    phones, mails = contacts["phone_key"].to_list(), contacts["mail_key"].to_list()
    assert phones[0] == phones[1] is not None
    assert phones[3] == phones[0]
    assert (phones[2], mails[2]) == (None, None)
    assert mails[0] == mails[1] is not None
    assert "1234" not in str(contacts.select("phone_key", "mail_key").rows())


def closed(*texts: str) -> frozenset[str]:
    return origin_rules(TomlReader("sources.toml", "origin", {"closed_days": list(texts)}), "").closed_days


def test_days_on_which_the_company_is_closed():
    assert closed("12-29..01-03") == {"12-29", "12-30", "12-31", "01-01", "01-02", "01-03"}
    assert closed("2026-08-13..2026-08-14", "11-01") == {"2026-08-13", "2026-08-14", "11-01"}
    assert closed() == frozenset()


NUMBERS = pl.read_csv(
    Path(__file__).parent.parent / "cases/ingest/phone_numbers.tsv", separator="\t", infer_schema=False
)


@pytest.mark.parametrize(("number", "expected"), NUMBERS.rows())
def test_numbers_as_telephone_systems_write_them(number, expected):
    assert e164(number) == expected
