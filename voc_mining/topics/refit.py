"""Refit: find the topics anew on all texts, and give those that were there before their ids and names back."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from voc_mining.contracts import LAKE_TABLES
from voc_mining.contracts.clause import NameSource
from voc_mining.ids import topic_id
from voc_mining.topics.generic import says_something
from voc_mining.topics.labels import label_topics, weighted
from voc_mining.topics.lineage import PINNED, Match, MatchParams, match_topics
from voc_mining.topics.params import TopicsParams
from voc_mining.topics.registry import RegistryVersion, found_version, judge
from voc_mining.topics.space import centred, matrix, unit
from voc_mining.topics.steadiness import steadier


@dataclass(frozen=True, slots=True, kw_only=True)
class RefitParams:
    """Parameters of a refit.

    Parameters
    ----------
    topics : TopicsParams
        How topics are found.
    match : MatchParams
        When a topic counts as one that was there before.
    """

    topics: TopicsParams = field(default_factory=TopicsParams)
    match: MatchParams = field(default_factory=MatchParams)


def refit(  # noqa: PLR0913 - what it needs
    texts: pl.DataFrame,
    mentions: pl.DataFrame,
    active: RegistryVersion,
    params: RefitParams,
    *,
    model_id: str,
    version: int,
    named: Collection[str] = (),
    taken: Collection[str] = (),
    pinned: Collection[str] = (),
    names: NameSource | None = None,
) -> RegistryVersion | None:
    """Fit a candidate on all texts, matched with the version in force.

    A topic that continues one there was keeps its id and name. One that is not continued stays in the candidate
    without texts, as ``dormant``, so that analysts' edits of it still find it; its lineage says whether it was
    split, merged into another or just vanished.

    Parameters
    ----------
    texts : DataFrame
        Distinct texts: ``text_hash``, ``text``, ``vector``, ``terms``, ``pairs``; in any order.
    mentions : DataFrame
        ``text_hash``, ``contact_id``, ``proactive`` (bool).
    active : RegistryVersion
        The version in force: its row, its topics and assignments.
    params : RefitParams
        How topics are found and matched.
    model_id : str
        Model of the vectors; where it is not that of the version in force, the refit moves the topics to it.
    version : int
        Number of the candidate.
    named : collection of str
        Topics that edits speak of; those stay however long they have been dormant.
    taken : collection of str
        Names that analysts gave.
    pinned : collection of str
        Topics that nothing may absorb: one that is not continued stays active beside what was found, where its texts
        are now, with the threshold it had.
    names : NameSource, optional
        Cuts clauses out of texts, which new topics are named by; without, by terms and pairs.

    Returns
    -------
    RegistryVersion or None
        In state ``candidate``, with an assignment for every text; None where no topics are found.
    """
    fresh = found_version(texts, mentions, params.topics, model_id=model_id, version=version)
    if fresh is None:
        return None
    fresh = steadier(texts, mentions, active, fresh, params.topics)
    match = match_topics(active.topics, active.assignments, fresh.topics, fresh.assignments, params.match)
    ids = _ids(match, {*active.topics["topic_id"], *named}, version)
    registry = fresh.registry.with_columns(state=pl.lit("candidate"))
    left = _carried(_left(active.topics, match, ids, named, version), active, texts, registry, pinned)
    found = _traced(fresh.topics, match, ids, version)
    kept = found.filter(pl.col("topic_id").is_in(list(match.continues.values())))
    called = active.topics.select("topic_id", "label", "candidates")
    kept = kept.drop("label", "candidates").join(called, on="topic_id", how="left", validate="1:1")
    added = found.filter(~pl.col("topic_id").is_in(kept["topic_id"].to_list()))
    topics = pl.concat([_conformed(kept), _conformed(added), _conformed(left)]).sort("topic_id")
    assignments = judge(texts, topics, registry, params.topics, tried=True)
    members = assignments.select("topic_id", "text_hash").join(added, on="topic_id", how="semi")
    in_use = {*kept["label"], *left["label"], *taken}
    told = texts.filter(
        says_something(pl.col("terms"), pl.col("text"))
        & ~pl.col("text_hash").is_in(registry["formulas"].item().to_list())
    )
    labels = label_topics(
        weighted(members, mentions),
        told,
        n_keywords=params.topics.discovery.n_keywords,
        taken=in_use,
        names=names,
        naming=params.topics.naming,
    )
    given = [column for column in labels.columns if column != "topic_id"]
    renamed = topics.join(labels, on="topic_id", how="left", validate="1:1", suffix="_new").with_columns(
        pl.coalesce(f"{column}_new", column).alias(column) for column in given
    )
    return RegistryVersion(registry, _conformed(renamed.drop(f"{column}_new" for column in given)), assignments)


def _ids(match: Match, known: Collection[str], version: int) -> dict[str, str]:
    """Id of each found topic: that of the topic it continues, its own, or a fresh one where another has its own."""
    return {
        found: match.continues.get(found) or (found if found not in known else topic_id([found, f"version {version}"]))
        for found in match.origins
    }


def _traced(topics: pl.DataFrame, match: Match, ids: Mapping[str, str], version: int) -> pl.DataFrame:
    """Give found topics their ids, and their lineage where they come from."""
    lineages = [
        json.dumps(
            {**json.loads(lineage), **_with_ids(match.origins[topic], ids), "version": version},
            ensure_ascii=False,
            sort_keys=True,
        )
        for topic, lineage in topics.select("topic_id", "lineage").iter_rows()
    ]
    return topics.with_columns(
        pl.col("topic_id").replace_strict(dict(ids), return_dtype=pl.String),
        pl.Series("lineage", lineages, dtype=pl.String),
    )


def _left(
    topics: pl.DataFrame, match: Match, ids: Mapping[str, str], named: Collection[str], version: int
) -> pl.DataFrame:
    """Keep the topics that are not continued, without texts; of those dormant before, the ones edits speak of."""
    gone = topics.filter(
        pl.col("topic_id").is_in(list(match.fates))
        & ((pl.col("status") == "active") | pl.col("topic_id").is_in(list(named)))
    )
    lineages = [
        json.dumps({**_with_ids(match.fates[topic], ids), "version": version}, ensure_ascii=False, sort_keys=True)
        for topic in gone["topic_id"]
    ]
    return gone.with_columns(
        pl.lit(version, pl.Int64).alias("registry_version"),
        pl.lit("dormant").alias("status"),
        pl.Series("lineage", lineages, dtype=pl.String),
    )


def _carried(
    left: pl.DataFrame, active: RegistryVersion, texts: pl.DataFrame, registry: pl.DataFrame, pinned: Collection[str]
) -> pl.DataFrame:
    """Keep pinned topics alive, centred on the texts they have in the version in force, in the candidate's space."""
    mean = np.asarray(registry["mean"].item(), dtype=np.float32)
    mine = active.assignments.select("topic_id", "text_hash").join(texts.select("text_hash", "vector"), on="text_hash")
    kept = []
    for topic, lineage in left.filter(pl.col("topic_id").is_in(list(pinned))).select("topic_id", "lineage").iter_rows():
        members = mine.filter(pl.col("topic_id") == topic).sort("text_hash")
        if members.height:
            points = centred(matrix(members["vector"]), mean)
            centroid = unit(points.sum(axis=0, keepdims=True))[0].astype(np.float32)
            traced = {**json.loads(lineage), "event": PINNED}
            kept.append((topic, centroid.tolist(), json.dumps(traced, ensure_ascii=False, sort_keys=True)))
    schema = pl.Schema([("topic_id", pl.String), ("centroid", pl.List(pl.Float32)), ("lineage", pl.String)])
    alive = pl.DataFrame(kept, schema=schema, orient="row").with_columns(status=pl.lit("active"))
    return left.update(alive, on="topic_id")


def _with_ids(lineage: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """Name found topics by the ids they have in the candidate."""
    named = dict(lineage)
    if "into" in named:
        named["into"] = [ids[topic] for topic in named["into"]]
    named["evidence"] = [{**pair, "found": ids[pair["found"]]} for pair in named["evidence"]]
    return named


def _conformed(topics: pl.DataFrame) -> pl.DataFrame:
    return LAKE_TABLES["topics"].conform(topics)
