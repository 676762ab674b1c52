"""Encodings, told apart also where the file is small or damaged."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_mining.ingest.encoding import decode, known_encoding

JAPANESE = st.text(
    st.sampled_from(
        "あいうえおかきくけこさしすせそたちつてとパスワードログイン解約請求書届問合返金機能使方、。「」ー0123abcXYZ ,\n"
    ),
    min_size=1,
    max_size=200,
)
SMALL = [
    "あ",
    "解約",
    "ログインできない",
    "①届かない",
    "株式会社ABC",
    "ﾊﾟｽﾜｰﾄﾞ再発行",
    "氏名,備考\n山田,はい\n",
    "髙橋様〜",
]


@given(JAPANESE)
def test_japanese_reads_back_from_utf8_and_cp932(text: str):
    assert decode(text.encode("utf-8")).text == text
    assert decode(codecs.BOM_UTF8 + text.encode("utf-8")).text == text
    assert decode(text.encode("cp932")).text == text


@pytest.mark.parametrize("text", SMALL)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_small_files(text: str, encoding: str):
    if encoding == "cp932":
        text = text.replace("〜", "～")  # CP932 has the full-width tilde only
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.damaged) == (text, False)


def test_utf16_without_mark():
    text = "inquiry_id,body\r\nQ1,ok\r\n"
    assert decode(text.encode("utf-16-le")).text == text
    assert decode(text.encode("utf-16-be")).text == text


@given(JAPANESE.filter(lambda text: len(text) > 40), st.data())
def test_one_bad_byte_does_not_turn_utf8_into_cp932(text: str, data: st.DataObject):
    lines = ["ログインできないので困っています。", *text.split("\n"), "返金してほしいです。"]
    raw = "\n".join(lines).encode("utf-8")
    at = raw.index(b"\n") + 1 + data.draw(st.integers(0, 10))
    damaged = raw[:at] + b"\xff" + raw[at:]
    decoded = decode(damaged)
    assert decoded.encoding == "utf-8"
    assert decoded.damaged
    assert decoded.text.startswith("ログインできないので困っています。\n")
    assert decoded.text.endswith("返金してほしいです。")


@pytest.mark.parametrize("byte", [b"\x80", b"\xa0", b"\xfd", b"\xff", b"\x81\x20"])
def test_stray_bytes_in_cp932_are_seen(byte: bytes):
    decoded = decode("解約したいです。\n".encode("cp932") * 3 + byte + "x\n".encode("cp932"))
    assert decoded.encoding == "cp932"
    assert decoded.damaged


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "cp932", "utf-16", "euc-jp"]))
def test_no_bytes_break_the_decoder(raw: bytes, encoding: str | None):
    decode(raw, encoding)


def test_a_fixed_encoding_is_kept_but_a_mark_wins():
    assert decode("解約".encode("euc-jp"), "euc-jp").text == "解約"
    assert decode("解約".encode("cp932"), "Shift_JIS").text == "解約"
    assert decode("解約".encode("utf-8-sig"), "cp932").text == "解約"


def test_names_of_encodings():
    assert known_encoding("Windows-31J")
    assert not known_encoding("utf-9")
