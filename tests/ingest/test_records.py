"""One file of each kind: columns, cells, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voc_mining.faults import in_words
from voc_mining.ingest.cells import e164
from voc_mining.ingest.kinds import catalogue
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.records import FileRecords, json_object, read_records
from voc_mining.ingest.sources import default_sources, parse_sources

INQUIRY = "inquiry_id,received_at,channel,body"


def masked(text: str) -> str:
    return text.replace("090-1234-5678", "［電話番号］")


def read(
    text: str,
    kind: str = "inquiries",
    *,
    mapping: str = "",
    path: str = "x.csv",
    since: date | None = None,
    mask: Callable[[str], str] = masked,
) -> FileRecords:
    feed = next(feed for feed in parse_sources(mapping).feeds if feed.kind == kind)
    return read_records(text.encode("utf-8"), path, feed, IngestParams(since=since), mask)


def reasons(found: FileRecords) -> list[tuple[int, str]]:
    return list(found.rejects.select("row", "reason").iter_rows())


def balanced(found: FileRecords) -> bool:
    return found.rows == found.records.height + found.rejects.height + sum(found.dropped.values())


def test_an_inquiry():
    found = read(f'{INQUIRY},handle_s,店舗\nQ1,2026/4/1 9:05,フォーム,届かない,"1,200",渋谷\n')
    (row,) = found.records.rows(named=True)
    assert row["source_id"] == "Q1"
    assert row["started_at"] == datetime(2026, 4, 1, 0, 5, tzinfo=UTC)
    assert (row["channel"], row["doc:body"], row["handle_s"], row["row"]) == ("form", "届かない", 1200.0, 2)
    assert json.loads(row["attributes"]) == {"店舗": "渋谷"}


@pytest.mark.parametrize(
    "header",
    [
        "　inquiry_id ,RECEIVED_AT,Channel,ｂｏｄｙ",
        "\ufeffinquiry_id,received at,channel,body,",
        "channel,inquiry_id,extra,received_at,body",
    ],
)
def test_headers_of_any_width_case_and_order(header: str):
    cells = {"channel": "mail", "inquiryid": "Q1", "receivedat": "2026-04-01", "body": "x"}
    names = [
        name.strip("\ufeff　 ").lower().replace("_", "").replace(" ", "").replace("ｂｏｄｙ", "body")
        for name in header.split(",")
    ]
    found = read(header + "\n" + ",".join(cells.get(name, "") for name in names) + "\n")
    assert found.records["source_id"].to_list() == ["Q1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(0, "empty_file")]),
        ("inquiry_id,received_at,body\nQ1,2026-04-01,x\n", [(0, "missing_column")]),
        ("inquiry_id;received_at;channel;body\nQ1;2026-04-01;form;x\n", [(0, "missing_column")]),
        (f"{INQUIRY},body\nQ1,2026-04-01,form,x,y\n", [(0, "duplicate_header")]),
        (f"{INQUIRY}\n,2026-04-01,form,x\n", [(2, "missing_value")]),
        (f"{INQUIRY}\nQ1,2026-04-01,form,　\n", [(2, "missing_value")]),
        (f"{INQUIRY}\nQ1,2026-13-01,form,x\n", [(2, "bad_time")]),
        (f"{INQUIRY}\nQ1,-,form,x\n", [(2, "missing_value")]),
        (f"{INQUIRY}\nQ1,2026-04-01,fax,x\n", [(2, "bad_value")]),
        (f"{INQUIRY},handle_s\nQ1,2026-04-01,form,x,多い\n", [(2, "bad_number")]),
        (f"{INQUIRY},handle_s\nQ1,2026-04-01,form,x,-5\n", [(2, "bad_number")]),
        (f"{INQUIRY},first_reply_at\nQ1,2026-04-01,form,x,昨日\n", [(2, "bad_time")]),
        (f"{INQUIRY}\nQ1,2026-04-01,form\nQ2,2026-04-01,form,x\n", [(2, "ragged_row")]),
    ],
)
def test_what_is_refused(text: str, expected: list[tuple[int, str]]):
    found = read(text)
    assert reasons(found) == expected
    assert balanced(found)


@pytest.mark.parametrize(
    ("raw", "what"),
    [(b"PK\x03\x04\x14\x00", "Excel"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "97-2003"), (b"%PDF-1.7", "PDF"),
     (b"\x1f\x8b\x08", "gzip"), (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "web page")],
)  # fmt: skip
def test_what_only_bears_the_name_of_a_table_is_named(raw: bytes, what: str):
    found = read_records(raw, "x.csv", default_sources().feeds[1], IngestParams(), str)
    ((row, reason, faults),) = found.rejects.select("row", "reason", "faults").rows()
    assert (row, reason) == (0, "not_a_table")
    assert what in in_words(faults, "en")


def test_a_surname_alone_is_not_quoted():
    found = read(f"{INQUIRY}\nQ1,田中,form,x\nQ2,昨日,form,x\n", mask=lambda text: text.replace("田中様", "［氏名］様"))
    told = [in_words(faults, "ja") for faults in found.rejects["faults"]]
    assert "「［氏名］」" in told[0]
    assert "「昨日」" in told[1]


def test_a_header_alone_is_a_quiet_day():
    found = read(INQUIRY + "\n")
    assert (found.rows, found.records.height, found.rejects.height) == (0, 0, 0)


def test_a_reject_says_all_that_is_wrong_in_the_files_words_and_masked():
    mapping = '[inquiries]\ncolumns = { received_at = "受付日時", channel = "経路" }'
    found = read("inquiry_id,受付日時,経路,body\nQ1,090-1234-5678,店頭,x\n", mapping=mapping)
    (row,) = found.rejects.rows(named=True)
    assert row["reason"] == "bad_time"
    told = in_words(row["faults"], "ja")
    assert "列「受付日時」の「［電話番号］」" in told
    assert "列「経路」の「店頭」は使えない値です。使える値は form, mail, chat です。" in told
    assert "“店頭” in column “経路” is not allowed. Allowed: form, mail, chat." in in_words(row["faults"], "en")
    assert row["content"] == "Q1,090-1234-5678,店頭,x"


def test_lenient_keeps_the_row_and_the_cell():
    text = f"{INQUIRY},handle_s\nQ1,2026-04-01,form,x,約5分\nQ2,2026-04-01,fax,x,\n"
    found = read(text, mapping="[inquiries]\nlenient = true")
    assert reasons(found) == [(3, "bad_value")]
    (row,) = found.records.rows(named=True)
    assert row["handle_s"] is None
    assert json.loads(row["attributes"]) == {"unreadable:handle_s": "約5分"}


def test_optional_and_defaults():
    mapping = '[inquiries]\noptional = ["body"]\ndefaults = { channel = "form" }'
    found = read("inquiry_id,received_at,subject\nQ1,2026-04-01,件名\n", mapping=mapping)
    assert found.records["channel"].to_list() == ["form"]
    assert found.records["doc:body"].to_list() == [None]


def test_value_tables_and_every_other_word():
    mapping = '[inquiries.values.channel]\n"ＬＩＮＥ" = "chat"\n"*" = "mail"'
    text = f"{INQUIRY}\nQ1,2026-04-01,line,x\nQ2,2026-04-01,FAX,x\nQ3,2026-04-01,フォーム,x\n"
    assert read(text, mapping=mapping).records["channel"].to_list() == ["chat", "mail", "form"]


def test_delimiters():
    mapping = '[inquiries]\ndelimiter = ";"'
    assert read(INQUIRY.replace(",", ";") + "\nQ1;2026-04-01;form;a,b\n", mapping=mapping).records.height == 1
    assert read(INQUIRY.replace(",", "\t") + "\nQ1\t2026-04-01\tform\ta\n", path="x.tsv").records.height == 1


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("090-1234-5678", True),
        ("０９０１２３４５６７８", True),
        ("+81 90 1234 5678", True),
        ("非通知", False),
        ("", False),
    ],
)
def test_numbers_become_keys(cell: str, key: bool):  # noqa: FBT001
    text = f"call_id,direction,offered_at,ended_at,phone\nC1,着信,2026-04-01 9:00,2026-04-01 9:05,{cell}\n"
    (row,) = read(text, "call_log").records.rows(named=True)
    same = read(text.replace(cell, "09012345678") if cell else text, "call_log").records["phone_key"][0]
    assert (row["phone_key"] is not None) is key
    assert not key or row["phone_key"] == same
    assert row["attributes"] is None


def test_a_number_that_is_none_never_costs_the_call():
    text = "call_id,direction,offered_at,ended_at,phone\nC1,IN,2026-04-01 9:00,2026-04-01 9:05,内線12\n"
    (row,) = read(text, "call_log").records.rows(named=True)
    assert (row["phone_key"], json.loads(row["attributes"])) == (None, {"unreadable:phone": "内線12"})


def test_times_running_backwards():
    text = "call_id,direction,offered_at,answered_at,ended_at\nC1,in,2026-04-01 9:00,,2026-04-01 8:59\nC2,in,2026-04-01 9:00,2026-04-01 9:10,2026-04-01 9:05\nC3,in,2026-04-01 9:00,2026-04-01 9:00,2026-04-01 9:00\n"
    found = read(text, "call_log")
    assert reasons(found) == [(2, "bad_order"), (3, "bad_order")]


def test_clock_times_of_call_systems():
    text = "call_id,direction,offered_at,ended_at,talk_s,hold_s\nC1,in,2026-04-01 9:00,2026-04-01 9:05,0:04:30,1:05\n"
    (row,) = read(text, "call_log").records.rows(named=True)
    assert (row["talk_s"], row["hold_s"]) == (270.0, 65.0)


def test_as_of_from_the_file_name():
    text = "customer_id,contract_start,annual_value,do_not_contact\nA,2025/4/1,¥1,200,○\n".replace("¥1,200", '"¥1,200"')
    found = read(text, "customers", path="2026/customers_20260401.csv")
    (row,) = found.records.rows(named=True)
    assert (row["as_of"], row["annual_value"], row["do_not_contact"]) == (date(2026, 4, 1), 1200.0, True)
    assert reasons(read(text, "customers", path="customers.csv")) == [(0, "missing_column")]


def test_free_texts_of_customers_are_masked():
    text = "customer_id,as_of,contract_start,churn_reason,備考\nA,2026-04-01,2025-04-01,090-1234-5678へ,090-1234-5678\n"
    (row,) = read(text, "customers").records.rows(named=True)
    assert row["churn_reason"] == "［電話番号］へ"
    assert json.loads(row["attributes"]) == {"備考": "［電話番号］"}


def test_records_before_the_first_day_are_marked():
    text = f"{INQUIRY}\nQ1,2026-03-31 23:59,form,x\nQ2,2026-04-01 0:00,form,x\n"
    assert read(text, since=date(2026, 4, 1)).records["early"].to_list() == [True, False]


def test_one_of_two_columns_is_needed():
    text = "contract_id,customer_id,start,renewal_due\nK1,A,2026-04-01,2027-04-01\nK2,,2026-04-01,2027-04-01\n"
    assert reasons(read(text, "contracts")) == [(3, "missing_value")]


@settings(max_examples=40)
@given(
    kind=st.sampled_from(sorted(catalogue().kinds)),
    text=st.text(st.sampled_from('ab,"\n\r\t 12-:/あ\0;'), max_size=120),
)
def test_nothing_breaks_the_reader_and_everything_is_accounted_for(kind: str, text: str):
    header = ",".join(field.name for field in catalogue().kinds[kind].fields)
    assert balanced(read(f"{header}\n{text}", kind))
    assert balanced(read(text, kind))


@given(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=6))
def test_json_objects_are_json(cells: list[str | None]):
    column = pl.Series(cells, dtype=pl.String)
    objects = json_object({'列"1': column, "b": column}, len(cells))
    assert [None if text is None else json.loads(text) for text in objects] == [
        None if cell is None else {'列"1': cell, "b": cell} for cell in cells
    ]


@pytest.mark.parametrize(
    ("number", "form"),
    [("0120-123-456", "+81120123456"), ("03(1234)5678", "+81312345678"), ("1", None), ("代表", None)],
)
def test_e164(number: str, form: str | None):
    assert e164(number) == form
