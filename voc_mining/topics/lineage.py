"""Match the topics of a refit with those there are, one to one, by the texts they share.

Texts are what two versions have in common: each version has a space of its own, so centroids cannot be compared,
but the same text has a topic under both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.optimize import linear_sum_assignment  # type: ignore[attr-defined] # exported by a star

CONTINUED, NEW, SPLIT, MERGED, DORMANT = "continued", "new", "split", "merged", "dormant"
PINNED = "pinned"

Lineage = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchParams:
    """When a topic counts as one that was there before.

    Parameters
    ----------
    min_jaccard : float
        Least share of common texts among the texts of both for a topic to be continued.
    whole : float
        Share of a topic's texts from which it is a part of another.
    piece : float
        Least share of a topic's texts that a piece of it takes.
    """

    min_jaccard: float = 0.25
    whole: float = 0.5
    piece: float = 0.2


@dataclass(frozen=True, slots=True)
class Match:
    """What became of what.

    Parameters
    ----------
    continues : mapping of str to str
        Found topic → topic there was; one to one.
    origins : mapping of str to Lineage
        Where each found topic comes from.
    fates : mapping of str to Lineage
        What became of each topic that is not continued; ``into`` names found topics.
    """

    continues: Mapping[str, str]
    origins: Mapping[str, Lineage]
    fates: Mapping[str, Lineage]


def match_topics(
    before: pl.DataFrame,
    assigned_before: pl.DataFrame,
    found: pl.DataFrame,
    assigned_found: pl.DataFrame,
    params: MatchParams,
) -> Match:
    """Match one to one so that the sum of the Jaccard indices of the topics' texts is greatest.

    A topic that has no texts any more is matched by its exemplars with what is left.

    Parameters
    ----------
    before, found : DataFrame
        ``topic_id`` (unique), ``exemplars``: the topics there are and those of the refit.
    assigned_before, assigned_found : DataFrame
        ``text_hash`` (unique), ``topic_id`` under either.
    params : MatchParams
        When a topic counts as the same.

    Returns
    -------
    Match
        With evidence: shared texts, their Jaccard index, shared exemplars.
    """
    overlaps = _overlaps(before, assigned_before, found, assigned_found)
    continues = _one_to_one(overlaps.filter(pl.col("jaccard") >= params.min_jaccard), "jaccard")
    silent = before.join(assigned_before, on="topic_id", how="anti")
    left = found.filter(~pl.col("topic_id").is_in(list(continues)))
    typical = silent.select("topic_id", pl.col("exemplars").alias("text_hash")).explode("text_hash", empty_as_null=True)
    again = _overlaps(silent, typical.drop_nulls(), left, assigned_found)
    revived = _one_to_one(again.filter((pl.col("of_before") >= params.whole) & (pl.col("shared") > 1)), "of_before")
    evidence = pl.concat([overlaps, again])
    continues = {**continues, **revived}
    taken = set(continues.values())
    return Match(
        continues,
        {topic: _origin(topic, continues, evidence, params) for topic in found["topic_id"].sort()},
        {topic: _fate(topic, overlaps, params) for topic in before["topic_id"].sort() if topic not in taken},
    )


def _overlaps(
    before: pl.DataFrame, assigned_before: pl.DataFrame, found: pl.DataFrame, assigned_found: pl.DataFrame
) -> pl.DataFrame:
    """Compare every pair of topics that share a text."""
    old = assigned_before.select("text_hash", pl.col("topic_id").alias("before")).drop_nulls()
    old = old.join(before.select(pl.col("topic_id").alias("before")), on="before", how="semi")
    new = assigned_found.select("text_hash", pl.col("topic_id").alias("found")).drop_nulls()
    new = new.join(found.select(pl.col("topic_id").alias("found")), on="found", how="semi")
    shared = old.join(new, on="text_hash").group_by("before", "found").agg(pl.len().alias("shared"))
    n_before = old.group_by("before").agg(pl.len().alias("n_before"))
    n_found = new.group_by("found").agg(pl.len().alias("n_found"))
    typical = (
        _exemplars(before, "before")
        .join(_exemplars(found, "found"), on="text_hash")
        .group_by("before", "found")
        .agg(pl.len().alias("shared_exemplars"))
    )
    return (
        shared.join(n_before, on="before", validate="m:1")
        .join(n_found, on="found", validate="m:1")
        .join(typical, on=["before", "found"], how="left", validate="1:1")
        .with_columns(
            pl.col("shared_exemplars").fill_null(0),
            jaccard=(pl.col("shared") / (pl.col("n_before") + pl.col("n_found") - pl.col("shared"))).round(4),
            of_before=(pl.col("shared") / pl.col("n_before")).round(4),
            of_found=(pl.col("shared") / pl.col("n_found")).round(4),
        )
        .sort("before", "found")
    )


def _exemplars(topics: pl.DataFrame, name: str) -> pl.DataFrame:
    listed = topics.select(pl.col("topic_id").alias(name), pl.col("exemplars").alias("text_hash"))
    return listed.explode("text_hash", empty_as_null=True).drop_nulls().unique()


def _one_to_one(pairs: pl.DataFrame, score: str) -> dict[str, str]:
    """Pick pairs so that no topic is in two and the sum of scores is greatest (Hungarian method)."""
    if pairs.is_empty():
        return {}
    olds, news = pairs["before"].unique().sort().to_list(), pairs["found"].unique().sort().to_list()
    scores = np.zeros((len(olds), len(news)))
    at_old, at_new = ({topic: place for place, topic in enumerate(topics)} for topics in (olds, news))
    for old, new, value in pairs.select("before", "found", score).iter_rows():
        scores[at_old[old], at_new[new]] = value
    rows, columns = linear_sum_assignment(scores, maximize=True)
    return {news[c]: olds[r] for r, c in zip(rows, columns, strict=True) if scores[r, c] > 0}


def _origin(topic: str, continues: Mapping[str, str], overlaps: pl.DataFrame, params: MatchParams) -> Lineage:
    mine = overlaps.filter(pl.col("found") == topic)
    if topic in continues:
        old = continues[topic]
        swallowed = mine.filter(
            (pl.col("of_before") >= params.whole)
            & (pl.col("before") != old)
            & ~pl.col("before").is_in(list(continues.values()))
        )
        chosen = pl.concat([mine.filter(pl.col("before") == old), swallowed])
        return {"event": CONTINUED, "from": [old], "absorbed": swallowed["before"].to_list()} | _evidence(chosen)
    parts = mine.filter((pl.col("of_found") >= params.whole) & (pl.col("of_before") >= params.piece))
    if parts.height:
        return {"event": SPLIT, "from": parts["before"].to_list()} | _evidence(parts)
    return {"event": NEW, "from": []} | _evidence(mine.sort("shared", "before", descending=[True, False]).head(1))


def _fate(topic: str, overlaps: pl.DataFrame, params: MatchParams) -> Lineage:
    mine = overlaps.filter(pl.col("before") == topic)
    whole = mine.filter(pl.col("of_before") >= params.whole).sort("shared", "found", descending=[True, False]).head(1)
    if whole.height:
        return {"event": MERGED, "into": whole["found"].to_list()} | _evidence(whole)
    pieces = mine.filter(pl.col("of_before") >= params.piece)
    if pieces.height > 1:
        return {"event": SPLIT, "into": pieces["found"].to_list()} | _evidence(pieces)
    return {"event": DORMANT, "into": []} | _evidence(pieces)


def _evidence(pairs: pl.DataFrame) -> dict[str, Any]:
    shown = pairs.select("before", "found", pl.col("shared").alias("shared_texts"), "jaccard", "shared_exemplars")
    return {"evidence": shown.to_dicts()}
