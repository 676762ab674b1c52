"""Compose what customers and operators write, and remember what each sentence is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voc_mining.sample.draws import Draws
from voc_mining.sample.phrasebook import KINDS, Phrasebook, Topic
from voc_mining.sample.planned import PersonalValue, Statement
from voc_mining.sample.world import SampleCustomer

_RISING = {"app_crash": date(2026, 10, 8), "double_charge": date(2026, 7, 1)}
"""Topics that rise from a day on, so that trends have something to find."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text, the statements in it and the personal data in it."""

    text: str
    statements: tuple[Statement, ...]
    personal: tuple[PersonalValue, ...] = ()
    topic: Topic | None = None


def draw_topic(book: Phrasebook, draws: Draws, day: date, *sides: str) -> Topic:
    """Draw a topic raised on these sides, by weight; rising topics weigh more from their day on."""
    topics = book.side(*sides)
    weights = [t.weight * (2.5 if t.key in _RISING and 0 <= (day - _RISING[t.key]).days < 40 else 1.0) for t in topics]
    return draws.weighted(topics, weights)


def sentences(topic: Topic, book: Phrasebook, draws: Draws, n: int) -> list[Statement]:
    """Draw ``n`` different sentences on a topic; trouble and use come before questions and wishes."""
    kinds = draws.some_of([kind for kind in KINDS if kind in topic.sentences], n)
    ranked = sorted(kinds, key=lambda kind: KINDS.index(kind) if kind != "other" else -1)
    return [Statement(book.fill(draws.one_of(topic.sentences[kind]), draws), topic.key, kind) for kind in ranked]


def write_inquiry(
    topic: Topic, channel: str, customer: SampleCustomer | None, book: Phrasebook, draws: Draws
) -> Wording:
    """Write a form, a mail or a chat message on a topic."""
    frames = book.frames["inquiry"]
    said = sentences(topic, book, draws, draws.weighted((1, 2, 3), (4, 4, 1)))
    if draws.chance(0.12):
        said += sentences(draws.one_of(book.side("reactive", "both")), book, draws, 1)
    lines = [s.text for s in said]
    personal: list[PersonalValue] = []
    if customer is not None and channel != "chat":
        filling = _personal_filling(customer, book, draws)
        if draws.chance(0.3):
            lines.insert(0, _personal_line(draws.one_of(frames["introductions"]), filling, personal))
        if draws.chance(0.15):
            lines.append(_personal_line(draws.one_of(frames["contacts"]), filling, personal))
    if draws.chance(0.25 if topic.urgent else 0.06):
        lines.append(draws.one_of(frames["pressing"]))
    if channel != "chat":
        lines = [draws.one_of(frames["openings"]), *lines, draws.one_of(frames["closings"])]
    if channel == "mail" and customer is not None and draws.chance(0.3):
        filling = _personal_filling(customer, book, draws)
        lines += [_personal_line(line, filling, personal) for line in frames["signature"]]
    text = ("\n" if channel == "mail" else "").join(line for line in lines if line)
    return Wording(text, tuple(said), tuple(personal), topic)


def write_note(topic: Topic, book: Phrasebook, draws: Draws, customer: SampleCustomer | None) -> Wording:
    """Write an operator's note that quotes the customer."""
    frames = book.frames["note"]
    said = sentences(topic, book, draws, 1 if draws.chance(0.75) else 2)
    personal: list[PersonalValue] = []
    proxy = draws.one_of(frames["proxies"])
    if "{name}" in proxy:
        filling = _personal_filling(customer, book, draws) if customer else {}
        proxy = _personal_line(proxy, filling, personal) if customer else ""
    quotes = [draws.one_of(frames["quoting"]).format(quote=s.text.rstrip("。")) for s in said]
    return Wording("".join([proxy, *quotes, draws.one_of(frames["actions"])]), tuple(said), tuple(personal), topic)


def write_checkin(topics: list[Topic], book: Phrasebook, draws: Draws) -> Wording:
    """Write the note of a check-in: the customer's words quoted, the writer's own around them."""
    frames = book.frames["checkin"]
    said = [s for topic in topics for s in sentences(topic, book, draws, 1 if draws.chance(0.6) else 2)]
    quotes = [draws.one_of(frames["quoting"]).format(quote=s.text.rstrip("。")) for s in said]
    text = "".join([draws.one_of(frames["starts"]), *quotes, draws.one_of(frames["remarks"])])
    return Wording(text, tuple(said), topic=topics[0] if topics else None)


def write_answer(topic: Topic, book: Phrasebook, draws: Draws) -> Wording:
    """Write a survey answer on a topic."""
    said = sentences(topic, book, draws, draws.weighted((1, 2), (3, 2)))
    return Wording("".join(s.text for s in said), tuple(said), topic=topic)


def _personal_filling(customer: SampleCustomer, book: Phrasebook, draws: Draws) -> dict[str, str]:
    tail = customer.phone[-4:]
    return {
        "company": customer.company,
        "name": draws.weighted((customer.surname, customer.name), (3, 2)),
        "phone": draws.one_of((f"090-0000-{tail}", f"0900000{tail}", f"０９０－００００－{tail}", f"080 0000 {tail}")),
        "mail": customer.email,
        "postal": f"{draws.between(100, 899)}-{draws.between(1000, 8999)}",
        "address": draws.one_of(book.names.addresses),
    }


def _personal_line(frame: str, filling: dict[str, str], personal: list[PersonalValue]) -> str:
    """Fill a frame and note down the personal data that went in; companies are not personal data."""
    for type_, value in filling.items():
        if type_ != "company" and "{" + type_ + "}" in frame:
            personal.append(PersonalValue(type_, value))
    return frame.format(**filling)
