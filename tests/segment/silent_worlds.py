"""Random small worlds of customers over a year's end, and the definitions of silence and churn read one by one.

The definitions are written down from the domain's words, customer by customer in plain loops; nothing of the code
under test is used but the frozen rules.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import strategies as st

from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.rules import SilenceRules

TOKYO = ZoneInfo("Asia/Tokyo")
FIRST = date(2025, 12, 20)
AS_OF = date(2026, 1, 4)
"""A Sunday in the days after New Year, when nobody works."""
RULES = SilenceRules(
    look_back_days=14,
    look_back_by_plan={"B": 5},
    look_back_by_segment={"S": 9},
    cancellation_queues=frozenset({"解約窓口"}),
    cancellation_codes=frozenset({"解約"}),
)
KEYS = ("C1", "C2", "C3")

# Few different days and hours, so that what happens on the very edge of a rule happens often.
_days = st.sampled_from([-10, -1, 0, 1, 5, 9, 10, 11, 14, 15, 16, 20, 24]).map(lambda n: FIRST + timedelta(days=n))
_maybe_days = st.one_of(st.none(), _days)
_clock = st.sampled_from([timedelta(0), timedelta(hours=9), timedelta(days=1, microseconds=-1)])
times = st.builds(
    lambda day, clock: (datetime(day.year, day.month, day.day, tzinfo=TOKYO) + clock).astimezone(UTC),
    st.sampled_from([0, 1, 5, 6, 10, 14, 15, 19, 24]).map(lambda n: FIRST + timedelta(days=n)),
    _clock,
)
moments = st.lists(st.tuples(st.sampled_from([*KEYS, None]), times), max_size=8)
"""Who is asked about, and when: not only when somebody was in touch."""


@st.composite
def contacts(draw) -> list[dict]:
    """Contacts whose origin is given; half or none or all of them without a customer."""
    whose = draw(st.sampled_from([KEYS, (*KEYS, None), ("C1", None, None), (None,)]))
    side = draw(st.sampled_from([("reactive",), ("proactive",), ("reactive", "proactive", "other", "unknown")]))
    return [
        {
            "contact_id": f"k{no}",
            "customer_key": draw(st.sampled_from(whose)),
            "started_at": draw(st.one_of(times, times, times, st.none())),
            "origin": draw(st.sampled_from(side)),
            "queue": draw(st.sampled_from([None, None, "解約窓口"])),
            "category_m": draw(st.sampled_from([None, None, "解約"])),
        }
        for no in range(draw(st.integers(0, 12)))
    ]


@st.composite
def customers(draw) -> list[dict]:
    """Rows about customers as of several days, plans and contracts changing between them; some rows twice."""
    rows = {}
    for _ in range(draw(st.integers(0, 6))):
        key, as_of = draw(st.sampled_from(KEYS)), draw(_days)
        rows[key, as_of] = {
            "customer_key": key,
            "as_of": as_of,
            "plan": draw(st.sampled_from([None, "A", "B"])),
            "segment": draw(st.sampled_from([None, "S"])),
            "account_key": draw(st.sampled_from([None, "A1", "A2"])),
            "contract_start": draw(st.one_of(st.none(), st.just(date(2025, 4, 1)), _days)),
            "contract_end": draw(_maybe_days),
            "notice_at": draw(_maybe_days),
            "churn_reason": draw(st.sampled_from([None, "価格"])),
        }
    return [row for row in rows.values() for _ in range(draw(st.sampled_from([1, 1, 2])))]


@st.composite
def contracts(draw) -> list[dict]:
    """Contracts of customers or of their accounts, open, renewed or left."""
    rows = []
    for no in range(draw(st.integers(0, 4))):
        of_account = draw(st.booleans())
        rows.append(
            {
                "contract_id": f"V{no}",
                "customer_key": None if of_account else draw(st.sampled_from(KEYS)),
                "account_key": draw(st.sampled_from(["A1", "A2"])) if of_account else None,
                "start": draw(_maybe_days),
                "renewal_due": draw(_maybe_days),
                "notice_at": draw(_maybe_days),
                "outcome": draw(st.sampled_from([None, "renewed", "churned", "churned"])),
                "reason": draw(st.sampled_from([None, "支援していない"])),
            }
        )
    return rows


def contact_frame(rows: list[dict]) -> pl.DataFrame:
    names = ["contact_id", "customer_key", "origin", "queue", "category_l", "category_m", "category_s"]
    schema = dict.fromkeys(names, pl.String()) | {"started_at": pl.Datetime("us", "UTC")}
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


def table(name: str, rows: list[dict]) -> pl.DataFrame:
    contract = LAKE_TABLES[name]
    if not rows:
        return contract.empty()
    filled = [{"content_key": "k", "source_file": "f", "source_row": 1, **row} for row in rows]
    return contract.conform(pl.DataFrame(filled, schema_overrides=dict(contract.schema), infer_schema_length=None))


def day_of(time: datetime) -> date:
    return time.astimezone(TOKYO).date()


def end_of(day: date) -> datetime:
    """Last instant of a day in Tokyo."""
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), TOKYO)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def described(customer: str, day: date, rows: list[dict]) -> dict | None:
    """The customer row is the latest as_of up to the day, else the earliest."""
    own = sorted((row for row in rows if row["customer_key"] == customer), key=lambda row: row["as_of"])
    past = [row for row in own if row["as_of"] <= day]
    return past[-1] if past else next(iter(own), None)


def look_back(row: dict | None, rules: SilenceRules) -> timedelta:
    days = rules.look_back_days
    if row is not None and row["segment"] in rules.look_back_by_segment:
        days = rules.look_back_by_segment[row["segment"]]
    if row is not None and row["plan"] in rules.look_back_by_plan:
        days = rules.look_back_by_plan[row["plan"]]
    return timedelta(days=days)


def counts(contact: dict, rules: SilenceRules) -> bool:
    """Contacts in a cancellation queue or code make nobody vocal."""
    return contact["queue"] not in rules.cancellation_queues and contact["category_m"] not in rules.cancellation_codes


def spoke(customer: str, since: datetime, at: datetime, reactive: list[dict], rules: SilenceRules) -> bool:
    for contact in reactive:
        if contact["customer_key"] == customer and since <= contact["started_at"] <= at and counts(contact, rules):
            return True
    return False


def untold(since: datetime, at: datetime, reactive: list[dict], rules: SilenceRules) -> str | None:
    """Why the records cannot tell silence: history begins later, or too few contacts carry a customer."""
    begin = min((contact["started_at"] for contact in reactive), default=None)
    if rules.history_start is not None:
        begin = datetime.combine(rules.history_start, datetime.min.time(), TOKYO)
    if begin is None or begin > since:
        return "history_too_short"
    window = [contact for contact in reactive if since <= contact["started_at"] <= at]
    known = [contact for contact in window if contact["customer_key"] is not None]
    if len(known) * 100 < round(rules.min_identified_share * 100) * len(window):
        return "unidentified_contacts"
    return None


def silence(  # noqa: PLR0911 -- one return for each state, in order
    customer: str | None, at: datetime | None, contacts: list[dict], customers: list[dict], rules: SilenceRules
) -> tuple[str, str | None]:
    """The first that fits, in the order of the definition."""
    reactive = [c for c in contacts if c["origin"] == "reactive" and c["started_at"] is not None]
    if customer is None:
        return "unknown", None
    if at is None:
        return "undetermined", "no_time"
    today = day_of(at)
    row = described(customer, today, customers)
    since = at - look_back(row, rules)
    if spoke(customer, since, at, reactive, rules):
        return "vocal", None
    if row is None:
        return "undetermined", "no_customer_row"
    if row["contract_start"] is None:
        return "undetermined", "no_contract_start"
    if row["contract_start"] > today - timedelta(days=rules.min_age_days):
        return "too_early", None
    if row["contract_end"] is not None and row["contract_end"] <= today:
        return "undetermined", "not_existing"
    reason = untold(since, at, reactive, rules)
    return ("undetermined", reason) if reason else ("quiet", None)


def left_in_silence(
    customer: str, left_on: date, contacts: list[dict], customers: list[dict], rules: SilenceRules
) -> tuple[bool | None, str | None]:
    """No such contact in the look-back before the day of notice or end."""
    at = end_of(left_on - timedelta(days=1))
    reactive = [c for c in contacts if c["origin"] == "reactive" and c["started_at"] is not None]
    since = at - look_back(described(customer, day_of(at), customers), rules)
    if spoke(customer, since, at, reactive, rules):
        return False, None
    reason = untold(since, at, reactive, rules)
    return (None, reason) if reason else (True, None)


def _lasts(term: dict, ended: date) -> bool:
    """Whether a term goes on past an end, having begun by the day after it."""
    begun = term["start"] is None or term["start"] <= ended + timedelta(days=1)
    return begun and (term["end"] is None or term["end"] > ended)


def _last_end(terms: list[dict], as_of: date) -> dict | None:
    """Last end of these terms: of those on one day the earliest start (if all are known) and the earliest notice."""
    found = []
    for term in terms:
        if not term["left"]:
            continue
        notice = term["notice"]
        if notice is not None and (notice > as_of or (term["start"] is not None and notice < term["start"])):
            notice = None
        ended = term["end"] if term["end"] is not None else notice
        if ended is None or (ended > as_of and notice is None):
            continue
        later = [t for t in terms if t is not term and (term["told"] is None or t["told"] > term["told"])]
        if not any(_lasts(other, ended) for other in later):
            found.append({"start": term["start"], "ended": ended, "notice": notice})
    if not found:
        return None
    same_day = [end for end in found if end["ended"] == max(end["ended"] for end in found)]
    starts = [end["start"] for end in same_day]
    notices = [end["notice"] for end in same_day if end["notice"] is not None]
    return {
        "start": None if None in starts else min(starts),
        "ended": same_day[0]["ended"],
        "notice": min(notices, default=None),
    }


def _one_leaving(own: dict | None, agreed: dict | None) -> dict | None:
    """What both tables tell: one leaving where neither term began after the other ended, else the later one."""
    if own is None or agreed is None:
        return own or agreed
    after = agreed["start"] is not None and agreed["start"] > own["ended"]
    before = own["start"] is not None and own["start"] > agreed["ended"]
    if after or before:
        return agreed if agreed["ended"] > own["ended"] else own
    notices = [end["notice"] for end in (own, agreed) if end["notice"] is not None]
    return {**own, "notice": min(notices, default=None)}


def churn(customers: list[dict], contracts: list[dict], as_of: date) -> dict[str, tuple[date, date]]:
    """When each customer left at last: the end, and the earlier of end and notice."""
    account = {}
    for row in sorted(customers, key=lambda row: row["as_of"]):
        if row["account_key"] is not None:
            account[row["customer_key"]] = row["account_key"]
    found = {}
    for key in KEYS:
        latest = {}
        for row in sorted((r for r in customers if r["customer_key"] == key), key=lambda row: row["as_of"]):
            latest[row["contract_start"]] = {
                "start": row["contract_start"],
                "end": row["contract_end"],
                "notice": row["notice_at"],
                "told": row["as_of"],
                "left": True,
            }
        agreed = [
            {
                "start": c["start"],
                "end": c["renewal_due"],
                "notice": c["notice_at"],
                "told": None,
                "left": c["outcome"] == "churned",
            }
            for c in contracts
            if c["customer_key"] == key or (c["account_key"] is not None and c["account_key"] == account.get(key))
        ]
        left = _one_leaving(_last_end(list(latest.values()), as_of), _last_end(agreed, as_of))
        if left:
            found[key] = (left["ended"], min(left["ended"], left["notice"] or left["ended"]))
    return found
