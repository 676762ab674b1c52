"""Make the sample inbox and its truth."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from voc_mining.ids import contact_id, orphan_contact_id
from voc_mining.resources import bundled
from voc_mining.sample.calendar import DEMO_DATE, JST
from voc_mining.sample.calls import make_calls
from voc_mining.sample.further import write_further
from voc_mining.sample.inbox import Delivered, write_inbox
from voc_mining.sample.oracle import (
    at_end_of,
    daily_kpis,
    decide_origins,
    reactive_moments,
    silence,
    silent_leavers,
    with_customers,
)
from voc_mining.sample.phrasebook import Phrasebook, read_call_scripts, read_phrasebook
from voc_mining.sample.planned import PlannedContact
from voc_mining.sample.situations import make_situations
from voc_mining.sample.speech import RATE, SpeechEngine
from voc_mining.sample.spoken import SpokenCall, log_row, speak_call, statements_of, true_call
from voc_mining.sample.truth import TrueContact, TrueCritical, TrueRecording, TrueSound, TrueStatement, TrueTurn, Truth
from voc_mining.sample.world import SampleCustomer, customer_rows, make_customers
from voc_mining.sample.written import make_checkins, make_inquiries, make_surveys

Progress = Callable[[int, int], None]
_QUESTION_SEPARATOR = "\x1f"


def make_sample(out: Path, *, seed: int, speech: SpeechEngine | None, progress: Progress | None = None) -> Truth:
    """Make ``out/inbox`` and, beside it, ``out/truth/truth.json``; equal seeds give equal bytes.

    Parameters
    ----------
    out : Path
        Folder; must hold no inbox yet.
    seed : int
        Seed of all draws.
    speech : SpeechEngine or None
        Speaks the calls. None makes no recordings: the calls' log rows stay, as rows without sound.
    progress : callable or None
        Is told how many of how many calls are spoken.

    Raises
    ------
    FileExistsError
        If ``out/inbox`` exists.
    """
    inbox = out / "inbox"
    inbox.mkdir(parents=True)
    book = read_phrasebook()
    customers = make_customers(seed, book.names)
    scripts = read_call_scripts()
    contacts = _plan(customers, scripts, book, seed, with_sound=speech is not None)
    delivered = write_inbox(inbox, contacts, customer_rows(customers, seed), seed)
    write_further(inbox, customers, contacts, book, seed)
    spoken = [] if speech is None else _speak(inbox, scripts, speech, seed, progress)
    truth = _truth(delivered, customers, spoken, book)
    truth.missing_recordings = [
        recording for c in contacts if (recording := c.cell("recording")) and not _was_spoken(c, spoken)
    ]
    truth.write(out / "truth" / "truth.json")
    return truth


def _plan(
    customers: list[SampleCustomer], scripts: list[dict[str, Any]], book: Phrasebook, seed: int, *, with_sound: bool
) -> list[PlannedContact]:
    """Plan every contact that has a record, in no particular order."""
    events = tomllib.loads((bundled("sample", "data/sample") / "situations.toml").read_text(encoding="utf-8"))["event"]
    logged = [log_row(s, customers, seed, with_sound=with_sound) for s in scripts if s.get("log") != "none"]
    drawn = make_inquiries(customers, book, seed) + make_calls(customers, book, seed)
    asked = make_checkins(customers, book, seed) + make_surveys(customers, drawn, book, seed)
    return drawn + asked + make_situations(events, customers, book, seed) + logged


def _speak(
    inbox: Path, scripts: list[dict[str, Any]], speech: SpeechEngine, seed: int, progress: Progress | None
) -> list[tuple[SpokenCall, TrueRecording, dict[str, Any]]]:
    """Speak and write the recordings."""
    from voc_mining.sample.sound_engine import write_sound  # noqa: PLC0415 - heavy, and only needed with sound

    made = []
    wanted = [script for script in scripts if script["turns"]]
    for number, script in enumerate(wanted, 1):
        call = speak_call(script, speech, seed)
        path = inbox / "recordings" / call.path
        write_sound(path, call.samples, call.codec)
        paths = [f"recordings/{call.path}"]
        if call.copy:
            (inbox / "recordings" / call.copy).parent.mkdir(parents=True, exist_ok=True)
            (inbox / "recordings" / call.copy).write_bytes(path.read_bytes())
            paths.append(f"recordings/{call.copy}")
        sha = hashlib.sha256(path.read_bytes()).hexdigest()
        known = orphan_contact_id(sha) if script.get("log") == "none" else contact_id("call", call.key)
        seconds = round(call.samples.shape[1] / RATE, 2)
        made.append((call, TrueRecording(sha, tuple(sorted(paths)), seconds, len(call.samples), known), script))
        if progress:
            progress(number, len(wanted))
    return made


def _was_spoken(contact: PlannedContact, spoken: list[tuple[SpokenCall, TrueRecording, dict[str, Any]]]) -> bool:
    return any(call.key == contact.recording for call, _, _ in spoken)


def _truth(
    delivered: Delivered,
    customers: list[SampleCustomer],
    spoken: list[tuple[SpokenCall, TrueRecording, dict[str, Any]]],
    book: Phrasebook,
) -> Truth:
    orphans = [_orphan(call, recording, script) for call, recording, script in spoken if script.get("log") == "none"]
    contacts = with_customers(delivered.contacts + orphans, customers)
    sounds = {recording.contact_id: call for call, recording, _ in spoken}
    decisions = decide_origins(contacts, customers)
    moments = reactive_moments(contacts, decisions)
    by_id = {customer.customer_id: customer for customer in customers}
    truth = Truth(rejects=delivered.rejects, topic_titles={key: topic.title for key, topic in book.topics.items()})
    families = {entry["says"]: entry["family"] for entry in book.frames["inquiry"]["critical"]}
    for contact, decision in zip(contacts, decisions, strict=True):
        key = _contact_id(contact)
        customer = by_id.get(contact.counted_for)
        related = _contact_id(decision.related) if decision.related else ""
        state = silence(customer, contact.at, moments) if contact.at else "unknown"
        at = contact.at.isoformat() if contact.at else ""
        truth.contacts.append(
            TrueContact(
                key, contact.source, contact.source_id, contact.counted_for, at, decision.origin, decision.rule, related, state,
                contact.expect,
            )
        )  # fmt: skip
        said = contact.statements + (statements_of(sounds[key]) if key in sounds else ())
        truth.statements += [
            TrueStatement(
                key,
                s.text,
                s.topic,
                _kind(s.topic, s.kind, book),
                _class(s.topic, s.kind, decision.origin, book),
                s.start_s,
                s.end_s,
                s.channel,
            )
            for s in said
        ]
        truth.personal += contact.personal
        grave = {*contact.critical, *(families[s.text] for s in contact.statements if s.text in families)}
        truth.critical += [TrueCritical(key, family) for family in sorted(grave)]
    truth.contacts.sort(key=lambda contact: contact.contact_id)
    truth.recordings = [recording for _, recording, _ in spoken]
    truth.turns = [
        TrueTurn(recording.paths[0], t.channel, t.role, round(t.start_s, 2), round(t.end_s, 2), t.text)
        for call, recording, _ in spoken
        for t in call.turns
    ]
    truth.sounds = [
        TrueSound(recording.paths[0], s.channel, s.kind, round(s.start_s, 2), round(s.end_s, 2))
        for call, recording, _ in spoken
        for s in call.sounds
    ]
    truth.calls = [true_call(call, recording.contact_id) for call, recording, _ in spoken]
    truth.kpis = daily_kpis(contacts, customers)
    existing = [customer for customer in customers if customer.exists(DEMO_DATE)]
    truth.silence_at_demo_date = {c.customer_id: silence(c, at_end_of(DEMO_DATE), moments) for c in existing}
    truth.quiet = [key for key, state in truth.silence_at_demo_date.items() if state == "quiet"]
    truth.silent_leavers = silent_leavers(customers, moments)
    return truth


def _orphan(call: SpokenCall, recording: TrueRecording, script: dict[str, Any]) -> PlannedContact:
    at = datetime.fromisoformat(script["at"]).replace(tzinfo=JST) if script["at"] else None
    return PlannedContact("recording", recording.paths[0], {}, at, recording=call.key, known_id=recording.contact_id)


def _contact_id(contact: PlannedContact) -> str:
    if contact.known_id:
        return contact.known_id
    if contact.source == "survey":
        return contact_id("survey", f"{contact.source_id}{_QUESTION_SEPARATOR}{contact.question}")
    return contact_id(contact.source, contact.source_id)


def _kind(topic: str, kind: str, book: Phrasebook) -> str:
    """Kind of a statement; empty where the definitions leave two: a workaround told calmly, a use not foreseen."""
    open_kinds = {"unmet_need": "complaint", "unexpected_use": "other"}
    return "" if topic and kind == open_kinds.get(book.topics[topic].proactive_class) else kind


def _class(topic: str, kind: str, origin: str, book: Phrasebook) -> str:
    """Class of a statement made when asked; empty where two people could well disagree."""
    if origin != "proactive" or not topic or kind == "inquiry":
        return ""
    if kind in ("praise", "churn_signal"):
        return kind
    if kind == "request":
        # A wish on a topic that inquirers raise too may be unmet need or trouble with what exists.
        return "unmet_need" if book.topics[topic].side == "proactive" else ""
    return book.topics[topic].proactive_class
