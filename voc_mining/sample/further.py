"""Optional inputs of the sample: known numbers, weekly use, self-service, questions with answers, the glossary, coding rules."""

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
from voc_mining.sample.situations import NUMBERS
from voc_mining.sample.world import SampleCustomer

_WEEKS = 8
_SELF_SERVICE = ("faq", "faq", "search", "chatbot")
_FAQ_TOPICS = ("login_mail", "invoice", "shift_setting", "paid_leave", "add_user", "approval_route", "cancel")


def write_further(inbox: Path, customers: Sequence[SampleCustomer], book: Phrasebook, seed: int) -> None:
    """Write the optional files: they are stored, and used where a stage knows how."""
    draws = Draws(seed, "further")
    existing = [customer for customer in customers if customer.exists(DEMO_DATE)]
    quiet = [customer for customer in existing if customer.temper == "quiet"]
    _write(
        inbox / "identities.csv",
        ("customer_id", "kind", "value", "shared"),
        [[c.customer_id, "phone", NUMBERS["shared"], "true"] for c in customers[27:29]],
    )
    _write(inbox / "usage.csv", ("customer_id", "week", "metric", "value"), _usage(draws.some_of(quiet, 60), draws))
    _write(inbox / "selfservice.csv", ("at", "customer_id", "kind", "item", "solved"), _self_service(quiet, draws))
    faq = [[f"F{n:03d}", book.topics[key].sentences["inquiry"][0], _answer(n)] for n, key in enumerate(_FAQ_TOPICS, 1)]
    _write(inbox / "faq.csv", ("faq_id", "question", "answer"), faq)
    for name in ("glossary.csv", "codes.csv"):
        shutil.copyfile(bundled("sample", "data/sample") / name, inbox / name)


def _usage(customers: Sequence[SampleCustomer], draws: Draws) -> list[list[str]]:
    """Weekly log-ins; those with a low score fall off."""
    rows = []
    monday = DEMO_DATE - timedelta(days=DEMO_DATE.weekday())
    for customer in sorted(customers, key=lambda c: c.customer_id):
        level = draws.between(20, 60)
        fall = 0.82 if customer.usage_score < 40 else 1.0
        for week in range(_WEEKS):
            first_day = monday - timedelta(weeks=_WEEKS - 1 - week)
            value = max(0, round(level * fall**week) + draws.between(-2, 2))
            rows.append([customer.customer_id, first_day.isoformat(), "logins", str(value)])
    return rows


def _self_service(customers: Sequence[SampleCustomer], draws: Draws) -> list[list[str]]:
    rows = []
    for customer in draws.some_of(customers, 40):
        for _ in range(draws.between(1, 4)):
            at = draws.moment(DEMO_DATE - timedelta(days=draws.between(0, 150)))
            item = f"F{draws.between(1, len(_FAQ_TOPICS)):03d}"
            solved = "true" if draws.chance(0.7) else "false"
            rows.append([f"{at:%Y-%m-%d %H:%M:%S}", customer.customer_id, draws.one_of(_SELF_SERVICE), item, solved])
    return sorted(rows)


def _answer(number: int) -> str:
    return f"管理画面の「ヘルプ」から、{number}番の手順をご覧ください。"


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
