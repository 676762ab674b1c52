from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.insight import worlds
from voc_mining.insight.facts import contact_facts
from voc_mining.insight.origin_rules import origin_rules_table
from voc_mining.insight.word_data import word_table

START = datetime(2026, 4, 1, tzinfo=UTC)


def table(*rows: tuple[str, str, str | None], lang: str = "ja") -> pl.DataFrame:
    contacts = [
        {"contact_id": f"k{no}", "customer_key": customer, "started_at": START + timedelta(days=no)}
        for no, (*_, customer) in enumerate(rows)
    ]
    segments = [
        {"contact_id": f"k{no}", "origin": of, "origin_rule": rule, "customer_key": customer}
        for no, (rule, of, customer) in enumerate(rows)
    ]
    params = worlds.InsightParams(as_of=worlds.PARAMS.as_of, lang=lang)
    known = contact_facts(worlds.rows("contacts", *contacts), worlds.rows("segments", *segments), params)
    return origin_rules_table(known, params)


def test_contacts_are_counted_by_rule_with_their_share():
    found = table(
        ("queue:解約", "reactive", "A"), ("queue:解約", "reactive", "A"), ("queue:解約", "reactive", None),
        ("leg", "proactive", "B"), ("recording_without_log", "unknown", None),
    )  # fmt: skip
    assert found.select("origin_rule", "label", "origin", "n_contacts", "share").row(0) == (
        "queue:解約", "キュー: 解約", "reactive", 3, 0.6,
    )  # fmt: skip
    assert found.select("n_customers", "n_unidentified").row(0) == (1, 1)
    assert found["share"].sum() == pytest.approx(1)
    assert sorted(found.row(0)[-3:]) == ["k0", "k1", "k2"]
    assert found.filter(pl.col("origin_rule") == "leg")["example_2"].item() is None


def test_no_contacts_give_no_rows():
    assert table().is_empty()


def test_every_built_in_rule_has_a_name_in_both_languages():
    names = word_table("origin_rules")
    assert names.null_count().sum_horizontal().item() == 0
    codes = set(names["code"])
    cases = Path(__file__).parent.parent / "cases/segment/origins.tsv"
    with cases.open(encoding="utf-8") as file:
        rules = {row["origin_rule"].split(":")[0] for row in csv.DictReader(file, delimiter="\t")}
    assert rules <= codes
    assert {"thread_by_us", "thread_by_machine", "confirmed", "leg"} <= codes
