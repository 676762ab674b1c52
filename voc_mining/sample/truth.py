"""What is true of the sample: the records of it, and their file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from voc_mining.sample.calendar import DEMO_DATE
from voc_mining.sample.inbox import ExpectedReject
from voc_mining.sample.planned import PersonalValue

LINKED = ("callback", "returned_outreach", "survey_after_contact", "leg", "follow_up")


@dataclass(frozen=True, slots=True)
class TrueContact:
    """What must come out for a contact; ``rule`` is a link class or ``direct``."""

    contact_id: str
    source: str
    source_id: str
    customer_id: str
    started_at: str
    origin: str
    rule: str
    related_contact_id: str
    silence: str
    expect: str


@dataclass(frozen=True, slots=True)
class TrueStatement:
    """A planted statement; seconds and channel for spoken ones alone."""

    contact_id: str
    text: str
    topic: str
    kind: str
    proactive_class: str
    start_s: float | None
    end_s: float | None
    channel: int | None


@dataclass(frozen=True, slots=True)
class TrueTurn:
    """Words in a recording."""

    path: str
    channel: int
    role: str
    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class TrueSound:
    """A sound of the line in a recording: ``ring``, or music while in the ``queue`` or on ``hold``."""

    path: str
    channel: int
    kind: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class TrueCall:
    """How a call with sound went; holds from word to word, ``interruptions`` by the customer."""

    contact_id: str
    n_holds: int
    hold_s: float
    ivr_s: float
    interruptions: int


@dataclass(frozen=True, slots=True)
class TrueCritical:
    """A family of critical voices in a contact."""

    contact_id: str
    family: str


@dataclass(frozen=True, slots=True)
class TrueRecording:
    """A recording and every name it was delivered under, relative to the inbox."""

    audio_sha256: str
    paths: tuple[str, ...]
    duration_s: float
    channels: int
    contact_id: str


@dataclass(frozen=True, slots=True)
class TrueKpi:
    """Figures of one business date and queue; shares and means are null where nothing is counted."""

    date: str
    queue: str
    offered: int
    answered: int
    abandoned: int
    abandoned_short: int
    ivr_abandoned: int
    after_hours: int
    overflow: int
    self_served: int
    transfers: int
    answer_rate: float | None
    abandon_rate: float | None
    service_level: float | None
    att_s: float | None
    hold_s: float | None
    acw_s: float | None
    aht_s: float | None


@dataclass(slots=True)
class Truth:
    """Everything that is true of a sample inbox."""

    demo_date: str = DEMO_DATE.isoformat()
    contacts: list[TrueContact] = field(default_factory=list)
    statements: list[TrueStatement] = field(default_factory=list)
    turns: list[TrueTurn] = field(default_factory=list)
    sounds: list[TrueSound] = field(default_factory=list)
    calls: list[TrueCall] = field(default_factory=list)
    critical: list[TrueCritical] = field(default_factory=list)
    recordings: list[TrueRecording] = field(default_factory=list)
    missing_recordings: list[str] = field(default_factory=list)
    kpis: list[TrueKpi] = field(default_factory=list)
    rejects: list[ExpectedReject] = field(default_factory=list)
    personal: list[PersonalValue] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)
    silence_at_demo_date: dict[str, str] = field(default_factory=dict)
    silent_leavers: list[str] = field(default_factory=list)
    topic_titles: dict[str, str] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_truth(path: Path) -> Truth:
    """Read what :meth:`Truth.write` wrote."""
    tree: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    rows: dict[str, Any] = {
        "contacts": TrueContact,
        "statements": TrueStatement,
        "turns": TrueTurn,
        "sounds": TrueSound,
        "calls": TrueCall,
        "critical": TrueCritical,
        "recordings": TrueRecording,
        "kpis": TrueKpi,
        "rejects": ExpectedReject,
        "personal": PersonalValue,
    }
    for name, record in rows.items():
        tree[name] = [record(**row) for row in tree[name]]
    return Truth(**tree)
