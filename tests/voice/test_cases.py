"""Labelled Japanese sentences against the lexicons."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from voc_mining.voice.excluded import excluded_reasons
from voc_mining.voice.experience import experiences
from voc_mining.voice.kinds import kinds
from voc_mining.voice.lexicon import first_match
from voc_mining.voice.polarity import polarity
from voc_mining.voice.rules import VoiceRules
from voc_mining.voice.urgency import urgency

CASES = Path(__file__).parents[1] / "cases" / "voice"
RULES = VoiceRules()


def cases(name: str) -> pl.DataFrame:
    return pl.read_csv(CASES / name, comment_prefix="#", infer_schema=False)


def judged(labelled: pl.DataFrame) -> pl.DataFrame:
    told = kinds(labelled["text"], RULES.kinds)
    return labelled.with_columns(
        told["kind"].alias("told_kind"),
        polarity(told, RULES.polarity, RULES.kinds)["polarity"].alias("told_polarity"),
        urgency(labelled["text"], RULES.urgency)["urgency"].alias("told_urgency"),
    )


def share_right(frame: pl.DataFrame, column: str) -> float:
    return frame.select((pl.col(column) == pl.col(f"told_{column}")).mean()).item()


@pytest.mark.parametrize("name", ["statements.csv", "statements_colloquial.csv"])
@pytest.mark.parametrize("column", ["kind", "polarity", "urgency"])
def test_sentences_the_lexicons_were_made_on(column: str, name: str) -> None:
    frame = judged(cases(name))
    wrong = frame.filter(pl.col(column) != pl.col(f"told_{column}")).select("text", column, f"told_{column}")
    assert wrong.rows() == []


@pytest.mark.parametrize(("column", "floor"), [("kind", 0.9), ("polarity", 0.9), ("urgency", 0.95)])
def test_sentences_held_back(column: str, floor: float) -> None:
    assert share_right(judged(cases("holdout.csv")), column) >= floor


@pytest.mark.parametrize("mono", ["0", "1"])
def test_what_is_no_statement(mono: str) -> None:
    rows = cases("excluded.csv").filter(pl.col("mono") == mono)
    found = excluded_reasons(rows["text"], RULES.excluded, both_speakers=mono == "1")
    told = rows.with_columns(found["reason"].alias("told"))
    assert told.filter(pl.col("reason").ne_missing(pl.col("told"))).rows() == []


def test_trouble_with_the_support() -> None:
    rows = cases("experience.csv")
    told = rows.with_columns(experiences(rows["text"], RULES.experience)["experience"].alias("told"))
    assert told.filter(pl.col("experience").ne_missing(pl.col("told"))).rows() == []


def test_what_cannot_wait() -> None:
    rows = cases("urgency.csv")
    told = rows.with_columns(urgency(rows["text"], RULES.urgency)["urgency_family"].alias("told"))
    assert told.filter(pl.col("family").ne_missing(pl.col("told"))).rows() == []


@pytest.mark.parametrize("where", ["call", "note"])
def test_outcome_words(where: str) -> None:
    rows = cases("closings.csv").filter(pl.col("where") == where)
    lexicon = RULES.outcome_closing if where == "call" else RULES.outcome_note
    told = rows.with_columns(first_match(rows["text"], lexicon)["value"].fill_null("unknown").alias("told"))
    assert told.filter(pl.col("outcome") != pl.col("told")).rows() == []


@pytest.mark.parametrize("name", ["statements.csv", "holdout.csv"])
def test_case_tables_are_large_and_varied(name: str) -> None:
    frame = cases(name)
    assert frame.height >= 120
    assert frame["industry"].n_unique() == 6
    assert frame["text"].is_unique().all()
