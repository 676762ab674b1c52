"""``data_readiness.csv``: per objective the columns it needs, how far they are filled, by whom, and what to start collecting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from voc_mining.contracts.objectives import Objective
from voc_mining.insight.word_data import word_table

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

SCHEMA: dict[str, PolarsDataType] = {
    "objective": pl.String, "column": pl.String, "required": pl.Boolean, "filled_share": pl.Float64,
    "judged_by": pl.String, "action": pl.String, "n_filled": pl.Int64, "n_rows": pl.Int64, "counted_over": pl.String,
    "ready": pl.Boolean,
}  # fmt: skip
ENOUGH = 0.9
"""Share from which on a column counts as ready."""
_USED_DAYS = 35


def known_columns() -> tuple[str, ...]:
    """Columns that an objective may name."""
    return tuple(word_table("readiness_columns")["column"])


def data_readiness(
    tables: Mapping[str, pl.DataFrame], objectives: Sequence[Objective], as_of: date, lang: str
) -> pl.DataFrame:
    """Tell for every objective how ready its data are.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``contracts``, ``customers`` (as known on the day), ``contacts`` (facts), ``usage``, ``outreach``, ``selfservice``.
    objectives : sequence of Objective
        What is to be reached.
    as_of : date
        Day of the figures.
    lang : str
        Language of words in cells.

    Returns
    -------
    DataFrame
        Columns of ``data_readiness.csv`` in order: required columns first, then the least filled. ``filled_share`` is null
        where there are no rows it could be counted over. Without a customers table there are no rows.
    """
    if not tables["customers"].height:
        return pl.DataFrame(schema=SCHEMA)
    words = dict(word_table("table_words").select("code", lang).iter_rows())
    listed = {row["column"]: row for row in word_table("readiness_columns").iter_rows(named=True)}
    over = _counted_over(tables, as_of)
    judged = _judged_by(over["outlook"], words)
    found = {}
    for column, row in listed.items():
        counted, name = over[row["of"]], column.partition(".")[2]
        filled = _filled(column, name, counted, tables["usage"], as_of)
        found[column] = {
            "column": column,
            "n_filled": filled,
            "n_rows": counted.height,
            "filled_share": round(filled / counted.height, 4) if counted.height else None,
            "judged_by": judged if name in {"renewal_outlook", "outlook_at", "outlook_by"} else None,
            "counted_over": words[f"over_{row['of']}"],
            "ready": bool(counted.height) and filled >= ENOUGH * counted.height,
            "action": words["nothing_to_do"] if counted.height and filled >= ENOUGH * counted.height else row[lang],
        }
    rows = [
        {"objective": objective.name, "required": column in required, **found[column]}
        for objective in objectives
        for required in [required_columns(objective)]
        for column in dict.fromkeys([*required, *(objective.useful or listed)])
    ]
    order = {objective.name: place for place, objective in enumerate(objectives)}
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort(
        pl.col("objective").replace_strict(order, return_dtype=pl.Int64), ~pl.col("required"), "filled_share", "column"
    )


def required_columns(objective: Objective) -> tuple[str, ...]:
    """Columns that an objective cannot do without: those it names, else those of its metric."""
    usual = word_table("readiness_columns").filter(
        pl.col("required_for").fill_null("").str.split(" ").list.contains(objective.metric)
    )
    return objective.required or tuple(usual["column"])


def _counted_over(tables: Mapping[str, pl.DataFrame], as_of: date) -> dict[str, pl.DataFrame]:
    contracts = tables["contracts"].filter((pl.col("start") <= as_of).fill_null(value=True))
    due = contracts.filter(pl.col("renewal_due") <= as_of)
    latest = (
        tables["customers"]
        .sort("customer_key", "as_of")
        .unique("customer_key", keep="last", maintain_order=True)
        .filter(
            (pl.col("contract_start") <= as_of).fill_null(value=True)
            & (pl.col("contract_end") > as_of).fill_null(value=True)
        )
    )
    return {
        "contracts": contracts,
        "due": due,
        "churned": due.filter(
            (pl.col("outcome") == "churned") | (pl.col("outcome").is_null() & pl.col("notice_at").is_not_null())
        ),
        "existing": latest,
        "outlook": latest.filter(pl.col("renewal_outlook").is_not_null()),
        "reactive": tables["contacts"].filter(pl.col("origin") == "reactive"),
        "outreach": tables["outreach"],
        "selfservice": tables["selfservice"],
    }


def _filled(column: str, name: str, rows: pl.DataFrame, usage: pl.DataFrame, as_of: date) -> int:
    if column == "usage.value":
        recent = usage.filter(
            pl.col("value").is_not_null() & pl.col("week").is_between(as_of - timedelta(days=_USED_DAYS), as_of)
        )
        return rows.join(recent, on="customer_key", how="semi").height
    cells = rows[name]
    known = cells.is_not_null()
    return int((known & (cells != "")).sum() if cells.dtype == pl.String else known.sum())


def _judged_by(judged: pl.DataFrame, words: Mapping[str, str]) -> str | None:
    """Name who judged most outlooks, how many others did, and over which days."""
    people = judged["outlook_by"].drop_nulls().value_counts(name="n").sort("n", "outlook_by", descending=[True, False])
    days = judged["outlook_at"].drop_nulls()
    if not people.height and not days.len():
        return None
    who = people["outlook_by"][0] if people.height else words["nobody_named"]
    others = words["and_others"].format(n=people.height - 1) if people.height > 1 else ""
    ordered = days.sort()
    span = f" {ordered[0]}–{ordered[-1]}" if days.len() else ""
    return f"{who}{others}{span}"
