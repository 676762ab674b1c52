"""Pages of customers, accounts and churn: bounded, safe, with playback, and loud about what cannot be told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tests.report.conftest import NOW, rows
from voc_mining.messages.catalogue import Messages
from voc_mining.report.links import customer_page
from voc_mining.report.pages import render_report
from voc_mining.report.views.churn import churn
from voc_mining.report.views.customers import CONTACTS_SHOWN, customer_views, customers
from voc_mining.report.views.timeline import timeline
from voc_mining.report.views.values import Share

STRANGE = "../K<1>"


@pytest.fixture(scope="session")
def told(frames, as_of):
    """Frames with one customer of a strange name who left in silence, one who did not, one of whom it cannot be told."""
    left = {"left_on": date(2026, 9, 1), "ended_at": date(2026, 9, 30), "returned": False, "told_by": "customers"}
    health = {"as_of": as_of, "silence": "quiet", "existing": True, "health": 35.0, "reasons": ["<i>理由 (-20)"]}
    step = {"channel": "phone", "origin": "reactive", "outcome": "unresolved", "contact_id": "c1", "source": "call"}
    account = {"as_of": as_of} | dict.fromkeys(
        ("n_quiet", "n_vocal", "n_too_early", "n_undetermined", "n_inquirers", "n_churned"), 0
    )
    account |= {"n_left_silently": 0, "n_left_undetermined": 0}
    return dict(frames) | {
        "voc": frames["voc"].with_columns(
            pl.when(pl.col("voc_id") == "v1").then(pl.lit(STRANGE)).otherwise("customer_id").alias("customer_id")
        ),
        "silent_churn": rows(
            "silent_churn",
            left | {"customer_id": STRANGE, "silent": True, "account_id": "A1", "known_reason": "価格"},
            left | {"customer_id": "K-2", "silent": False, "account_id": "A1", "last_reactive_at": NOW},
            left | {"customer_id": "K-3", "silence_reason": "history_too_short", "account_id": "A2", "returned": True},
        ),
        "customer_health": rows("customer_health", health | {"customer_id": STRANGE}, health | {"customer_id": "K-9"}),
        "accounts": rows(
            "accounts",
            account | {"account_id": "A1", "n_customers": 0},
            account | {"account_id": "A2", "n_customers": 3, "n_quiet": 2, "n_vocal": 1, "silence": "vocal"},
        ),
        "journeys": rows(
            "journeys",
            step | {"customer_id": STRANGE, "seq": 1, "occurred_at": datetime(2025, 1, 5, tzinfo=UTC), "silence": "vocal"}
            | {"n_statements": 0, "contact_id": "c0"},
            step | {"customer_id": STRANGE, "seq": 2, "occurred_at": NOW, "silence": "quiet", "topics": ["T1"]}
            | {"n_statements": 5, "days_since_previous": 20.0},
        ),
        "chosen_customers": pl.DataFrame({"customer_id": [STRANGE], "why": ["churned"]}),
        "customer_states": pl.DataFrame(
            {
                "customer_id": [STRANGE] * 3,
                "day": [date(2026, 7, 31), date(2026, 8, 31), date(2026, 10, 31)],
                "silence": ["vocal", "quiet", "quiet"],
            }
        ),
        "account_silence": pl.DataFrame({"silence": ["vocal"], "n_accounts": [1], "n_customers": [3], "n_quiet": [2]}),
        "undated_churn": pl.DataFrame({"n_contracts": [4]}),
    }  # fmt: skip


@pytest.fixture(scope="session")
def pages(told, as_of) -> dict[str, str]:
    return {path: text for path, text in render_report(told, as_of=as_of) if path.endswith(".html")}


def test_the_headline_of_churn_counts_all_and_tells_the_undetermined_apart(told):
    view = churn(told)
    by_customer, by_account = view.axes
    assert (by_customer.silent, by_customer.vocal, by_customer.undetermined) == (Share(1, 3), Share(1, 3), Share(1, 3))
    assert (by_account.silent, by_account.vocal) == (Share(0, 1), Share(1, 1))
    assert view.headline == Share(1, 3)
    assert (view.undetermined, view.returned, view.undated) == ({"history_too_short": 1}, 1, 4)
    assert view.silent_reasons == (("価格", 1),)


def test_nobody_left_has_no_headline(empty):
    view = churn(empty)
    assert (view.headline, view.total, view.axes) == (None, 0, ())


def test_few_have_a_page_and_it_is_said_how_many_are_left_out(told, pages):
    view = customers(told)
    assert (len(view.chosen), view.total, view.n_accounts) == (1, 2, 1)
    assert view.bands["low"] == Share(2, 2)
    assert sum(path.startswith("customers/") for path in pages) == 1
    assert "1 / 2人にページがあります。ほかの 1人は" in pages["customers.html"]


def test_a_journey_is_the_latest_first_with_changes_of_state_and_playback(told, pages, as_of):
    (view,) = customer_views(told, as_of)
    assert [(step.row["seq"], step.turned) for step in view.steps] == [(2, True), (1, True)]
    assert [said.voc_id for said in view.steps[0].said] == ["v1"]
    assert (view.n_contacts, CONTACTS_SHOWN) == (2, 60)
    page = pages[customer_page(STRANGE)]
    assert 'href="../../../inbox/recordings/a.wav#t=72.4"' in page
    assert "この時点で サイレント" in page
    assert "ほかに 4件の発言があります" in page
    assert "問い合わせは一度もありませんでした" in page


def test_names_of_customers_are_no_paths_and_no_markup(pages):
    assert customer_page(STRANGE) in pages
    whole = "".join(pages.values())
    assert "<1>" not in whole
    assert "<i>理由" not in whole
    assert f'href="{customer_page(STRANGE)}"' in pages["silent.html"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_cannot_be_told_is_told_before_any_list_with_what_to_do(told, as_of, lang):
    made, say = dict(render_report(told, as_of=as_of, lang=lang)), Messages(lang)
    page = made["silent.html"]
    alarm = page.index('class="alarm"')
    assert alarm < page.index('id="silent-table"')
    assert say("silence_remedy.history_too_short") in page
    assert say("churn.untold") in page
    assert say("churn.undated", n=4) in page
    assert say("account_means.vocal") in page
    assert say("churn.title") in made["index.html"]


def test_a_time_line_joins_months_of_one_state_and_ends_when_the_customer_is_gone(told, as_of):
    journey = told["journeys"].filter(pl.col("customer_id") == STRANGE)
    states, (left, *_) = told["customer_states"], told["silent_churn"].to_dicts()
    drawn = timeline(journey, states, None, None, as_of)
    assert [(band.silence, band.day_from, band.day_to) for band in drawn.bands] == [
        ("vocal", date(2026, 7, 1), date(2026, 7, 31)),
        ("quiet", date(2026, 7, 31), date(2026, 10, 31)),
    ]
    assert (drawn.earlier, [(channel, len(dots)) for channel, dots in drawn.lanes]) == (1, [("phone", 1)])
    gone = timeline(journey, states, None, left, as_of)
    assert [band.day_to for band in gone.bands] == [date(2026, 7, 31), date(2026, 8, 31)]
    assert [mark.what for mark in gone.marks] == ["ended_at"]


def test_a_time_line_of_nothing_is_empty(empty, as_of):
    drawn = timeline(empty["journeys"], pl.DataFrame(), None, None, as_of)
    assert (drawn.lanes, drawn.bands, drawn.marks, drawn.earlier) == ((), (), (), 0)
