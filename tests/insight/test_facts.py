"""Facts as they were known on the day of the figures."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.insight import worlds
from voc_mining.insight.facts import contact_facts, customer_facts
from voc_mining.insight.params import InsightParams

DAY = InsightParams(as_of=date(2026, 6, 30))
BEFORE, AFTER = datetime(2026, 6, 30, 14, 59, tzinfo=UTC), datetime(2026, 6, 30, 15, 0, tzinfo=UTC)
"""The last minute of the day in Tokyo, and the first instant after it."""


def test_of_a_contact_only_what_was_recorded_by_the_end_of_the_day():
    told = {"started_at": datetime(2026, 6, 29, tzinfo=UTC), "handle_s": 600.0}
    contacts = worlds.rows(
        "contacts",
        {"contact_id": "known", "first_reply_at": BEFORE, "resolved_at": BEFORE, **told},
        {"contact_id": "later", "first_reply_at": BEFORE, "resolved_at": AFTER, **told},
        {"contact_id": "open", "first_reply_at": AFTER, **told},
    )
    facts = contact_facts(contacts, worlds.rows("segments"), DAY)
    assert facts.select("contact_id", "first_reply_at", "resolved_at", "handle_s").rows() == [
        ("known", BEFORE, BEFORE, 600.0),
        ("later", BEFORE, None, None),
        ("open", None, None, 600.0),
    ]


def test_of_a_customer_the_rows_up_to_the_day():
    rows = worlds.rows(
        "customers",
        *({"customer_key": "C1", "as_of": day, "usage_score": score} for day, score in (
            (date(2026, 4, 1), 80.0), (date(2026, 6, 30), 60.0), (date(2026, 7, 1), 10.0),
        )),
    )  # fmt: skip
    assert customer_facts(rows, DAY)["usage_score"].to_list() == [80.0, 60.0]


def test_a_later_row_stands_in_without_what_came_later():
    told = {"plan": "標準", "contract_start": date(2025, 1, 1), "usage_score": 50.0, "renewal_outlook": "低"}
    rows = worlds.rows(
        "customers",
        {"customer_key": "C1", "as_of": date(2026, 9, 1), "last_active_at": AFTER, "last_support_at": BEFORE,
         "outlook_at": date(2026, 7, 1), "notice_at": date(2026, 7, 1), "churn_reason": "価格", **told},
        {"customer_key": "C1", "as_of": date(2026, 10, 1), **told},
        {"customer_key": "C2", "as_of": date(2026, 6, 1), "outlook_at": date(2026, 6, 1),
         "notice_at": date(2026, 6, 1), "churn_reason": "価格", **told},
    )  # fmt: skip
    stand_in, known = customer_facts(rows, DAY).sort("customer_key").to_dicts()
    assert (stand_in["plan"], stand_in["contract_start"], stand_in["last_support_at"]) == (
        "標準", date(2025, 1, 1), BEFORE
    )  # fmt: skip
    gone = ("last_active_at", "usage_score", "renewal_outlook", "outlook_at", "notice_at", "churn_reason")
    assert [stand_in[name] for name in gone] == [None] * len(gone)
    assert (known["renewal_outlook"], known["churn_reason"], known["usage_score"]) == ("低", "価格", 50.0)


def test_the_day_of_the_figures_itself_changes_nothing():
    rows = worlds.rows("customers", {"customer_key": "C1", "last_active_at": BEFORE, "usage_score": 1.0})
    assert customer_facts(rows, DAY).equals(rows)
