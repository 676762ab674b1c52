"""The call log of the sample: mostly rows without sound, as KPI and reason material."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from voc_mining.sample.calendar import DEMO_DATE, FIRST_DAY
from voc_mining.sample.draws import Draws
from voc_mining.sample.phrasebook import Phrasebook, Topic
from voc_mining.sample.planned import PlannedContact
from voc_mining.sample.wording import Wording, draw_topic, write_note
from voc_mining.sample.world import SampleCustomer
from voc_mining.sample.written import draw_talker, reason_codes

N_INBOUND = 240
N_OUTREACH = 34
N_SALES = 12
N_COLLECTION = 10
CAMPAIGN = "活用支援2026秋"
_BUSY_FROM = DEMO_DATE - timedelta(days=30)
_QUEUES = {"請求": "請求窓口", "解約": "解約窓口", "不具合": "技術サポート", "ログイン": "技術サポート"}
_DISPOSITIONS = (
    "answered",
    "abandoned_queue",
    "abandoned_ivr",
    "after_hours",
    "overflow",
    "self_served",
    "callback_booked",
    "voicemail",
)
_DISPOSITION_WEIGHTS = (78, 10, 3, 3, 2, 2, 1, 1)


@dataclass(frozen=True, slots=True)
class CallPlan:
    """What is known of a call before its times are drawn.

    ``phone`` is what the telephone system wrote; ``talk_s`` null draws one.
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
    expect: str = ""


def queue_of(topic: Topic) -> str:
    """Queue that calls on a topic go to."""
    return _QUEUES.get(topic.codes[0] if topic.codes else "", "一般サポート")


def call(plan: CallPlan, wording: Wording, draws: Draws) -> PlannedContact:
    """Make one row of the call log; its times add up."""
    answered = plan.disposition == "answered"
    wait = draws.seconds(14, 0.8) + (4 if plan.direction == "outbound" else 0)
    if plan.disposition == "abandoned_queue":
        wait = draws.between(1, 4) if draws.chance(0.25) else draws.between(12, 180)
    # On the border of a service level or of a short abandon nobody could say which side counts.
    wait = 21 if wait == 20 else 6 if wait == 5 else wait
    drawn_talk, drawn_hold, acw = draws.seconds(240), draws.seconds(45), draws.seconds(60)
    talk = (plan.talk_s or drawn_talk) if answered else 0
    hold = drawn_hold if answered and plan.talk_s is None and draws.chance(0.3) else 0
    answered_at = plan.at + timedelta(seconds=wait)
    ended_at = answered_at + timedelta(seconds=talk + hold)
    row = {
        "call_id": plan.call_id,
        "direction": plan.direction,
        "offered_at": f"{plan.at:%Y-%m-%d %H:%M:%S}",
        "answered_at": f"{answered_at:%Y-%m-%d %H:%M:%S}" if answered else "",
        "ended_at": f"{ended_at:%Y-%m-%d %H:%M:%S}",
        "wait_s": str(wait),
        "talk_s": str(talk) if answered else "",
        "hold_s": str(hold) if answered else "",
        "acw_s": str(acw) if answered else "",
        "transfers": str(draws.weighted((0, 1, 2), (85, 13, 2))) if answered else "",
        "queue": plan.queue,
        "agent_id": f"OP{draws.between(1, 9):02d}" if answered or plan.direction == "outbound" else "",
        "customer_id": plan.customer_id,
        "phone": plan.phone,
        "campaign": plan.campaign,
        "purpose": plan.purpose,
        "ivr_path": f"{draws.between(1, 4)}-{draws.between(1, 3)}" if plan.direction == "inbound" else "",
        "disposition": plan.disposition,
        "category_l": plan.codes[0],
        "category_m": plan.codes[1],
        "category_s": plan.codes[2],
        "note": wording.text,
    }
    return PlannedContact(
        "call", plan.call_id, row, plan.at, statements=wording.statements, personal=wording.personal, expect=plan.expect
    )


def make_calls(customers: list[SampleCustomer], book: Phrasebook, seed: int) -> list[PlannedContact]:
    """Make the calls that have no sound, in order of time."""
    draws = Draws(seed, "calls")
    inbound = [_inbound(n, customers, book, draws) for n in range(1, N_INBOUND + 1)]
    outbound = _outreach(customers, book, draws) + _other(customers, book, draws)
    return sorted(inbound + outbound, key=lambda planned: (planned.cell("offered_at"), planned.source_id))


def _call_day(draws: Draws) -> date:
    if draws.chance(0.55):
        return draws.business_day(_BUSY_FROM, DEMO_DATE)
    return draws.business_day(FIRST_DAY, DEMO_DATE)


def _inbound(number: int, customers: list[SampleCustomer], book: Phrasebook, draws: Draws) -> PlannedContact:
    disposition = draws.weighted(_DISPOSITIONS, _DISPOSITION_WEIGHTS)
    day = _call_day(draws)
    at = draws.moment(day, 18, 20) if disposition == "after_hours" else draws.moment(day)
    if disposition == "after_hours" and draws.chance(0.4):
        at = draws.moment(day + timedelta(days=(5 - day.weekday()) % 7), 9, 17)
    topic = draw_topic(book, draws, day, "reactive", "both")
    customer = None if draws.chance(0.12) else draw_talker(customers, day, draws)
    answered = disposition == "answered"
    wording = write_note(topic, book, draws, customer) if answered else Wording("", ())
    plan = CallPlan(
        call_id=f"L{number:05d}",
        at=at,
        direction="inbound",
        disposition=disposition,
        queue="" if disposition in ("abandoned_ivr", "self_served") else queue_of(topic),
        customer_id=customer.customer_id if customer else "",
        phone=written_phone(customer.phone, draws) if customer else draws.one_of(("非通知", "", "公衆電話")),
        purpose="support" if draws.chance(0.5) else "",
        codes=reason_codes(topic, draws) if answered else ("", "", ""),
    )
    return call(plan, wording, draws)


def written_phone(phone: str, draws: Draws) -> str:
    """Write a number as one of several telephone systems would."""
    digits = phone.replace("-", "")
    return draws.one_of((phone, phone, digits, f"+81{digits[1:]}"))


def _outreach(customers: list[SampleCustomer], book: Phrasebook, draws: Draws) -> list[PlannedContact]:
    planned = []
    asked: Counter[str] = Counter()
    notes = book.frames["note"]
    for number in range(1, N_OUTREACH + 1):
        day = draws.business_day(DEMO_DATE - timedelta(days=80), DEMO_DATE)
        pool = [
            c
            for c in customers
            if c.temper == "quiet" and c.exists(day) and not asked[c.customer_id] and not c.do_not_contact
        ]
        customer = draws.one_of(pool)
        asked[customer.customer_id] += 1
        reached = draws.chance(0.72)
        wording = write_note(draw_topic(book, draws, day, "proactive"), book, draws, None)
        text = draws.one_of(notes["outreach"]) + wording.text if reached else draws.one_of(notes["absent"])
        plan = CallPlan(
            call_id=f"O{number:05d}",
            at=draws.moment(day, 10, 16),
            direction="outbound",
            disposition="answered" if reached else "not_reached",
            queue="カスタマーサクセス",
            customer_id=customer.customer_id,
            phone=written_phone(customer.phone, draws),
            campaign=CAMPAIGN if number % 2 else "",
            purpose="checkin" if number % 2 == 0 or draws.chance(0.5) else "",
        )
        planned.append(call(plan, Wording(text, wording.statements if reached else ()), draws))
    return planned


def _other(customers: list[SampleCustomer], book: Phrasebook, draws: Draws) -> list[PlannedContact]:
    planned = []
    for number in range(1, N_SALES + N_COLLECTION + 1):
        purpose, queue = ("sales", "営業") if number <= N_SALES else ("collection", "債権管理")
        day = draws.business_day(FIRST_DAY + timedelta(days=20), DEMO_DATE)
        customer = draws.one_of([c for c in customers if c.temper in ("talker", "quiet") and c.exists(day)])
        note = book.fill(draws.one_of(book.frames["note"][purpose]), draws)
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
        planned.append(call(plan, Wording(note, ()), draws))
    return planned
