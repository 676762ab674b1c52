"""Random small worlds of contacts and customers, and definitions spelled out row by row."""

from __future__ import annotations

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
            **row,
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
        [{"contact_id": r["contact_id"], "answered_at": r["answered_at"]} for r in rows if r["source"] == "call"],
        schema={"contact_id": pl.String, "answered_at": pl.Datetime("us", "UTC")},
    )


def customer_frame(rows: list[dict]) -> pl.DataFrame:
    table = LAKE_TABLES["customers"]
    if not rows:
        return table.empty()
    filled = [{"content_key": "k", "source_file": "f", "source_row": 1, **row} for row in rows]
    return table.conform(pl.DataFrame(filled, schema_overrides=dict(table.schema), infer_schema_length=None))


_hours = st.integers(0, 24 * 30).map(lambda h: (START + timedelta(hours=h)).astimezone(UTC))
_customer = st.sampled_from([None, "C1", "C2", "C3"])
_phone = st.sampled_from([None, "P1", "P2", "P3", "P4"])


@st.composite
def contact(draw, no: int) -> dict:
    source = draw(st.sampled_from(["call"] * 6 + ["inquiry", "checkin", "survey", "recording"]))
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
    }
    if source == "call":
        row["direction"] = draw(st.sampled_from(["inbound", "outbound"]))
        row["purpose"] = draw(st.sampled_from([None, None, None, "checkin", "sales", "support", "other"]))
        row["campaign"] = draw(st.sampled_from([None, None, None, "春"])) if row["direction"] == "outbound" else None
        row["disposition"] = draw(st.sampled_from([None, "answered", "not_reached", "voicemail", "abandoned_queue"]))
        if draw(st.booleans()):
            row["answered_at"] = row["started_at"]
    elif source == "inquiry":
        row["channel"] = draw(st.sampled_from(["form", "mail", "chat"]))
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
        }
    return list(rows.values())


def day(time: datetime) -> date:
    return time.astimezone(TOKYO).date()


def window_end(begin: date, n: int) -> date:
    current = begin
    while n > 0:
        current += timedelta(days=1)
        n -= is_business_day(current)
    return current


def oracle_origins(  # noqa: C901, PLR0912 -- the definitions in one piece, as they are read
    rows: list[dict], customer_rows: list[dict], rules: OriginRules
) -> dict[str, tuple[str, str, str | None]]:
    """Go through the contacts in time, with no more than the definitions at hand."""
    owners: dict[str, set[str]] = {}
    for row in [*rows, *customer_rows]:
        if row["phone_key"] and row["customer_key"]:
            owners.setdefault(row["phone_key"], set()).add(row["customer_key"])
    decided: dict[str, tuple[str, str, str | None]] = {}

    def number(row):
        return row["phone_key"] if len(owners.get(row["phone_key"], ())) < 2 else None

    def answer(row, earlier):
        within = [e for e in earlier if e["started_at"] < row["started_at"]]
        for key in (lambda r: r["customer_key"], number):
            same = [e for e in within if key(row) is not None and key(e) == key(row)]
            if same:
                latest = max(same, key=lambda e: (e["started_at"], [-ord(c) for c in e["contact_id"]]))
                if day(row["started_at"]) <= window_end(day(latest["started_at"]), rules.callback_business_days):
                    return latest["contact_id"]
        return None

    for row in sorted(rows, key=lambda r: (r["started_at"], r["contact_id"])):
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
        elif row["source"] == "inquiry":
            found = ("reactive", row["channel"], None)
        elif row["purpose"] == "sales":
            found = ("other", "sales", None)
        elif inbound:
            tried = [
                r
                for r in done
                if r["source"] == "call"
                and r["direction"] == "outbound"
                and decided[r["contact_id"]][0] == "proactive"
                and (
                    r["disposition"] in ("not_reached", "voicemail")
                    or (r["answered_at"] is None and r["disposition"] != "answered")
                )
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
        decided[row["contact_id"]] = found
    return decided


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
