"""The codes of analysts: how often each is there, on which side, in which topics, and the statements with what says why."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from voc_mining.report.views.highlights import Highlighter
from voc_mining.report.views.values import Frames, Row, Statement, corrections, records, statement

EXAMPLES_SHOWN = 20
TOPICS_SHOWN = 5
_ARROW = "→"


@dataclass(frozen=True, slots=True)
class Example:
    """A statement with a code, and the words that made the rule hold."""

    said: Statement
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A code: its row of ``coding``, the topics its statements have most, and its latest statements."""

    row: Row
    topics: tuple[Row, ...]
    n_topics: int
    examples: tuple[Example, ...]


def codes(frames: Frames) -> tuple[CodeLine, ...]:
    """List the codes in the order of the analyst's files."""
    table = frames.get("coding")
    if table is None or table.is_empty():
        return ()
    crossed = frames["coding_topics"].partition_by("code_id", as_dict=True)
    found = frames["statement_codes"].join(frames["voc"], on="voc_id", validate="m:1")
    latest = (
        found.sort("occurred_at", "voc_id", descending=[True, False], nulls_last=True)
        .unique(["code_id", "text"], keep="first", maintain_order=True)
        .group_by("code_id", maintain_order=True)
        .head(EXAMPLES_SHOWN)
    )
    shown = latest.partition_by("code_id", as_dict=True)
    made = corrections(frames)
    lines = []
    for row in records(table):
        topics = crossed.get((row["code_id"],), frames["coding_topics"].clear())
        rows = shown.get((row["code_id"],), latest.clear()).iter_rows(named=True)
        examples = tuple(
            Example(statement(said, _marks(said["evidence"]), None, made), tuple(said["evidence"])) for said in rows
        )
        with_topic = topics.filter(pl.col("topic_id").is_not_null())
        lines.append(CodeLine(row, records(with_topic.head(TOPICS_SHOWN)), with_topic.height, examples))
    return tuple(lines)


def _marks(evidence: list[str]) -> Highlighter:
    return Highlighter([word for words in evidence for word in words.split(_ARROW)])
