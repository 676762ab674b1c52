from __future__ import annotations

import pytest

from voc_mining.errors import UserError
from voc_mining.ingest.texts import TextColumns, read_text_table

TABLE = "番号,ご意見,店舗\r\nA1,駐車場が狭い,東京\r\nA2,,大阪\r\nA1,また来ます,\r\n,番号がない,大阪\r\n\r\n"


def read(text: str, *, name: str = "声.csv", encoding: str = "utf-8", columns: TextColumns | None = None):
    wanted = columns or TextColumns("ご意見", "番号", "店舗")
    return read_text_table(text.encode(encoding), name, wanted, lambda words: words.replace("東京", "［地名］"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_every_row_is_a_text_or_counted(encoding):
    table = read(TABLE, encoding=encoding)
    assert table.documents["text"].to_list() == ["駐車場が狭い", "また来ます"]
    assert table.contacts["source_id"].to_list() == ["A1", "A1"]
    assert table.contacts["contact_id"].n_unique() == 2
    assert table.contacts["source_row"].to_list() == [2, 4]
    assert table.groups["group"].to_list() == ["［地名］", None]
    assert table.account.dropped["no_text"] == 1
    assert table.account.inputs == table.account.produced + sum(table.account.dropped.values()) + 1
    assert table.rejects.select("file", "row", "reason").rows() == [("声.csv", 5, "missing_value")]


def test_without_a_column_of_ids_a_row_is_known_by_its_line():
    table = read("ご意見\n一つ目\n\n二つ目\n", columns=TextColumns("ご意見"))
    assert table.contacts["source_id"].to_list() == ["2", "4"]
    assert table.groups["group"].to_list() == [None, None]


def test_tabs_and_the_width_of_headings():
    table = read("ｺｰﾄﾞ\tＴｅｘｔ\n1\tこんにちは、返品したいです\n", name="x.TSV", columns=TextColumns("text", "コード"))
    assert table.documents["text"].to_list() == ["こんにちは、返品したいです"]


def test_a_damaged_row_is_rejected_and_the_rest_goes_on():
    table = read("番号,ご意見,店舗\nA1,列が,多すぎる,行\nA2,届かない,東京\n")
    assert table.documents["text"].to_list() == ["届かない"]
    assert table.rejects["reason"].to_list() == ["ragged_row"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [(b"", "mine.no_table"), (b"PK\x03\x04" + b"\0" * 60, "mine.no_table"), ("番号,本文\n1,あ\n".encode(), "mine.no_column"),
     ("番号,ご意見,ご意見,店舗\n1,あ,い,う\n".encode(), "mine.several_columns")],
)  # fmt: skip
def test_what_is_no_table_of_these_columns_is_an_error(raw, code):
    with pytest.raises(UserError) as raised:
        read_text_table(raw, "声.csv", TextColumns("ご意見", "番号", "店舗"), str)
    assert raised.value.code == code
    assert "声.csv" in raised.value.problem
