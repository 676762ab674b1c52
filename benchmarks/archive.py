"""An archive of any size: inquiries, check-ins, call notes and customers over twelve months, and the day after.

    python benchmarks/archive.py FOLDER 50000

writes ``FOLDER/inbox`` (50,000 inquiries, 5,000 check-ins, 5,000 call notes, 2,000 customers) and ``FOLDER/day``
(1,000 contacts of the following business day, in the same proportions).

What is said comes from the sample's phrasebook, and around it, from ``data/wording_ja.toml``, the circumstances that
people tell (when, on what, who, where, how many) and what follows from it for them: some ten thousand ways to say each
sentence. Real texts repeat themselves nevertheless, and ever more so the more there are (Heaps' law): each topic
remembers its wordings, and a statement is a new wording with probability
``(strength + discount x wordings) / (strength + statements so far)``, otherwise an earlier statement word for word
(the Pitman-Yor urn). The n-th wording of a topic is the same in an archive of any size.
"""

from __future__ import annotations

import csv
import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from voc_mining.business_time import is_business_day
from voc_mining.sample.calls import CallPlan, call, queue_of
from voc_mining.sample.draws import Draws
from voc_mining.sample.phrasebook import KINDS, Phrasebook, Topic, read_phrasebook
from voc_mining.sample.planned import PlannedContact, Statement
from voc_mining.sample.wording import Author
from voc_mining.sample.world import SampleCustomer, customer_rows
from voc_mining.sample.written import checkin, inquiry, reason_codes

FIRST_DAY = date(2025, 11, 4)
LAST_DAY = date(2026, 10, 29)
NEW_DAY = date(2026, 10, 30)
SEED = 20261030
DAY_CONTACTS = 1000
_STRENGTH, _DISCOUNT, _TRIES = 5.0, 0.7, 40
_WORDING = Path(__file__).parent / "data" / "wording_ja.toml"
_SLOT = re.compile(r"\{(\w+)\}")
_PLANS = (("ライト", 48_000), ("スタンダード", 120_000), ("プレミアム", 360_000), ("エンタープライズ", 960_000))
_DISPOSITIONS = {"answered": 85, "abandoned_queue": 10, "after_hours": 5}
_FILES = {"inquiry": "inquiries", "checkin": "checkins", "call": "call_log"}


class Surroundings:
    """What people put before and after a sentence."""

    def __init__(self) -> None:
        wording = tomllib.loads(_WORDING.read_text(encoding="utf-8"))
        self._before = wording["circumstances"]
        self._after = wording["follows"]
        self._slots: dict[str, list[str]] = wording["slots"]
        self._slots |= {name: [str(n) for n in range(a, b + 1)] for name, (a, b) in wording["ranges"].items()}

    def around(self, sentence: str, kind: str, draws: Draws) -> str:
        """Put a sentence into its circumstances."""
        before = [draws.one_of(self._before[place]) for place in ("first", "second")]
        before = before[: draws.weighted((0, 1, 2), self._before["weights"])]
        ending = next((end for end in self._after["endings"] if sentence.endswith(end)), None)
        if ending and draws.chance(self._after["share"][kind]):
            sentence = sentence.removesuffix("。") + draws.one_of(self._after[kind])
        return _SLOT.sub(lambda slot: draws.one_of(self._slots[slot[1]]), "".join([*before, sentence]))


class Archivist(Author):
    """An author whose topics repeat themselves as people do."""

    def __init__(self, book: Phrasebook, draws: Draws, seed: int) -> None:
        super().__init__(book, draws)
        self._seed = seed
        self._surroundings = Surroundings()
        self._said: dict[str, list[Statement]] = {}
        self._known: dict[str, dict[str, Statement]] = {}

    def sentences(self, topic: Topic, n: int, manner: str) -> list[Statement]:
        drawn = [self._sentence_on(topic, manner) for _ in range(n)]
        return list(dict.fromkeys(drawn))

    def _sentence_on(self, topic: Topic, manner: str) -> Statement:
        said = self._said.setdefault(topic.key, [])
        known = self._known.setdefault(topic.key, {})
        fresh = (_STRENGTH + _DISCOUNT * len(known)) / (_STRENGTH + len(said))
        statement = self._new(topic, manner, known) if self.draws.chance(fresh) else self.draws.one_of(said)
        said.append(statement)
        return statement

    def _new(self, topic: Topic, manner: str, known: dict[str, Statement]) -> Statement:
        every = [(kind, frame) for kind in KINDS for frame in topic.sentences.get(kind, ())]
        draws = Draws(self._seed, f"{topic.key} {len(known)}")
        for _ in range(_TRIES):
            kind, frame = draws.one_of(every)
            said = self.book.vary(self.book.fill(frame, draws), manner, draws)
            text = self._surroundings.around(said, kind, draws)
            if text not in known:
                break
        return known.setdefault(text, Statement(text, topic.key, kind))


def make_customers(n: int, book: Phrasebook, seed: int) -> list[SampleCustomer]:
    """Half of them talk, a few of these often; accounts of one to nine."""
    draws = Draws(seed, "customers")
    accounts: list[int] = []
    for account in range(1, n + 1):
        accounts += [account] * draws.one_of((1, 1, 1, 2, 3, 9))
    return [_customer(number, accounts[number], draws, book) for number in range(n)]


def _customer(number: int, account: int, draws: Draws, book: Phrasebook) -> SampleCustomer:
    plan, value = draws.weighted(_PLANS, (4, 3, 2, 1))
    tail = account if draws.chance(0.06) else 50_000 + number
    return SampleCustomer(
        customer_id=f"C{number + 1:06d}",
        account_id=f"A{account:05d}",
        company=book.names.companies[account % len(book.names.companies)],
        surname=draws.one_of(book.names.surnames),
        given=draws.one_of(book.names.given),
        phone=f"090-{tail // 10_000:04d}-{tail % 10_000:04d}",
        email=f"user{number + 1:06d}@example.jp",
        plan=plan,
        segment=draws.one_of(("飲食", "小売", "介護", "製造")),
        annual_value=value,
        contract_start=date(2023, 4, 1) + timedelta(days=draws.between(0, 1200)),
        contract_end=None,
        notice_at=None,
        churn_reason="",
        temper="talker" if draws.chance(0.5) else "quiet",
        weight=draws.heavy_tail(),
        usage_score=draws.between(5, 98),
        purpose=draws.one_of(("勤怠管理", "経費精算", "シフト作成")),
        support_need=draws.one_of(("高", "中", "低", "")),
        renewal_outlook=draws.weighted(("A", "B", "C", ""), (5, 3, 1, 2)),
        do_not_contact=draws.chance(0.03),
    )


class Archive:
    """Contacts one after another, by time."""

    def __init__(self, n_inquiries: int, seed: int = SEED) -> None:
        book = read_phrasebook()
        self.n_contacts = n_inquiries + n_inquiries // 5
        self.customers = make_customers(max(n_inquiries // 25, 10), book, seed)
        self._draws = Draws(seed, "archive")
        self._author = Archivist(book, self._draws, seed)
        talkers = [customer for customer in self.customers if customer.temper == "talker"]
        # Often drawn: one entry per share of weight, so that a draw costs the same for any number of customers.
        self._talkers = [customer for customer in talkers for _ in range(min(round(customer.weight), 50))]
        self._quiet = [customer for customer in self.customers if customer.temper == "quiet"]

    def before(self) -> Iterator[PlannedContact]:
        """Contacts up to the last day, evenly over the business days."""
        span = (LAST_DAY - FIRST_DAY).days + 1
        days = [FIRST_DAY + timedelta(days=n) for n in range(span)]
        days = [day for day in days if is_business_day(day)]
        for n in range(self.n_contacts):
            yield self._contact(n, days[n * len(days) // self.n_contacts])

    def new_day(self, n: int = DAY_CONTACTS) -> Iterator[PlannedContact]:
        """Contacts of the day after."""
        for place in range(n):
            yield self._contact(self.n_contacts + place, NEW_DAY)

    def _contact(self, number: int, day: date) -> PlannedContact:
        draws, author = self._draws, self._author
        at = draws.moment(day)
        if number % 12 == 5:
            topics = [author.asked_topic(day) for _ in range(2 if draws.chance(0.35) else 1)]
            customer = draws.one_of(self._quiet if draws.chance(0.7) else self._talkers)
            return checkin(f"K{number:07d}", at, customer, topics, author)
        topic = author.topic(day, "reactive", "both")
        caller = None if draws.chance(0.08) else draws.one_of(self._talkers)
        if number % 12 == 11:
            return self._call(number, at, topic, caller)
        channel = draws.weighted(("form", "mail", "chat"), (4, 3, 2))
        row = {"inquiry_id": f"Q{number:07d}", "received_at": at.isoformat(), "channel": channel}
        return inquiry(row, topic, caller, author)

    def _call(self, number: int, at: datetime, topic: Topic, caller: SampleCustomer | None) -> PlannedContact:
        draws = self._draws
        inbound = caller is None or draws.chance(0.8)
        disposition = draws.weighted(tuple(_DISPOSITIONS), list(_DISPOSITIONS.values())) if inbound else "answered"
        large, middle, small = reason_codes(topic, draws)
        plan = CallPlan(
            call_id=f"L{number:07d}",
            at=at,
            direction="inbound" if inbound else "outbound",
            disposition=disposition,
            queue=queue_of(topic),
            customer_id=caller.customer_id if caller else "",
            phone=caller.phone if caller else "非通知",
            codes=(large, middle, small),
        )
        return call(plan, self._author.note(topic, caller), draws)


def write_archive(folder: Path, n_inquiries: int, seed: int = SEED) -> dict[str, int]:
    """Write the inbox and the day after; return the number of contacts, statements and distinct statements."""
    archive = Archive(n_inquiries, seed)
    said = 0
    distinct: set[str] = set()
    for name, contacts in (("inbox", archive.before()), ("day", archive.new_day())):
        place = folder / name
        place.mkdir(parents=True)
        writers: dict[str, csv.DictWriter[str]] = {}
        files = []
        for contact in contacts:
            assert contact.at is not None
            month = f"{contact.at:%Y-%m-%d}" if name == "day" else f"{contact.at:%Y-%m}"
            file = f"{_FILES[contact.source]}_{month}.csv"
            if file not in writers:
                files.append((place / file).open("w", encoding="utf-8", newline=""))
                writers[file] = csv.DictWriter(files[-1], list(contact.row))
                writers[file].writeheader()
            writers[file].writerow(contact.row)
            if name == "inbox":
                said += len(contact.statements)
                distinct.update(statement.text for statement in contact.statements)
        for opened in files:
            opened.close()
    as_of, rows = max(customer_rows(archive.customers, seed).items())
    with (folder / "inbox" / f"customers_{as_of:%Y%m%d}.csv").open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return {"contacts": archive.n_contacts, "statements": said, "distinct": len(distinct)}


if __name__ == "__main__":
    print(write_archive(Path(sys.argv[1]), int(sys.argv[2])))
