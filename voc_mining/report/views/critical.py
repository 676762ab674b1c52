"""What a supervisor hears first: critical statements by family, and the contacts with harassment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from voc_mining.contracts.values import CRITICAL, HARASSMENT
from voc_mining.report.views.highlights import Highlighter, Piece
from voc_mining.report.views.values import Frames, Row, Share, records

STATEMENTS_SHOWN = 50
CONTACTS_SHOWN = 100
_COURSE = ("emotion_opening", "emotion_middle", "emotion_end")


@dataclass(frozen=True, slots=True)
class CriticalStatement:
    """One critical statement; the words that named it are marked as evidence."""

    voc_id: str
    pieces: tuple[Piece, ...]
    role: str
    channel: str
    source_id: str
    occurred_at: datetime | None
    start_s: float | None
    audio_link: str | None


@dataclass(frozen=True, slots=True)
class Family:
    """One family: how many statements of how many contacts, and the newest of them."""

    name: str
    n_statements: int
    n_contacts: int
    newest: tuple[CriticalStatement, ...]


@dataclass(frozen=True, slots=True)
class CriticalView:
    """Families that occur, the accidents first, and contacts with harassment, the newest first.

    ``contacts`` are the contacts with any critical statement, over all; ``harassed`` those with harassment.
    """

    contacts: Share
    harassed: Share
    families: tuple[Family, ...]
    harassment: tuple[Row, ...]


def critical(frames: Frames) -> CriticalView:
    """Group the critical statements by family."""
    table, contacts = frames["critical_voc"], frames["contacts"]
    parts = table.partition_by("family", as_dict=True)
    held = contacts.filter(pl.col("harassment").is_not_null())
    shown = held.sort("started_at", "contact_id", descending=[True, False], nulls_last=True).head(CONTACTS_SHOWN)
    return CriticalView(
        contacts=Share(table["contact_id"].n_unique(), contacts.height),
        harassed=Share(held.height, contacts.height),
        families=tuple(_family(name, parts[(name,)]) for name in CRITICAL if (name,) in parts),
        harassment=records(
            shown.select("contact_id", "source_id", "channel", "started_at", "queue", "duration_s", "harassment",
                         *_COURSE).join(_first_sound(table), on="contact_id", how="left", validate="1:1",
                                        maintain_order="left")
        ),
    )  # fmt: skip


def _family(name: str, rows: pl.DataFrame) -> Family:
    return Family(
        name,
        rows.height,
        rows["contact_id"].n_unique(),
        tuple(_statement(row) for row in rows.head(STATEMENTS_SHOWN).iter_rows(named=True)),
    )


def _statement(row: Row) -> CriticalStatement:
    return CriticalStatement(
        voc_id=row["voc_id"],
        pieces=Highlighter().pieces(row["evidence"], row["words"]),
        role=row["role"],
        channel=row["channel"],
        source_id=row["source_id"],
        occurred_at=row["occurred_at"],
        start_s=row["start_s"],
        audio_link=row["audio_link"],
    )


def _first_sound(table: pl.DataFrame) -> pl.DataFrame:
    """Where in each recording the first sign of harassment is heard."""
    return (
        table.filter(pl.col("family").is_in(HARASSMENT) & pl.col("audio_link").is_not_null())
        .sort("contact_id", "start_s")
        .unique("contact_id", keep="first", maintain_order=True)
        .select("contact_id", "start_s", "audio_link")
    )
