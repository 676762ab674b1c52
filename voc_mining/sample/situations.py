"""Planned situations and spoken calls: what decides origin and silence is set, not drawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from voc_mining.sample.calendar import JST
from voc_mining.sample.calls import CallPlan, call, queue_of
from voc_mining.sample.draws import Draws
from voc_mining.sample.phrasebook import Phrasebook
from voc_mining.sample.planned import PersonalValue, PlannedContact, Statement
from voc_mining.sample.wording import Wording, write_note
from voc_mining.sample.world import SampleCustomer
from voc_mining.sample.written import answer_after, checkin, inquiry

SHARED_NUMBER = "03-0000-9999"
UNKNOWN_NUMBER = "090-0000-9001"


def make_situations(
    events: list[dict[str, Any]], customers: list[SampleCustomer], book: Phrasebook, seed: int
) -> list[PlannedContact]:
    """Make the contacts of ``situations.toml``, in file order."""
    draws = Draws(seed, "situations")
    planned: list[PlannedContact] = []
    for number, event in enumerate(events, 1):
        planned.append(_situation(number, event, planned, customers, book, draws))
    return planned


def _situation(
    number: int,
    event: Mapping[str, Any],
    before: list[PlannedContact],
    customers: list[SampleCustomer],
    book: Phrasebook,
    draws: Draws,
) -> PlannedContact:
    at = datetime.fromisoformat(event["at"]).replace(tzinfo=JST)
    customer = customers[event["person"] - 1] if event["person"] else None
    topic = book.topics[event["topic"]] if "topic" in event else None
    what = event["what"]
    if what == "call":
        plan = _call_plan(f"P{number:05d}", at, event, customer, customers)
        wording = write_note(topic, book, draws, None) if topic else Wording("", ())
        if topic and plan.direction == "inbound":
            codes = topic.codes or ("その他", "", "")
            plan = _with_codes(plan, codes, queue_of(topic))
        made = call(plan, wording, draws)
    elif what == "inquiry":
        assert topic is not None
        made = inquiry(f"QP{number:05d}", at, event["channel"], topic, customer, book, draws)
    elif what == "checkin":
        assert topic is not None
        assert customer is not None
        made = checkin(f"KP{number:04d}", at, customer, topic, book, draws)
    else:
        survey = next(s for s in book.frames["survey"] if s["after_contact"])
        made = answer_after(f"RP{number:04d}", before[-1], survey, book, draws, at)
    return _expecting(made, event["expect"])


def _with_codes(plan: CallPlan, codes: tuple[str, ...], queue: str) -> CallPlan:
    from dataclasses import replace

    return replace(plan, codes=(codes[0], codes[1], codes[2]), queue=queue)


def _expecting(planned: PlannedContact, expect: str) -> PlannedContact:
    from dataclasses import replace

    return replace(planned, expect=expect)


def _call_plan(
    call_id: str,
    at: datetime,
    event: Mapping[str, Any],
    customer: SampleCustomer | None,
    customers: list[SampleCustomer],
) -> CallPlan:
    direction = event.get("direction", "inbound")
    phone = customer.phone if customer else ""
    if "phone_of" in event:
        phone = customers[event["phone_of"] - 1].phone
    phone = {"shared": SHARED_NUMBER, "other": UNKNOWN_NUMBER, "withheld": "非通知"}.get(event.get("phone", ""), phone)
    return CallPlan(
        call_id=call_id,
        at=at,
        direction=direction,
        disposition=event.get("disposition", "answered"),
        queue="一般サポート" if direction == "inbound" else "折り返し",
        customer_id=customer.customer_id if customer else "",
        phone=phone,
        campaign=event.get("campaign", ""),
        purpose=event.get("purpose", ""),
        expect=event["expect"],
    )
