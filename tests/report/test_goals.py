from __future__ import annotations

from datetime import date

import polars as pl

from tests.report.conftest import rows
from voc_mining.report.pages import render_report
from voc_mining.report.views.goals import churn_model_view, goals

COHORT = {
    "objective": "大口を守る", "cohort": "上位10%", "customers": 32, "renewal_rate": 0.952, "ci_low": 0.858, "ci_high": 0.984,
    "metric": "renewal", "horizon_days": 365, "value_due": 50_244_000.0, "value_of_one_point": 502_440.0, "n_opportunities": 71,
    "n_renewed": 55, "n_churned": 3, "n_open": 13, "n_undecided": 0, "n_supported": 6, "n_unsupported": 10, "n_reasons": 3,
    "reason_unsupported_share": 0.0, "churn_reasons": ["料金 2"], "basis": "契約データの更新機会", "history_from": date(2024, 11, 1),
}  # fmt: skip
COLUMN = {"objective": "大口を守る", "required": True, "n_rows": 10, "counted_over": "契約"}
EFFECT = {
    "campaign": "秋", "effect_on": "renewed", "design": "randomized", "first_asked": date(2026, 3, 1), "days": 365, "n_treat": 44,
    "n_holdout": 21, "n_pending": 5, "n_reached": 30, "n_answered": 20, "treat": 0.886, "holdout": 0.81, "difference": 0.077,
    "ci_low": -0.093, "ci_high": 0.296,
}  # fmt: skip
MODEL = pl.DataFrame(
    {"status": ["used"], "churned": [80], "decided": [900], "trained": [600], "tested": [250], "cut": [date(2026, 1, 1)],
     "base_rate": [0.09], "brier": [0.071], "brier_base": [0.082], "auc": [0.75]}
)  # fmt: skip


def filled(empty: dict) -> dict:
    return empty | {
        "cohorts": rows("cohorts", COHORT, COHORT | {"cohort": "それ以外", "renewal_rate": None, "ci_low": None}),
        "data_readiness": rows(
            "data_readiness",
            COLUMN
            | {"column": "contracts.outcome", "n_filled": 10, "filled_share": 1.0, "ready": True, "action": "そのまま"},
            COLUMN
            | {"column": "usage.value", "n_filled": 1, "filled_share": 0.1, "ready": False, "action": "出力する"},
        ),
        "outreach_effect": rows(
            "outreach_effect", EFFECT, EFFECT | {"effect_on": "left", "difference": None, "ci_low": None}
        ),
        "outreach_results": rows(
            "outreach_results",
            {"customer_id": "C1", "campaign": "秋", "arm": "treat", "contact_id": "k", "recorded": True},
            {"customer_id": "C2", "campaign": "秋", "arm": "holdout", "recorded": True},
        ),
        "churn_model": MODEL,
        "churn_calibration": pl.DataFrame(
            {"bin": [1], "n": [50], "predicted": [0.1], "observed": [0.08], "ci_low": [0.02], "ci_high": [0.19]}
        ),
        "churn_weights": pl.DataFrame({"feature": ["usage_change"], "log_odds": [-0.7], "odds_ratio": [0.5]}),
    }


def page(frames: dict, name: str, lang: str = "ja") -> str:
    return dict(render_report(frames, as_of=date(2026, 10, 31), lang=lang))[name]


def test_objectives_carry_their_columns_and_campaigns_their_contacts(empty):
    view = goals(filled(empty))
    assert [(goal.name, len(goal.cohorts), goal.lacking) for goal in view.goals] == [("大口を守る", 2, 1)]
    (campaign,) = view.campaigns
    assert (campaign.asked, campaign.contacts, campaign.randomized) == (1, 1, True)


def test_the_page_says_what_is_association_and_what_is_lacking(empty):
    text = page(filled(empty), "goals.html")
    for words in ("95.2%", "85.8%–98.4%", "502,440", "因果", "出力する", "7.7ポイント", "少なすぎます"):
        assert words in text, words


def test_nothing_to_show_says_what_it_takes(empty):
    text = page(empty, "goals.html")
    assert "contracts.csv" in text
    assert "outreach.csv" in text
    assert churn_model_view(empty) is None


def test_the_model_is_shown_with_its_check_beside_the_score(empty, frames):
    told = page(
        frames | {name: frame for name, frame in filled(empty).items() if name.startswith("churn_")},
        "silent.html",
        "en",
    )
    for words in ("0.071", "0.082", "change of use", "does not replace the score"):
        assert words in told, words
