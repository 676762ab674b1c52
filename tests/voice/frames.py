"""Small frames of utterances for tests."""

from __future__ import annotations

from typing import Any

import polars as pl

from voc_mining.contracts import LAKE_TABLES

_UTTERANCES = LAKE_TABLES["utterances"]


def said(text: str, start: float, end: float, **more: Any) -> dict[str, Any]:
    return {"part": "audio", "channel": 1, "role": "customer", "text": text, "start_s": start, "end_s": end, **more}


def wrote(text: str, part: str = "body", role: str = "customer", **more: Any) -> dict[str, Any]:
    return {"part": part, "role": role, "text": text, **more}


def utterances(**contacts: list[dict[str, Any]]) -> pl.DataFrame:
    """Utterances of contacts, numbered in the order given."""
    blank = {"channel": None, "start_s": None, "end_s": None, "confidence": None, "tokens": [], "masked_spans": []}
    rows = [
        {"contact_id": contact, "no": no, "flags": [], "month": "2026-04", **blank, **row}
        for contact, told in contacts.items()
        for no, row in enumerate(told)
    ]
    return _UTTERANCES.check(pl.DataFrame(rows, schema=_UTTERANCES.schema))


def contacts(*ids: str) -> pl.DataFrame:
    return pl.DataFrame({"contact_id": ids, "month": ["2026-04"] * len(ids), "input_key": ["k"] * len(ids)})


def nothing(texts: Any) -> list[list[str]]:
    return [[] for _ in texts]
