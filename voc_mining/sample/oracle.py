"""Origin, callbacks, silence and daily figures by plain loops over the definitions.

Nothing here calls the stages it is there to judge. Contacts are decided one by one, in order of time,
straight from the definitions; slow, and easy to check by reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from voc_mining.business_time import add_business_days
from voc_mining.sample.calendar import DEMO_DATE, JST
from voc_mining.sample.planned import PlannedContact
from voc_mining.sample.truth import TrueKpi
from voc_mining.sample.world import SampleCustomer

WINDOW_DAYS = 3
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
    by_key = {contact.source_id: contact for contact in contacts if contact.source != "survey"}
    opened: list[PlannedContact] = []
    unanswered: list[PlannedContact] = []
    decisions: dict[int, Decision] = {}
    for contact in sorted(contacts, key=moment):
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


def _decide(
    contact: PlannedContact,
    opened: list[PlannedContact],
    unanswered: list[PlannedContact],
    by_key: dict[str, PlannedContact],
    shared: set[str],
) -> Decision:
    if contact.source == "survey" and (after := contact.cell("after_contact_id")):
        return Decision("reactive", "survey_after_contact", by_key[after])
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
        if moment(c) < moment(contact) and moment(contact).date() <= add_business_days(moment(c).date(), WINDOW_DAYS)
    ]
    customer, number = contact.cell("customer_id"), digits(contact.cell("phone"))
    same = [c for c in within if customer and c.cell("customer_id") == customer]
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


def reactive_moments(contacts: Sequence[PlannedContact], decisions: Sequence[Decision]) -> dict[str, list[datetime]]:
    """Moments of the reactive contacts of each customer (the empty key: of nobody known), cancellations left out."""
    moments: dict[str, list[datetime]] = {}
    for contact, decision in zip(contacts, decisions, strict=True):
        cancels = contact.cell("queue") in _CANCELLATION or contact.cell("category_l") in _CANCELLATION
        if decision.origin == "reactive" and contact.at is not None and not cancels:
            moments.setdefault(contact.cell("customer_id"), []).append(contact.at)
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


def daily_kpis(contacts: Sequence[PlannedContact]) -> list[TrueKpi]:
    """Figures of the inbound queues by business date."""
    groups: dict[tuple[str, str], list[PlannedContact]] = {}
    for contact in contacts:
        if contact.source == "call" and contact.cell("direction") == "inbound" and contact.at is not None:
            groups.setdefault((contact.at.date().isoformat(), contact.cell("queue")), []).append(contact)
    return [_kpi(day, queue, groups[day, queue]) for day, queue in sorted(groups)]


def _kpi(day: str, queue: str, calls: list[PlannedContact]) -> TrueKpi:
    ends = [call.cell("disposition") for call in calls]
    answered = [call for call in calls if call.cell("disposition") == "answered"]
    abandoned = [call for call in calls if call.cell("disposition") == "abandoned_queue"]
    offered = sum(end not in _APART for end in ends)
    in_time = sum(int(call.cell("wait_s")) <= 20 for call in answered)

    def mean(*columns: str) -> float | None:
        sums = [sum(int(call.cell(column) or 0) for column in columns) for call in answered]
        return sum(sums) / len(sums) if sums else None

    return TrueKpi(
        date=day,
        queue=queue,
        offered=offered,
        answered=len(answered),
        abandoned=len(abandoned),
        abandoned_short=sum(int(call.cell("wait_s")) <= 5 for call in abandoned),
        ivr_abandoned=ends.count("abandoned_ivr"),
        after_hours=ends.count("after_hours"),
        overflow=ends.count("overflow"),
        self_served=ends.count("self_served"),
        transfers=sum(int(call.cell("transfers") or 0) for call in calls),
        answer_rate=len(answered) / offered if offered else None,
        abandon_rate=len(abandoned) / offered if offered else None,
        service_level=in_time / offered if offered else None,
        att_s=mean("talk_s"),
        hold_s=mean("hold_s"),
        acw_s=mean("acw_s"),
        aht_s=mean("talk_s", "hold_s", "acw_s"),
    )
