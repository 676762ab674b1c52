"""The call log of the sample: mostly rows without sound, as KPI and reason material."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from voc_mining.sample.calendar import DEMO_DATE, FIRST_DAY
from voc_mining.sample.draws import Draws
from voc_mining.sample.phrasebook import Phrasebook, Topic
from voc_mining.sample.planned import PlannedContact
from voc_mining.sample.wording import Author, Wording
from voc_mining.sample.world import SampleCustomer, draw_talker
from voc_mining.sample.written import reason_codes

N_INBOUND = 240
N_OUTREACH = 34
N_SALES = 12
N_COLLECTION = 10
CAMPAIGN = "活用支援2026秋"
_BUSY_FROM = DEMO_DATE - timedelta(days=30)
_QUEUES = {"請求": "請求窓口", "解約": "解約窓口", "不具合": "技術サポート", "ログイン": "技術サポート"}
_DISPOSITIONS = {
    "answered": 78,
    "abandoned_queue": 11,
    "abandoned_ivr": 3,
    "after_hours": 4,
    "overflow": 2,
    "self_served": 2,
}
_SERVICE_LEVEL_S = 20
_SHORT_ABANDON_S = 5


@dataclass(frozen=True, slots=True)
class CallPlan:
    """What is known of a call before its times are drawn.

    ``phone`` is what the telephone system wrote; ``talk_s`` null draws talk and hold.
    """

    call_id: str
    at: datetime
    direction: str
    disposition: str
    queue: str = ""
    customer_id: str = ""
    phone: str = ""
    campaign: str = ""
    purpose: str = ""
    codes: tuple[str, str, str] = ("", "", "")
    talk_s: int | None = None
    hold_s: int = 0
    expect: str = ""


def queue_of(topic: Topic) -> str:
    """Queue that calls on a topic go to."""
    return _QUEUES.get(topic.codes[0] if topic.codes else "", "一般サポート")


def call(plan: CallPlan, wording: Wording, draws: Draws) -> PlannedContact:
    """Make one row of the call log; its times add up."""
    answered, inbound = plan.disposition == "answered", plan.direction == "inbound"
    wait = _wait(plan.disposition, draws)
    drawn_talk, drawn_hold, acw = draws.seconds(240), draws.seconds(45), draws.seconds(60)
    talk = (plan.talk_s or drawn_talk) if answered else 0
    hold = drawn_hold if answered and plan.talk_s is None and draws.chance(0.3) else plan.hold_s
    answered_at = plan.at + timedelta(seconds=wait)
    row = {
        "call_id": plan.call_id,
        "direction": plan.direction,
        "offered_at": f"{plan.at:%Y-%m-%d %H:%M:%S}",
        "answered_at": f"{answered_at:%Y-%m-%d %H:%M:%S}" if answered else "",
        "ended_at": f"{answered_at + timedelta(seconds=talk + hold):%Y-%m-%d %H:%M:%S}",
        "wait_s": str(wait),
        "talk_s": str(talk) if answered else "",
        "hold_s": str(hold) if answered else "",
        "acw_s": str(acw) if answered else "",
        "transfers": str(draws.weighted((0, 1, 2), (85, 13, 2))) if answered else "",
        "queue": plan.queue,
        "agent_id": f"OP{draws.between(1, 9):02d}" if answered or not inbound else "",
        "customer_id": plan.customer_id,
        "phone": plan.phone,
        "campaign": plan.campaign,
        "purpose": plan.purpose,
        "ivr_path": f"{draws.between(1, 4)}-{draws.between(1, 3)}" if inbound else "",
        "disposition": plan.disposition,
        "category_l": plan.codes[0],
        "category_m": plan.codes[1],
        "category_s": plan.codes[2],
        "note": wording.text,
    }
    said, personal = wording.statements, wording.personal
    return PlannedContact("call", plan.call_id, row, plan.at, statements=said, personal=personal, expect=plan.expect)


def make_calls(customers: list[SampleCustomer], book: Phrasebook, seed: int) -> list[PlannedContact]:
    """Make the calls that have no sound."""
    author = Author(book, Draws(seed, "calls"))
    inbound = [_inbound(n, customers, author) for n in range(1, N_INBOUND + 1)]
    return inbound + _outreach(customers, author) + _on_neither_side(customers, author)


def written_phone(phone: str, draws: Draws) -> str:
    """Write a number as one of several telephone systems would."""
    digits = phone.replace("-", "")
    return draws.one_of((phone, phone, digits, f"+81{digits[1:]}"))


def _wait(disposition: str, draws: Draws) -> int:
    wait = draws.seconds(14, 0.8)
    if disposition == "abandoned_queue":
        wait = draws.between(1, 4) if draws.chance(0.25) else draws.between(12, 180)
    # On the border of the service level or of a short abandon it would depend on one second: stay off it.
    return wait + (wait in (_SERVICE_LEVEL_S, _SHORT_ABANDON_S))


def _call_day(draws: Draws) -> date:
    return draws.business_day(_BUSY_FROM if draws.chance(0.55) else FIRST_DAY, DEMO_DATE)


def _inbound(number: int, customers: list[SampleCustomer], author: Author) -> PlannedContact:
    draws = author.draws
    disposition = draws.weighted(tuple(_DISPOSITIONS), list(_DISPOSITIONS.values()))
    answered, late = disposition == "answered", disposition == "after_hours"
    day = _call_day(draws)
    topic = author.topic(day, "reactive", "both")
    customer = None if draws.chance(0.12) else draw_talker(customers, day, draws)
    plan = CallPlan(
        call_id=f"L{number:05d}",
        at=draws.moment(day, 18, 20) if late else draws.moment(day),
        direction="inbound",
        disposition=disposition,
        queue="" if disposition in ("abandoned_ivr", "self_served") else queue_of(topic),
        customer_id=customer.customer_id if customer else "",
        phone=written_phone(customer.phone, draws) if customer else draws.one_of(("非通知", "", "公衆電話")),
        purpose="support" if draws.chance(0.5) else "",
        codes=reason_codes(topic, draws) if answered else ("", "", ""),
    )
    return call(plan, author.note(topic, customer) if answered else Wording(""), draws)


def _outreach(customers: list[SampleCustomer], author: Author) -> list[PlannedContact]:
    """Call those who never call us, half of them within a campaign."""
    draws, notes = author.draws, author.book.frames["note"]
    planned = []
    days = [draws.business_day(DEMO_DATE - timedelta(days=80), DEMO_DATE) for _ in range(N_OUTREACH)]
    open_to_us = [c for c in customers if c.temper == "quiet" and not c.do_not_contact]
    for number, (day, customer) in enumerate(zip(days, draws.some_of(open_to_us, N_OUTREACH), strict=True), 1):
        reached, in_campaign = draws.chance(0.72), bool(number % 2)
        wording = author.note(author.topic(day, "proactive"), None)
        text = draws.one_of(notes["outreach"]) + wording.text if reached else draws.one_of(notes["absent"])
        plan = CallPlan(
            call_id=f"O{number:05d}",
            at=draws.moment(day, 10, 16),
            direction="outbound",
            disposition="answered" if reached else "not_reached",
            queue="カスタマーサクセス",
            customer_id=customer.customer_id,
            phone=written_phone(customer.phone, draws),
            campaign=CAMPAIGN if in_campaign else "",
            purpose="checkin" if not in_campaign or draws.chance(0.5) else "",
        )
        planned.append(call(plan, Wording(text, wording.statements if reached else ()), draws))
    return planned


def _on_neither_side(customers: list[SampleCustomer], author: Author) -> list[PlannedContact]:
    """Call for sales and for payment."""
    draws = author.draws
    planned = []
    for number in range(1, N_SALES + N_COLLECTION + 1):
        purpose, queue = ("sales", "営業") if number <= N_SALES else ("collection", "債権管理")
        day = draws.business_day(FIRST_DAY + timedelta(days=20), DEMO_DATE)
        customer = draws.one_of([c for c in customers if c.temper in ("talker", "quiet") and c.exists(day)])
        note = author.book.fill(draws.one_of(author.book.frames["note"][purpose]), draws)
        plan = CallPlan(
            call_id=f"S{number:05d}",
            at=draws.moment(day, 10, 16),
            direction="outbound",
            disposition="answered",
            queue=queue,
            customer_id=customer.customer_id,
            phone=written_phone(customer.phone, draws),
            purpose=purpose,
        )
        planned.append(call(plan, Wording(note), draws))
    return planned
