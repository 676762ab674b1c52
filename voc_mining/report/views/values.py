"""What views are made of: frames that go in, rows, shares and statements that come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import polars as pl

from voc_mining.report.views.highlights import Corrected, Highlighter, Piece

Frames = Mapping[str, pl.DataFrame]
Row = Mapping[str, Any]
Corrections = Mapping[str, tuple[Corrected, ...]]

ORIGINS = ("reactive", "proactive", "other", "unknown")


@dataclass(frozen=True, slots=True)
class Share:
    """A count with its denominator; ``share`` is None where the denominator is 0."""

    n: int
    total: int

    @property
    def share(self) -> float | None:
        """The count over its denominator."""
        return self.n / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as a list of examples shows it; ``pieces`` are its words with the marked ones apart."""

    voc_id: str
    pieces: tuple[Piece, ...]
    origin: str
    silence: str
    kind: str | None
    channel: str | None
    customer_id: str | None
    occurred_at: datetime | None
    start_s: float | None
    audio_link: str | None
    quoted: bool
    corrections: tuple[Corrected, ...] = ()


STATEMENT_COLUMNS = (
    "voc_id",
    "text",
    "origin",
    "silence",
    "kind",
    "channel",
    "customer_id",
    "occurred_at",
    "start_s",
    "audio_link",
    "quoted",
)


def statement(row: Mapping[str, Any], highlighter: Highlighter, evidence: str | None, made: Corrections) -> Statement:
    """Make the statement of a row of ``voc``; keywords, the words that decided its kind and corrections are marked."""
    corrections = made.get(row["voc_id"], ())
    return Statement(
        voc_id=row["voc_id"],
        pieces=highlighter.pieces(row["text"], evidence, corrections),
        origin=row["origin"],
        silence=row["silence"],
        kind=row["kind"],
        channel=row["channel"],
        customer_id=row["customer_id"],
        occurred_at=row["occurred_at"],
        start_s=row["start_s"],
        audio_link=row["audio_link"],
        quoted=bool(row["quoted"]),
        corrections=corrections,
    )


def corrections(frames: Frames) -> Corrections:
    """Corrections of each statement that has any, in the order of their places."""
    made = frames.get("statement_corrections")
    if made is None:
        return {}
    found: dict[str, tuple[Corrected, ...]] = {}
    for voc_id, *one in made.select("voc_id", "start", "end", "original", "term").iter_rows():
        found[voc_id] = (*found.get(voc_id, ()), Corrected(*one))
    return found


def records(frame: pl.DataFrame) -> tuple[Row, ...]:
    """Rows of a frame, read-only."""
    return tuple(MappingProxyType(row) for row in frame.iter_rows(named=True))


def shares(frame: pl.DataFrame, column: str, values: tuple[str, ...]) -> dict[str, Share]:
    """Rows per value of a column, over all rows."""
    counts = dict(frame.group_by(column).len().iter_rows())
    return {value: Share(counts.get(value, 0), frame.height) for value in values}


def distinct(frame: pl.DataFrame, column: str = "customer_id") -> int:
    """Distinct known values of a column."""
    return frame[column].drop_nulls().n_unique()
