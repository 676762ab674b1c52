"""Files that bear the name of a table and are something else, told by how they begin."""

from __future__ import annotations

_BEGINNINGS = (
    (b"PK\x03\x04", "workbook"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_workbook"),
    (b"%PDF-", "pdf"),
    (b"\x1f\x8b", "gzip"),
)
_PAGES = (b"<!doctype html", b"<html")
_LONGEST = 64


def other_than_text(raw: bytes) -> str | None:
    """Name what a file is that is no text of cells; None where nothing speaks against it.

    >>> other_than_text(b"<HTML><body>Session expired"), other_than_text(b"inquiry_id,body")
    ('page', None)
    """
    for beginning, name in _BEGINNINGS:
        if raw.startswith(beginning):
            return name
    page = raw[:_LONGEST].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGES)
    return "page" if page else None
