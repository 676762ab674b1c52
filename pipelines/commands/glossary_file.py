"""A user's glossary file: read on its own, or with accepted candidates written into it and nothing else changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from voc_mining.contracts.glossary import Glossary, glossary_of
from voc_mining.errors import UserError
from voc_mining.ingest import encoding
from voc_mining.ingest.contacts import to_word_list
from voc_mining.ingest.kinds import GLOSSARY
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.records import read_records
from voc_mining.ingest.sources import Feed
from voc_mining.messages.catalogue import Messages

FILE_NAME = "glossary.csv"
_HEADER = ["term", "reading", "aliases", "category"]
_BOMS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
_BETWEEN = ";"
_TOLD_ROWS = 5


def read_glossary(path: Path, say: Messages) -> Glossary:
    """Read the terms of a glossary file in the order of its rows; of a term that stands twice the last row holds.

    Parameters
    ----------
    path : Path
        The file, as an inbox would hold it.
    say : Messages
        The language in which bad rows are told.

    Raises
    ------
    UserError
        If the file cannot be read, is no glossary, or has rows that a run would reject: they are named with their
        reasons.
    """
    try:
        raw = path.read_bytes()
    except OSError as trouble:
        raise UserError("error.unreadable", path=path, problem=trouble) from trouble
    read = read_records(raw, path.name, Feed(GLOSSARY, ()), IngestParams(), str)
    if not read.rejects.is_empty():
        rows = read.rejects.head(_TOLD_ROWS).select("row", "reason").rows()
        named = [(f"{row}: " if row else "") + say.value("reject_reason", reason) for row, reason in rows]
        raise UserError("glossary.bad_rows", path=path, n=read.rejects.height, rows=named)
    terms = to_word_list(read.records.with_columns(file=pl.lit(path.name)), GLOSSARY)
    terms = terms.unique("term", keep="last", maintain_order=True)
    return glossary_of(terms.select("term", "reading", "aliases", "category").iter_rows())


def accept(place: Path, meant: Mapping[str, str]) -> int:
    """Enter spellings as aliases of their terms; terms that are not there get a row of their own.

    The file keeps its encoding, its order and its further columns; it is replaced as a whole. A file that is not
    there is made, in UTF-8 with a byte order mark, as spreadsheets like it.

    Parameters
    ----------
    place : Path
        The file, or the inbox that it lies in.
    meant : mapping of str to str
        What was heard to the term that it means.

    Returns
    -------
    int
        Aliases that were not there before.

    Raises
    ------
    UserError
        If there is no such inbox, or the file cannot be read or written, or lacks the columns term and aliases.
    """
    if not place.exists() and place.suffix.lower() != ".csv":
        raise UserError("error.no_inbox", path=place)
    path = place / FILE_NAME if place.is_dir() else place
    rows, form, line_end = _read(path)
    header = [name.strip().lower() for name in rows[0]]
    if not {"term", "aliases"} <= set(header):
        raise UserError("glossary.columns", path=path, found=rows[0])
    term_at, aliases_at = header.index("term"), header.index("aliases")
    by_term = {row[term_at].strip(): row for row in rows[1:] if len(row) == len(header)}
    added = 0
    for heard, term in meant.items():
        if term not in by_term:
            by_term[term] = [term if at == term_at else "" for at in range(len(header))]
            rows.append(by_term[term])
        aliases = [alias for alias in by_term[term][aliases_at].split(_BETWEEN) if alias.strip()]
        if heard not in (*aliases, term):
            by_term[term][aliases_at] = _BETWEEN.join([*aliases, heard])
            added += 1
    if added:
        _write(path, rows, form, line_end)
    return added


def _read(path: Path) -> tuple[list[list[str]], tuple[bytes, str], str]:
    """Rows of a file, its byte order mark and encoding, and how its lines end."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return [list(_HEADER)], (_BOMS["utf-8"], "utf-8"), "\r\n"
    except OSError as trouble:
        raise UserError("error.unreadable", path=path, problem=trouble) from trouble
    decoded = encoding.decode(raw)
    mark = _BOMS.get(decoded.encoding, b"")
    rows = list(csv.reader(io.StringIO(decoded.text, newline="")))
    form = (mark if raw.startswith(mark) else b"", decoded.encoding)
    return rows or [list(_HEADER)], form, "\r\n" if "\r\n" in decoded.text else "\n"


def _write(path: Path, rows: list[list[str]], form: tuple[bytes, str], line_end: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end).writerows(rows)
    mark, name = form
    making = path.with_name(f".{path.name}.part")
    try:
        making.write_bytes(mark + text.getvalue().encode(name, "surrogateescape"))
        making.replace(path)
    except UnicodeEncodeError as trouble:
        raise UserError("glossary.encoding", path=path, encoding=name) from trouble
    except OSError as trouble:
        making.unlink(missing_ok=True)
        raise UserError("error.unwritable", path=path, problem=trouble) from trouble
