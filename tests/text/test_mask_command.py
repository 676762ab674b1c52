from __future__ import annotations

import io
from pathlib import Path

import pytest

from pipelines.commands.mask import decoded_lines, mask_file
from voc_mining.errors import UserError
from voc_mining.text.lines import mask_lines
from voc_mining.text.mask import Masker


def test_one_line_out_per_line_in(masker: Masker) -> None:
    lines = ["電話は０３－１２３４－５６７８\r\n", "", "田中と申します\u2028はい\n"]
    assert list(mask_lines(lines, masker)) == ["電話は［電話番号］", "", "［氏名］と申します はい"]


def test_utf8_and_cp932_files(tmp_path: Path) -> None:
    out = io.BytesIO()
    path = tmp_path / "lines.txt"
    path.write_bytes("\ufeff田中と申します\r\n".encode() + "山田様\n\n".encode("cp932") + "終わり".encode())
    assert mask_file(path, out) == 0
    assert out.getvalue().decode() == "［氏名］と申します\n［氏名］様\n\n終わり\n"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nothing\.txt"):
        mask_file(tmp_path / "nothing.txt", io.BytesIO())


def test_own_patterns_and_companies(tmp_path: Path) -> None:
    sources, lines, out = tmp_path / "sources.toml", tmp_path / "lines.txt", io.BytesIO()
    sources.write_text("[masking]\ncompanies = true\n[masking.patterns]\nmember_number = ['Z[0-9]{3}']\n", "utf-8")
    lines.write_text("株式会社アオゾラのZ123です\n", encoding="utf-8")
    assert mask_file(lines, out, sources=sources) == 0
    assert out.getvalue().decode() == "［会社名］の［会員番号］です\n"


@pytest.mark.parametrize(("text", "named"), [(None, "sources"), ("[masking]\nnames = 1\n", "names")])
def test_sources_that_are_not_there_or_wrong_are_named(tmp_path: Path, text: str | None, named: str) -> None:
    sources = tmp_path / "sources.toml"
    if text:
        sources.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=named):
        mask_file(None, io.BytesIO(), sources=sources)


def test_lines_end_at_line_feeds_alone() -> None:
    assert list(decoded_lines(io.BytesIO("a\u0085b\n\n".encode()))) == ["a\u0085b", ""]


def test_a_damaged_line_stays_what_it_is() -> None:
    damaged = "解約したいです".encode()[:-1] + b"\n"
    assert list(decoded_lines(io.BytesIO(damaged))) == ["解約したいで\ufffd\ufffd"]


def test_a_line_of_any_length_is_one_line(tmp_path: Path) -> None:
    out = io.BytesIO()
    path = tmp_path / "long.txt"
    path.write_text("電話は090-1234-5678です。" * 3000 + "\nあ" + "い" * 9000 + "\n", encoding="utf-8")
    assert mask_file(path, out) == 0
    first, second = out.getvalue().decode().splitlines()
    assert first == "電話は［電話番号］です。" * 3000
    assert len(second) > 1
