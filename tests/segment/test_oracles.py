from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.segment import worlds
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.segment.origin import decide_origins
from voc_mining.segment.silence import silence_at
from voc_mining.segment.stage import segment

RULES = OriginRules()
SILENCE = SilenceRules(
    look_back_days=14,
    look_back_by_plan={"B": 5},
    look_back_by_segment={"S": 9},
    cancellation_queues=frozenset({"解約窓口"}),
)


@settings(max_examples=50, deadline=None)
@given(worlds.contacts(), worlds.customers(), st.integers(1, 4))
def test_origins_are_those_of_the_definitions_read_row_by_row(rows, customer_rows, window):
    rules = replace(RULES, callback_business_days=window)
    found = decide_origins(
        worlds.contact_frame([{k: v for k, v in r.items() if k != "answered_at"} for r in rows]),
        worlds.log_frame(rows),
        worlds.customer_frame(customer_rows),
        rules,
    )
    decided = {r[0]: r[1:] for r in found.iter_rows()}
    assert decided == worlds.oracle_origins(rows, customer_rows, rules)


@settings(max_examples=50, deadline=None)
@given(
    worlds.contacts(),
    worlds.customers(),
    st.sampled_from([None, worlds.START.date(), worlds.START.date() + timedelta(days=12)]),
    st.sampled_from([0.0, 0.5, 0.8]),
)
def test_silence_is_that_of_the_definitions_read_row_by_row(rows, customer_rows, history, share):
    rules = replace(SILENCE, history_start=history, min_identified_share=share)
    segments = segment(
        worlds.contact_frame([{k: v for k, v in r.items() if k != "answered_at"} for r in rows]),
        worlds.log_frame(rows),
        worlds.customer_frame(customer_rows),
        RULES,
        rules,
    )
    origins = dict(segments.select("contact_id", "origin").iter_rows())
    expected = {
        r["contact_id"]: worlds.oracle_silence(
            r["customer_key"], r["started_at"], rows, origins, customer_rows=customer_rows, rules=rules
        )
        for r in rows
    }
    assert {r["contact_id"]: (r["silence"], r["silence_reason"]) for r in segments.iter_rows(named=True)} == expected


@settings(max_examples=15, deadline=None)
@given(worlds.contacts(), worlds.customers(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, customer_rows, random):
    def run(contacts, customers):
        return segment(
            worlds.contact_frame([{k: v for k, v in r.items() if k != "answered_at"} for r in contacts]),
            worlds.log_frame(contacts),
            worlds.customer_frame(customers),
            RULES,
            SILENCE,
        )

    shuffled, others = list(rows), list(customer_rows)
    random.shuffle(shuffled)
    random.shuffle(others)
    assert run(rows, customer_rows).equals(run(shuffled, others))


def test_moments_keep_their_order_and_those_without_a_time_are_told():
    moments = pl.DataFrame(
        {"moment_id": ["b", "a"], "customer_key": ["C1", None], "at": [None, worlds.START]},
        schema={"moment_id": pl.String, "customer_key": pl.String, "at": pl.Datetime("us", "UTC")},
    )
    contacts = worlds.contact_frame([]).with_columns(pl.lit("reactive").alias("origin"))
    states = silence_at(moments, contacts, worlds.customer_frame([]), SILENCE)
    assert states.select("moment_id", "silence", "silence_reason").rows() == [
        ("b", "undetermined", "no_time"),
        ("a", "unknown", None),
    ]
