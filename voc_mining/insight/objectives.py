"""Objectives: the built-in ones, and which opportunities a cohort's condition takes."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.objectives import Cohort, Objective
from voc_mining.errors import UserError
from voc_mining.insight.data_readiness import known_columns
from voc_mining.insight.frozen import FEATURES
from voc_mining.insight.word_data import word_table

_DAYS_A_MONTH = 30.4375
CONDITION_COLUMNS: dict[str, pl.DataType] = {
    "value_top_share": pl.Float64(),
    "tenure_months": pl.Float64(),
    **{name: dtype() for name, dtype in FEATURES.items() if name not in {"usage_metric", "usage_metric_change"}},
}
"""What a cohort's condition may name, all of it frozen before the customer decided."""


def default_objectives(lang: str) -> tuple[Objective, ...]:
    """Return the objectives that apply where the user gives none, in a language."""
    rows = word_table("default_objectives").iter_rows(named=True)
    return tuple(
        Objective(row[f"objective_{lang}"], (Cohort(row[f"cohort_{lang}"], row["where"] or ""),)) for row in rows
    )


def check_objective(objective: Objective) -> None:
    """Accept an objective whose conditions can be evaluated and whose columns are known.

    Raises
    ------
    UserError
        If a condition cannot be read, or a column is none that the readiness of data is told of.
    """
    known = known_columns()
    for column in (*objective.required, *objective.useful):
        if column not in known:
            raise UserError("objectives.needs", objective=objective.name, column=column, known=", ".join(known))
    for cohort in objective.cohorts:
        check_condition(cohort)


def check_condition(cohort: Cohort) -> None:
    """Accept a condition that can be evaluated.

    Raises
    ------
    UserError
        If it cannot be read, names other columns than ``CONDITION_COLUMNS``, or is no condition.
    """
    takes(pl.DataFrame(schema=CONDITION_COLUMNS), cohort)


def takes(features: pl.DataFrame, cohort: Cohort) -> pl.Series:
    """Tell which rows a cohort takes; null where it cannot be told.

    Raises
    ------
    UserError
        As :func:`check_condition`.
    """
    if not cohort.where.strip():
        return pl.Series("taken", [True] * features.height, pl.Boolean)
    try:
        condition = pl.sql_expr(cohort.where)
        unknown = sorted(set(condition.meta.root_names()) - set(CONDITION_COLUMNS))
        if unknown:
            raise UserError(
                "objectives.column", cohort=cohort.name, unknown=", ".join(unknown), known=", ".join(CONDITION_COLUMNS)
            )
        taken = features.select(CONDITION_COLUMNS.keys()).select(condition.alias("taken"))["taken"]
    except pl.exceptions.PolarsError as trouble:
        problem = str(trouble).split("\n", maxsplit=1)[0]
        raise UserError("objectives.condition", cohort=cohort.name, where=cohort.where, problem=problem) from trouble
    if taken.dtype != pl.Boolean:
        raise UserError("objectives.no_condition", cohort=cohort.name, where=cohort.where)
    return taken if taken.len() == features.height else pl.Series("taken", [taken[0]] * features.height, pl.Boolean)


def with_shares(features: pl.DataFrame) -> pl.DataFrame:
    """Add ``value_top_share`` (share of rows with a value at least as great; ties share the better place) and months."""
    value = pl.col("annual_value")
    return features.with_columns(
        (value.rank("min", descending=True) / value.count()).alias("value_top_share"),
        (pl.col("tenure_days") / _DAYS_A_MONTH).alias("tenure_months"),
    )
