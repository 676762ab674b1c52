"""A table of texts at a glance: its topics, what its groups raise, and examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from voc_mining.report.views.coding import CodeLine, codes
from voc_mining.report.views.examples import chosen_examples
from voc_mining.report.views.highlights import Highlighter
from voc_mining.report.views.topics import shown_topics
from voc_mining.report.views.values import Frames, Row, Share, Statement, records, shares, statement

_KINDS = ("complaint", "request", "inquiry", "churn_signal", "praise", "other")
_POLARITIES = ("negative", "neutral", "positive")
_SIGNIFICANCE = 0.05
_GROUPS_SHOWN = 8
_TERMS_SHOWN = 10
_EXAMPLES = 8


@dataclass(frozen=True, slots=True)
class GroupCell:
    """A topic in a group: texts of the group that raise it; ``side`` is ``more``, ``less`` or empty."""

    raised: Share
    side: str


@dataclass(frozen=True, slots=True)
class MinedTopic:
    """A topic with the texts that raise it, its unfriendly statements, its cell in each group, and examples."""

    row: Row
    texts: Share
    negative: Share
    cells: tuple[GroupCell, ...]
    examples: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A group: its texts over all that have one, and the terms and topics that it has more of than the others."""

    name: str
    texts: Share
    terms: tuple[str, ...]
    topics: tuple[Row, ...]
    compared: bool


@dataclass(frozen=True, slots=True)
class Mined:
    """The page; ``groups`` are the largest, ``groups_left`` how many others there are."""

    n_texts: int
    n_statements: int
    with_topic: Share
    kinds: Mapping[str, Share]
    polarities: Mapping[str, Share]
    topics: tuple[MinedTopic, ...]
    group_by: str | None
    groups: tuple[Group, ...]
    groups_left: int
    without_group: int
    codes: tuple[CodeLine, ...]


def mined(frames: Frames, n_texts: int, group_by: str | None = None, groups: pl.DataFrame | None = None) -> Mined:
    """View the tables of ``voc mine``.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        ``voc`` and ``topics``; with groups also ``topic_groups`` and ``keyness``; with codes also ``coding``,
        ``coding_topics`` and ``statement_codes``.
    n_texts : int
        Texts that were read.
    group_by : str, optional
        Heading of the column of groups.
    groups : DataFrame, optional
        ``contact_id`` (unique), ``group``.
    """
    voc = frames["voc"]
    sizes = _sizes(groups)
    return Mined(
        n_texts=n_texts,
        n_statements=voc.height,
        with_topic=Share(voc["topic_id"].count(), voc.height),
        kinds=shares(voc, "kind", _KINDS),
        polarities=shares(voc, "polarity", _POLARITIES),
        topics=_topics(frames, n_texts, [name for name, _ in sizes[:_GROUPS_SHOWN]]),
        group_by=group_by,
        groups=_groups(frames, sizes),
        groups_left=max(len(sizes) - _GROUPS_SHOWN, 0),
        without_group=0 if groups is None else groups["group"].null_count(),
        codes=codes(frames),
    )


def _sizes(groups: pl.DataFrame | None) -> list[tuple[str, int]]:
    """Count the texts of each group, the largest first."""
    if groups is None:
        return []
    counted = groups.drop_nulls("group").group_by("group").len().sort("len", "group", descending=[True, False])
    return list(counted.iter_rows())


def _topics(frames: Frames, n_texts: int, groups: list[str]) -> tuple[MinedTopic, ...]:
    voc = frames["voc"]
    # A heading counts what is under it, which has its own line.
    topics = shown_topics(frames).filter(pl.col("layer") == 0)
    raised = voc.drop_nulls("topic_id").group_by("topic_id").agg(
        pl.col("contact_id").n_unique().alias("texts"), (pl.col("polarity") == "negative").sum().alias("negative")
    )  # fmt: skip
    counts = {topic: (texts, negative) for topic, texts, negative in raised.iter_rows()}
    cells = _cells(frames)
    examples = chosen_examples(voc, topics).partition_by("topic_id", as_dict=True)
    found = []
    for row in records(topics):
        texts, negative = counts[row["topic_id"]]
        highlighter = Highlighter(row["keywords"] or ())
        mine = examples[row["topic_id"],].head(_EXAMPLES)
        found.append(
            MinedTopic(
                row,
                Share(texts, n_texts),
                Share(negative, row["n_voc"]),
                tuple(cells[name, row["topic_id"]] for name in groups if (name, row["topic_id"]) in cells),
                tuple(statement(said, highlighter, said["kind_evidence"], {}) for said in mine.iter_rows(named=True)),
            )
        )
    return tuple(sorted(found, key=lambda topic: (-topic.texts.n, str(topic.row["topic_id"]))))


def _cells(frames: Frames) -> dict[tuple[str, str], GroupCell]:
    if "topic_groups" not in frames:
        return {}
    return {
        (row["group"], row["topic_id"]): GroupCell(Share(row["n_contacts"], row["group_contacts"]), _side(row))
        for row in records(frames["topic_groups"])
    }


def _side(row: Row) -> str:
    if row["q_value"] is None or row["q_value"] >= _SIGNIFICANCE:
        return ""
    return "more" if row["log_odds"] > 0 else "less"


def _groups(frames: Frames, sizes: list[tuple[str, int]]) -> tuple[Group, ...]:
    if not sizes:
        return ()
    more = (pl.col("q_value") < _SIGNIFICANCE) & (pl.col("log_odds") > 0)
    total = sum(size for _, size in sizes)
    keyness, topics = frames["keyness"], frames["topic_groups"]
    found = []
    for name, size in sizes[:_GROUPS_SHOWN]:
        mine = pl.col("group") == name
        found.append(
            Group(
                name,
                Share(size, total),
                tuple(keyness.filter(mine & more).head(_TERMS_SHOWN)["term"]),
                records(topics.filter(mine & more)),
                bool(keyness.filter(mine)["q_value"].count() or topics.filter(mine)["q_value"].count()),
            )
        )
    return tuple(found)
