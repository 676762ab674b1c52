"""Random small worlds of contacts and customers, and definitions spelled out row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import strategies as st

from voc_mining.business_time import is_business_day
from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.rules import OriginRules, SilenceRules

TOKYO = ZoneInfo("Asia/Tokyo")
START = datetime(2026, 4, 27, 0, 0, tzinfo=TOKYO)  # just before the holidays of Golden Week


def contact_frame(rows: list[dict]) -> pl.DataFrame:
    table = LAKE_TABLES["contacts"]
    filled = [
        {
            "source_id": row["contact_id"],
            "content_key": "k",
            "source_file": "f",
            "source_row": 1,
            "month": "m",
            "source": "call",
            "channel": "phone",
            "direction": "inbound" if row.get("source") == "inquiry" else None,
            **{name: value for name, value in row.items() if name not in LOGGED},
        }
        for row in rows
    ]
    return (
        table.conform(pl.DataFrame(filled, schema_overrides=dict(table.schema), infer_schema_length=None))
        if filled
        else table.empty()
    )


def log_frame(rows: list[dict]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"contact_id": r["contact_id"], "answered_at": r["answered_at"], "transfers": r.get("transfers")}
            for r in rows
            if r.get("source", "call") == "call"
        ],
        schema={"contact_id": pl.String, "answered_at": pl.Datetime("us", "UTC"), "transfers": pl.Int32},
    )


def identity_frame(rows: list[dict]) -> pl.DataFrame:
    table = LAKE_TABLES["identities"]
    if not rows:
        return table.empty()
    filled = [{"content_key": "k", "source_file": "f", "source_row": 1, "shared": None, **row} for row in rows]
    return table.conform(pl.DataFrame(filled, schema_overrides=dict(table.schema), infer_schema_length=None))


def customer_frame(rows: list[dict]) -> pl.DataFrame:
    table = LAKE_TABLES["customers"]
    if not rows:
        return table.empty()
    filled = [{"content_key": "k", "source_file": "f", "source_row": 1, **row} for row in rows]
    return table.conform(pl.DataFrame(filled, schema_overrides=dict(table.schema), infer_schema_length=None))


LOGGED = ("answered_at", "transfers")
"""What only the call log has."""
_hours = st.integers(0, 24 * 30).map(lambda h: (START + timedelta(hours=h)).astimezone(UTC))
_customer = st.sampled_from([None, "C1", "C2", "C3"])
_phone = st.sampled_from([None, "P1", "P2", "P3", "P4"])
_mail = st.sampled_from([None, None, "M1", "M2"])
_lasted = st.sampled_from([None, 1800, 3595, 3600, 3605, 3611, 7200]).map(lambda s: s and timedelta(seconds=s))


@st.composite
def contact(draw, no: int) -> dict:
    source = draw(st.sampled_from(["call"] * 6 + ["inquiry"] * 3 + ["checkin", "survey", "recording"]))
    row = {
        "contact_id": f"k{no:03}",
        "source": source,
        "customer_key": draw(_customer),
        "phone_key": draw(_phone),
        "started_at": draw(_hours),
        "answered_at": None,
        "direction": None,
        "purpose": None,
        "campaign": None,
        "queue": draw(st.sampled_from([None, "解約窓口", "一般"])),
        "disposition": None,
        "contact_ref": None,
        "leg_no": None,
        "ended_at": None,
        "transfers": None,
        "mail_key": None,
        "subject_key": None,
        "reply": None,
    }
    if source == "call":
        row["contact_ref"] = draw(st.sampled_from([None, None, None, "K1", "k000"]))
        row["leg_no"] = draw(st.sampled_from([None, 1, 2, 3])) if row["contact_ref"] else None
        row["transfers"] = draw(st.sampled_from([None, 0, 1]))
        lasted = draw(_lasted)
        row["ended_at"] = lasted and row["started_at"] + lasted
        row["direction"] = draw(st.sampled_from(["inbound", "outbound"]))
        row["purpose"] = draw(st.sampled_from([None, None, None, "checkin", "sales", "support", "other"]))
        row["campaign"] = draw(st.sampled_from([None, None, None, "春"])) if row["direction"] == "outbound" else None
        row["disposition"] = draw(st.sampled_from([None, "answered", "not_reached", "voicemail", "abandoned_queue"]))
        if draw(st.booleans()):
            row["answered_at"] = row["started_at"]
    elif source == "inquiry":
        row["channel"] = draw(st.sampled_from(["form", "mail", "chat"]))
        row["direction"] = draw(st.sampled_from(["inbound"] * 5 + ["outbound", None]))
        row["mail_key"] = draw(_mail)
        row["subject_key"] = draw(st.sampled_from(["S1", "S1", "S2", None]))
        row["reply"] = draw(st.booleans()) if row["subject_key"] else None
    elif source == "survey":
        row["contact_ref"] = draw(st.sampled_from([None, "k000"]))
    return row


@st.composite
def contacts(draw, most: int = 24) -> list[dict]:
    return [draw(contact(no)) for no in range(draw(st.integers(0, most)))]


@st.composite
def customers(draw) -> list[dict]:
    rows = {}
    for _ in range(draw(st.integers(0, 6))):
        key = draw(st.sampled_from(["C1", "C2", "C3"]))
        as_of = (START + timedelta(days=draw(st.integers(-5, 35)))).date()
        begin = (START + timedelta(days=draw(st.integers(-60, 40)))).date()
        rows[key, as_of] = {
            "customer_key": key,
            "as_of": as_of,
            "plan": draw(st.sampled_from([None, "A", "B"])),
            "segment": draw(st.sampled_from([None, "S"])),
            "contract_start": draw(st.sampled_from([begin, begin, begin, None])),
            "contract_end": draw(st.sampled_from([None, None, begin + timedelta(days=20), begin + timedelta(days=50)])),
            "phone_key": draw(_phone),
            "mail_key": draw(_mail),
        }
    return list(rows.values())


@st.composite
def identities(draw) -> list[dict]:
    rows = {}
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["phone", "mail", "user"]))
        value = draw(st.sampled_from({"phone": ["P1", "P2", "P3", "P4"], "mail": ["M1", "M2"], "user": ["P1"]}[kind]))
        key = draw(st.sampled_from(["C1", "C2", "C3"]))
        shared = draw(st.sampled_from([None, False, False, True]))
        rows[key, kind, value] = {"customer_key": key, "kind": kind, "value_key": value, "shared": shared}
    return list(rows.values())


@st.composite
def confirmations(draw, most_contacts: int = 24) -> list[dict]:
    """Draw a log of what a person said: ids are numbers, undos take back any earlier one."""
    log: list[dict] = []
    for no in range(draw(st.integers(0, 4))):
        action = draw(st.sampled_from(["confirm", "confirm", "reject", *(["undo"] if log else [])]))
        about = f"O{draw(st.integers(0, no - 1))}" if action == "undo" else f"k{draw(st.integers(0, most_contacts)):03}"
        origin = draw(st.sampled_from(["reactive", "proactive", "other"])) if action == "confirm" else None
        log.append(
            {
                "confirmation_id": f"O{no}",
                "at": START + timedelta(minutes=no),
                "author": "a",
                "action": action,
                "contact_id": about,
                "origin": origin,
            }
        )
    return log


def confirmation_frame(rows: list[dict]) -> pl.DataFrame:
    table = LAKE_TABLES["origin_confirmations"]
    return table.conform(pl.DataFrame(rows, schema_overrides=dict(table.schema))) if rows else table.empty()


def day(time: datetime) -> date:
    return time.astimezone(TOKYO).date()


def window_end(begin: date, n: int, closed: frozenset[str]) -> date:
    current = begin
    while n > 0:
        current += timedelta(days=1)
        n -= is_business_day(current) and f"{current:%m-%d}" not in closed and f"{current:%Y-%m-%d}" not in closed
    return current


@dataclass(frozen=True)
class Ownership:
    """Who has which number or address: the definitions, value by value."""

    shared: frozenset[str]
    owner: Mapping[str, str]


def oracle_ownership(rows, customer_rows, identity_rows, rules: OriginRules) -> Ownership:
    values = {"P1", "P2", "P3", "P4", "M1", "M2"}
    shared, owner = set(rules.shared_phone_keys), {}
    for value in values:
        in_tables = {c["customer_key"] for c in customer_rows if value in (c["phone_key"], c["mail_key"])}
        for identity in identity_rows:
            if identity["value_key"] == value and identity["kind"] in ("phone", "mail"):
                in_tables.add(identity["customer_key"])
                if identity["shared"]:
                    shared.add(value)
        elsewhere = {r["customer_key"] for r in rows if value in (r["phone_key"], r["mail_key"]) and r["customer_key"]}
        if len(in_tables | elsewhere) > 1:
            shared.add(value)
        if value not in shared and in_tables:
            owner[value] = next(iter(in_tables))
    return Ownership(frozenset(shared), owner)


def ref_of(row: dict) -> str | None:
    if row["source"] != "call":
        return None
    return row["contact_ref"] or row["contact_id"]


def leg_of(row: dict) -> int | None:
    return row["leg_no"] if row["contact_ref"] else 0


def oracle_chains(rows: list[dict]) -> list[list[dict]]:
    """Numbered legs: rows about one contact, in time, as long as the number goes up."""
    chains = []
    for ref in sorted({ref_of(r) for r in rows if ref_of(r)}):
        about = [r for r in rows if ref_of(r) == ref and leg_of(r) is not None]
        about.sort(key=lambda r: (r["started_at"], leg_of(r), r["contact_id"]))
        open_: list[dict] = []
        for row in about:
            if open_ and leg_of(row) > leg_of(open_[-1]):
                open_.append(row)
            else:
                open_ = [row]
                chains.append(open_)
    return [chain for chain in chains if len(chain) > 1]


def oracle_customers(rows, ownership: Ownership) -> dict[str, tuple[str | None, str | None]]:
    """Customer of each contact and how it is known."""
    known: dict[str, tuple[str | None, str | None]] = {}
    for row in rows:
        by_phone, by_mail = (ownership.owner.get(row[key] or "") for key in ("phone_key", "mail_key"))
        if row["customer_key"]:
            known[row["contact_id"]] = (row["customer_key"], "delivered")
        elif by_phone and by_mail and by_phone != by_mail:
            known[row["contact_id"]] = (None, None)
        elif by_phone:
            known[row["contact_id"]] = (by_phone, "phone")
        else:
            known[row["contact_id"]] = (by_mail, "mail") if by_mail else (None, None)
    for chain in oracle_chains(rows):
        told = [known[r["contact_id"]][0] for r in chain if known[r["contact_id"]][0]]
        for row in chain:
            if told and known[row["contact_id"]][0] is None:
                known[row["contact_id"]] = (told[0], "leg")
    return known


def is_answered(row: dict) -> bool:
    if row["disposition"] in ("not_reached", "voicemail"):
        return False
    return row["answered_at"] is not None or row["disposition"] == "answered"


def oracle_heads(rows, customers, ownership: Ownership, rules: OriginRules) -> dict[str, str]:
    """First leg of every later leg."""
    before: dict[str, str] = {}
    for chain in oracle_chains(rows):
        before |= {row["contact_id"]: chain[0]["contact_id"] for row in chain[1:]}
    ways = (
        lambda r: r["contact_ref"],
        lambda r: customers[r["contact_id"]][0],
        lambda r: None if r["phone_key"] in ownership.shared else r["phone_key"],
    )
    calls = [r for r in rows if r["source"] == "call"]
    for row in calls:
        for way in ways:
            former = [
                r
                for r in calls
                if way(row)
                and way(r) == way(row)
                and r["direction"] == row["direction"]
                and r["started_at"] < row["started_at"]
                and is_answered(r)
                and r["ended_at"]
                and r["transfers"] != 0
            ]
            if row["contact_id"] in before or not former:
                continue
            last = max(former, key=lambda r: (r["started_at"], [-ord(c) for c in r["contact_id"]]))
            soon = row["started_at"] <= last["ended_at"] + timedelta(seconds=rules.leg_gap_s)
            if soon and row["started_at"] < last["started_at"] + timedelta(days=1):
                before[row["contact_id"]] = last["contact_id"]
    heads = {}
    for leg in before:
        head = before[leg]
        while head in before:
            head = before[head]
        heads[leg] = head
    return heads


def oracle_origins(  # noqa: C901, PLR0912, PLR0915 -- the definitions in one piece, as they are read
    rows: list[dict],
    customers: Mapping[str, tuple[str | None, str | None]],
    ownership: Ownership,
    rules: OriginRules,
    confirmed: Mapping[str, str],
) -> dict[str, tuple[str, str, str | None]]:
    """Go through the contacts in time, with no more than the definitions at hand."""
    heads = oracle_heads(rows, customers, ownership, rules)
    decided: dict[str, tuple[str, str, str | None]] = {}

    def customer(row):
        return customers[row["contact_id"]][0]

    def number(row):
        return None if row["phone_key"] in ownership.shared else row["phone_key"]

    def of_customer(row):
        return customer(row) and row["subject_key"] and (customer(row), row["subject_key"])

    def of_address(row):
        unshared = row["mail_key"] and row["mail_key"] not in ownership.shared
        return (row["mail_key"], row["subject_key"]) if unshared and row["subject_key"] else None

    def answer(row, earlier, ways=(customer, number)):
        within = [e for e in earlier if e["started_at"] < row["started_at"]]
        for key in ways:
            same = [e for e in within if key(row) is not None and key(e) == key(row)]
            if same:
                latest = max(same, key=lambda e: (e["started_at"], [-ord(c) for c in e["contact_id"]]))
                end = window_end(day(latest["started_at"]), rules.callback_business_days, rules.closed_days)
                if day(row["started_at"]) <= end:
                    return latest["contact_id"]
        return None

    for row in sorted(rows, key=lambda r: (r["started_at"], r["contact_id"])):
        if row["contact_id"] in heads:
            continue
        done = [r for r in rows if r["contact_id"] in decided]
        inbound, outbound = row["direction"] == "inbound", row["direction"] == "outbound"
        found: tuple[str, str, str | None]
        if row["source"] == "recording":
            found = ("unknown", "recording_without_log", None)
        elif row["source"] == "checkin":
            found = ("proactive", "checkin", None)
        elif row["source"] == "survey" and row["contact_ref"]:
            known = any(r["contact_id"] == row["contact_ref"] and r["source"] != "survey" for r in rows)
            found = ("reactive", "survey_after_contact", row["contact_ref"] if known else None)
        elif row["source"] == "survey":
            found = ("proactive", "survey", None)
        elif row["source"] == "inquiry" and not inbound:
            found = ("proactive", "thread_by_us", None) if outbound else ("unknown", "thread_by_machine", None)
        elif row["source"] == "inquiry":
            before = [r for r in done if r["source"] == "inquiry" and decided[r["contact_id"]][0] == "reactive"]
            link = answer(row, before, (of_customer, of_address)) if row["reply"] else None
            found = ("reactive", "follow_up" if link else row["channel"], link)
        elif row["purpose"] == "sales":
            found = ("other", "sales", None)
        elif inbound:
            tried = [
                r
                for r in done
                if r["source"] == "call"
                and r["direction"] == "outbound"
                and decided[r["contact_id"]][0] == "proactive"
                and not is_answered(r)
            ]
            link = answer(row, tried)
            found = ("proactive", "returned_outreach", link) if link else ("reactive", "inbound_call", None)
        elif outbound and row["purpose"] == "checkin":
            found = ("proactive", "purpose:checkin", None)
        elif outbound and row["campaign"]:
            found = ("proactive", f"campaign:{row['campaign']}", None)
        else:
            opened = [
                r
                for r in done
                if decided[r["contact_id"]][0] == "reactive"
                and (r["source"] == "inquiry" or (r["source"] == "call" and r["direction"] == "inbound"))
            ]
            link = answer(row, opened)
            if link:
                found = ("reactive", "callback", link)
            elif row["purpose"] is None:
                found = ("proactive", "outbound_call", None)
            elif row["purpose"] == "other":
                found = ("other", "outbound_other", None)
            else:
                found = ("unknown", "outbound_support", None)
        if found[0] == "unknown" and row["contact_id"] in confirmed:
            found = (confirmed[row["contact_id"]], "confirmed", None)
        decided[row["contact_id"]] = found
    return decided | {leg: (decided[head][0], "leg", head) for leg, head in heads.items()}


def oracle_confirmed(log: list[dict]) -> dict[str, str]:
    """Latest word about each contact that nobody took back."""
    undone = {entry["contact_id"] for entry in log if entry["action"] == "undo"}
    last: dict[str, str | None] = {}
    for entry in log:
        if entry["action"] != "undo" and entry["confirmation_id"] not in undone:
            last[entry["contact_id"]] = entry["origin"]
    return {contact: origin for contact, origin in last.items() if origin}


def oracle_silence(  # noqa: PLR0911 -- one return for each state, in order
    customer, at, rows, origins, *, customer_rows, rules: SilenceRules
) -> tuple[str, str | None]:
    """State of silence of one customer at one moment, step by step."""
    if customer is None:
        return "unknown", None
    own = sorted((c for c in customer_rows if c["customer_key"] == customer), key=lambda c: c["as_of"])
    past = [c for c in own if c["as_of"] <= day(at)]
    row = past[-1] if past else (own[0] if own else None)
    days = rules.look_back_days
    if row:
        days = rules.look_back_by_plan.get(row["plan"], rules.look_back_by_segment.get(row["segment"], days))
    since = at - timedelta(days=days)
    reactive = [r for r in rows if origins[r["contact_id"]] == "reactive"]
    if any(
        r["customer_key"] == customer and since <= r["started_at"] <= at and r["queue"] not in rules.cancellation_queues
        for r in reactive
    ):
        return "vocal", None
    if row and row["contract_start"] and (day(at) - row["contract_start"]).days < rules.min_age_days:
        return "too_early", None
    if row is None:
        return "undetermined", "no_customer_row"
    if row["contract_start"] is None:
        return "undetermined", "no_contract_start"
    if row["contract_end"] and row["contract_end"] <= day(at):
        return "undetermined", "not_existing"
    history = rules.history_start and datetime.combine(rules.history_start, datetime.min.time(), TOKYO)
    history = history or min((r["started_at"] for r in reactive), default=None)
    if history is None or history > since:
        return "undetermined", "history_too_short"
    window = [r for r in reactive if since <= r["started_at"] <= at]
    if window and sum(r["customer_key"] is not None for r in window) / len(window) < rules.min_identified_share:
        return "undetermined", "unidentified_contacts"
    return "quiet", None
