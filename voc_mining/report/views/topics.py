"""The list of topics that people should see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from voc_mining.report.views.values import Frames, Row, records
from voc_mining.report.views.weeks import Trend, trend, weeks_until, with_week

RECENT_DAYS = 28
SPARK_WEEKS = 26
RISING_SHOWN = 5
LAYERS = ("middle", "coarse")
_SPARK_ORIGINS = ("reactive", "proactive")


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A topic in the list: its row of ``topics`` with the side of the contrast and what it did lately.

    ``recent`` and ``before`` are statements of the last 28 days and of the 28 days before.
    """

    row: Row
    side: str | None
    recent: int
    before: int
    spark: Trend


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A topic to be looked at: its row of ``topic_quality``, and the names of the topics it is like and shares texts with."""

    row: Row
    nearest: str | None
    shared: str | None


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """Topics that are one in a coarser layer: counts over their statements, each customer once; the topics, as the list has them."""

    group_id: str
    label: str
    topics: tuple[TopicLine, ...]
    n_voc: int
    n_reactive: int
    n_proactive: int
    n_quiet: int
    n_customers: int
    recent: int
    before: int


def shown_topics(frames: Frames) -> pl.DataFrame:
    """Rows of ``topics`` that are neither hidden nor empty, most customers first."""
    table = frames["topics"]
    visible = pl.col("status").is_in(["active", "dormant"]) & (pl.col("n_voc") > 0)
    return table.filter(visible).sort(["n_customers", "n_voc", "topic_id"], descending=[True, True, False])


def topic_list(frames: Frames, as_of: date) -> tuple[TopicLine, ...]:
    """List the topics, most customers first, each with its last half year at a glance."""
    table = shown_topics(frames)
    if table.is_empty():
        return ()
    voc = with_week(frames["voc"].filter(pl.col("topic_id").is_not_null()).select("topic_id", "origin", "occurred_at"))
    weeks = weeks_until(as_of - timedelta(weeks=SPARK_WEEKS - 1), as_of)
    weekly = voc.filter(pl.col("week") >= weeks[0]).group_by("topic_id", "origin", "week").agg(pl.len().alias("n"))
    by_topic = weekly.partition_by("topic_id", as_dict=True, include_key=False)
    lately = dict(_lately(voc, as_of))
    sides = dict(frames["contrast"].select("topic_id", "side").iter_rows())
    return tuple(
        TopicLine(
            row=row,
            side=sides.get(row["topic_id"]),
            recent=lately.get(row["topic_id"], (0, 0))[0],
            before=lately.get(row["topic_id"], (0, 0))[1],
            spark=trend(by_topic.get((row["topic_id"],), weekly.clear()), weeks, _SPARK_ORIGINS, as_of),
        )
        for row in records(table)
    )


def in_groups(frames: Frames, lines: tuple[TopicLine, ...], layer: str) -> tuple[TopicGroup, ...]:
    """Put the topics of the list, but for headings, into the groups of a layer (``middle`` or ``coarse``), most customers first."""
    listed = [line for line in lines if line.row["layer"] == 0]
    groups: dict[tuple[str, str], list[TopicLine]] = {}
    for line in listed:
        groups.setdefault((line.row[f"{layer}_id"], line.row[f"{layer}_label"]), []).append(line)
    of = {line.row["topic_id"]: line.row[f"{layer}_id"] for line in listed}
    said = frames["voc"].filter(pl.col("topic_id").is_in(list(of)))
    heard = dict(
        said.group_by(pl.col("topic_id").replace_strict(of, return_dtype=pl.String).alias("group"))
        .agg(pl.col("customer_id").drop_nulls().n_unique())
        .iter_rows()
    )
    found = [
        TopicGroup(
            group_id=group,
            label=label,
            topics=tuple(topics),
            **{
                name: sum(line.row[name] for line in topics)
                for name in ("n_voc", "n_reactive", "n_proactive", "n_quiet")
            },
            n_customers=heard.get(group, 0),
            recent=sum(line.recent for line in topics),
            before=sum(line.before for line in topics),
        )
        for (group, label), topics in groups.items()
    ]
    return tuple(sorted(found, key=lambda group: (-group.n_customers, -group.n_voc, group.group_id)))


def rising(lines: tuple[TopicLine, ...]) -> tuple[TopicLine, ...]:
    """Return the topics that grew most within the last 28 days."""
    grown = sorted(lines, key=lambda line: (line.before - line.recent, str(line.row["topic_id"])))
    return tuple(line for line in grown[:RISING_SHOWN] if line.recent > line.before)


def to_review(frames: Frames) -> tuple[Reviewed, ...]:
    """List the topics that an analyst should look at, with the reasons."""
    table = frames["topic_quality"].filter(pl.col("flags").list.len() > 0)
    labels = dict(frames["topics"].select("topic_id", "label").iter_rows())
    return tuple(
        Reviewed(row, labels.get(row["nearest_topic_id"]), labels.get(row["shared_topic_id"])) for row in records(table)
    )


def _lately(voc: pl.DataFrame, as_of: date) -> list[tuple[str, tuple[int, int]]]:
    begins = as_of - timedelta(days=RECENT_DAYS)
    recent = pl.col("day").is_between(begins, as_of, closed="right")
    before = pl.col("day").is_between(begins - timedelta(days=RECENT_DAYS), begins, closed="right")
    counts = voc.group_by("topic_id").agg(recent.sum().alias("recent"), before.sum().alias("before"))
    return [(topic_id, (n_recent, n_before)) for topic_id, n_recent, n_before in counts.iter_rows()]
