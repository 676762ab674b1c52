"""What customers said when we asked, sorted into needs, uses, troubles."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from voc_mining.report.views.highlights import Highlighter
from voc_mining.report.views.values import (
    STATEMENT_COLUMNS,
    Corrections,
    Frames,
    Share,
    Statement,
    corrections,
    distinct,
    statement,
)

CLASSES = ("unmet_need", "unexpected_use", "trouble", "churn_signal", "praise", "other")
STATEMENTS_SHOWN = 20
TOPICS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class TopicCount:
    """A topic within a class: statements, customers, silent customers."""

    topic_id: str
    label: str
    n_statements: int
    n_customers: int
    n_quiet: int


@dataclass(frozen=True, slots=True)
class Told:
    """A statement made when we asked; ``prompted`` where it answers a question about the matter."""

    said: Statement
    prompted: bool
    topic_id: str | None
    label: str | None


@dataclass(frozen=True, slots=True)
class ProactiveClass:
    """One class: customers over those heard when asked, silent ones over the silent heard, and what was said."""

    name: str
    n_statements: int
    n_unprompted: int
    customers: Share
    quiet: Share
    topics: tuple[TopicCount, ...]
    examples: tuple[Told, ...]


def proactive(frames: Frames) -> tuple[ProactiveClass, ...]:
    """Group proactive statements by class in the order of their use; empty classes are left out.

    Examples are those of silent customers first, then the newest.
    """
    table = frames["proactive_voc"]
    if table.is_empty():
        return ()
    told = table.select("voc_id", "class", "prompted", *({"evidence_words"} & set(table.columns)))
    columns = [*STATEMENT_COLUMNS, "topic_id", "topic_label"]
    joined = told.join(frames["voc"].select(columns), on="voc_id", how="inner", validate="1:1")
    heard, heard_quiet = distinct(joined), distinct(_quiet(joined))
    parts = joined.partition_by("class", as_dict=True)
    made = corrections(frames)
    return tuple(_class(name, parts[(name,)], heard, heard_quiet, made) for name in CLASSES if (name,) in parts)


def _quiet(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("silence") == "quiet")


def _class(name: str, rows: pl.DataFrame, heard: int, heard_quiet: int, made: Corrections) -> ProactiveClass:
    return ProactiveClass(
        name=name,
        n_statements=rows.height,
        n_unprompted=rows.filter(~pl.col("prompted")).height,
        customers=Share(distinct(rows), heard),
        quiet=Share(distinct(_quiet(rows)), heard_quiet),
        topics=_topics(rows),
        examples=_examples(rows, made),
    )


def _topics(rows: pl.DataFrame) -> tuple[TopicCount, ...]:
    known = pl.col("customer_id")
    counts = (
        rows.drop_nulls("topic_id")
        .group_by("topic_id")
        .agg(
            pl.col("topic_label").first(),
            pl.len().alias("n"),
            known.drop_nulls().n_unique().alias("n_customers"),
            known.filter(pl.col("silence") == "quiet").drop_nulls().n_unique().alias("n_quiet"),
        )
        .sort("n_customers", "n", "topic_id", descending=[True, True, False])
        .head(TOPICS_SHOWN)
    )
    return tuple(TopicCount(*row) for row in counts.iter_rows())


def _examples(rows: pl.DataFrame, made: Corrections) -> tuple[Told, ...]:
    chosen = (
        rows.sort(pl.col("silence") != "quiet", pl.col("occurred_at").rank("ordinal", descending=True), "voc_id")
        .unique("text", keep="first", maintain_order=True)
        .head(STATEMENTS_SHOWN)
    )
    plain = Highlighter()
    return tuple(
        Told(
            statement(row, plain, row.get("evidence_words"), made),
            bool(row["prompted"]),
            row["topic_id"],
            row["topic_label"],
        )
        for row in chosen.iter_rows(named=True)
    )
