"""The two voices side by side: what quiet customers say when asked, against what inquirers say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from voc_mining.report.views.highlights import Highlighter
from voc_mining.report.views.values import (
    STATEMENT_COLUMNS,
    Frames,
    Row,
    Statement,
    corrections,
    records,
    statement,
)
from voc_mining.report.views.weeks import with_week

COMPARED = ("reactive", "both", "proactive")
MAIN = ("quiet", "both", "inquirer")
WORDS_SHOWN = 15
QUOTES_SHOWN = 3
_SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class HiddenNeed:
    """A topic that mostly quiet customers raise, with what they said of it."""

    row: Row
    said: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class VoiceWords:
    """Words and pairs that one side uses more; ``compared`` where enough was heard to tell."""

    compared: bool
    quiet: tuple[Row, ...]
    inquirer: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ContrastView:
    """Topics that can be compared, what quiet customers say more first, and those that cannot.

    ``basis`` is any row of the table: who was heard, and how they were compared. ``nobody`` are the window's statements in no
    share: of no known customer, by side, and those whose origin is unknown. ``counts`` are topics by side of the main
    comparison, ``responses`` the campaigns of ``response.csv``.
    """

    rows: tuple[Row, ...]
    insufficient: tuple[Row, ...]
    date_from: date | None
    date_to: date | None
    basis: Row | None
    nobody: tuple[tuple[str, int], ...]
    counts: tuple[tuple[str, int], ...]
    hidden: tuple[HiddenNeed, ...]
    words: VoiceWords
    responses: tuple[Row, ...]

    @property
    def main(self) -> tuple[Row, ...]:
        """Rows of the main comparison, those with more among the quiet first."""
        return tuple(row for row in self.rows if row["quiet_side"] in MAIN)

    @property
    def evened(self) -> tuple[str, ...]:
        """What the mix of both sides was evened out by."""
        return next((tuple(row["quiet_stratified_by"]) for row in self.main if row["quiet_stratified_by"]), ())

    def of_side(self, side: str) -> tuple[Row, ...]:
        """Rows of one side of the main comparison, the widest difference first."""
        rows = [row for row in self.main if row["quiet_side"] == side]
        return tuple(sorted(rows, key=lambda row: -abs(row["quiet_log_odds"])))


def contrast(frames: Frames) -> ContrastView:
    """Show topics in the order of their log odds, below zero (more among the quiet) first."""
    table = frames["contrast"]
    words = _words(frames["keyness"])
    responses = records(frames["response"])
    if table.is_empty():
        return ContrastView((), (), None, None, None, (), (), (), words, responses)
    known = pl.col("side").is_in(COMPARED) | pl.col("quiet_side").is_in(MAIN)
    enough = table.filter(known).sort("quiet_log_odds", "log_odds", "topic_id", nulls_last=True)
    few = table.filter(~known).sort("label", "topic_id")
    first = table.row(0, named=True)
    return ContrastView(
        rows=records(enough),
        insufficient=records(few),
        date_from=first["window_from"],
        date_to=first["window_to"],
        basis=records(table.head(1))[0],
        nobody=_nobody(frames, first["window_from"], first["window_to"]),
        counts=tuple((side, enough.filter(pl.col("quiet_side") == side).height) for side in MAIN),
        hidden=_hidden(frames, first["window_from"], first["window_to"]),
        words=words,
        responses=responses,
    )


def _in_window(frames: Frames, start: date, end: date) -> pl.DataFrame:
    return with_week(frames["voc"]).filter(pl.col("day").is_between(start, end))


def _nobody(frames: Frames, start: date, end: date) -> tuple[tuple[str, int], ...]:
    """Count the window's statements that are in no share."""
    rows = _in_window(frames, start, end)
    unknown = pl.col("customer_id").is_null()
    return (
        *((side, rows.filter((pl.col("origin") == side) & unknown).height) for side in ("reactive", "proactive")),
        ("unknown", rows.filter(pl.col("origin") == "unknown").height),
    )


def _hidden(frames: Frames, start: date, end: date) -> tuple[HiddenNeed, ...]:
    """Hidden needs, those of most quiet customers first, each with different words of as many of them, the unprompted first."""
    needs = (
        frames["contrast"]
        .filter("hidden_need")
        .sort("quiet_unprompted_customers", "topic_id", descending=[True, False])
    )
    if needs.is_empty():
        return ()
    prompted = frames["proactive_voc"].select("voc_id", "prompted")
    said = (
        _in_window(frames, start, end)
        .filter((pl.col("origin") == "proactive") & (pl.col("silence") == "quiet"))
        .join(prompted, on="voc_id", validate="1:1")
        .select(*STATEMENT_COLUMNS, "topic_id", "kind_evidence", "prompted")
        .sort("prompted", "occurred_at", "voc_id", descending=[False, True, False], nulls_last=True)
        .unique(["topic_id", "text"], keep="first", maintain_order=True)
        .unique(["topic_id", "customer_id"], keep="first", maintain_order=True)
    )
    keywords = dict(frames["topics"].select("topic_id", "keywords").iter_rows())
    made = corrections(frames)
    return tuple(
        HiddenNeed(
            row,
            tuple(
                statement(one, Highlighter(keywords.get(row["topic_id"]) or ()), one["kind_evidence"], made)
                for one in said.filter(pl.col("topic_id") == row["topic_id"]).head(QUOTES_SHOWN).iter_rows(named=True)
            ),
        )
        for row in records(needs)
    )


def _words(keyness: pl.DataFrame) -> VoiceWords:
    """Words that quiet customers and inquirers use more, the clearest first."""
    told = keyness.filter(pl.col("group_by") == "silence")
    more = told.filter((pl.col("q_value") < _SIGNIFICANT) & (pl.col("log_odds") > 0)).sort(
        "q_value", "log_odds", "term", descending=[False, True, False]
    )
    quiet, inquirer = (
        records(more.filter(pl.col("group") == group).head(WORDS_SHOWN)) for group in ("quiet", "inquirer")
    )
    return VoiceWords(told["q_value"].count() > 0, quiet, inquirer)
