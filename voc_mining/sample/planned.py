"""What the sample plans: contacts with what is said in them, before any file is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said by the customer.

    ``topic`` is empty for words on no planned topic. Times are seconds of the recording, null for
    written words; ``channel`` is the 0-based audio channel.
    """

    text: str
    topic: str = ""
    kind: str = ""
    start_s: float | None = None
    end_s: float | None = None
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class PersonalValue:
    """A piece of personal data planted in a text: its type and how it is written there."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class PlannedContact:
    """One contact: what its record says and what is true of it.

    Parameters
    ----------
    source, source_id : str
        Kind of record and its key, as in ``contacts.csv``.
    row : mapping of str to str
        Cells of the record, by the canonical column names.
    at : datetime or None
        Start in Asia/Tokyo; null where nothing tells it.
    question : str
        Survey question; with ``source_id`` it is the key of an answer.
    expect : str
        Origin or rule class that a planned situation must result in; empty where nothing is planned.
    recording : str
        Key of the spoken call; empty without sound.
    known_id : str
        Id of a contact known by its recording alone; empty for all others.
    critical : tuple of str
        Families of critical voices in its words.
    messages : tuple of (str, str)
        Roles and words of the messages exchanged, in order; with a row the first is its body.
    counted_for : str
        Customer it is counted for: as recorded, else by number, address or an earlier leg.
    """

    source: str
    source_id: str
    row: Mapping[str, str]
    at: datetime | None
    question: str = ""
    statements: tuple[Statement, ...] = ()
    personal: tuple[PersonalValue, ...] = ()
    expect: str = ""
    recording: str = ""
    known_id: str = ""
    critical: tuple[str, ...] = ()
    messages: tuple[tuple[str, str], ...] = ()
    counted_for: str = ""

    def cell(self, column: str) -> str:
        """Cell of the record; empty where it has none."""
        return self.row.get(column, "")
