"""Inquiries, check-ins and survey answers of the sample."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from voc_mining.business_time import is_business_day
from voc_mining.sample.calendar import DEMO_DATE, FIRST_DAY
from voc_mining.sample.draws import Draws
from voc_mining.sample.phrasebook import Phrasebook, Topic
from voc_mining.sample.planned import PlannedContact, Statement
from voc_mining.sample.wording import Author, Wording
from voc_mining.sample.world import SampleCustomer, draw_talker

N_INQUIRIES = 760
N_CHECKINS = 190
N_SURVEYS = 120
_UNIDENTIFIED = 0.05
_RECENT = DEMO_DATE - timedelta(days=88)
_HELD_METHODS = ("phone", "web", "visit", "mail")
_MOODS = {"satisfied": (5, 5), "appeased": (3, 2), "unresolved": (1, 2)}
"""Score and weight of how a contact was found."""


def make_inquiries(customers: list[SampleCustomer], book: Phrasebook, seed: int) -> list[PlannedContact]:
    """Make forms, mails and chats over the whole history, in order of days."""
    author = Author(book, Draws(seed, "inquiries"))
    days = sorted(_inquiry_day(author.draws) for _ in range(N_INQUIRIES))
    days[0] = FIRST_DAY
    drawn = [_inquiry(f"Q{n:06d}", day, customers, author) for n, day in enumerate(days, 1)]
    return drawn + [_cancellation(c, author) for c in customers if c.temper == "leaver" and int(c.customer_id[1:]) % 2]


def make_checkins(customers: list[SampleCustomer], book: Phrasebook, seed: int) -> list[PlannedContact]:
    """Make check-ins, most of them with customers who never contact us."""
    author = Author(book, Draws(seed, "checkins"))
    days = sorted(_asking_day(author.draws) for _ in range(N_CHECKINS))
    asked: Counter[str] = Counter()
    made = []
    for n, day in enumerate(days, 1):
        topics = [author.asked_topic(day) for _ in range(2 if author.draws.chance(0.35) else 1)]
        customer = _asked(customers, day, asked, author.draws)
        made.append(checkin(f"K{n:05d}", author.draws.moment(day), customer, topics, author))
    return made


def make_surveys(
    customers: list[SampleCustomer], contacts: list[PlannedContact], book: Phrasebook, seed: int
) -> list[PlannedContact]:
    """Make survey answers: a third about a contact just had, the others asked out of the blue."""
    author = Author(book, Draws(seed, "surveys"))
    unprompted = [survey for survey in book.frames["survey"] if not survey["after_contact"]]
    had = [c for c in contacts if c.cell("customer_id") and c.cell("category_l") != "解約" and _long_enough_ago(c)]
    asked: Counter[str] = Counter()
    answers: list[PlannedContact] = []
    for n in range(1, N_SURVEYS + 1):
        if n % 3 == 0:
            answers.append(answer_after(f"R{n:05d}", author.draws.one_of(had), author))
        else:
            day = _asking_day(author.draws)
            customer = _asked(customers, day, asked, author.draws)
            answers += _answers(f"R{n:05d}", day, customer, author.draws.one_of(unprompted), author)
    return answers


def inquiry(row: dict[str, str], topic: Topic, customer: SampleCustomer | None, author: Author) -> PlannedContact:
    """Complete one inquiry on a topic; ``row`` holds its id, its time and its channel."""
    draws, at = author.draws, datetime.fromisoformat(row["received_at"])
    chat = row["channel"] == "chat"
    wording = author.inquiry(topic, row["channel"], customer)
    large, middle, small = reason_codes(topic, draws)
    replied = at + timedelta(minutes=draws.seconds(3 if chat else 240))
    resolved = replied + timedelta(minutes=draws.seconds(20 if chat else 900))
    subject = draws.one_of(author.book.frames["inquiry"]["mail_subjects"])
    done = {
        "received_at": f"{at:%Y-%m-%d %H:%M:%S}",
        "customer_id": customer.customer_id if customer else "",
        "subject": "" if chat else subject.format(title=topic.title, code=middle or "使い方"),
        "body": wording.text,
        "category_l": large,
        "category_m": middle,
        "category_s": small,
        "agent_id": f"OP{draws.between(1, 9):02d}",
        "handle_s": str(draws.seconds(420)),
        "first_reply_at": f"{replied:%Y-%m-%d %H:%M:%S}",
        "resolved_at": f"{resolved:%Y-%m-%d %H:%M:%S}" if draws.chance(0.9) else "",
    }
    return PlannedContact(
        "inquiry", row["inquiry_id"], row | done, at, statements=wording.statements, personal=wording.personal
    )


def checkin(
    checkin_id: str, at: datetime, customer: SampleCustomer, topics: list[Topic], author: Author
) -> PlannedContact:
    """Make one check-in at which the customer speaks of the topics."""
    wording = author.checkin_note(topics)
    row = {
        "checkin_id": checkin_id,
        "held_at": f"{at:%Y-%m-%d %H:%M:%S}",
        "customer_id": customer.customer_id,
        "method": author.draws.one_of(_HELD_METHODS),
        "owner": f"CS{author.draws.between(1, 4):02d}",
        "note": wording.text,
    }
    return PlannedContact("checkin", checkin_id, row, at, statements=wording.statements)


def answer_after(
    response_id: str, contact: PlannedContact, author: Author, at: datetime | None = None
) -> PlannedContact:
    """Make the answer to a survey sent after a contact."""
    assert contact.at is not None
    survey = next(survey for survey in author.book.frames["survey"] if survey["after_contact"])
    mood = author.draws.weighted(tuple(_MOODS), [weight for _, weight in _MOODS.values()])
    text = author.draws.one_of(author.book.frames["answers"][mood])
    return _answer(
        {
            "response_id": response_id,
            "survey_id": survey["survey_id"],
            "customer_id": contact.cell("customer_id"),
            "question": survey["questions"][0],
            "score": str(_MOODS[mood][0]),
            "after_contact_id": contact.source_id,
        },
        at or contact.at + timedelta(hours=author.draws.between(20, 60)),
        Wording(text, (Statement(text),)),
    )


def reason_codes(topic: Topic, draws: Draws) -> tuple[str, str, str]:
    """Reason codes as operators give them: a quarter ends in その他, cancellations never do."""
    large, middle, small = topic.codes or ("その他", "", "")
    if large == "解約" or draws.chance(0.75):
        return large, middle, small
    return draws.one_of((("その他", "", ""), (large, "その他", "")))


def _long_enough_ago(contact: PlannedContact) -> bool:
    """Whether there was time to answer a survey about it by the day of the demo."""
    return contact.at is not None and contact.at.date() <= DEMO_DATE - timedelta(days=3)


def _answers(
    response_id: str, day: date, customer: SampleCustomer, survey: dict[str, Any], author: Author
) -> list[PlannedContact]:
    """Answer every question of a survey; some say that there is nothing to say."""
    topics, draws = author.book.topics, author.draws
    at = draws.moment(day, 8, 21)
    answers = []
    for number, question in enumerate(survey["questions"]):
        of_use = draws.weighted((topics["visitor_log"], topics["safety_check"], topics["praise"]), (3, 2, 2))
        topic = of_use if number else author.asked_topic(day)
        nothing = Wording(draws.one_of(author.book.frames["answers"]["empty"]))
        row = {
            "response_id": response_id,
            "survey_id": survey["survey_id"],
            "customer_id": customer.customer_id,
            "question": question,
            "score": str(draws.between(0, 10)) if survey["survey_id"] == "S-NPS" else "",
            "after_contact_id": "",
        }
        answers.append(_answer(row, at, nothing if draws.chance(0.08) else author.answer(topic)))
    return answers


def _answer(row: dict[str, str], at: datetime, wording: Wording) -> PlannedContact:
    done = row | {"answered_at": f"{at:%Y-%m-%dT%H:%M:%S}+09:00", "answer": wording.text}
    return PlannedContact(
        "survey", row["response_id"], done, at, question=row["question"], statements=wording.statements
    )


def _inquiry_day(draws: Draws) -> date:
    """Draw a day; later months bring more, weekends little."""
    while True:
        share = 1.0 - (draws.between(0, 999) / 1000) ** 1.25
        day = FIRST_DAY + timedelta(days=round(share * (DEMO_DATE - FIRST_DAY).days))
        if is_business_day(day) or draws.chance(0.25):
            return day


def _inquiry(inquiry_id: str, day: date, customers: list[SampleCustomer], author: Author) -> PlannedContact:
    draws = author.draws
    topic = author.topic(day, "reactive", "both")
    row = {
        "inquiry_id": inquiry_id,
        "received_at": draws.moment(day, 7, 22).isoformat(),
        "channel": draws.weighted(("form", "mail", "chat"), (5, 3, 2)),
    }
    return inquiry(row, topic, None if draws.chance(_UNIDENTIFIED) else draw_talker(customers, day, draws), author)


def _cancellation(customer: SampleCustomer, author: Author) -> PlannedContact:
    """Let a customer who never said a word give notice; that alone does not make them vocal."""
    assert customer.notice_at is not None
    row = {
        "inquiry_id": f"QL{customer.customer_id[1:]}",
        "received_at": author.draws.moment(customer.notice_at).isoformat(),
        "channel": "form",
    }
    return inquiry(row, author.book.topics["cancel"], customer, author)


def _asking_day(draws: Draws) -> date:
    first = _RECENT if draws.chance(0.65) else FIRST_DAY + timedelta(days=10)
    return draws.business_day(first, DEMO_DATE)


def _asked(customers: list[SampleCustomer], day: date, asked: Counter[str], draws: Draws) -> SampleCustomer:
    """Draw whom we ask: mostly those who never contact us, each seldom twice."""
    temper = draws.weighted(("quiet", "talker", "young", "leaver"), (11, 5, 1, 1))
    open_to_us = [c for c in customers if c.exists(day) and not c.do_not_contact]
    pool = [c for c in open_to_us if c.temper == temper] or [c for c in open_to_us if c.temper == "quiet"]
    least = min(asked[c.customer_id] for c in pool)
    customer = draws.one_of([c for c in pool if asked[c.customer_id] == least])
    asked[customer.customer_id] += 1
    return customer
