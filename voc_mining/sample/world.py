"""The customers of the sample: accounts, contracts, those who talk, those who never do, those who left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from voc_mining.sample.calendar import CUSTOMERS_AS_OF, DEMO_DATE, FIRST_DAY
from voc_mining.sample.draws import Draws
from voc_mining.sample.phrasebook import Names

N_CUSTOMERS = 420
_N_YOUNG = 14
_N_CHURNED = 36
_PLANS = (("ライト", 48_000), ("スタンダード", 120_000), ("プレミアム", 360_000), ("エンタープライズ", 960_000))
_SEGMENTS = ("飲食", "小売", "介護", "製造", "運輸", "士業")
_PURPOSES = ("勤怠管理", "経費精算", "勤怠と経費", "シフト作成", "来客記録")
_CHURN_REASONS = ("支援していない", "料金", "他社乗り換え", "事業縮小", "利用低下", "")


@dataclass(frozen=True, slots=True)
class SampleCustomer:
    """A customer, in the words of ``customers.csv``.

    ``temper`` tells how the sample uses the customer: ``talker`` contacts us, ``quiet`` never does,
    ``young`` has just signed, ``leaver`` left without a word, ``talking_leaver`` left after contacts,
    ``reserved`` appears in planned situations alone.
    """

    customer_id: str
    account_id: str
    company: str
    surname: str
    given: str
    phone: str
    email: str
    plan: str
    segment: str
    annual_value: int
    contract_start: date
    contract_end: date | None
    notice_at: date | None
    churn_reason: str
    temper: str
    weight: float
    usage_score: int
    purpose: str
    support_need: str
    renewal_outlook: str
    do_not_contact: bool

    @property
    def name(self) -> str:
        """Surname and given name."""
        return self.surname + self.given

    def exists(self, day: date) -> bool:
        """Whether the contract runs on that day."""
        return self.contract_start <= day and (self.contract_end is None or day < self.contract_end)

    def talks(self, day: date) -> bool:
        """Whether the customer contacts us of their own accord; who gives notice falls silent."""
        return self.temper == "talker" or (self.temper == "talking_leaver" and (self.notice_at or day) > day)


def make_customers(seed: int, names: Names) -> list[SampleCustomer]:
    """Make the customers, in order of their ids; the first 40 are reserved for planned situations."""
    draws = Draws(seed, "customers")
    accounts = _accounts(draws)
    return [_customer(number, accounts[number], draws, names) for number in range(N_CUSTOMERS)]


def _accounts(draws: Draws) -> list[str]:
    sizes = (1, 1, 1, 1, 2, 2, 3, 4, 9)
    accounts: list[str] = [f"A{n:04d}" for n in range(1, 41)]
    while len(accounts) < N_CUSTOMERS:
        accounts += [f"A{len(set(accounts)) + 1:04d}"] * draws.one_of(sizes)
    return accounts[:N_CUSTOMERS]


def _temper(number: int, draws: Draws) -> str:
    if number < 40:
        return "reserved"
    if number < 40 + _N_YOUNG:
        return "young"
    if number < 40 + _N_YOUNG + _N_CHURNED:
        return "leaver" if number % 3 else "talking_leaver"
    return draws.weighted(("talker", "quiet"), (0.5, 0.5))


def _contract(temper: str, draws: Draws) -> tuple[date, date | None, date | None]:
    if temper == "young":
        return DEMO_DATE - timedelta(days=draws.between(3, 24)), None, None
    start = date(2023, 4, 1) + timedelta(days=draws.between(0, 990))
    if temper not in ("leaver", "talking_leaver"):
        return start, None, None
    end = date(2026, 8, 1) + timedelta(days=draws.between(0, 80))
    return min(start, date(2025, 6, 1)), end, end - timedelta(days=draws.between(25, 45))


def _customer(number: int, account: str, draws: Draws, names: Names) -> SampleCustomer:
    temper = _temper(number, draws)
    start, end, notice = _contract(temper, draws)
    plan, value = draws.weighted(_PLANS, (4, 3, 2, 1))
    # Users of one account call from its switchboard: a number that several customers share links nobody.
    shared = number >= 40 and draws.chance(0.06)
    phone = f"03-0000-{int(account[1:]):04d}" if shared else f"090-0000-{1000 + number:04d}"
    low_use = temper in ("leaver", "talking_leaver") or draws.chance(0.25)
    return SampleCustomer(
        customer_id=f"C{number + 1:05d}",
        account_id=account,
        company=names.companies[int(account[1:]) % len(names.companies)],
        surname=draws.one_of(names.surnames),
        given=draws.one_of(names.given),
        phone=phone,
        email=f"user{number + 1:03d}@example.jp",
        plan=plan,
        segment=_SEGMENTS[int(account[1:]) % len(_SEGMENTS)],
        annual_value=value + 12_000 * draws.between(0, 6),
        contract_start=start,
        contract_end=end,
        notice_at=notice,
        churn_reason=draws.one_of(_CHURN_REASONS) if end else "",
        temper=temper,
        weight=draws.heavy_tail(),
        usage_score=draws.between(5, 35) if low_use else draws.between(40, 98),
        purpose=draws.one_of(_PURPOSES),
        support_need=draws.one_of(("高", "中", "低", "")),
        renewal_outlook=draws.weighted(("A", "B", "C", ""), (5, 3, 1, 2)),
        do_not_contact=draws.chance(0.03),
    )


def customer_rows(customers: list[SampleCustomer], seed: int) -> dict[date, list[dict[str, str]]]:
    """Rows of the customer files, one file per date they describe."""
    draws = Draws(seed, "customer rows")
    return {
        as_of: [
            _row(customer, as_of, draws)
            for number, customer in enumerate(customers)
            # The earlier file is a partial delivery: a third of those known by then.
            if as_of == CUSTOMERS_AS_OF[-1] or (number % 3 == 0 and customer.contract_start < as_of)
        ]
        for as_of in CUSTOMERS_AS_OF
    }


def _row(customer: SampleCustomer, as_of: date, draws: Draws) -> dict[str, str]:
    ended = customer.contract_end is not None and customer.contract_end <= as_of
    noticed = customer.notice_at is not None and customer.notice_at <= as_of
    active = min(as_of, customer.contract_end or as_of) - timedelta(days=draws.between(0, 60))
    judged = max(customer.contract_start, as_of - timedelta(days=draws.between(5, 150)))
    supported = max(customer.contract_start, FIRST_DAY - timedelta(days=draws.between(0, 200)))
    return {
        "customer_id": customer.customer_id,
        "as_of": as_of.isoformat(),
        "account_id": customer.account_id,
        "plan": customer.plan,
        "segment": customer.segment,
        "lifecycle": "解約済み" if ended else "解約予定" if noticed else "契約中",
        "annual_value": str(customer.annual_value),
        "contract_start": customer.contract_start.isoformat(),
        "contract_end": customer.contract_end.isoformat() if customer.contract_end and noticed else "",
        "notice_at": customer.notice_at.isoformat() if customer.notice_at and noticed else "",
        "churn_reason": customer.churn_reason if noticed else "",
        "last_active_at": f"{max(customer.contract_start, active).isoformat()} 18:{draws.between(10, 59)}:00",
        "usage_score": str(max(0, customer.usage_score - draws.between(0, 5))),
        "purpose": customer.purpose,
        "support_need": customer.support_need,
        "renewal_outlook": customer.renewal_outlook,
        "outlook_by": "CS担当" if customer.renewal_outlook else "",
        "outlook_at": judged.isoformat() if customer.renewal_outlook else "",
        "last_support_at": f"{supported.isoformat()} 11:00:00" if customer.temper != "quiet" else "",
        "phone": customer.phone,
        "email": customer.email,
        "do_not_contact": "1" if customer.do_not_contact else "0",
        "店舗数": str(1 + int(customer.account_id[1:]) % 7),
    }


def draw_talker(customers: list[SampleCustomer], day: date, draws: Draws) -> SampleCustomer:
    """Draw a customer who contacts us on that day; a few contact us often."""
    talkers = [c for c in customers if c.exists(day) and c.talks(day)]
    return draws.weighted(talkers, [c.weight for c in talkers])
