"""``cohorts.csv``: how customers of an objective renew, what a point is worth, and who was supported before deciding.

Whom a condition takes rests on what was known three months before the term ended, or the day before notice. Who was
supported and who was not differ for many reasons, since somebody chose whom to support: their difference is an
association, not an effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from voc_mining.contracts.objectives import Objective
from voc_mining.insight.frozen import Known, frozen_features, supported
from voc_mining.insight.objectives import takes, with_shares
from voc_mining.insight.proportions import difference_of_shares
from voc_mining.insight.renewal import renewal
from voc_mining.insight.word_data import patterns, word_table

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

LEAD_DAYS = 91
"""Days before a term ends at which features are frozen, unless notice came earlier."""
_REASONS_SHOWN = 5
_POINT = 0.01
SCHEMA: dict[str, PolarsDataType] = {
    "objective": pl.String, "cohort": pl.String, "customers": pl.Int64, "annual_value": pl.Float64,
    "renewal_rate": pl.Float64, "ci_low": pl.Float64, "ci_high": pl.Float64, "supported_3m_share": pl.Float64,
    "churn_unsupported_share": pl.Float64, "value_of_one_point": pl.Float64, "metric": pl.String,
    "metric_rate": pl.Float64, "horizon_days": pl.Int64, "value_due": pl.Float64, "history_from": pl.Date,
    "n_opportunities": pl.Int64, "n_renewed": pl.Int64, "n_churned": pl.Int64, "n_open": pl.Int64,
    "n_undecided": pl.Int64, "n_supported": pl.Int64, "n_unsupported": pl.Int64, "renewal_supported": pl.Float64,
    "renewal_unsupported": pl.Float64, "supported_difference": pl.Float64, "difference_low": pl.Float64,
    "difference_high": pl.Float64, "n_reasons": pl.Int64, "reason_unsupported_share": pl.Float64,
    "churn_reasons": pl.List(pl.String), "basis": pl.String,
}  # fmt: skip


def at_freeze(opportunities: pl.DataFrame, known: Known, as_of: date) -> pl.DataFrame:
    """Add to opportunities what was known before the decision, and who had been supported.

    Parameters
    ----------
    opportunities : DataFrame
        Of :func:`voc_mining.insight.opportunities.opportunities`.
    known : Known
        What there is.
    as_of : date
        Day of the figures.

    Returns
    -------
    DataFrame
        The opportunities with ``moment_id``, ``day`` (features frozen), the features, ``value_top_share``,
        ``tenure_months``, ``worth`` (value a year: of the contract, else of its customers), ``decided_on`` (notice, else
        as long before the end as notice usually is), ``was_supported`` (in three months before) and ``as_of``.
    """
    usual = opportunities.filter(pl.col("notice_at").is_not_null()).select(
        (pl.col("due") - pl.col("notice_at")).dt.total_days().median()
    )
    lead = timedelta(days=round(usual.item() or 0))
    frozen = pl.min_horizontal(
        pl.col("due") - timedelta(days=LEAD_DAYS), pl.col("left_on") - timedelta(days=1), pl.lit(as_of)
    )
    dated = opportunities.with_columns(
        pl.col("opportunity_id").alias("moment_id"),
        frozen.alias("day"),
        pl.min_horizontal(pl.coalesce("notice_at", pl.col("due") - lead), pl.lit(as_of)).alias("decided_on"),
        pl.lit(as_of).alias("as_of"),
    )
    drawn = frozen_features(dated.select("moment_id", "unit_key", "day"), known).drop("unit_key", "day")
    decision = dated.select("moment_id", "unit_key", pl.col("decided_on").alias("day"))
    was = supported(decision, known.supports()).rename({"supported_3m": "was_supported"})
    return with_shares(
        dated.join(drawn, on="moment_id", how="left", validate="1:1")
        .join(was, on="moment_id", how="left", validate="1:1")
        .with_columns(pl.coalesce("value", "annual_value").alias("worth"))
        .with_columns(pl.col("worth").alias("annual_value"))
    )


def cohorts_table(frozen: pl.DataFrame, objectives: Sequence[Objective], as_of: date, lang: str) -> pl.DataFrame:
    """Draw a row per objective and cohort, one for the rest, and one for those of whom it cannot be told.

    Parameters
    ----------
    frozen : DataFrame
        Of :func:`at_freeze`.
    objectives : sequence of Objective
        What to look at.
    as_of : date
        Day of the figures.
    lang : str
        Language of words in cells.

    Returns
    -------
    DataFrame
        Columns of ``cohorts.csv`` in order; cohorts without an opportunity have a row with 0.
    """
    rows = [row for objective in objectives for row in _rows(frozen, objective, as_of, lang)] if frozen.height else []
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _rows(frozen: pl.DataFrame, objective: Objective, as_of: date, lang: str) -> Iterator[dict[str, Any]]:
    words = dict(word_table("table_words").select("code", lang).iter_rows())
    first = as_of - timedelta(days=objective.history_days)
    recent = frozen.filter(pl.col("due") > first)
    taken = {cohort.name: takes(recent, cohort) for cohort in objective.cohorts}
    in_any = pl.select(pl.any_horizontal(pl.lit(of) for of in taken.values()).alias("taken")).to_series()
    parts = {**taken, words["rest"]: ~in_any, words["untold"]: in_any.is_null()}
    for name, which in parts.items():
        part = recent.filter(which)
        if name not in taken and not part.height:
            continue
        yield {
            "objective": objective.name,
            "cohort": name,
            "horizon_days": objective.horizon_days,
            "history_from": first + timedelta(days=1),
            "basis": words[f"basis_{frozen['basis'][0]}"],
            **_renewed(part, objective.metric),
            **_worth(part, as_of, objective.horizon_days),
            **_supported(part),
            **_reasons(part),
        }


def _renewed(part: pl.DataFrame, metric: str) -> dict[str, Any]:
    found = renewal(part)
    decided = part.filter(pl.col("state").is_in(["renewed", "churned"]))
    grew = decided.filter(pl.col("grew").fill_null(value=False)).height
    known = decided.filter(pl.col("grew").is_not_null() | (pl.col("state") == "churned")).height
    return {
        "customers": part["unit_key"].n_unique(),
        "renewal_rate": _rounded(found.rate),
        "ci_low": _rounded(found.ci_low),
        "ci_high": _rounded(found.ci_high),
        "metric": metric,
        "metric_rate": _rounded(found.rate if metric == "renewal" else grew / known if known else None),
        "n_opportunities": found.n,
        "n_renewed": found.renewed,
        "n_churned": found.churned,
        "n_open": found.open,
        "n_undecided": found.undecided,
    }


def _worth(part: pl.DataFrame, as_of: date, horizon: int) -> dict[str, Any]:
    running = part.filter(pl.col("state") == "open")
    coming = running.filter(pl.col("due") <= as_of + timedelta(days=horizon))["worth"].drop_nulls()
    due = float(coming.sum()) if coming.len() else None
    held = running["worth"].drop_nulls()
    return {
        "annual_value": float(held.sum()) if held.len() else None,
        "value_due": due,
        "value_of_one_point": None if due is None else round(_POINT * due, 2),
    }


def _supported(part: pl.DataFrame) -> dict[str, Any]:
    decided = part.filter(pl.col("state").is_in(["renewed", "churned"]) & pl.col("was_supported").is_not_null())
    sides = {
        side: decided.filter(pl.col("was_supported") == side).select(
            pl.len(), (pl.col("state") == "renewed").sum().alias("k")
        )
        for side in (True, False)
    }
    (n_with, k_with), (n_without, k_without) = sides[True].row(0), sides[False].row(0)
    left = decided.filter(pl.col("state") == "churned")
    gap = difference_of_shares(k_with, n_with, k_without, n_without)
    return {
        "supported_3m_share": _share(n_with, decided.height),
        "churn_unsupported_share": _share(left.filter(~pl.col("was_supported")).height, left.height),
        "n_supported": n_with,
        "n_unsupported": n_without,
        "renewal_supported": _share(k_with, n_with),
        "renewal_unsupported": _share(k_without, n_without),
        "supported_difference": gap.value if gap else None,
        "difference_low": gap.ci_low if gap else None,
        "difference_high": gap.ci_high if gap else None,
    }


def _reasons(part: pl.DataFrame) -> dict[str, Any]:
    told = part.filter(pl.col("state") == "churned")["reason"].str.strip_chars().drop_nulls()
    told = told.filter(told != "")
    unsupported = told.str.contains(patterns("unsupported_reasons"))
    counted = told.value_counts(name="n").sort("n", "reason", descending=[True, False])
    return {
        "n_reasons": told.len(),
        "reason_unsupported_share": _share(int(unsupported.sum()), told.len()),
        "churn_reasons": [f"{reason} {n}" for reason, n in counted.head(_REASONS_SHOWN).iter_rows()],
    }


def _share(k: int, n: int) -> float | None:
    return round(k / n, 4) if n else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
