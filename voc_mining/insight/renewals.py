"""Renewal and what bears on it, drawn once: objectives, chances of leaving, customers alike, outreach and whom to contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from voc_mining.business_time import end_of_day
from voc_mining.insight.churn_model import ChurnModel, ChurnRules, churn_model
from voc_mining.insight.cohorts import LEAD_DAYS, at_freeze, cohorts_table
from voc_mining.insight.contact_rules import contact_blocks
from voc_mining.insight.data_readiness import data_readiness
from voc_mining.insight.frozen import INQUIRY_DAYS, Known, frozen_features
from voc_mining.insight.likeness import LikenessRules, likeness
from voc_mining.insight.objectives import default_objectives
from voc_mining.insight.opportunities import opportunities
from voc_mining.insight.outreach_effect import outreach_effect
from voc_mining.insight.outreach_results import askings, outreach_results
from voc_mining.insight.params import InsightParams
from voc_mining.insight.units import members
from voc_mining.insight.word_data import word_table


@dataclass(frozen=True, slots=True)
class Relations:
    """Tables of the lake beside contacts; what is missing is an empty frame of its contract."""

    customers: pl.DataFrame
    contracts: pl.DataFrame
    usage: pl.DataFrame
    self_service: pl.DataFrame
    outreach: pl.DataFrame
    lists: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of customers beside their silence.

    Parameters
    ----------
    units : DataFrame
        ``customer_key`` (unique), ``unit_key``.
    signs : DataFrame
        ``unit_key`` (unique) with ``usage_metric``, ``usage_metric_change``, ``supported_3m``, ``renewal_due``, the
        columns of :func:`voc_mining.insight.likeness.likeness`, ``churn_probability``.
    blocks : DataFrame
        Of :func:`voc_mining.insight.contact_rules.contact_blocks`.
    labels : mapping of str to str
        Names of topics.
    model_note : str
        What the probability rests on, or why there is none.
    """

    units: pl.DataFrame
    signs: pl.DataFrame
    blocks: pl.DataFrame
    labels: Mapping[str, str]
    model_note: str


@dataclass(frozen=True, slots=True)
class Renewals:
    """Frames by the name of their CSV, those for the report alone among them, and what the silent list adds."""

    frames: dict[str, pl.DataFrame]
    beside: Beside


REPORT_ONLY = ("churn_model", "churn_calibration", "churn_weights")
"""Frames of :func:`renewals` that are no CSVs."""


def renewals(
    tables: Relations,
    contacts: pl.DataFrame,
    statements: pl.DataFrame,
    labels: Mapping[str, str],
    params: InsightParams,
) -> Renewals:
    """Draw everything about renewal as of ``params.as_of``.

    Parameters
    ----------
    tables : Relations
        ``customers`` as they were known on the day, the others as they are.
    contacts, statements : DataFrame
        Of :mod:`voc_mining.insight.facts`.
    labels : mapping of str to str
        Names of topics.
    params : InsightParams
        Day, language, objectives.

    Returns
    -------
    Renewals
        With the frames ``cohorts``, ``data_readiness``, ``outreach_effect``, ``outreach_results`` and those of
        ``REPORT_ONLY``.
    """
    as_of, aims = params.as_of, params.aims
    known = Known(
        members(tables.customers, tables.contracts),
        tables.customers,
        contacts,
        statements,
        tables.usage.filter(pl.col("week") <= as_of),
        tables.self_service.filter((pl.col("customer_key") != "") & (pl.col("at") < end_of_day(as_of))),
    )
    terms = opportunities(tables.contracts, tables.customers, as_of)
    frozen = at_freeze(terms, known, as_of)
    decided = decided_before_notice(frozen)
    model = churn_model(decided, ChurnRules())
    asked = askings(tables.outreach, tables.lists, as_of)
    objectives = aims.objectives or default_objectives(params.lang)
    readiness = {
        "contracts": tables.contracts,
        "customers": tables.customers,
        "contacts": contacts,
        "usage": known.usage,
        "outreach": tables.outreach.filter(pl.col("asked_at") < end_of_day(as_of)),
        "selfservice": tables.self_service,
    }
    latest = tables.customers.sort("customer_key", "as_of").unique("customer_key", keep="last", maintain_order=True)
    return Renewals(
        {
            "cohorts": cohorts_table(frozen, objectives, as_of, params.lang),
            "data_readiness": data_readiness(readiness, objectives, as_of, params.lang),
            "outreach_effect": outreach_effect(asked, known, terms, as_of),
            "outreach_results": outreach_results(asked, contacts, statements, aims.contact),
            "churn_model": _told(model),
            "churn_calibration": model.calibration,
            "churn_weights": model.weights,
        },
        Beside(
            known.members,
            _signs(known, terms, decided, model, as_of),
            contact_blocks(latest, contacts, asked, aims.contact, as_of=as_of, lang=params.lang),
            labels,
            model_note(model, params.lang),
        ),
    )


def decided_before_notice(frozen: pl.DataFrame) -> pl.DataFrame:
    """Keep the opportunities that are decided and whose features were frozen three months before the end, before any notice.

    Parameters
    ----------
    frozen : DataFrame
        Of :func:`voc_mining.insight.cohorts.at_freeze`.

    Returns
    -------
    DataFrame
        With ``churned``. Who gave notice earlier was gone at that moment; what is not yet due may still go either way.
    """
    return frozen.filter(
        pl.col("state").is_in(["renewed", "churned"])
        & (pl.col("due") <= pl.col("as_of"))
        & (pl.col("day") == pl.col("due") - timedelta(days=LEAD_DAYS))
        & (pl.col("start") <= pl.col("day")).fill_null(value=True)
    ).with_columns((pl.col("state") == "churned").alias("churned"))


def model_note(model: ChurnModel, lang: str) -> str:
    """Say in words what the probability rests on, or why there is none."""
    words = dict(word_table("table_words").select("code", lang).iter_rows())
    sentence: str = words[f"model_{model.status}"]
    return sentence.format(n=model.decided, left=model.churned, brier=model.brier, base=model.brier_base)


def _signs(known: Known, terms: pl.DataFrame, decided: pl.DataFrame, model: ChurnModel, as_of: date) -> pl.DataFrame:
    """Tell of every unit what it shows today, and how units like it fared."""
    units = known.members.select("unit_key").unique().sort("unit_key")
    now = frozen_features(
        units.select(pl.col("unit_key").alias("moment_id"), "unit_key", pl.lit(as_of).alias("day")), known
    )
    coming = (
        terms.filter((pl.col("state") == "open") & (pl.col("due") > as_of))
        .group_by("unit_key")
        .agg(pl.col("due").min().alias("renewal_due"))
    )
    alike = likeness(now, decided, _raised(decided, known), LikenessRules())
    chances = model.chances(now.join(coming, on="unit_key", how="semi"))
    return (
        now.select("unit_key", "usage_metric", "usage_metric_change", "supported_3m")
        .join(coming, on="unit_key", how="left", validate="1:1")
        .join(alike, on="unit_key", how="left", validate="1:1")
        .join(chances, on="unit_key", how="left", validate="1:1")
    )


def _raised(decided: pl.DataFrame, known: Known) -> pl.DataFrame:
    """List the topics that units raised in the half year before their features were frozen."""
    said = known.of_units(
        known.statements.filter(pl.col("topic_id").is_not_null()).select("customer_key", "topic_id", "business_date")
    )
    return (
        decided.select("moment_id", "unit_key", "day")
        .join(said, on="unit_key", how="inner")
        .filter(
            (pl.col("business_date") <= pl.col("day"))
            & (pl.col("business_date") > pl.col("day") - timedelta(days=INQUIRY_DAYS))
        )
        .select("moment_id", "topic_id")
        .unique()
    )


def _told(model: ChurnModel) -> pl.DataFrame:
    names = ("status", "churned", "decided", "trained", "tested", "cut", "base_rate", "brier", "brier_base", "auc")
    schema = {
        "status": pl.String, "churned": pl.Int64, "decided": pl.Int64, "trained": pl.Int64, "tested": pl.Int64,
        "cut": pl.Date, "base_rate": pl.Float64, "brier": pl.Float64, "brier_base": pl.Float64, "auc": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame([{name: getattr(model, name) for name in names}], schema=schema)
