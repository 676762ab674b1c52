"""Worlds of contracts, usage and outreach, small and random."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from tests.insight import worlds
from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.insight.facts import contact_facts, statement_facts
from voc_mining.insight.frozen import Known
from voc_mining.insight.params import InsightParams
from voc_mining.insight.renewals import Relations, Renewals, renewals
from voc_mining.insight.units import members

AS_OF = worlds.AS_OF
_ROW = {"content_key": "k", "source_file": "f", "source_row": 1, "month": "m"}


def table(name: str, *rows: dict) -> pl.DataFrame:
    contract = LAKE_TABLES[name]
    if not rows:
        return contract.empty()
    filled = [{**_ROW, **row} for row in rows]
    kept = [{key: value for key, value in row.items() if key in contract.schema} for row in filled]
    schema = {key: value for key, value in contract.schema.items() if any(key in row for row in kept)}
    return contract.conform(pl.DataFrame(kept, schema=schema))


def at(day: date, hour: int = 3) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def facts(*contacts: dict, said: list[dict] | None = None, params: InsightParams = worlds.PARAMS):
    """Contact and statement facts; a contact gives ``customer_key``, ``day``, ``origin``."""
    rows, segments = [], []
    for no, contact in enumerate(contacts):
        one = {"contact_id": f"k{no:05}", **contact}
        origin, day = one.pop("origin", "reactive"), one.pop("day")
        rows.append({**one, "started_at": at(day)})
        segments.append({"contact_id": one["contact_id"], "origin": origin})
    known = contact_facts(worlds.rows("contacts", *rows), worlds.rows("segments", *segments), params)
    voc = worlds.rows("voc", *(said or []))
    return known, statement_facts(voc, known, worlds.assigned({text: text for text in sorted(set(voc["text"]))}))


def known(customers: pl.DataFrame, contracts: pl.DataFrame | None = None, **given: pl.DataFrame) -> Known:
    contacts, statements = facts()
    parts = {
        "contacts": contacts,
        "statements": statements,
        "usage": table("usage"),
        "self_service": table("selfservice"),
    }
    return Known(members(customers, contracts), customers, **{**parts, **given})


def drawn(
    customers: pl.DataFrame, said=None, params: InsightParams = worlds.PARAMS, **tables: pl.DataFrame
) -> Renewals:
    contacts, statements = said or facts()
    names = {"contracts": "contracts", "usage": "usage", "self_service": "selfservice", "outreach": "outreach",
             "lists": "outreach_lists"}  # fmt: skip
    given = {part: tables.get(part, table(name)) for part, name in names.items()}
    return renewals(Relations(customers, **given), contacts, statements, {}, params)


def weeks(customer: str, monday: date, values: list[float], metric: str = "logins") -> list[dict]:
    return [
        {"customer_key": customer, "week": monday + timedelta(weeks=no), "metric": metric, "value": value}
        for no, value in enumerate(values)
    ]


def random_world(seed: int, n: int = 40) -> dict:
    """Customers in accounts, some with several rows, contracts of either, usage, contacts, self-service, outreach."""
    rng = np.random.default_rng(seed)
    keys = [f"C{i:03}" for i in range(n)]
    accounts = [f"A{i // 7}" if i % 3 else None for i in range(n)]
    start = [date(2023, 1, 1) + timedelta(days=int(d)) for d in rng.integers(0, 900, n)]
    customers, contracts, usage, contacts, said, uses, asked = [], [], [], [], [], [], []
    for i, key in enumerate(keys):
        customers += [
            {
                "customer_key": key,
                "as_of": date(2025, 4, 1) + timedelta(days=30 * int(month)),
                "account_key": accounts[i],
                "plan": str(rng.choice(["pro", "lite"])),
                "contract_start": start[i],
                "annual_value": float(rng.integers(1, 100)),
                "usage_score": float(rng.integers(0, 100)),
                "renewal_outlook": str(rng.choice(["A", "C"])),
                "last_support_at": at(date(2025, 4, 1) + timedelta(days=int(rng.integers(0, 400)))),
            }
            for month in sorted(rng.choice(18, size=rng.integers(1, 4), replace=False))
        ]
        if i % 3 == 0 or i % 7 == 1:
            due = start[i] + timedelta(days=365)
            while True:
                left = bool(rng.random() < 0.2)
                contracts.append(
                    {
                        "contract_id": f"{key}-{due.year}",
                        "customer_key": key if i % 3 == 0 else None,
                        "account_key": None if i % 3 == 0 else accounts[i],
                        "start": due - timedelta(days=365),
                        "renewal_due": due,
                        "notice_at": due - timedelta(days=int(rng.integers(0, 120))) if left else None,
                        "outcome": "churned" if left else "renewed" if due <= AS_OF else None,
                        "mrr": float(rng.integers(1, 50)) if rng.random() < 0.8 else None,
                        "reason": str(rng.choice(["料金", "支援していない"])) if left else None,
                    }
                )
                if left or due > AS_OF:
                    break
                due += timedelta(days=365)
        monday = date(2025, 4, 7)
        usage += weeks(key, monday, [float(v) for v in rng.poisson(10, 80)])
        for _ in range(rng.integers(0, 6)):
            day = date(2025, 4, 1) + timedelta(days=int(rng.integers(0, 540)))
            contacts.append({"customer_key": key, "day": day, "origin": str(rng.choice(["reactive", "proactive"]))})
            uses.append({"customer_key": key, "at": at(day), "kind": "faq", "item": "i"})
        if rng.random() < 0.7:
            day = date(2025, 6, 1) + timedelta(days=int(rng.integers(0, 450)))
            asked.append(
                {
                    "customer_key": key,
                    "campaign": "c",
                    "asked_at": at(day),
                    "arm": str(rng.choice(["treat", "holdout"])),
                }
            )
    for no, _ in enumerate(contacts):
        if rng.random() < 0.5:
            said.append({"voc_id": f"v{no}", "contact_id": f"k{no:05}", "text": str(rng.choice(["x", "y"])),
                         "kind": str(rng.choice(["complaint", "inquiry"]))})  # fmt: skip
    return {"customers": customers, "contracts": contracts, "usage": usage, "contacts": contacts, "said": said,
            "uses": uses, "asked": asked}  # fmt: skip


def of_world(world: dict, params: InsightParams = worlds.PARAMS) -> Renewals:
    return drawn(
        worlds.rows("customers", *world["customers"]),
        facts(*world["contacts"], said=world["said"], params=params),
        params,
        contracts=table("contracts", *world["contracts"]),
        usage=table("usage", *world["usage"]),
        self_service=table("selfservice", *world["uses"]),
        outreach=table("outreach", *world["asked"]),
    )
