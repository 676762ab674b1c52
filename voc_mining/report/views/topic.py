"""One topic: how it moves, who raises it, in which words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from voc_mining.report.views.contrast import COMPARED, MAIN
from voc_mining.report.views.examples import chosen_examples
from voc_mining.report.views.highlights import Highlighter
from voc_mining.report.views.names import Name, topic_names
from voc_mining.report.views.terms import Term, topic_terms
from voc_mining.report.views.topics import shown_topics
from voc_mining.report.views.values import (
    ORIGINS,
    Corrections,
    Frames,
    Row,
    Share,
    Statement,
    corrections,
    distinct,
    records,
    statement,
)
from voc_mining.report.views.weeks import Trend, trend, weeks_until, with_week


@dataclass(frozen=True, slots=True)
class Side:
    """A topic within one origin: statements over that origin's, customers over those heard in it."""

    origin: str
    statements: Share
    customers: Share
    no_customer: int


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic's page; ``reach`` is its row of the contrast, None where it has none."""

    row: Row
    parent: str | None
    trend: Trend
    undated: int
    sides: tuple[Side, ...]
    reach: Row | None
    compared: bool
    kinds: tuple[tuple[str, int], ...]
    terms: tuple[Term, ...]
    names: tuple[Name, ...]
    examples: tuple[Statement, ...]


def topic_views(frames: Frames, as_of: date) -> Iterator[TopicView]:
    """View every topic of the list in turn; what they share is counted once."""
    topics = shown_topics(frames)
    if topics.is_empty():
        return
    voc, words = with_week(frames["voc"]), frames.get("statement_words")
    weeks = weeks_until(voc["day"].min(), as_of)  # type: ignore[arg-type]
    parts = voc.partition_by("topic_id", as_dict=True)
    totals = {origin: _totals(voc, origin) for origin in ORIGINS}
    chosen = chosen_examples(voc, topics)
    examples = chosen.partition_by("topic_id", as_dict=True)
    terms = topic_terms(voc, words)
    labels = dict(frames["topics"].select("topic_id", "label").iter_rows())
    made = corrections(frames)
    names = topic_names(frames.get("topic_names"))
    contrast = {row["topic_id"]: row for row in records(frames["contrast"])}
    for row in records(topics):
        topic_id = row["topic_id"]
        part = parts.get((topic_id,), voc.clear())
        weekly = part.group_by("origin", "week").agg(pl.len().alias("n"))
        yield TopicView(
            row=row,
            parent=labels.get(row["parent_id"]),
            trend=trend(weekly, weeks, ORIGINS, as_of),
            undated=part["week"].null_count(),
            sides=tuple(_side(part, origin, totals[origin]) for origin in ORIGINS),
            reach=contrast.get(topic_id),
            compared=contrast.get(topic_id, {}).get("side") in COMPARED
            or contrast.get(topic_id, {}).get("quiet_side") in MAIN,
            kinds=tuple(part.group_by("kind").len().sort("len", "kind", descending=[True, False]).iter_rows()),
            terms=terms.get(topic_id, ()),
            names=names.get(topic_id, ()),
            examples=_examples(examples.get((topic_id,), chosen.clear()), row, made),
        )


def _totals(voc: pl.DataFrame, origin: str) -> tuple[int, int]:
    rows = voc.filter(pl.col("origin") == origin)
    return rows.height, distinct(rows)


def _side(part: pl.DataFrame, origin: str, totals: tuple[int, int]) -> Side:
    rows = part.filter(pl.col("origin") == origin)
    n_statements, n_heard = totals
    return Side(
        origin, Share(rows.height, n_statements), Share(distinct(rows), n_heard), rows["customer_id"].null_count()
    )


def _examples(rows: pl.DataFrame, topic: Row, made: Corrections) -> tuple[Statement, ...]:
    highlighter = Highlighter(topic["keywords"] or ())
    return tuple(statement(row, highlighter, row["kind_evidence"], made) for row in rows.iter_rows(named=True))
