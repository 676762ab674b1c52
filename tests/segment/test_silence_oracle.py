from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.segment import silent_worlds as worlds
from voc_mining.segment.churn import churned_customers, undated_churn
from voc_mining.segment.silence import quiet_customers, silence_at, silence_before, silence_on

RULES = st.builds(
    lambda history, share, age: replace(
        worlds.RULES, history_start=history, min_identified_share=share, min_age_days=age
    ),
    st.sampled_from([None, date(2025, 11, 1), worlds.FIRST]),
    st.sampled_from([0.0, 0.5, 0.8, 1.0]),
    st.sampled_from([0, 9]),
)


@settings(max_examples=300, deadline=None)
@given(worlds.contacts(), worlds.customers(), RULES, worlds.moments)
def test_the_state_at_every_contact_and_between_is_that_of_the_definition(contacts, customers, rules, others):
    asked = [(c["customer_key"], c["started_at"]) for c in contacts] + others
    schema = {"customer_key": pl.String, "at": pl.Datetime("us", "UTC")}
    moments = pl.DataFrame(asked, schema=schema, orient="row").with_row_index("moment_id")
    found = silence_at(
        moments.select("moment_id", "customer_key", "at"),
        worlds.contact_frame(contacts),
        worlds.table("customers", customers),
        rules,
    )
    assert found["moment_id"].equals(moments["moment_id"])
    assert found.select("silence", "silence_reason").rows() == [
        worlds.silence(customer, at, contacts, customers, rules) for customer, at in asked
    ]


@settings(max_examples=300, deadline=None)
@given(worlds.contacts(), worlds.customers(), RULES, st.sampled_from([-1, 0, 1, 5, 10, 14, 15, 24]))
def test_the_states_of_a_day_are_those_of_its_last_instant(contacts, customers, rules, days):
    as_of = worlds.FIRST + timedelta(days=days)
    heard, described = worlds.contact_frame(contacts), worlds.table("customers", customers)
    found = silence_on(heard.lazy(), described, as_of, rules)
    keys = sorted({row["customer_key"] for row in customers})
    assert found["customer_key"].to_list() == keys
    assert found.select("silence", "silence_reason").rows() == [
        worlds.silence(key, worlds.end_of(as_of), contacts, customers, rules) for key in keys
    ]
    at = pl.DataFrame({"customer_key": keys}, schema={"customer_key": pl.String}).select(
        pl.col("customer_key").alias("moment_id"), "customer_key", pl.lit(worlds.end_of(as_of)).alias("at")
    )
    columns = ["silence", "silence_reason", "existing", "since"]
    assert found.select(columns).equals(silence_at(at, heard, described, rules).select(columns))
    quiet = quiet_customers(heard, described, as_of, rules)
    assert quiet["quiet_since"].null_count() == 0
    assert (quiet["quiet_since"] <= as_of).all()


@settings(max_examples=300, deadline=None)
@given(worlds.contacts(), worlds.customers(), worlds.contracts(), RULES)
def test_who_left_and_who_left_in_silence_are_told_as_defined(contacts, customers, contracts, rules):
    described = worlds.table("customers", customers).unique(["customer_key", "as_of"], keep="first")
    left = churned_customers(described, worlds.table("contracts", contracts), worlds.AS_OF)
    expected = worlds.churn(customers, contracts, worlds.AS_OF)
    assert left["customer_key"].to_list() == sorted(expected)
    assert {row["customer_key"]: (row["ended_at"], row["left_on"]) for row in left.iter_rows(named=True)} == expected
    found = silence_before(left, worlds.contact_frame(contacts), described, rules)
    assert found.select("silent", "silence_reason").rows() == [
        worlds.left_in_silence(key, day, contacts, customers, rules)
        for key, day in left.select("customer_key", "left_on").iter_rows()
    ]


@settings(max_examples=100, deadline=None)
@given(worlds.contacts(), worlds.customers(), worlds.contracts())
def test_rows_that_come_twice_multiply_nothing(contacts, customers, contracts):
    heard, agreed = worlds.contact_frame(contacts), worlds.table("contracts", contracts)
    once = worlds.table("customers", customers).unique(["customer_key", "as_of"], keep="first", maintain_order=True)
    twice = pl.concat([once, once])
    for one, two in (
        (silence_on(heard, once, worlds.AS_OF, worlds.RULES), silence_on(heard, twice, worlds.AS_OF, worlds.RULES)),
        (churned_customers(once, agreed, worlds.AS_OF), churned_customers(twice, agreed, worlds.AS_OF)),
    ):
        assert one.equals(two)


def row(**given) -> dict:
    return {"customer_key": "C1", "as_of": date(2025, 12, 1), "contract_start": date(2025, 1, 1), **given}


def contract(**given) -> dict:
    return {"contract_id": "V1", "customer_key": "C1", "outcome": "churned", **given}


@pytest.mark.parametrize(
    ("customers", "contracts", "ended", "left", "returned"),
    [
        ([row(contract_end=date(2025, 12, 31))], [], date(2025, 12, 31), date(2025, 12, 31), False),
        ([row(contract_end=date(2026, 3, 31))], [], None, None, None),
        ([row(contract_end=date(2026, 3, 31), notice_at=date(2026, 1, 1))], [], date(2026, 3, 31), date(2026, 1, 1), False),
        ([row(notice_at=date(2025, 12, 30))], [], date(2025, 12, 30), date(2025, 12, 30), False),
        ([row(notice_at=date(2024, 12, 30))], [], None, None, None),
        ([row(notice_at=date(2025, 12, 1)), row(as_of=date(2025, 12, 20))], [], None, None, None),
        (
            [row(contract_end=date(2025, 11, 30)), row(as_of=date(2026, 1, 1), contract_start=date(2026, 1, 1))],
            [], date(2025, 11, 30), date(2025, 11, 30), True,
        ),
        (
            [row(contract_end=date(2025, 11, 30)), row(as_of=date(2025, 12, 2), contract_start=date(2025, 12, 1))],
            [], None, None, None,
        ),
        ([], [contract(renewal_due=date(2025, 12, 31), notice_at=date(2025, 10, 1))], date(2025, 12, 31), date(2025, 10, 1), False),
        ([], [contract(renewal_due=date(2026, 12, 31))], None, None, None),
        ([], [contract(renewal_due=date(2025, 12, 31), outcome="renewed")], None, None, None),
        (
            [], [contract(renewal_due=date(2025, 12, 1)), contract(contract_id="V2", start=date(2025, 6, 1), outcome=None)],
            None, None, None,
        ),
        (
            [row(account_key="A1")], [contract(customer_key=None, account_key="A1", renewal_due=date(2025, 12, 1))],
            date(2025, 12, 1), date(2025, 12, 1), False,
        ),
        (
            [row(contract_end=date(2025, 12, 31), notice_at=date(2025, 11, 1))], [contract(renewal_due=date(2026, 1, 3))],
            date(2025, 12, 31), date(2025, 11, 1), False,
        ),
        (
            [row(contract_end=date(2025, 11, 30))], [contract(start=date(2025, 12, 15), renewal_due=date(2026, 1, 1))],
            date(2026, 1, 1), date(2026, 1, 1), False,
        ),
    ],
    ids=[
        "ended", "a term to come", "notice", "notice without an end", "notice of an earlier term", "notice withdrawn",
        "came back after a gap", "went on the next day", "contract left", "not yet", "renewed", "another contract goes on",
        "contract of the account", "both tell of one leaving", "left again by a later contract",
    ],
)  # fmt: skip
def test_an_end_is_one_where_nothing_goes_on(customers, contracts, ended, left, returned):
    found = churned_customers(
        worlds.table("customers", customers), worlds.table("contracts", contracts), worlds.AS_OF
    ).select("ended_at", "left_on", "returned")
    assert found.rows() == ([] if ended is None else [(ended, left, returned)])


def test_churn_without_a_day_is_counted():
    contracts = [contract(), contract(contract_id="V2", renewal_due=date(2025, 12, 1))]
    assert undated_churn(worlds.table("contracts", contracts)) == 1


def test_what_is_said_on_the_day_of_the_notice_is_the_notice():
    left = pl.DataFrame({"customer_key": ["C1"], "left_on": [date(2026, 1, 2)]})
    described = worlds.table("customers", [row()])
    history = replace(worlds.RULES, history_start=date(2025, 1, 1))
    for start, silent in (((2026, 1, 2, 0), True), ((2026, 1, 1, 23), False), ((2025, 12, 18, 0), True)):
        at = datetime(*start, tzinfo=worlds.TOKYO)
        contacts = [{"contact_id": "k", "customer_key": "C1", "started_at": at, "origin": "reactive"}]
        found = silence_before(left, worlds.contact_frame(contacts), described, history)
        assert found["silent"].to_list() == [silent], start
