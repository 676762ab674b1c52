"""Delimited files, whole and damaged."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_mining.ingest.csv_records import Split, split
from voc_mining.ingest.encoding import decode

CELL = st.text(st.sampled_from("あい解約,\"\n\r ab1'\t;"), max_size=12)


def splitted(text: str | bytes, delimiter: str = ",") -> Split:
    raw = text if isinstance(text, bytes) else text.encode("utf-8")
    found = split(decode(raw, "utf-8"), delimiter)
    assert found is not None
    return found


@given(
    st.lists(st.tuples(CELL, CELL, CELL.filter(lambda cell: cell.strip() != "")), max_size=8),
    st.sampled_from(["\r\n", "\n"]),
)
def test_what_a_writer_writes_reads_back(rows: list[tuple[str, str, str]], end: str):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *rows])
    found = splitted(out.getvalue())
    assert [tuple(record) for record in found.records] == rows
    assert not found.bad


@given(st.text(max_size=200))
def test_every_line_ends_in_a_record_a_reject_or_is_blank(text: str):
    found = split(decode(text.encode("utf-8", "replace")), ",")
    if found is not None:
        starts = [span[0] for span in found.spans] + [bad.line for bad in found.bad]
        assert len(starts) == len(set(starts))


def test_lines_are_those_of_the_file():
    found = splitted('id,body\n1,"a\nb"\n\n2,c\n')
    assert found.records == [["1", "a\nb"], ["2", "c"]]
    assert found.spans == [(2, 4), (5, 6)]
    assert found.raw((2, 4)) == '1,"a\nb"'


@pytest.mark.parametrize(
    ("text", "kept", "bad"),
    [
        ("id,body\n1,a\n2\n3,c\n", ["1", "3"], [(3, "ragged_row")]),
        ("id,body\n1,a,x\n3,c\n", ["3"], [(2, "ragged_row")]),
        ("id,body\n1,a,,\n3,c\n", ["1", "3"], []),
        ('id,body\n1,"a\n2,b\n3,c\n', ["2", "3"], [(2, "bad_quote")]),
        ('id,body\n1,"a"b\n2,b\n', ["2"], [(2, "bad_quote")]),
        ('id,body\n1,a\n2,"b', ["1"], [(3, "cut_off")]),
        ('id,body\n1,a\n2,"b\nc', ["1"], [(3, "cut_off")]),
        ('id,body\n1,"a\n2,b', ["2"], [(2, "bad_quote")]),
        ('id,body\n1,"a\n2,b\n3,"c"\n4,d\n', ["2", "3", "4"], [(2, "bad_quote")]),
        ('id,body\n1,a "b" c\n', ["1"], []),
        ('id,body\n1,"a\nb",x\n2,b\n', ["2"], [(2, "ragged_row")]),
        ("id,body\n1,a\0b\n2,b\n", ["2"], [(2, "nul_byte")]),
        ("id,body\n,\n2,b\n", ["2"], []),
    ],
)
def test_a_damaged_record_costs_only_itself(text: str, kept: list[str], bad: list[tuple[int, str]]):
    found = splitted(text)
    assert [record[0] for record in found.records] == kept
    assert [(one.line, one.fault.code) for one in found.bad] == bad


def test_empty_records_are_counted_and_blank_lines_are_not():
    found = splitted("id,body\n\n,\n 　,\n1,a\n\n")
    assert (found.empty, len(found.records)) == (2, 1)


def test_undecodable_bytes_cost_their_record():
    found = splitted(b"id,body\n1,\xff\xfe\n2,ok\n")
    assert [(one.line, one.fault.code, one.raw) for one in found.bad] == [(2, "undecodable", "1,\\udcff\\udcfe")]
    assert found.records == [["2", "ok"]]


@pytest.mark.parametrize("text", ["", "\n", "\n\n  \n", ",,\n"])
def test_no_header(text: str):
    assert split(decode(text.encode()), ",") is None


def test_other_delimiters_and_headers_as_they_come():
    assert splitted("　ｉｄ ;本文;\n1;a;\n", ";").header == ["ｉｄ", "本文"]
    assert splitted("id\tbody\n1\ta,b\n", "\t").records == [["1", "a,b"]]
    assert splitted("id,,body\n1,2,3\n").header == ["id", "column_2", "body"]
