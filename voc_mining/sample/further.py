"""Optional inputs of the sample: known numbers, contracts, weekly use, outreach, self-service, questions with answers, the glossary, coding rules."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from voc_mining.resources import bundled
from voc_mining.sample.calendar import DEMO_DATE
from voc_mining.sample.draws import Draws
from voc_mining.sample.phrasebook import Phrasebook
from voc_mining.sample.planned import PlannedContact
from voc_mining.sample.relations import (
    CONTRACT_COLUMNS,
    OUTREACH_COLUMNS,
    USAGE_COLUMNS,
    contract_rows,
    outreach_rows,
    usage_rows,
)
from voc_mining.sample.situations import NUMBERS
from voc_mining.sample.world import SampleCustomer

_SELF_SERVICE = ("faq", "faq", "search", "chatbot")
_FAQ_TOPICS = ("login_mail", "invoice", "shift_setting", "paid_leave", "add_user", "approval_route", "cancel")


def write_further(
    inbox: Path,
    customers: Sequence[SampleCustomer],
    contacts: Sequence[PlannedContact],
    book: Phrasebook,
    seed: int,
) -> None:
    """Write the optional files: they are stored, and used where a stage knows how."""
    draws = Draws(seed, "further")
    existing = [customer for customer in customers if customer.exists(DEMO_DATE)]
    quiet = [customer for customer in existing if customer.temper == "quiet"]
    _write(
        inbox / "identities.csv",
        ("customer_id", "kind", "value", "shared"),
        [[c.customer_id, "phone", NUMBERS["shared"], "true"] for c in customers[27:29]],
    )
    _write(inbox / "contracts.csv", CONTRACT_COLUMNS, contract_rows(customers))
    _write(inbox / "usage.csv", USAGE_COLUMNS, usage_rows(customers, seed))
    _write(inbox / "outreach.csv", OUTREACH_COLUMNS, outreach_rows(customers, contacts, seed))
    _write(inbox / "selfservice.csv", ("at", "customer_id", "kind", "item", "solved"), _self_service(quiet, draws))
    _write(inbox / "messages.csv", ("thread_id", "seq", "sent_at", "role", "body"), _messages(contacts))
    faq = [[f"F{n:03d}", book.topics[key].sentences["inquiry"][0], _answer(n)] for n, key in enumerate(_FAQ_TOPICS, 1)]
    _write(inbox / "faq.csv", ("faq_id", "question", "answer"), faq)
    for name in ("glossary.csv", "codes.csv"):
        shutil.copyfile(bundled("sample", "data/sample") / name, inbox / name)


def _self_service(customers: Sequence[SampleCustomer], draws: Draws) -> list[list[str]]:
    rows = []
    for customer in draws.some_of(customers, 40):
        for _ in range(draws.between(1, 4)):
            at = draws.moment(DEMO_DATE - timedelta(days=draws.between(0, 150)))
            item = f"F{draws.between(1, len(_FAQ_TOPICS)):03d}"
            solved = "true" if draws.chance(0.7) else "false"
            rows.append([f"{at:%Y-%m-%d %H:%M:%S}", customer.customer_id, draws.one_of(_SELF_SERVICE), item, solved])
    return sorted(rows)


def _messages(contacts: Sequence[PlannedContact]) -> list[list[str]]:
    """Messages of the threads, two minutes apart."""
    return [
        [contact.source_id, str(seq), f"{contact.at + timedelta(minutes=2 * seq):%Y-%m-%d %H:%M:%S}", role, text]
        for contact in contacts
        if contact.at is not None
        for seq, (role, text) in enumerate(contact.messages)
    ]


def _answer(number: int) -> str:
    return f"管理画面の「ヘルプ」から、{number}番の手順をご覧ください。"


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
