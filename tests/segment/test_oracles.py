from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.segment import worlds
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.segment.silence import silence_at
from voc_mining.segment.stage import SegmentTables, segment

RULES = OriginRules()
SILENCE = SilenceRules(
    look_back_days=14,
    look_back_by_plan={"B": 5},
    look_back_by_segment={"S": 9},
    cancellation_queues=frozenset({"解約窓口"}),
)


def tables(rows, customer_rows, identity_rows=(), said=()):
    return SegmentTables(
        worlds.contact_frame(rows),
        worlds.log_frame(rows),
        worlds.customer_frame(customer_rows),
        worlds.identity_frame(list(identity_rows)),
        worlds.confirmation_frame(list(said)),
    )


@settings(max_examples=150, deadline=None)
@given(
    worlds.contacts(),
    worlds.customers(),
    worlds.identities(),
    worlds.confirmations(),
    st.builds(
        OriginRules,
        callback_business_days=st.integers(1, 4),
        shared_phone_keys=st.sampled_from([frozenset(), frozenset({"P1"})]),
        closed_days=st.sampled_from([frozenset(), frozenset({"04-28", "2026-05-07"})]),
        leg_gap_s=st.sampled_from([0, 10]),
    ),
)
def test_customers_and_origins_are_those_of_the_definitions_read_row_by_row(rows, customer_rows, listed, said, rules):
    found = segment(tables(rows, customer_rows, listed, said), rules, SILENCE)
    ownership = worlds.oracle_ownership(rows, customer_rows, listed, rules)
    customers = worlds.oracle_customers(rows, ownership)
    resolved = found.select("contact_id", "customer_key", "customer_rule").iter_rows()
    assert {name: told for name, *told in resolved} == {name: list(told) for name, told in customers.items()}
    decided = {
        r[0]: r[1:] for r in found.select("contact_id", "origin", "origin_rule", "related_contact_id").iter_rows()
    }
    confirmed = worlds.oracle_confirmed(said)
    assert decided == worlds.oracle_origins(rows, customers, ownership, rules, confirmed)


@settings(max_examples=50, deadline=None)
@given(
    worlds.contacts(),
    worlds.customers(),
    worlds.identities(),
    st.sampled_from([None, worlds.START.date(), worlds.START.date() + timedelta(days=12)]),
    st.sampled_from([0.0, 0.5, 0.8]),
)
def test_silence_is_that_of_the_definitions_read_row_by_row(rows, customer_rows, listed, history, share):
    rules = replace(SILENCE, history_start=history, min_identified_share=share)
    segments = segment(tables(rows, customer_rows, listed), RULES, rules)
    origins = dict(segments.select("contact_id", "origin").iter_rows())
    customers = worlds.oracle_customers(rows, worlds.oracle_ownership(rows, customer_rows, listed, RULES))
    known = [row | {"customer_key": customers[row["contact_id"]][0]} for row in rows]
    expected = {
        r["contact_id"]: worlds.oracle_silence(
            r["customer_key"], r["started_at"], known, origins, customer_rows=customer_rows, rules=rules
        )
        for r in known
    }
    assert {r["contact_id"]: (r["silence"], r["silence_reason"]) for r in segments.iter_rows(named=True)} == expected


@settings(max_examples=15, deadline=None)
@given(worlds.contacts(), worlds.customers(), worlds.identities(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, customer_rows, listed, random):
    shuffled = [list(part) for part in (rows, customer_rows, listed)]
    for part in shuffled:
        random.shuffle(part)
    assert segment(tables(rows, customer_rows, listed), RULES, SILENCE).equals(
        segment(tables(*shuffled), RULES, SILENCE)
    )


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
