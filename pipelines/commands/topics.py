"""Look at the topics of a lake: what ``voc topics list``, ``show`` and ``history`` tell, as frames and records."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.steps.edited import EditedTopics, edited_topics, registered_topics, topics_in_force
from voc_mining.contracts.headings import with_headings
from voc_mining.errors import UserError
from voc_mining.store.delta import DeltaStore
from voc_mining.topics import edits, replay


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
    status, parent_id, made_by, pinned
        State; heading it is under; ``discovery``, ``split`` or ``group``; whether nothing may absorb it.
    notes : DataFrame
        ``at``, ``author``, ``text``, ``edit_id``, the earliest first.
    names : list of dict
        What it might have been called: ``name``, ``source`` and, where it was weighed, ``score`` and its parts.
    """

    topic_id: str
    label: str
    keywords: list[str]
    absorbed: pl.DataFrame
    examples: pl.DataFrame
    n_voc: int
    n_contacts: int
    status: str
    parent_id: str | None
    made_by: str
    pinned: bool
    notes: pl.DataFrame
    names: list[dict[str, Any]]


def list_topics(lake: DeltaStore) -> pl.DataFrame:
    """List the topics with the edits applied, those with most statements first.

    Returns
    -------
    DataFrame
        ``topic_id``, ``label``, ``status``, ``parent_id``, ``layer``, ``made_by``, ``pinned``, ``n_voc``, ``n_contacts``
        (of a heading: of all that is under it), ``keywords``, ``pool``, and ``absorbed`` (ids of the topics merged into
        it). Merged topics have no row of their own.
    """
    edited = edited_topics(lake)
    said = with_headings(_statements(lake, edited), edited.topics)
    counts = said.group_by("topic_id").agg(pl.len().alias("n_voc"), pl.col("contact_id").n_unique().alias("n_contacts"))
    resolved = edited.resolution.topics
    absorbed = (
        resolved.filter(pl.col("topic_id") != pl.col("effective_topic_id"))
        .group_by("effective_topic_id")
        .agg(pl.col("topic_id").sort().alias("absorbed"))
    )
    return (
        edited.topics.drop("exemplars")
        .join(resolved.select("topic_id", "made_by", "pinned"), on="topic_id", validate="1:1")
        .join(counts, on="topic_id", how="left", validate="1:1")
        .join(topics_in_force(lake).select("topic_id", "pool").collect(), on="topic_id", how="left", validate="1:1")
        .join(absorbed, left_on="topic_id", right_on="effective_topic_id", how="left", validate="1:1")
        .with_columns(
            pl.col("n_voc", "n_contacts").fill_null(0), pl.col("absorbed").fill_null(pl.lit([], pl.List(pl.String)))
        )
        .select(
            "topic_id", "label", "status", "parent_id", "layer", "made_by", "pinned", "n_voc", "n_contacts",
            "keywords", "pool", "absorbed",
        )
        .sort("n_voc", "topic_id", descending=[True, False])
    )  # fmt: skip


def show_topic(lake: DeltaStore, topic: str, *, n_examples: int = 10) -> TopicView:
    """Show one topic, named by its id or its label.

    Raises
    ------
    UserError
        If there is no such topic.
    """
    edited = edited_topics(lake)
    resolved = edited.resolution.topics
    topic_id = find(resolved, topic)
    said = with_headings(_statements(lake, edited), edited.topics).filter(pl.col("topic_id") == topic_id)
    own = edited.topics.filter(pl.col("topic_id") == topic_id)
    exemplars = own.select(pl.col("exemplars").alias("text_hash")).explode("text_hash", empty_as_null=True)
    ranked = (
        said.join(exemplars.drop_nulls().with_row_index("rank"), on="text_hash", how="left", validate="m:1")
        .sort("rank", "strength", "voc_id", descending=[False, True, False], nulls_last=True)
        .unique("text_hash", keep="first", maintain_order=True)
        .head(n_examples)
    )
    texts = lake.scan("voc").select("voc_id", "text").join(ranked.lazy().select("voc_id"), on="voc_id", how="semi")
    mine = resolved.filter((pl.col("effective_topic_id") == topic_id) & (pl.col("topic_id") != topic_id))
    names = registered_topics(lake).select("topic_id", "label")
    facts = resolved.filter(pl.col("topic_id") == topic_id).row(0, named=True)
    family = [topic_id, *mine["topic_id"]]
    return TopicView(
        topic_id=topic_id,
        label=facts["label"],
        keywords=own["keywords"].item().to_list() if own.height else [],
        absorbed=mine.drop("label").join(names, on="topic_id", how="left").select("topic_id", "label").sort("topic_id"),
        examples=ranked.join(texts.collect(), on="voc_id", validate="1:1", maintain_order="left").select(
            "voc_id", "contact_id", "text", "strength", "by"
        ),
        n_voc=said.height,
        n_contacts=said["contact_id"].n_unique(),
        status=facts["status"],
        parent_id=facts["parent_id"],
        made_by=facts["made_by"],
        pinned=facts["pinned"],
        notes=edited.resolution.notes.filter(pl.col("topic_id").is_in(family)).drop("topic_id"),
        names=_names(lake, topic_id),
    )


def history(lake: DeltaStore, topic: str | None = None) -> pl.DataFrame:
    """List the edits, of one topic or all, the latest first, with their effect.

    Raises
    ------
    UserError
        If there is no such topic.
    """
    edited = edited_topics(lake)
    resolved = edited.resolution.topics
    gone = pl.col("edit_id").is_in(sorted(edited.vanished)) & (pl.col("effect") == "applied")
    listed = replay.with_effects(lake.read("topic_edits"), edited.resolution.effects).with_columns(
        pl.when(gone).then(pl.lit("vanished")).otherwise("effect").alias("effect")
    )
    if topic is None:
        return listed
    topic_id = find(resolved, topic)
    family = resolved.filter(pl.col("effective_topic_id") == topic_id)["topic_id"].to_list()
    into = pl.col("payload").str.json_path_match("$.into")
    made = pl.col("edit_id").is_in([edit for edit in listed["edit_id"] if edits.split_id(edit) in family])
    mine = listed.filter(pl.col("topic_id").is_in(family) | into.is_in(family) | made)
    undos = listed.filter((pl.col("action") == "undo") & pl.col("topic_id").is_in(mine["edit_id"].to_list()))
    return pl.concat([mine, undos]).sort("at", "edit_id", descending=True)


def _names(lake: DeltaStore, topic_id: str) -> list[dict[str, Any]]:
    """Read what a topic might have been called; nothing of topics that older versions named, or people made."""
    mine = topics_in_force(lake).filter(pl.col("topic_id") == topic_id)
    listed = mine.select("candidates").collect().to_series().drop_nulls()
    return list(json.loads(listed.item())) if listed.len() else []


def resolved_topics(lake: DeltaStore) -> pl.DataFrame:
    """Read the topics of the active version with the edits resolved over them, as :class:`Resolution` has them."""
    return replay.resolve(registered_topics(lake), lake.read("topic_edits")).topics


def _statements(lake: DeltaStore, edited: EditedTopics) -> pl.DataFrame:
    """List the counted statements that have a topic, with the topic they have now."""
    placed = edited.assigned.drop_nulls("topic_id")
    counted = lake.scan("voc").filter("counts").select("voc_id", "contact_id", "text_hash")
    return counted.join(placed.lazy(), on="text_hash", validate="m:1").collect()


def find(resolved: pl.DataFrame, topic: str) -> str:
    """Find the effective topic of an id or a label.

    Raises
    ------
    UserError
        If there is none.
    """
    named = resolved.filter((pl.col("topic_id") == topic) | (pl.col("label") == topic))
    if named.is_empty():
        raise UserError("topics.no_topic", topic=topic)
    return str(named["effective_topic_id"][0])
