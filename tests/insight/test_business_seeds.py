"""Seeds for new business: needs and uses by matter, with customers and value, never from inquiries."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from tests.insight import worlds
from voc_mining.insight.business_seeds import business_seeds
from voc_mining.insight.facts import contact_facts, statement_facts
from voc_mining.insight.proactive import proactive_voc

CUSTOMERS = pl.DataFrame(
    {
        "customer_key": ["A", "B", "C", "D"],
        "account_key": ["X", "X", None, "Y"],
        "annual_value": [100.0, 200.0, None, 50.0],
    }
)


def said(*rows: tuple[str | None, str, str, str | None, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Statements and their proactive table, of rows of customer, origin, class, topic, text."""
    contacts, segments, voc, topics = [], [], [], {}
    classes = []
    for number, (customer, origin, kind, topic, text) in enumerate(rows):
        key = f"{number:03}"
        contacts.append({"contact_id": key, "customer_key": customer, "started_at": datetime(2026, 9, 1, tzinfo=UTC)})
        silence = "quiet" if customer in {"A", "B"} else "vocal"
        segments.append({"contact_id": key, "origin": origin, "silence": silence})
        voc.append({"voc_id": f"v{key}", "contact_id": key, "text": text})
        classes.append((f"v{key}", kind, 0.9))
        if topic:
            topics[text] = topic
    known = contact_facts(worlds.rows("contacts", *contacts), worlds.rows("segments", *segments), worlds.PARAMS)
    facts = statement_facts(worlds.rows("voc", *voc), known, worlds.assigned(topics))
    decided = pl.DataFrame(classes, schema=["voc_id", "class", "class_score"], orient="row")
    facts = facts.join(decided, on="voc_id", validate="1:1")
    return facts, proactive_voc(facts)


def seeds(*rows: tuple[str | None, str, str, str | None, str]) -> list[dict]:
    facts, proactive = said(*rows)
    return business_seeds(facts, proactive, worlds.topics("T1", "T2"), CUSTOMERS).to_dicts()


def test_a_seed_counts_each_customer_once_and_sums_known_values():
    (one,) = seeds(
        ("A", "proactive", "unmet_need", "T1", "帳票がほしい"),
        ("A", "proactive", "unmet_need", "T1", "帳票があると助かる"),
        ("B", "proactive", "unmet_need", "T1", "帳票を手で作っている"),
        ("C", "proactive", "unmet_need", "T1", "帳票の機能がない"),
        (None, "proactive", "unmet_need", "T1", "帳票が出せない"),
        ("D", "proactive", "praise", "T1", "帳票が便利"),
        ("D", "reactive", "unmet_need", "T1", "帳票を出したい"),
    )
    assert (one["n_statements"], one["n_customers"], one["n_quiet"], one["n_accounts"]) == (5, 3, 2, 1)
    assert (one["annual_value"], one["n_value_unknown"]) == (300.0, 1)
    assert (one["heard"], one["n_inquirers"], one["confidence"]) == (4, 1, 0.9)
    assert one["label"] == "話題T1"


def test_needs_and_uses_of_one_topic_are_two_seeds_and_words_without_a_topic_one_each():
    found = seeds(
        ("A", "proactive", "unmet_need", "T1", "連携がほしい"),
        ("B", "proactive", "unexpected_use", "T1", "棚卸しにも使っている"),
        ("C", "proactive", "unmet_need", None, "音声で入れたい"),
        ("D", "proactive", "unmet_need", None, "紙で渡したい"),
        ("D", "proactive", "unmet_need", None, "紙で渡したい"),
    )
    assert sorted((row["class"], row["topic_id"] or row["label"]) for row in found) == [
        ("unexpected_use", "T1"), ("unmet_need", "T1"), ("unmet_need", "紙で渡したい"), ("unmet_need", "音声で入れたい"),
    ]  # fmt: skip
    assert len({row["seed_id"] for row in found}) == len(found)


def test_inquiries_alone_make_no_seed():
    assert seeds(("A", "reactive", "unmet_need", "T1", "帳票がほしい")) == []


def test_values_nobody_knows_are_not_nothing():
    (one,) = seeds(("C", "proactive", "unmet_need", "T1", "帳票がほしい"))
    assert (one["annual_value"], one["n_value_unknown"]) == (None, 1)


@pytest.mark.parametrize(("in_common", "related"), [(3, ["T2"]), (2, None)])
def test_related_are_topics_that_these_customers_raise_more_than_others(in_common: int, related: list[str] | None):
    customers = ["A", "B", "C"]
    rows = [(who, "proactive", "unmet_need", "T1", f"帳票がほしい{who}") for who in customers]
    rows += [(who, "reactive", "inquiry", "T2", f"請求が違う{who}") for who in customers[:in_common]]
    rows += [(f"Z{number}", "reactive", "inquiry", None, f"その他{number}") for number in range(5)]
    (one,) = seeds(*rows)
    assert one["related_topics"] == related


def test_examples_are_of_silent_customers_and_unasked_first_and_no_text_comes_twice():
    (one,) = seeds(
        ("D", "proactive", "unmet_need", "T1", "帳票が要る"),
        ("A", "proactive", "unmet_need", "T1", "帳票がほしい"),
        ("B", "proactive", "unmet_need", "T1", "帳票がほしい"),
    )
    assert [one["example_1"], one["example_2"], one["example_3"]] == ["帳票がほしい", "帳票が要る", None]
