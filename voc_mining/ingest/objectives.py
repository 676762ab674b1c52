"""``objectives.toml``: what is to be reached with which customers, and how often they may be contacted."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from voc_mining.contracts.objectives import METRICS, Aims, Cohort, ContactRules, Objective
from voc_mining.ingest.toml_reader import TomlReader, read_settings

OBJECTIVES_FILE = "objectives.toml"


def read_aims(path: Path) -> Aims:
    """Read ``objectives.toml``; where there is none, the built-in objectives and rules apply.

    Raises
    ------
    UserError
        If it cannot be read or a key or value in it is wrong; the message names the key and what is allowed. Conditions of
        cohorts are not read here.
    """
    text = read_settings(path)
    return Aims() if text is None else parse_aims(text, str(path))


def parse_aims(text: str, name: str = OBJECTIVES_FILE) -> Aims:
    """Parse the text of ``objectives.toml``.

    Raises
    ------
    UserError
        If it is not TOML, or a key or value is wrong.
    """
    top = TomlReader.of(text, name)
    top.only(("objective", "contact"))
    objectives = tuple(_objective(table) for table in top.tables("objective"))
    names = [objective.name for objective in objectives]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise top.wrong("twice", "objective", value=twice[0])
    return Aims(objectives, _contact(top.table("contact")))


def _objective(table: TomlReader) -> Objective:
    table.only(("name", "metric", "horizon_days", "history_days", "required", "useful", "cohort"))
    usual = Objective("", ())
    metric = table.text("metric", usual.metric) or usual.metric
    if metric not in METRICS:
        raise table.wrong("choice", "metric", value=metric, allowed=METRICS)
    cohorts = tuple(_cohort(cohort) for cohort in table.tables("cohort"))
    names = [cohort.name for cohort in cohorts]
    if len(set(names)) < len(names):
        raise table.wrong("twice", "cohort", value=next(name for name in names if names.count(name) > 1))
    if not cohorts:
        raise table.wrong("lacking", "cohort")
    return Objective(
        _name(table),
        cohorts,
        metric,
        table.whole("horizon_days", usual.horizon_days),
        table.whole("history_days", usual.history_days),
        table.texts("required"),
        table.texts("useful"),
    )


def _cohort(table: TomlReader) -> Cohort:
    table.only(("name", "where"))
    return Cohort(_name(table), table.text("where", "") or "")


def _name(table: TomlReader) -> str:
    name = (table.text("name", "") or "").strip()
    if not name:
        raise table.wrong("lacking", "name")
    return name


def _contact(table: TomlReader) -> ContactRules:
    names = [field.name for field in dataclasses.fields(ContactRules)]
    table.only(names)
    usual = ContactRules()
    return ContactRules(**{name: table.whole(name, getattr(usual, name)) for name in names})
