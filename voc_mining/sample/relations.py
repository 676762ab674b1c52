"""What the sample's company knows of its customers beside contacts: terms of contract, weekly use, campaigns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from voc_mining.sample.calendar import DEMO_DATE
from voc_mining.sample.draws import Draws
from voc_mining.sample.planned import PlannedContact
from voc_mining.sample.world import SampleCustomer

CONTRACT_COLUMNS = (
    "contract_id", "customer_id", "account_id", "start", "renewal_due", "notice_at", "outcome", "mrr", "reason",
)  # fmt: skip
USAGE_COLUMNS = ("customer_id", "week", "metric", "value")
OUTREACH_COLUMNS = ("customer_id", "campaign", "asked_at", "arm", "reached_at", "answered_at", "result")
_WEEKS = 20
_FALL = 0.85
_LOW_SCORE = 40
_ACCOUNT_CONTRACT_FROM = 9  # users
_CAMPAIGNS = (("2026春 利用状況の確認", date(2026, 2, 1), date(2026, 6, 30)),
              ("2026秋 利用状況の確認", date(2026, 7, 1), date(2026, 10, 20)))  # fmt: skip
_N_UNANSWERED, _N_HELD_OUT = 70, 40
_UNREACHED = ("不在", "担当者変更", "")


def contract_rows(customers: Sequence[SampleCustomer]) -> list[list[str]]:
    """Rows of ``contracts.csv``: one a year and customer, but one a year for an account of many that nobody left."""
    accounts: Mapping[str, list[SampleCustomer]] = defaultdict(list)
    for customer in customers:
        accounts[customer.account_id].append(customer)
    rows: list[dict[str, str]] = []
    for account, users in accounts.items():
        if len(users) >= _ACCOUNT_CONTRACT_FROM and not any(user.contract_end for user in users):
            first = min(users, key=lambda user: user.contract_start)
            monthly = sum(user.annual_value for user in users) // 12
            rows += _terms(first, {"account_id": account, "mrr": str(monthly)})
        else:
            for user in users:
                rows += _terms(user, {"customer_id": user.customer_id, "mrr": str(user.annual_value // 12)})
    return [[row.get(column, "") for column in CONTRACT_COLUMNS] for row in rows]


def usage_rows(customers: Sequence[SampleCustomer], seed: int) -> list[list[str]]:
    """Rows of ``usage.csv``: weekly log-ins while the contract runs; of those with a low score they fall off."""
    draws = Draws(seed, "usage")
    monday = DEMO_DATE - timedelta(days=DEMO_DATE.weekday())
    rows = []
    for customer in customers:
        level = draws.between(20, 60)
        fall = _FALL if customer.usage_score < _LOW_SCORE else 1.0
        last = monday if customer.notice_at is None else customer.notice_at
        for week in range(_WEEKS):
            first_day = monday - timedelta(weeks=_WEEKS - 1 - week)
            if customer.exists(first_day):
                weeks_of_fall = max(0, 8 - (last - first_day).days // 7)
                value = max(0, round(level * fall**weeks_of_fall) + draws.between(-2, 2))
                rows.append([customer.customer_id, first_day.isoformat(), "logins", str(value)])
    return rows


def outreach_rows(
    customers: Sequence[SampleCustomer], contacts: Sequence[PlannedContact], seed: int
) -> list[list[str]]:
    """Rows of ``outreach.csv``: who answered was checked in with, others were not reached, some were held out."""
    draws = Draws(seed, "outreach")
    rows = []
    for campaign, first, last in _CAMPAIGNS:
        held = _checked_in(contacts, first, last)
        for customer_id, at in sorted(held.items()):
            asked = draws.moment(at.date() - timedelta(days=draws.between(2, 9)))
            rows.append([customer_id, campaign, f"{asked:%Y-%m-%d %H:%M:%S}", "treat", f"{at:%Y-%m-%d %H:%M:%S}",
                         f"{at:%Y-%m-%d %H:%M:%S}", "確認済み"])  # fmt: skip
        others = [c.customer_id for c in customers if c.customer_id not in held and c.exists(first) and c.exists(last)]
        drawn = draws.some_of(others, _N_UNANSWERED + _N_HELD_OUT)
        for number, customer_id in enumerate(drawn):
            asked = draws.moment(first + timedelta(days=draws.between(0, (last - first).days - 10)))
            reached = asked + timedelta(days=draws.between(1, 5)) if draws.chance(0.4) else None
            if number < _N_HELD_OUT:
                rows.append([customer_id, campaign, f"{asked:%Y-%m-%d %H:%M:%S}", "holdout", "", "", ""])
            else:
                rows.append([customer_id, campaign, f"{asked:%Y-%m-%d %H:%M:%S}", "treat",
                             f"{reached:%Y-%m-%d %H:%M:%S}" if reached else "", "",
                             "応答なし" if reached else draws.one_of(_UNREACHED)])  # fmt: skip
    return sorted(rows)


def _terms(customer: SampleCustomer, owner: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yearly terms of a contract; the last one is open, or ends with the contract."""
    start, end = customer.contract_start, customer.contract_end
    while True:
        due = start + timedelta(days=365)
        ends = end is not None and end <= due
        term = {
            "contract_id": f"{owner.get('customer_id') or owner['account_id']}-{start.year}",
            "start": start.isoformat(),
            "renewal_due": (end if end is not None and ends else due).isoformat(),
            "outcome": "churned" if ends else "renewed" if due <= DEMO_DATE else "",
        }
        if ends and customer.notice_at is not None:
            term |= {"notice_at": customer.notice_at.isoformat(), "reason": customer.churn_reason}
        yield {**term, **owner}
        if ends or due > DEMO_DATE:
            return
        start = due


def _checked_in(contacts: Sequence[PlannedContact], first: date, last: date) -> dict[str, datetime]:
    """Latest check-in of each customer between two dates."""
    held = [(c.cell("customer_id"), c.at) for c in contacts if c.source == "checkin" and c.at is not None]
    return {customer: at for customer, at in sorted(held) if customer and first <= at.date() <= last}
