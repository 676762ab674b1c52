"""Small frames that keep the contracts, and a random world of contacts with statements."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.insight.facts import contact_facts, statement_facts
from voc_mining.insight.params import InsightParams

AS_OF = date(2026, 9, 30)
PARAMS = InsightParams(as_of=AS_OF, draws=200)
_DEFAULTS = {
    "contacts": {
        "source": "inquiry", "channel": "form", "content_key": "k", "source_file": "f", "source_row": 1, "month": "m",
    },
    "segments": {"origin": "reactive", "origin_rule": "form", "silence": "vocal"},
    "voc": {
        "first_no": 0, "last_no": 0, "part": "body", "role": "customer", "quoted": False, "kind": "inquiry",
        "polarity": "neutral", "urgency": "none", "terms": [], "pairs": [], "counts": True, "month": "m",
    },
    "utterances": {
        "part": "audio", "channel": 1, "role": "customer", "tokens": [], "flags": [], "masked_spans": [], "corrections": [],
        "month": "m",
    },
    "critical": {"text": "words", "part": "body", "role": "customer", "month": "m"},
    "call_log": {"direction": "inbound", "recording_missing": False, "month": "m"},
    "customers": {"content_key": "k", "source_file": "f", "source_row": 1, "as_of": date(2026, 4, 1)},
    "outcomes": {"outcome": "unknown", "input_key": "k", "n_utterances": 1, "n_statements": 1, "dropped": "{}", "month": "m"},
}  # fmt: skip


def rows(name: str, *given: dict) -> pl.DataFrame:
    table = LAKE_TABLES[name]
    filled = []
    for row in given:
        full = {**_DEFAULTS[name], **row}
        start = full.get("started_at") if name == "contacts" else full.get("offered_at")
        if start is not None:
            full.setdefault("business_date", (start + timedelta(hours=9)).date())
        if name == "contacts":
            full.setdefault("source_id", full["contact_id"])
        if name == "voc":
            full.setdefault("text_hash", full["text"])
        filled.append(full)
    if not filled:
        return table.empty()
    return table.conform(pl.DataFrame(filled, schema_overrides=dict(table.schema), infer_schema_length=None))


def topics(*ids: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "topic_id": list(ids),
            "label": [f"話題{one}" for one in ids],
            "keywords": [[one] for one in ids],
            "exemplars": [[] for _ in ids],
            "parent_id": [None for _ in ids],
            "layer": [0 for _ in ids],
            "status": ["active" for _ in ids],
            **{f"{layer}_{what}": [f"{name}{one}" for one in ids] for layer in ("middle", "coarse") for what, name in (("id", ""), ("label", "話題"))},
        },
        schema={
            "topic_id": pl.String, "label": pl.String, "keywords": pl.List(pl.String), "exemplars": pl.List(pl.String),
            "parent_id": pl.String, "layer": pl.Int32, "status": pl.String,
            "middle_id": pl.String, "middle_label": pl.String, "coarse_id": pl.String, "coarse_label": pl.String,
        },
    )  # fmt: skip


def assigned(pairs: dict[str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "text_hash": list(pairs),
            "topic_id": list(pairs.values()),
            "strength": [0.9] * len(pairs),
            "by": ["similar"] * len(pairs),
        },
        schema={"text_hash": pl.String, "topic_id": pl.String, "strength": pl.Float64, "by": pl.String},
    )


_PROFILES = {
    "customer_key": pl.String, "account_key": pl.String, "plan": pl.String, "segment": pl.String, "contract_start": pl.Date,
    "usage_score": pl.Float64, "existing": pl.Boolean, "silence": pl.String,
}  # fmt: skip


def profiles(*customers: dict) -> pl.DataFrame:
    """What is known of customers, each given by its key and what differs from nothing known."""
    return pl.DataFrame([dict.fromkeys(_PROFILES) | one for one in customers], schema=_PROFILES)


def accounts(pairs: dict[str, str] | None = None) -> pl.DataFrame:
    return profiles(*({"customer_key": key, "account_key": account} for key, account in (pairs or {}).items()))


def said(sides: dict[str, list[list[str]]]) -> pl.DataFrame:
    """Statement facts: per side, for each customer the topics of their statements; customer i is the same on both."""
    contacts, segments, voc = [], [], []
    for side, customers in sides.items():
        for i, spoken in enumerate(customers):
            contact = f"{side}{i:05}"
            contacts.append(
                {"contact_id": contact, "customer_key": f"C{i:05}", "started_at": datetime(2026, 9, 1, tzinfo=UTC)}
            )
            segments.append({"contact_id": contact, "origin": side, "silence": "quiet" if i % 2 else "vocal"})
            voc += [
                {"voc_id": f"{contact}-{n}", "contact_id": contact, "first_no": n, "text": topic}
                for n, topic in enumerate(spoken)
            ]
    known = contact_facts(rows("contacts", *contacts), rows("segments", *segments), PARAMS)
    names = {row["text"] for row in voc} - {"none"}
    told = statement_facts(rows("voc", *voc), known, assigned({name: name for name in sorted(names)}))
    return told.with_columns(pl.lit("trouble").alias("class"), pl.lit(None, pl.String).alias("question"))


def null_side(rng: np.random.Generator, customers: int, shares: list[float], mean: float) -> list[list[str]]:
    """Statements drawn from the same shares for every customer, 1 + Poisson(mean - 1) each."""
    names = np.array([f"T{i:02}" for i in range(len(shares))] + ["none"])
    weights = [*shares, 1 - sum(shares)]
    return [list(rng.choice(names, size=1 + rng.poisson(mean - 1), p=weights)) for _ in range(customers)]
