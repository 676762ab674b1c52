"""Existing customers are counted once, by state."""

from __future__ import annotations

import polars as pl

from voc_mining.insight.customer_silence import customer_silence


def test_existing_customers_are_counted_by_state_quiet_first():
    states = pl.DataFrame(
        [
            ("vocal", None, True),
            ("quiet", None, True),
            ("quiet", None, True),
            ("undetermined", "history_too_short", True),
            ("undetermined", "unidentified_contacts", True),
            ("undetermined", "unidentified_contacts", True),
            ("undetermined", "not_existing", False),
            ("undetermined", "no_contract_start", None),
            ("too_early", None, False),
        ],
        schema=["silence", "silence_reason", "existing"],
        orient="row",
    )
    assert customer_silence(states).rows() == [
        ("quiet", None, 2),
        ("vocal", None, 1),
        ("undetermined", "unidentified_contacts", 2),
        ("undetermined", "history_too_short", 1),
    ]


def test_nobody_gives_no_rows():
    nobody = pl.DataFrame(schema={"silence": pl.String, "silence_reason": pl.String, "existing": pl.Boolean})
    assert customer_silence(nobody).is_empty()
