"""Planned situations: what decides origin and silence is set, not drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from voc_mining.sample.calendar import JST
from voc_mining.sample.calls import CallPlan, call, queue_of
from voc_mining.sample.draws import Draws
from voc_mining.sample.phrasebook import Phrasebook
from voc_mining.sample.planned import PlannedContact, Statement
from voc_mining.sample.wording import Author, Wording
from voc_mining.sample.world import SampleCustomer
from voc_mining.sample.written import answer_after, checkin, inquiry

NUMBERS = {"shared": "03-0000-9999", "other": "090-0000-9001", "withheld": "非通知"}


def make_situations(
    events: list[dict[str, Any]], customers: list[SampleCustomer], book: Phrasebook, seed: int
) -> list[PlannedContact]:
    """Make the contacts of ``situations.toml``, in file order."""
    author = Author(book, Draws(seed, "situations"))
    planned: list[PlannedContact] = []
    for number, event in enumerate(events, 1):
        made = _in_own_words(_situation(f"{number:04d}", event, planned, customers, author), event)
        made = _exchange(made, event) if "thread" in event else made
        planned.append(replace(made, expect=event["expect"]))
    return planned


def _in_own_words(made: PlannedContact, event: Mapping[str, Any]) -> PlannedContact:
    """Let the event's own words stand for those drawn for its topic."""
    if "words" not in event:
        return made
    column = "body" if made.source == "inquiry" else "note"
    statements = tuple(Statement(text, kind=kind) for text, kind in event["says"])
    row = {**made.row, column: event["words"]}
    return replace(made, row=row, statements=statements, personal=(), critical=tuple(event["critical"]))


def _situation(
    number: str, event: Mapping[str, Any], before: list[PlannedContact], customers: list[SampleCustomer], author: Author
) -> PlannedContact:
    at = datetime.fromisoformat(event["at"] if "at" in event else before[-1].cell("ended_at")).replace(tzinfo=JST)
    at += timedelta(seconds=event.get("after_s", 0))
    customer = customers[event["person"] - 1] if event["person"] else None
    topics = [author.book.topics[event["topic"]]] if "topic" in event else []
    if event["what"] == "survey":
        return answer_after(f"RP{number}", before[-1], author, at)
    if event["what"] == "thread":
        return _thread(f"TP{number}", at, event)
    if event["what"] == "inquiry":
        row = {"inquiry_id": f"QP{number}", "received_at": at.isoformat(), "channel": event["channel"]}
        made = inquiry(row, topics[0], customer, author)
        more = {"subject": f"Re: {before[-1].cell('subject')}"} if event.get("reply") else {}
        if "mail_of" in event:
            more["email"] = customers[event["mail_of"] - 1].email
        return replace(made, row=dict(made.row) | more)
    if event["what"] == "checkin":
        assert customer is not None
        return checkin(f"KP{number}", at, customer, topics, author)
    inbound = event.get("direction", "inbound") == "inbound"
    codes = topics[0].codes if topics and inbound and topics[0].codes else ("", "", "")
    phone = customer.phone if customer else ""
    if "phone_of" in event:
        phone = customers[event["phone_of"] - 1].phone
    plan = CallPlan(
        call_id=f"P{number}",
        at=at,
        direction="inbound" if inbound else "outbound",
        disposition=event.get("disposition", "answered"),
        queue=(queue_of(topics[0]) if topics else "一般サポート") if inbound else "折り返し",
        customer_id=customer.customer_id if customer else "",
        phone=NUMBERS.get(event.get("phone", ""), phone),
        campaign=event.get("campaign", ""),
        purpose=event.get("purpose", ""),
        codes=(codes[0], codes[1], codes[2]),
    )
    made = call(plan, author.note(topics[0], None) if topics else Wording(""), author.draws)
    if event.get("leg") == "named":
        return replace(made, row=dict(made.row) | {"contact_ref": before[-1].source_id, "leg_no": "2"})
    return replace(made, row=dict(made.row) | {"transfers": str(event["transfers"])}) if "transfers" in event else made


def _exchange(made: PlannedContact, event: Mapping[str, Any]) -> PlannedContact:
    """Add the messages that followed; what the customer wrote in them are statements."""
    later = tuple((role, text) for role, text, *_ in event["thread"])
    said = tuple(Statement(text, about[0], about[1]) for role, text, *about in event["thread"] if role == "customer")
    first = (("customer", made.cell("body")),) if made.cell("body") else ()
    return replace(made, statements=made.statements + said, messages=first + later)


def _thread(thread_id: str, at: datetime, event: Mapping[str, Any]) -> PlannedContact:
    """Make an exchange of messages whose inquiry is in no file."""
    first = next(role for role, *_ in event["thread"] if role != "bot")
    direction = "inbound" if first == "customer" else "outbound"
    return PlannedContact("inquiry", thread_id, {"direction": direction}, at)
