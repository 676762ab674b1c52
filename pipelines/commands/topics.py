"""Look at the topics of a lake and edit them: what ``voc topics`` does, as frames and records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from voc_mining.errors import UserError
from voc_mining.store.delta import DeltaStore
from voc_mining.topics import edits
from voc_mining.topics.registry import active_version


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic as an analyst sees it.

    Parameters
    ----------
    topic_id, label : str
        Id and effective label.
    keywords : list of str
        Discriminating terms.
    absorbed : DataFrame
        Topics merged into it: ``topic_id``, ``label`` (their own).
    examples : DataFrame
        Statements that stand for it: ``voc_id``, ``contact_id``, ``text``, ``strength``; exemplars first, then the
        strongest.
    n_voc, n_contacts : int
        Statements and contacts.
    """

    topic_id: str
    label: str
    keywords: list[str]
    absorbed: pl.DataFrame
    examples: pl.DataFrame
    n_voc: int
    n_contacts: int


def list_topics(lake: DeltaStore) -> pl.DataFrame:
    """List the topics with the edits applied, those with most statements first.

    Returns
    -------
    DataFrame
        ``topic_id``, ``label``, ``status``, ``n_voc``, ``n_contacts``, ``keywords``, ``pool``, and
        ``absorbed`` (ids of the topics merged into it). Merged topics have no row of their own.
    """
    topics, resolved = _topics(lake)
    said = _statements(lake, resolved)
    counts = said.group_by("effective_topic_id").agg(
        pl.len().alias("n_voc"), pl.col("contact_id").n_unique().alias("n_contacts")
    )
    absorbed = (
        resolved.filter(pl.col("topic_id") != pl.col("effective_topic_id"))
        .group_by("effective_topic_id")
        .agg(pl.col("topic_id").sort().alias("absorbed"))
    )
    return (
        resolved.filter(pl.col("topic_id") == pl.col("effective_topic_id"))
        .select("topic_id", "label", "status")
        .join(counts, left_on="topic_id", right_on="effective_topic_id", how="left", validate="1:1")
        .join(topics.select("topic_id", "keywords", "pool"), on="topic_id", validate="1:1")
        .join(absorbed, left_on="topic_id", right_on="effective_topic_id", how="left", validate="1:1")
        .with_columns(
            pl.col("n_voc", "n_contacts").fill_null(0), pl.col("absorbed").fill_null(pl.lit([], pl.List(pl.String)))
        )
        .select("topic_id", "label", "status", "n_voc", "n_contacts", "keywords", "pool", "absorbed")
        .sort("n_voc", "topic_id", descending=[True, False])
    )


def show_topic(lake: DeltaStore, topic: str, *, n_examples: int = 10) -> TopicView:
    """Show one topic, named by its id or its label.

    Raises
    ------
    UserError
        If there is no such topic.
    """
    topics, resolved = _topics(lake)
    topic_id = _find(resolved, topic)
    said = _statements(lake, resolved).filter(pl.col("effective_topic_id") == topic_id)
    mine = topics.join(
        resolved.filter(pl.col("effective_topic_id") == topic_id).select("topic_id"), on="topic_id", how="semi"
    )
    own = mine.filter(pl.col("topic_id") == topic_id)
    exemplars = own.select(pl.col("exemplars").alias("text_hash")).explode("text_hash", empty_as_null=True)
    ranked = (
        said.join(exemplars.with_row_index("rank"), on="text_hash", how="left", validate="m:1")
        .sort("rank", "strength", "voc_id", descending=[False, True, False], nulls_last=True)
        .unique("text_hash", keep="first", maintain_order=True)
        .head(n_examples)
    )
    texts = lake.scan("voc").select("voc_id", "text").join(ranked.lazy().select("voc_id"), on="voc_id", how="semi")
    return TopicView(
        topic_id=topic_id,
        label=resolved.filter(pl.col("topic_id") == topic_id)["label"].item(),
        keywords=own["keywords"].item().to_list(),
        absorbed=mine.filter(pl.col("topic_id") != topic_id).select("topic_id", "label").sort("topic_id"),
        examples=ranked.join(texts.collect(), on="voc_id", validate="1:1", maintain_order="left").select(
            "voc_id", "contact_id", "text", "strength"
        ),
        n_voc=said.height,
        n_contacts=said["contact_id"].n_unique(),
    )


def rename_topic(lake: DeltaStore, topic: str, label: str, *, author: str, at: datetime | None = None) -> str:
    """Call a topic by another name; return the id of the edit.

    Raises
    ------
    UserError
        If there is no such topic, the name is empty or another topic has it.
    """
    _, resolved = _topics(lake)
    topic_id = _find(resolved, topic)
    name = label.strip()
    if not name:
        raise UserError("topics.empty_name")
    holders = resolved.filter((pl.col("label") == name) & (pl.col("effective_topic_id") != topic_id))
    if holders.height:
        raise UserError("topics.name_taken", label=name, topic_id=holders["effective_topic_id"][0])
    return _append(lake, edits.rename(topic_id, name, author=author, at=_now(at)))


def merge_topics(
    lake: DeltaStore, topics: Sequence[str], into: str, *, author: str, at: datetime | None = None
) -> list[str]:
    """Make topics part of another; return the ids of the edits.

    Raises
    ------
    UserError
        If one of them is not there, or is to become part of itself.
    """
    _, resolved = _topics(lake)
    target = _find(resolved, into)
    absorbed = [_find(resolved, topic) for topic in topics]
    if target in absorbed:
        raise UserError("topics.into_itself", topic_id=target)
    moment = _now(at)
    return [_append(lake, edits.merge(topic, target, author=author, at=moment)) for topic in dict.fromkeys(absorbed)]


def history(lake: DeltaStore, topic: str | None = None) -> pl.DataFrame:
    """List the edits, of one topic or all, the latest first, with their effect.

    Raises
    ------
    UserError
        If there is no such topic.
    """
    topics, resolved = _topics(lake)
    listed = edits.history(topics, lake.read("topic_edits"))
    if topic is None:
        return listed
    topic_id = _find(resolved, topic)
    family = resolved.filter(pl.col("effective_topic_id") == topic_id)["topic_id"].to_list()
    into = pl.col("payload").str.json_path_match("$.into")
    mine = listed.filter(pl.col("topic_id").is_in(family) | into.is_in(family))
    undos = listed.filter((pl.col("action") == "undo") & pl.col("topic_id").is_in(mine["edit_id"].to_list()))
    return pl.concat([mine, undos]).sort("at", "edit_id", descending=True)


def undo(lake: DeltaStore, edit: str | None = None, *, author: str, at: datetime | None = None) -> tuple[str, str]:
    """Take back an edit, the latest in effect if none is named; return the id of the undo and of the edit.

    Raises
    ------
    UserError
        If there is no such edit in effect.
    """
    listed = history(lake).filter(pl.col("effect") == "applied")
    listed = listed.filter(pl.col("action") != "undo" if edit is None else pl.col("edit_id") == edit)
    if listed.is_empty():
        raise UserError("topics.nothing_to_undo") if edit is None else UserError("topics.no_edit", edit_id=edit)
    chosen = str(listed["edit_id"][0])
    return _append(lake, edits.undo(chosen, author=author, at=_now(at))), chosen


def _topics(lake: DeltaStore) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read the topics of the active version, and the edits resolved over them."""
    version = active_version(lake.read("registries")).select("registry_version")
    topics = lake.scan("topics").join(version.lazy(), on="registry_version", how="semi").drop("centroid").collect()
    return topics, edits.resolve(topics, lake.read("topic_edits"))


def _statements(lake: DeltaStore, resolved: pl.DataFrame) -> pl.DataFrame:
    """List the counted statements that have a topic, with the topic it is part of now."""
    version = active_version(lake.read("registries")).select("registry_version")
    assigned = lake.scan("assignments").join(version.lazy(), on="registry_version", how="semi")
    return (
        lake.scan("voc")
        .filter("counts")
        .select("voc_id", "contact_id", "text_hash")
        .join(assigned.select("text_hash", "topic_id", "strength"), on="text_hash", validate="m:1")
        .join(resolved.lazy().select("topic_id", "effective_topic_id"), on="topic_id", validate="m:1")
        .collect()
    )


def _find(resolved: pl.DataFrame, topic: str) -> str:
    """Effective topic of an id or a label."""
    named = resolved.filter((pl.col("topic_id") == topic) | (pl.col("label") == topic))
    if named.is_empty():
        raise UserError("topics.no_topic", topic=topic)
    return str(named["effective_topic_id"][0])


def _append(lake: DeltaStore, edit: pl.DataFrame) -> str:
    lake.append_new("topic_edits", edit)
    return str(edit["edit_id"].item())


def _now(at: datetime | None) -> datetime:
    return at or datetime.now(UTC)
