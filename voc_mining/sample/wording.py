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
_RISE_DAYS = 40
_ASKING = ("proactive", "both", "reactive")
_ASKING_WEIGHTS = (13, 4, 3)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text, the statements in it and the personal data in it."""

    text: str
    statements: tuple[Statement, ...] = ()
    personal: tuple[PersonalValue, ...] = ()


class Author:
    """Writes texts from the phrasebook, drawing from one stream.

    Parameters
    ----------
    book : Phrasebook
        What can be said.
    draws : Draws
        What is drawn.
    """

    def __init__(self, book: Phrasebook, draws: Draws) -> None:
        self.book = book
        self.draws = draws

    def topic(self, day: date, *sides: str) -> Topic:
        """Draw a topic raised on these sides, by weight; rising topics weigh more from their day on."""
        topics = self.book.side(*sides)
        rising = {key for key, start in _RISING.items() if 0 <= (day - start).days < _RISE_DAYS}
        weights = [topic.weight * (2.5 if topic.key in rising else 1.0) for topic in topics]
        return self.draws.weighted(topics, weights)

    def asked_topic(self, day: date) -> Topic:
        """Draw what is told when asked: hidden needs above all, some of what everybody says, some old trouble."""
        return self.topic(day, self.draws.weighted(_ASKING, _ASKING_WEIGHTS))

    def sentences(self, topic: Topic, n: int, manner: str) -> list[Statement]:
        """Draw ``n`` sentences on a topic; use and trouble come before questions and wishes."""
        every = [(kind, frame) for kind in KINDS for frame in topic.sentences.get(kind, ())]
        drawn = sorted(
            self.draws.some_of(every, n), key=lambda pair: KINDS.index(pair[0]) if pair[0] != "other" else -1
        )
        return [Statement(self._sentence(frame, manner), topic.key, kind) for kind, frame in drawn]

    def inquiry(self, topic: Topic, channel: str, customer: SampleCustomer | None) -> Wording:
        """Write a form, a mail or a chat message on a topic."""
        frames, draws = self.book.frames["inquiry"], self.draws
        said = self.sentences(topic, draws.weighted((1, 2, 3), (4, 4, 1)), "written")
        if draws.chance(0.12):
            said += self.sentences(draws.one_of(self.book.side("reactive", "both")), 1, "written")
        lines = [s.text for s in said]
        personal: list[PersonalValue] = []
        filling = self._personal_filling(customer) if customer and channel != "chat" else {}
        if filling and draws.chance(0.3):
            lines.insert(0, _personal_line(draws.one_of(frames["introductions"]), filling, personal))
        if filling and draws.chance(0.15):
            lines.append(_personal_line(draws.one_of(frames["contacts"]), filling, personal))
        if draws.chance(0.25 if topic.urgent else 0.06):
            said.append(Statement(draws.one_of(frames["pressing"]), "", "request"))
            lines.append(said[-1].text)
        if draws.chance(0.012):
            said.append(Statement(draws.one_of(frames["critical"])["says"]))
            lines.append(said[-1].text)
        if channel != "chat":
            lines = [draws.one_of(frames["openings"]), *lines, draws.one_of(frames["closings"])]
        if filling and channel == "mail" and draws.chance(0.3):
            lines += [_personal_line(line, filling, personal) for line in frames["signature"]]
        text = ("\n" if channel == "mail" else "").join(line for line in lines if line)
        return Wording(text, tuple(said), tuple(personal))

    def note(self, topic: Topic, customer: SampleCustomer | None) -> Wording:
        """Write an operator's note that quotes the customer."""
        frames, draws = self.book.frames["note"], self.draws
        said = self.sentences(topic, 1 if draws.chance(0.75) else 2, "quoted")
        personal: list[PersonalValue] = []
        caller = draws.one_of(frames["proxies"])
        if "{name}" in caller:
            caller = _personal_line(caller, self._personal_filling(customer), personal) if customer else ""
        text = "".join([caller, *self._quotes(frames["quoting"], said), draws.one_of(frames["actions"])])
        return Wording(text, tuple(said), tuple(personal))

    def checkin_note(self, topics: list[Topic]) -> Wording:
        """Write the note of a check-in: the customer's words quoted, the writer's own around them."""
        frames, draws = self.book.frames["checkin"], self.draws
        said = [s for topic in topics for s in self.sentences(topic, 1 if draws.chance(0.6) else 2, "quoted")]
        quotes = self._quotes(frames["quoting"], said)
        return Wording("".join([draws.one_of(frames["starts"]), *quotes, draws.one_of(frames["remarks"])]), tuple(said))

    def answer(self, topic: Topic) -> Wording:
        """Write a survey answer on a topic."""
        said = self.sentences(topic, self.draws.weighted((1, 2), (3, 2)), "written")
        return Wording("".join(s.text for s in said), tuple(said))

    def _sentence(self, frame: str, manner: str) -> str:
        return self.book.vary(self.book.fill(frame, self.draws), manner, self.draws)

    def _quotes(self, frames: list[str], said: list[Statement]) -> list[str]:
        return [self.draws.one_of(frames).format(quote=statement.text.rstrip("。")) for statement in said]

    def _personal_filling(self, customer: SampleCustomer) -> dict[str, str]:
        draws, tail = self.draws, customer.phone[-4:]
        phones = (f"090-0000-{tail}", f"0900000{tail}", f"０９０－００００－{tail}", f"080 0000 {tail}")
        return {
            "company": customer.company,
            "name": draws.weighted((customer.surname, customer.name), (3, 2)),
            "phone": draws.one_of(phones),
            "mail": customer.email,
            "postal": f"{draws.between(100, 899)}-{draws.between(1000, 8999)}",
            "address": draws.one_of(self.book.names.addresses),
        }


def _personal_line(frame: str, filling: dict[str, str], personal: list[PersonalValue]) -> str:
    """Fill a frame and note down the personal data that went in; companies are not personal data."""
    for type_, value in filling.items():
        if type_ != "company" and "{" + type_ + "}" in frame:
            personal.append(PersonalValue(type_, value))
    return frame.format(**filling)
