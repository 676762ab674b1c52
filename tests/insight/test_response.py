from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from tests.insight import worlds
from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.insight.response import response_table

DAY = datetime(2026, 9, 10, 3, tzinfo=UTC)
LATER = datetime(2026, 10, 2, tzinfo=UTC)


def outreach(*given: dict) -> pl.DataFrame:
    table = LAKE_TABLES["outreach"]
    kept = {"campaign": "spring", "asked_at": DAY, "content_key": "k", "source_file": "f", "source_row": 1}
    states = pl.Series("silence", [one.pop("silence", "quiet") for one in given], dtype=pl.String)
    rows = [kept | one for one in given]
    frame = pl.DataFrame(rows, schema_overrides=dict(table.schema), infer_schema_length=None) if rows else table.empty()
    return table.conform(frame).with_columns(states)


def test_the_funnel_counts_customers_once_and_leaves_out_what_came_later():
    said = worlds.said({"reactive": [], "proactive": [["A"], ["A"]]})
    asked = outreach(
        {"customer_key": "C00000", "reached_at": DAY, "answered_at": DAY},
        {"customer_key": "C00000", "asked_at": datetime(2026, 9, 20, tzinfo=UTC)},
        {"customer_key": "C00001", "answered_at": DAY, "silence": "vocal"},
        {"customer_key": "C9", "reached_at": DAY, "answered_at": LATER},
        {"customer_key": "C8"},
        {"customer_key": "C7", "arm": "holdout"},
        {"customer_key": "C6", "campaign": "old", "asked_at": datetime(2025, 9, 20, tzinfo=UTC)},
    )
    (row,) = response_table(asked, said, worlds.PARAMS).to_dicts()
    assert {name: row[name] for name in ("held_out", "asked", "reached", "answered", "heard")} == {
        "held_out": 1, "asked": 4, "reached": 3, "answered": 2, "heard": 2,
    }  # fmt: skip
    assert [row[f"quiet_{name}"] for name in ("asked", "reached", "answered", "heard")] == [3, 2, 1, 1]
    assert (row["answered_share"], row["quiet_answered_share"]) == (0.5, 0.333333)
    assert (row["first_asked_on"], row["last_asked_on"]) == (date(2026, 9, 10), date(2026, 9, 20))


def test_nobody_asked_gives_no_rows():
    assert response_table(outreach(), worlds.said({"reactive": [], "proactive": []}), worlds.PARAMS).is_empty()


def test_a_campaign_that_was_wholly_held_out_has_no_shares():
    (row,) = response_table(
        outreach({"customer_key": "C1", "arm": "holdout"}),
        worlds.said({"reactive": [], "proactive": []}),
        worlds.PARAMS,
    ).to_dicts()
    assert (row["asked"], row["held_out"], row["answered_share"]) == (0, 1, None)
