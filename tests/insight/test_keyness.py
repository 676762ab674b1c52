from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from voc_mining.insight.keyness import KeynessParams, exact_p, group_contrast, keyness_table, topic_groups_table

GROUPS = pl.DataFrame(
    {"contact_id": [f"c{i}" for i in range(60)], "group": ["東"] * 30 + ["西"] * 20 + [None] * 10},
    schema={"contact_id": pl.String, "group": pl.String},
)


def having(**who: range) -> pl.DataFrame:
    rows = [(f"c{i}", entry) for entry, numbers in who.items() for i in numbers]
    return pl.DataFrame(rows, schema={"contact_id": pl.String, "entry": pl.String}, orient="row")


def test_what_one_group_has_and_the_other_has_not():
    table = group_contrast(having(狭い=range(25), 安い=range(28, 34)), GROUPS)
    found = {(row["group"], row["entry"]): row for row in table.iter_rows(named=True)}
    assert found["東", "狭い"]["contacts"] == 25
    assert found["東", "狭い"]["of_others"] == 20
    assert found["東", "狭い"]["log_odds"] > 0 > found["西", "狭い"]["log_odds"]
    assert found["東", "狭い"]["q_value"] < 0.001
    assert found["東", "狭い"]["ci_low"] > 0
    assert found["東", "安い"]["q_value"] > 0.05


def test_contacts_without_a_group_and_repeated_rows_count_once_or_not_at_all():
    twice = pl.concat([having(語=range(60)), having(語=range(60))])
    table = group_contrast(twice, GROUPS)
    assert table["contacts"].to_list() == [30, 20]


def test_a_small_group_is_listed_and_not_compared():
    small = GROUPS.with_columns(
        pl.when(pl.col("contact_id") == "c0").then(pl.lit("北")).otherwise("group").alias("group")
    )
    table = group_contrast(having(語=range(20)), small)
    assert table.filter(pl.col("group") == "北")["q_value"].to_list() == [None]
    assert table.filter(pl.col("group") == "東")["q_value"].null_count() == 0


def test_nothing_to_compare_gives_no_rows():
    assert group_contrast(having(), GROUPS).is_empty()
    assert group_contrast(having(語=range(9)), GROUPS.with_columns(group=pl.lit(None, pl.String))).is_empty()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 12), st.integers(1, 12), st.integers(0, 12), st.integers(1, 12))
def test_p_is_that_of_the_exact_test(a, more, b, others):
    n, m = a + more, b + others
    table = [[a, more], [b, others]]
    less, greater = (stats.fisher_exact(table, alternative=side).pvalue for side in ("less", "greater"))
    found = exact_p(*(np.array([float(x)]) for x in (a, n, b, m)))
    assert found[0] == pytest.approx(min(1.0, 2 * min(less, greater)))


def test_on_groups_drawn_at_random_no_more_than_the_stated_share_is_false():
    random = np.random.default_rng(7)
    false = 0
    for _ in range(60):
        groups = pl.DataFrame(
            {"contact_id": [f"c{i}" for i in range(120)], "group": random.choice(["a", "b", "c"], 120)}
        )
        said = random.random((120, 15)) < 0.2
        rows = [(f"c{i}", f"t{j}") for i, j in zip(*np.nonzero(said), strict=True)]
        table = group_contrast(pl.DataFrame(rows, schema=["contact_id", "entry"], orient="row"), groups)
        false += bool((table["q_value"] < 0.05).any())
    assert false <= 6  # of 60: at a rate of 5 % more than 6 come in 1 of 20 such tests; ours is stricter, being exact


def test_terms_by_group_count_statements_and_leave_out_placeholders():
    statements = pl.DataFrame({"voc_id": ["v1", "v2", "v3"], "contact_id": ["c0", "c0", "c40"]})
    words = pl.DataFrame({"voc_id": ["v1", "v2", "v3"], "terms": [["狭い", "［氏名1］"], ["狭い"], ["広い"]]})
    table = keyness_table("店舗", statements, words, GROUPS, KeynessParams(min_contacts=1))
    rows = {(row["group"], row["term"]): row for row in table.iter_rows(named=True)}
    assert rows["東", "狭い"]["n"] == 2
    assert rows["東", "狭い"]["rate"] == 1.0
    assert set(rows) == {("東", "狭い"), ("西", "広い")}


def test_topics_by_group_have_their_labels():
    statements = pl.DataFrame({"contact_id": ["c0", "c1", "c2", "c31"], "topic_id": ["T1", "T1", "T1", None]})
    topics = pl.DataFrame({"topic_id": ["T1"], "label": ["駐車場が狭い"]})
    table = topic_groups_table("店舗", statements, topics, GROUPS)
    assert table.select("group", "label", "n_contacts", "group_contacts").rows() == [
        ("東", "駐車場が狭い", 3, 30), ("西", "駐車場が狭い", 0, 20),
    ]  # fmt: skip
