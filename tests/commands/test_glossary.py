from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipelines.commands.glossary_file import accept
from voc_mining.errors import UserError


def rows(path: Path, encoding: str = "utf-8-sig") -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(("encoding", "line_end"), [("utf-8", "\n"), ("utf-8-sig", "\r\n"), ("cp932", "\r\n")])
def test_aliases_join_their_terms_and_the_rest_stays(tmp_path: Path, encoding: str, line_end: str) -> None:
    path = tmp_path / "glossary.csv"
    text = "category,term,aliases,memo\n書類,請求書,製給所,月末\n,解約,,\n".replace("\n", line_end)
    path.write_bytes(text.encode(encoding))
    assert accept(tmp_path, {"成球所": "請求書", "製給所": "請求書", "座国": "打刻"}) == 2
    assert rows(path, encoding) == [
        ["category", "term", "aliases", "memo"],
        ["書類", "請求書", "製給所;成球所", "月末"],
        ["", "解約", "", ""],
        ["", "打刻", "座国", ""],
    ]
    assert path.read_bytes().count(line_end.encode()) == 4
    assert path.read_bytes().startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    assert [entry.name for entry in tmp_path.iterdir()] == ["glossary.csv"]


def test_a_glossary_that_is_not_there_is_made(tmp_path: Path) -> None:
    accept(tmp_path, {"座国": "打刻"})
    assert rows(tmp_path / "glossary.csv") == [["term", "reading", "aliases", "category"], ["打刻", "", "座国", ""]]


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "glossary.csv"
    path.write_text("term,aliases\n打刻,座国\n", encoding="utf-8")
    before = path.stat().st_mtime_ns
    assert accept(path, {"座国": "打刻"}) == 0
    assert path.stat().st_mtime_ns == before


def test_what_cannot_be_done_is_told(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("用語,別表記\n", encoding="utf-8")
    with pytest.raises(UserError) as trouble:
        accept(other, {"座国": "打刻"})
    assert trouble.value.code == "glossary.columns"
    narrow = tmp_path / "narrow.csv"
    narrow.write_bytes("term,aliases\n解約,\n".encode("cp932"))
    with pytest.raises(UserError) as trouble:
        accept(narrow, {"😀": "解約"})
    assert trouble.value.code == "glossary.encoding"
    assert narrow.read_bytes() == "term,aliases\n解約,\n".encode("cp932")


def test_a_mistyped_inbox_is_no_new_file(tmp_path: Path) -> None:
    with pytest.raises(UserError) as told:
        accept(tmp_path / "nowhere", {"座国": "打刻"})
    assert told.value.code == "error.no_inbox"
    assert not (tmp_path / "nowhere").exists()
