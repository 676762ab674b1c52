"""Text encodings of delivered files: UTF-8, UTF-8 with BOM, CP932, UTF-16, told apart also when small."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ALIASES = {"shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "ms932": "cp932", "windows-31j": "cp932"}
_SAMPLE = 1 << 20
_LOOK = 1 << 15
# Bytes that no writer of CP932 produces, but Python's codec maps to private or control characters.
_CP932_STRAY = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
UNREADABLE = re.compile("[\udc80-\udcff]")
"""A character that stands for an undecodable byte."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text; undecodable bytes are lone surrogates U+DC80-U+DCFF, ``damaged`` says if there are any."""

    text: str
    encoding: str
    damaged: bool


def known_encoding(name: str) -> bool:
    """Whether Python can decode that encoding."""
    try:
        codecs.lookup(_ALIASES.get(name.lower(), name))
    except LookupError:
        return False
    return True


def decode(raw: bytes, encoding: str | None = None) -> Decoded:
    """Decode a file; never fails.

    Parameters
    ----------
    raw : bytes
        Whole content of the file.
    encoding : str or None
        Fixed encoding, or None to detect it.

    >>> decode("解約したい".encode("cp932")).encoding
    'cp932'
    """
    body, chosen = raw, encoding and _ALIASES.get(encoding.lower(), encoding.lower())
    for bom, name in _BOMS:
        if raw.startswith(bom):
            body, chosen = raw[len(bom) :], name
            break
    if chosen is None:
        chosen = detect(raw)
    if chosen == "utf-16":
        chosen = "utf-16-le"
    text = _utf16_text(body, chosen) if chosen.startswith("utf-16") else body.decode(chosen, "surrogateescape")
    if chosen == "cp932":
        text = _CP932_STRAY.sub(_escape_stray, text)
    return Decoded(text, chosen, UNREADABLE.search(text) is not None)


def detect(raw: bytes) -> str:
    """Tell the encoding of a file without a byte order mark: utf-8, cp932, utf-16-le or utf-16-be.

    Valid UTF-8 is UTF-8: hardly any line of Japanese in CP932 is valid UTF-8 by accident. The reverse does
    not hold, so a damaged file is judged line by line by how many lines with other than ASCII characters are
    valid UTF-8; a single bad byte does not turn the file into CP932.
    """
    sample = raw[:_SAMPLE]
    if 0 in sample[:4096] and (wide := _utf16(sample[:4096])):
        return wide
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    lines = [line for line in sample.splitlines() if not line.isascii()] or [sample]
    utf8 = sum(_valid(line, "utf-8") for line in lines)
    cp932 = sum(_valid(line, "cp932") for line in lines)
    if utf8 * 2 >= len(lines):
        return "utf-8"
    sample = sample[:_LOOK]
    if utf8 or cp932 < len(lines):
        # Too few lines to count: compare how much of the text each encoding reads as Japanese.
        return "utf-8" if _japanese(sample, "utf-8") > _japanese(sample, "cp932") else "cp932"
    return "utf-8" if _japanese(sample, "utf-8") > 2 * _japanese(sample, "cp932") else "cp932"


def _valid(line: bytes, encoding: str) -> bool:
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return encoding != "cp932" or not _CP932_STRAY.search(text)


def _japanese(sample: bytes, encoding: str) -> float:
    """Share of characters beyond ASCII that are kana, common kanji or full-width forms.

    Half-width katakana do not count: they are what UTF-8 looks like when read as CP932.
    """
    text = sample.decode(encoding, "surrogateescape")
    beyond = [char for char in text if ord(char) > 127]
    hits = sum("\u3000" <= char <= "\u30ff" or "\uff01" <= char <= "\uff5e" for char in beyond)
    kanji = sum("\u4e00" <= char <= "\u9fff" for char in beyond)
    return (hits + 0.5 * kanji) / max(len(beyond), 1)


def _utf16_text(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return body.decode(encoding, "replace").replace("\ufffd", "\udcff")


def _utf16(sample: bytes) -> str | None:
    """UTF-16 without a mark: where the text is mostly ASCII, every other byte is NUL."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _escape_stray(found: re.Match[str]) -> str:
    byte = {"\x80": 0x80, "\xa0": 0xA0, "\uf8f0": 0xA0, "\uf8f1": 0xFD, "\uf8f2": 0xFE, "\uf8f3": 0xFF}[found[0]]
    return chr(0xDC00 + byte)
