"""Inquiries, check-ins and survey answers of the sample."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from voc_mining.business_time import is_business_day
from voc_mining.sample.calendar import DEMO_DATE, FIRST_DAY
from voc_mining.sample.draws import Draws
from voc_mining.sample.phrasebook import Phrasebook, Topic
from voc_mining.sample.planned import PlannedContact, Statement
from voc_mining.sample.wording import Wording, draw_topic, write_answer, write_checkin, write_inquiry
from voc_mining.sample.world import SampleCustomer

N_INQUIRIES = 760
N_CHECKINS = 190
N_SURVEYS = 120
_UNIDENTIFIED = 0.05
_RECENT = DEMO_DATE - timedelta(days=88)
_HELD_METHODS = ("phone", "web", "visit", "mail")


def make_inquiries(customers: list[SampleCustomer], book: Phrasebook, seed: int) -> list[PlannedContact]:
    """Make forms, mails and chats over the whole history, in order of time."""
    draws = Draws(seed, "inquiries")
    days = sorted(_inquiry_day(draws) for _ in range(N_INQUIRIES))
    days[0] = FIRST_DAY
    return [_inquiry(f"Q{n:06d}", day, customers, book, draws) for n, day in enumerate(days, 1)]


def inquiry(
    inquiry_id: str,
    at: datetime,
    channel: str,
    topic: Topic,
    customer: SampleCustomer | None,
    book: Phrasebook,
    draws: Draws,
) -> PlannedContact:
    """Make one inquiry on a topic."""
    wording = write_inquiry(topic, channel, customer, book, draws)
    codes = reason_codes(topic, draws)
    replied = at + timedelta(minutes=draws.seconds(3 if channel == "chat" else 240))
    resolved = replied + timedelta(minutes=draws.seconds(20 if channel == "chat" else 900))
    subject = (
        ""
        if channel == "chat"
        else book.fill(
            draws.one_of(book.frames["inquiry"]["mail_subjects"]), draws, title=topic.title, code=codes[1] or "ご質問"
        )
    )
    row = {
        "inquiry_id": inquiry_id,
        "received_at": f"{at:%Y-%m-%d %H:%M:%S}",
        "channel": channel,
        "customer_id": customer.customer_id if customer else "",
        "subject": subject,
        "body": wording.text,
        "category_l": codes[0],
        "category_m": codes[1],
        "category_s": codes[2],
        "agent_id": f"OP{draws.between(1, 9):02d}",
        "handle_s": str(draws.seconds(420)),
        "first_reply_at": f"{replied:%Y-%m-%d %H:%M:%S}",
        "resolved_at": f"{resolved:%Y-%m-%d %H:%M:%S}" if draws.chance(0.9) else "",
    }
    return PlannedContact("inquiry", inquiry_id, row, at, statements=wording.statements, personal=wording.personal)


def reason_codes(topic: Topic, draws: Draws) -> tuple[str, str, str]:
    """Reason codes as operators give them: a quarter ends in その他, cancellations never do."""
    large, middle, small = topic.codes or ("その他", "", "")
    if large == "解約" or draws.chance(0.75):
        return large, middle, small
    return draws.one_of((("その他", "", ""), (large, "その他", "")))


def make_checkins(customers: list[SampleCustomer], book: Phrasebook, seed: int) -> list[PlannedContact]:
    """Make check-ins, most of them with customers who never contact us."""
    draws = Draws(seed, "checkins")
    days = sorted(_asking_day(draws) for _ in range(N_CHECKINS))
    asked: Counter[str] = Counter()
    return [
        checkin(f"K{n:05d}", draws.moment(day), _asked(customers, day, asked, draws), None, book, draws)
        for n, day in enumerate(days, 1)
    ]


def checkin(
    checkin_id: str, at: datetime, customer: SampleCustomer, topic: Topic | None, book: Phrasebook, draws: Draws
) -> PlannedContact:
    """Make one check-in, on the topic if one is given."""
    topics = [topic] if topic else [_asked_topic(book, draws, at.date())]
    if topic is None and draws.chance(0.35):
        topics.append(_asked_topic(book, draws, at.date()))
    wording = write_checkin(topics, book, draws)
    row = {
        "checkin_id": checkin_id,
        "held_at": f"{at:%Y-%m-%d %H:%M:%S}",
        "customer_id": customer.customer_id,
        "method": draws.one_of(_HELD_METHODS),
        "owner": f"CS{draws.between(1, 4):02d}",
        "note": wording.text,
    }
    return PlannedContact("checkin", checkin_id, row, at, statements=wording.statements, proactive_class="asked")


def make_surveys(
    customers: list[SampleCustomer], contacts: list[PlannedContact], book: Phrasebook, seed: int
) -> list[PlannedContact]:
    """Make survey answers: a third about a contact just had, the others asked out of the blue."""
    draws = Draws(seed, "surveys")
    surveys = book.frames["survey"]
    after = [s for s in surveys if s["after_contact"]]
    before = [s for s in surveys if not s["after_contact"]]
    had = [c for c in contacts if c.cell("customer_id") and c.cell("category_l") != "解約" and c.at]
    asked: Counter[str] = Counter()
    answers: list[PlannedContact] = []
    for n in range(1, N_SURVEYS + 1):
        if n % 3 == 0:
            contact = draws.one_of(had)
            answers.append(answer_after(f"R{n:05d}", contact, after[0], book, draws))
        else:
            day = _asking_day(draws)
            customer = _asked(customers, day, asked, draws)
            answers += _answers(f"R{n:05d}", draws.moment(day, 8, 21), customer, draws.one_of(before), book, draws)
    return sorted(answers, key=lambda answer: (answer.cell("answered_at"), answer.source_id))


def answer_after(
    response_id: str,
    contact: PlannedContact,
    survey: dict[str, object],
    book: Phrasebook,
    draws: Draws,
    at: datetime | None = None,
) -> PlannedContact:
    """Make the answer to a survey sent after a contact."""
    assert contact.at is not None
    at = at or contact.at + timedelta(hours=draws.between(20, 60))
    mood = draws.weighted(("satisfied", "appeased", "unresolved"), (5, 2, 2))
    text = draws.one_of(book.frames["answers"][mood])
    score = {"satisfied": 5, "appeased": 3, "unresolved": 1}[mood]
    return _survey_row(
        response_id,
        at,
        contact.cell("customer_id"),
        survey,
        0,
        Wording(text, (Statement(text),)),
        score,
        contact.source_id,
    )


def _answers(
    response_id: str, at: datetime, customer: SampleCustomer, survey: dict[str, object], book: Phrasebook, draws: Draws
) -> list[PlannedContact]:
    """Answer every question of a survey; some say that there is nothing to say."""
    questions = survey["questions"]
    assert isinstance(questions, list)
    rows = []
    for number in range(len(questions)):
        if draws.chance(0.08):
            wording = Wording(draws.one_of(book.frames["answers"]["empty"]), ())
        else:
            topic = draws.weighted(
                (book.topics["visitor_log"], book.topics["safety_check"], book.topics["praise"]), (3, 2, 2)
            )
            if number == 0:
                topic = _asked_topic(book, draws, at.date())
            wording = write_answer(topic, book, draws)
        score = draws.between(0, 10) if survey["survey_id"] == "S-NPS" else None
        rows.append(_survey_row(response_id, at, customer.customer_id, survey, number, wording, score, ""))
    return rows


def _survey_row(  # noqa: PLR0913 - one parameter per column
    response_id: str,
    at: datetime,
    customer_id: str,
    survey: dict[str, object],
    number: int,
    wording: Wording,
    score: int | None,
    after: str,
) -> PlannedContact:
    questions = survey["questions"]
    assert isinstance(questions, list)
    row = {
        "response_id": response_id,
        "answered_at": f"{at:%Y-%m-%dT%H:%M:%S}+09:00",
        "survey_id": str(survey["survey_id"]),
        "customer_id": customer_id,
        "question": questions[number],
        "answer": wording.text,
        "score": "" if score is None else str(score),
        "after_contact_id": after,
    }
    return PlannedContact(
        "survey",
        response_id,
        row,
        at,
        question=questions[number],
        statements=wording.statements,
        proactive_class="" if after else "asked",
    )


def _inquiry_day(draws: Draws) -> date:
    """Draw a day; later months bring more, weekends little."""
    while True:
        share = 1.0 - (draws.between(0, 999) / 1000) ** 1.25
        day = FIRST_DAY + timedelta(days=round(share * (DEMO_DATE - FIRST_DAY).days))
        if is_business_day(day) or draws.chance(0.25):
            return day


def _inquiry(
    inquiry_id: str, day: date, customers: list[SampleCustomer], book: Phrasebook, draws: Draws
) -> PlannedContact:
    topic = draw_topic(book, draws, day, "reactive", "both")
    channel = draws.weighted(("form", "mail", "chat"), (5, 3, 2))
    at = draws.moment(day, 7, 22)
    customer = None if draws.chance(_UNIDENTIFIED) else draw_talker(customers, day, draws)
    return inquiry(inquiry_id, at, channel, topic, customer, book, draws)


def draw_talker(customers: list[SampleCustomer], day: date, draws: Draws) -> SampleCustomer:
    """Draw a customer who contacts us; a few contact us often."""
    talkers = [
        c
        for c in customers
        if c.exists(day)
        and (c.temper == "talker" or (c.temper == "talking_leaver" and (c.notice_at is None or day < c.notice_at)))
    ]
    return draws.weighted(talkers, [c.weight for c in talkers])


def _asking_day(draws: Draws) -> date:
    first = _RECENT if draws.chance(0.65) else FIRST_DAY + timedelta(days=10)
    return draws.business_day(first, DEMO_DATE)


def _asked(customers: list[SampleCustomer], day: date, asked: Counter[str], draws: Draws) -> SampleCustomer:
    """Draw whom we ask: mostly those who never contact us, each seldom twice."""
    temper = draws.weighted(("quiet", "talker", "young", "leaver"), (11, 5, 1, 1))
    pool = [c for c in customers if c.temper == temper and c.exists(day) and not c.do_not_contact]
    if not pool:
        pool = [c for c in customers if c.temper == "quiet" and c.exists(day)]
    least = min(asked[c.customer_id] for c in pool)
    customer = draws.one_of([c for c in pool if asked[c.customer_id] == least])
    asked[customer.customer_id] += 1
    return customer


def _asked_topic(book: Phrasebook, draws: Draws, day: date) -> Topic:
    """Draw what is told when asked: hidden needs above all, some of what everybody says, some old trouble."""
    sides = draws.weighted((("proactive",), ("both",), ("reactive",)), (13, 4, 3))
    return draw_topic(book, draws, day, *sides)
