"""Customers, origin, callbacks, legs, silence and daily figures by plain loops over the definitions.

Nothing here calls the stages it is there to judge. Contacts are decided one by one, in order of time,
straight from the definitions; slow, and easy to check by reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from voc_mining.business_time import add_business_days
from voc_mining.contracts.rules import NEW_YEAR
from voc_mining.sample.calendar import DEMO_DATE, JST
from voc_mining.sample.planned import PlannedContact
from voc_mining.sample.truth import TrueKpi
from voc_mining.sample.world import SampleCustomer

WINDOW_DAYS = 3
LEG_GAP = timedelta(seconds=10)
LOOK_BACK = timedelta(days=180)
MIN_AGE = timedelta(days=30)
_BY_SOURCE = {"recording": "unknown", "checkin": "proactive", "survey": "proactive", "inquiry": "reactive"}
_OTHER = ("sales", "collection", "delivery")
_CANCELLATION = ("解約窓口", "解約")
_APART = ("abandoned_ivr", "after_hours", "overflow", "self_served")


@dataclass(slots=True)
class Decision:
    """Origin of a contact, the class of the rule and the contact it answers."""

    origin: str
    rule: str = "direct"
    related: PlannedContact | None = None


def decide_origins(contacts: Sequence[PlannedContact], customers: Sequence[SampleCustomer]) -> list[Decision]:
    """Decide the origin of every contact, in the order given; times must differ where contacts link."""
    shared = _shared_numbers(contacts, customers)
    heads = first_legs(contacts, customers)
    by_key = {contact.source_id: contact for contact in contacts if contact.source != "survey"}
    opened: list[PlannedContact] = []
    unanswered: list[PlannedContact] = []
    decisions: dict[int, Decision] = {}
    for contact in sorted(contacts, key=moment):
        if id(contact) in heads:
            head = heads[id(contact)]
            decisions[id(contact)] = Decision(decisions[id(head)].origin, "leg", head)
            continue
        decision = _decide(contact, opened, unanswered, by_key, shared)
        decisions[id(contact)] = decision
        inbound = contact.source == "call" and contact.cell("direction") == "inbound"
        if decision.origin == "reactive" and (contact.source == "inquiry" or inbound):
            opened.append(contact)
        if (
            decision.origin == "proactive"
            and contact.source == "call"
            and not inbound
            and not contact.cell("answered_at")
        ):
            unanswered.append(contact)
    return [decisions[id(contact)] for contact in contacts]


def _decide(  # noqa: PLR0911 - the definitions in one piece, as they are read
    contact: PlannedContact,
    opened: list[PlannedContact],
    unanswered: list[PlannedContact],
    by_key: dict[str, PlannedContact],
    shared: set[str],
) -> Decision:
    if contact.source == "survey" and (after := contact.cell("after_contact_id")):
        return Decision("reactive", "survey_after_contact", by_key[after])
    if contact.cell("direction") == "outbound" and contact.source == "inquiry":
        return Decision("proactive")
    if contact.cell("subject").startswith("Re: "):
        before = [c for c in opened if f"Re: {c.cell('subject')}" == contact.cell("subject")]
        earlier = _latest_within(contact, before, shared)
        return Decision("reactive", "follow_up", earlier) if earlier else Decision("reactive")
    if contact.source != "call":
        return Decision(_BY_SOURCE[contact.source])
    if contact.cell("direction") == "inbound":
        earlier = _latest_within(contact, unanswered, shared)
        return Decision("proactive", "returned_outreach", earlier) if earlier else Decision("reactive")
    if contact.cell("purpose") in _OTHER or contact.cell("purpose") == "checkin" or contact.cell("campaign"):
        return Decision("other" if contact.cell("purpose") in _OTHER else "proactive")
    earlier = _latest_within(contact, opened, shared)
    if earlier:
        return Decision("reactive", "callback", earlier)
    assert not contact.cell("purpose"), "no definition says what an unlinked call with another purpose is"
    return Decision("proactive")


def _latest_within(contact: PlannedContact, earlier: list[PlannedContact], shared: set[str]) -> PlannedContact | None:
    """Latest earlier contact within the window: of the same customer, else of the same number."""
    within = [
        c
        for c in earlier
        if moment(c) < moment(contact)
        and moment(contact).date() <= add_business_days(moment(c).date(), WINDOW_DAYS, NEW_YEAR)
    ]
    customer, number = contact.counted_for, digits(contact.cell("phone"))
    same = [c for c in within if customer and c.counted_for == customer]
    if not same and number and number not in shared:
        same = [c for c in within if digits(c.cell("phone")) == number]
    return max(same, key=moment) if same else None


def moment(contact: PlannedContact) -> datetime:
    """Start of a contact; one without a start comes before all others."""
    return contact.at or datetime.min.replace(tzinfo=JST)


def digits(phone: str) -> str:
    """Digits of a Japanese number in national form; empty for a withheld one.

    >>> digits("+81 90-0000-1234")
    '09000001234'
    """
    plain = "".join(c for c in phone if c.isdigit())
    return "0" + plain[2:] if phone.startswith("+81") else plain


def _shared_numbers(contacts: Sequence[PlannedContact], customers: Sequence[SampleCustomer]) -> set[str]:
    owners: dict[str, set[str]] = {}
    pairs = [(c.phone, c.customer_id) for c in customers] + [(c.cell("phone"), c.cell("customer_id")) for c in contacts]
    for phone, customer in pairs:
        if digits(phone) and customer:
            owners.setdefault(digits(phone), set()).add(customer)
    return {number for number, names in owners.items() if len(names) > 1}


def with_customers(contacts: Sequence[PlannedContact], customers: Sequence[SampleCustomer]) -> list[PlannedContact]:
    """Say for whom each contact counts: as recorded, else who alone has its number or address, else as an earlier leg."""
    shared = _shared_numbers(contacts, customers)
    owner = {digits(c.phone): c.customer_id for c in customers if digits(c.phone) not in shared}
    owner |= {c.email: c.customer_id for c in customers}
    counted: list[PlannedContact] = []
    for contact in contacts:
        earlier = [c.counted_for for c in counted if contact.cell("contact_ref") == c.source_id and c.source == "call"]
        told = (owner.get(digits(contact.cell("phone"))), owner.get(contact.cell("email")), *earlier)
        known = contact.cell("customer_id") or next((name for name in told if name), "")
        counted.append(replace(contact, counted_for=known))
    return counted


def first_legs(contacts: Sequence[PlannedContact], customers: Sequence[SampleCustomer]) -> dict[int, PlannedContact]:
    """First leg of every later one, by identity: named by it, or just over, of the same customer or number."""
    shared = _shared_numbers(contacts, customers)
    calls = sorted((c for c in contacts if c.source == "call" and c.at is not None), key=moment)
    by_key = {call.source_id: call for call in calls}
    heads: dict[int, PlannedContact] = {}
    for number, contact in enumerate(calls):
        former = [by_key[contact.cell("contact_ref")]] if contact.cell("contact_ref") else []
        for earlier in () if former else calls[:number]:
            ended = datetime.fromisoformat(earlier.cell("ended_at")).replace(tzinfo=JST)
            phone = digits(contact.cell("phone"))
            same = phone and phone not in shared and digits(earlier.cell("phone")) == phone
            same = same or (contact.counted_for and earlier.counted_for == contact.counted_for)
            passed_on = earlier.cell("answered_at") and earlier.cell("transfers") != "0"
            soon = moment(contact) <= ended + LEG_GAP and moment(earlier) < moment(contact)
            if same and passed_on and soon and earlier.cell("direction") == contact.cell("direction"):
                former.append(earlier)
        if former:
            last = former[-1]
            heads[id(contact)] = heads.get(id(last), last)
    return heads


def reactive_moments(contacts: Sequence[PlannedContact], decisions: Sequence[Decision]) -> dict[str, list[datetime]]:
    """Moments of the reactive contacts of each customer (the empty key: of nobody known), cancellations left out."""
    moments: dict[str, list[datetime]] = {}
    for contact, decision in zip(contacts, decisions, strict=True):
        cancels = contact.cell("queue") in _CANCELLATION or contact.cell("category_l") in _CANCELLATION
        if decision.origin == "reactive" and contact.at is not None and not cancels:
            moments.setdefault(contact.counted_for, []).append(contact.at)
    return moments


def silence(customer: SampleCustomer | None, at: datetime, moments: dict[str, list[datetime]]) -> str:
    """Silence of a customer at a moment."""
    if customer is None:
        return "unknown"
    since = at - LOOK_BACK
    if any(since <= moment <= at for moment in moments.get(customer.customer_id, ())):
        return "vocal"
    if customer.contract_start > at.date() - MIN_AGE:
        return "too_early"
    if min(min(known) for known in moments.values()) > since:
        return "undetermined"
    inside = {key: sum(since <= moment <= at for moment in known) for key, known in moments.items()}
    share = 1 - inside.get("", 0) / sum(inside.values())
    assert share > 0.85, f"the sample must not be near the limit of identified contacts: {share}"
    assert customer.contract_end is None or at.date() < customer.contract_end, "no definition covers former customers"
    return "quiet"


def at_end_of(day: date) -> datetime:
    """Last microsecond of a day in Asia/Tokyo."""
    return datetime.combine(day, time.max, JST)


def silent_leavers(customers: Sequence[SampleCustomer], moments: dict[str, list[datetime]]) -> list[str]:
    """Churned customers without a reactive contact in the look-back before their notice."""
    return [
        c.customer_id
        for c in customers
        if c.contract_end is not None
        and c.contract_end <= DEMO_DATE
        and c.notice_at is not None
        and not any(
            at_end_of(c.notice_at) - LOOK_BACK <= moment <= at_end_of(c.notice_at)
            for moment in moments.get(c.customer_id, ())
        )
    ]


def daily_kpis(contacts: Sequence[PlannedContact], customers: Sequence[SampleCustomer]) -> list[TrueKpi]:
    """Figures of the inbound queues by business date; a call passed on counts once, with the times of all its legs."""
    heads = first_legs(contacts, customers)
    legs: dict[int, list[PlannedContact]] = {}
    groups: dict[tuple[str, str], list[PlannedContact]] = {}
    transfers: dict[tuple[str, str], int] = {}
    for contact in contacts:
        if id(contact) in heads:
            legs.setdefault(id(heads[id(contact)]), []).append(contact)
        if contact.source == "call" and contact.cell("direction") == "inbound" and contact.at is not None:
            key = contact.at.date().isoformat(), contact.cell("queue")
            groups.setdefault(key, []).extend([contact] if id(contact) not in heads else [])
            transfers[key] = transfers.get(key, 0) + int(contact.cell("transfers") or 0)
    return [_kpi(key, groups[key], legs, transfers[key]) for key in sorted(groups)]


def _kpi(
    key: tuple[str, str], calls: list[PlannedContact], legs: dict[int, list[PlannedContact]], transfers: int
) -> TrueKpi:
    ends = [call.cell("disposition") for call in calls]
    answered = [call for call in calls if call.cell("disposition") == "answered"]
    abandoned = [call for call in calls if call.cell("disposition") == "abandoned_queue"]
    offered = sum(end not in _APART for end in ends)
    in_time = sum(int(call.cell("wait_s")) <= 20 for call in answered)

    def mean(*columns: str) -> float | None:
        rows = [(call, *legs.get(id(call), ())) for call in answered]
        sums = [sum(int(row.cell(column) or 0) for row in legs_ for column in columns) for legs_ in rows]
        return sum(sums) / len(sums) if sums else None

    return TrueKpi(
        date=key[0],
        queue=key[1],
        offered=offered,
        answered=len(answered),
        abandoned=len(abandoned),
        abandoned_short=sum(int(call.cell("wait_s")) <= 5 for call in abandoned),
        ivr_abandoned=ends.count("abandoned_ivr"),
        after_hours=ends.count("after_hours"),
        overflow=ends.count("overflow"),
        self_served=ends.count("self_served"),
        transfers=transfers,
        answer_rate=len(answered) / offered if offered else None,
        abandon_rate=len(abandoned) / offered if offered else None,
        service_level=in_time / offered if offered else None,
        att_s=mean("talk_s"),
        hold_s=mean("hold_s"),
        acw_s=mean("acw_s"),
        aht_s=mean("talk_s", "hold_s", "acw_s"),
    )
