"""Delimited text into records, each with its line; damaged records are set apart, never lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from voc_mining.faults import Fault
from voc_mining.ingest.encoding import UNREADABLE, Decoded

_LONGEST_CELL = 1 << 24
_RAW_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that cannot be split into cells: its line, what is wrong with it, and how it came."""

    line: int
    fault: Fault
    raw: str


@dataclass(slots=True)
class Split:
    """A file split into cells.

    Attributes
    ----------
    header : list of str
        Column names as they stand, stripped.
    records : list of list of str
        Cells of the good records, each as wide as the header.
    spans : list of tuple of int
        First line (1-based) of each good record, and the line after its last.
    bad : list of BadRecord
        The others, in order.
    empty : int
        Records of nothing but delimiters.
    lines : list of str
        All physical lines, with their ends.
    suspect : bool
        Whether undecodable bytes or NULs occur anywhere.
    """

    header: list[str]
    records: list[list[str]] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    bad: list[BadRecord] = field(default_factory=list)
    empty: int = 0
    lines: list[str] = field(default_factory=list)
    suspect: bool = False

    def raw(self, span: tuple[int, int]) -> str:
        """Text of a record as it came."""
        return raw_text(self.lines[span[0] - 1 : span[1] - 1])


def raw_text(lines: list[str]) -> str:
    """Join lines so that any store can hold them: undecodable bytes and NULs are written as escapes."""
    text = "".join(lines).rstrip("\r\n")[:_RAW_LIMIT]
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")


def split(decoded: Decoded, delimiter: str) -> Split | None:
    """Split a file into records by RFC 4180; None where there is not even a header.

    A record may span lines inside quotes. Where a record is damaged (a quote left open, too many or too few
    cells), reading goes on at the first of its further lines that is whole by itself, so that a stray quote
    costs one record and not the rest of the file.
    """
    csv.field_size_limit(_LONGEST_CELL)
    lines = list(io.StringIO(decoded.text.lstrip("\ufeff"), newline=""))
    found: Split | None = None
    position = 0
    while position < len(lines):
        for start, end, cells in _records(lines, position, delimiter):
            position = end
            if cells == []:
                continue
            if found is None:
                if cells is None:
                    cells = lines[start].rstrip("\r\n").split(delimiter)  # noqa: PLW2901 a broken header: as it stands
                if any(cell.strip() for cell in cells):
                    found = Split(_header(cells), lines=lines, suspect=decoded.damaged or "\0" in decoded.text)
                continue
            position = _keep(found, decoded, delimiter, (start, end, cells))
            if position != end:
                break
    return found


def _keep(found: Split, decoded: Decoded, delimiter: str, record: tuple[int, int, list[str] | None]) -> int:
    """Sort one record into good, bad or empty; return the line to go on with, 0-based."""
    start, end, cells = record
    width = len(found.header)
    if cells is not None:
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if not any(cell.strip() for cell in cells):
            found.empty += 1
            return end
    if cells is None or len(cells) != width:
        resume = _next_whole(found.lines, start + 1, end, delimiter, width)
        damaged = found.lines[start:resume]
        # An open quote up to an end without a line break: whoever wrote the file was stopped, perhaps within a character.
        stopped = cells is None and resume == len(found.lines) and not damaged[-1].endswith(("\n", "\r"))
        fault = Fault("cut_off") if stopped else _damage(damaged, decoded.encoding)
        if fault is None and (cells is None or resume != end):
            fault = Fault("bad_quote")
        elif fault is None:
            fault = Fault("ragged_row", width=str(width), cells=str(len(cells or ())))
        found.bad.append(BadRecord(start + 1, fault, raw_text(damaged)))
        return resume
    if found.suspect and (fault := _damage(found.lines[start:end], decoded.encoding)):
        found.bad.append(BadRecord(start + 1, fault, raw_text(found.lines[start:end])))
    else:
        found.records.append(cells)
        found.spans.append((start + 1, end + 1))
    return end


def _records(lines: list[str], position: int, delimiter: str) -> Iterator[tuple[int, int, list[str] | None]]:
    """Yield records from ``position`` on: first line, line after the last (0-based), cells or None where broken."""
    # By index: a file full of damage starts here again and again, and must not be walked from its top each time.
    rest = map(lines.__getitem__, range(position, len(lines)))
    reader = csv.reader(rest, delimiter=delimiter, strict=True)
    start = position
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield start, position + reader.line_num, None
            return
        end = position + reader.line_num
        yield start, end, cells
        start = end


def _next_whole(lines: list[str], first: int, end: int, delimiter: str, width: int) -> int:
    """First line from ``first`` on that is a whole record by itself; ``end`` where there is none."""
    for number in range(first, end):
        if lines[number].count('"') % 2:
            continue
        try:
            cells = next(csv.reader([lines[number]], delimiter=delimiter, strict=True), [])
        except csv.Error:
            continue
        if len(cells) == width and width > 1:
            return number
    return end


def _damage(lines: list[str], encoding: str) -> Fault | None:
    for line in lines:
        if UNREADABLE.search(line):
            return Fault("undecodable", encoding=encoding)
        if "\0" in line:
            return Fault("nul_byte")
    return None


def _header(cells: list[str]) -> list[str]:
    names = [raw_text([cell]).strip(" \t\u3000\ufeff\u200b") for cell in cells]
    while names and not names[-1]:
        names.pop()
    return [name or f"column_{number}" for number, name in enumerate(names, start=1)]
