"""Layers of topics from fine to coarse: each topic's group in a middle and in a coarse layer.

The groups are those of the tree over the topics (:mod:`voc_mining.topics.tree`), cut twice, so that groups of the middle layer
lie within those of the coarse one. They are found once for a version of the registry; a topic that is added later joins the
group of the topic it is most like, so that groups stay what they are. Where analysts put a topic under a heading, the
heading is its group; a heading lies in the coarse group that most of its topics would be in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import polars as pl

from voc_mining.ids import layer_id
from voc_mining.topics.assignment import DECIMALS
from voc_mining.topics.space import matrix, unit
from voc_mining.topics.tree import grouped, usual_groups

LAYERS = ("middle", "coarse")
GROUPS = pl.Schema({"topic_id": pl.String, "middle_id": pl.String, "coarse_id": pl.String})
COLUMNS = ("middle_id", "middle_label", "coarse_id", "coarse_label")
_BETWEEN = 0.75
"""Power of the number of topics that the groups of the middle layer are many; of the coarse one it is a half."""


def layered(topics: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Put topics into their groups.

    Parameters
    ----------
    topics : DataFrame
        ``topic_id`` (unique), ``centroid`` of the topics of one version.
    known : DataFrame
        Columns of ``GROUPS``: topics whose groups are settled; those not among ``topics`` are passed over.

    Returns
    -------
    DataFrame
        Columns of ``GROUPS``, one row for each topic, sorted; the same in any order.
    """
    ordered = topics.select("topic_id", "centroid").sort("topic_id")
    settled = known.join(ordered, on="topic_id", how="semi").select(*GROUPS).sort("topic_id")
    if settled.is_empty():
        return _cut(ordered)
    new = ordered.join(settled, on="topic_id", how="anti")
    if new.is_empty():
        return settled
    centroids = matrix(ordered["centroid"]).astype(np.float64)
    apart = unit(centroids - centroids.mean(axis=0))
    old = ordered["topic_id"].is_in(settled["topic_id"].to_list()).to_numpy()
    # argmax takes the first of equals: the smallest topic_id.
    nearest = np.argmax(np.round(apart[~old] @ apart[old].T, DECIMALS), axis=1)
    joined = settled.select(pl.exclude("topic_id").gather(nearest.tolist())).with_columns(new["topic_id"])
    return pl.concat([settled, joined.select(*GROUPS)]).sort("topic_id")


def _cut(ordered: pl.DataFrame) -> pl.DataFrame:
    counts = {"middle": round(ordered.height**_BETWEEN), "coarse": usual_groups(ordered.height)}
    table = ordered.select("topic_id")
    for layer, count in counts.items():
        groups = grouped(ordered, max(count, 1))
        ids = {
            group: layer_id(layer, part["topic_id"]) for (group,), part in groups.group_by("group", maintain_order=True)
        }
        named = groups.select(
            "topic_id", pl.col("group").replace_strict(ids, return_dtype=pl.String).alias(f"{layer}_id")
        )
        table = table.join(named, on="topic_id", validate="1:1", maintain_order="left")
    return table.select(*GROUPS).cast(GROUPS)


def with_layers(topics: pl.DataFrame, stored: pl.DataFrame, made_of: Mapping[str, str]) -> pl.DataFrame:
    """Tell the group of each topic in the coarser layers, with the analysts' edits applied.

    Parameters
    ----------
    topics : DataFrame
        Effective topics: ``topic_id`` (unique), ``label``, ``parent_id``.
    stored : DataFrame
        ``topic_id`` (unique) and ``COLUMNS``: groups of the version's topics.
    made_of : mapping of str to str
        Topic that a split was made of, whose groups it has.

    Returns
    -------
    DataFrame
        ``topics`` with ``COLUMNS``. A topic that nothing is in a group with is a group of its own.
    """
    labels = dict(topics.select("topic_id", "label").iter_rows())
    parents = dict(topics.drop_nulls("parent_id").select("topic_id", "parent_id").iter_rows())
    found = {row["topic_id"]: row for row in stored.select("topic_id", *COLUMNS).to_dicts()}
    own = {topic: found.get(topic) or found.get(made_of.get(topic, "")) for topic in labels}
    headings = {topic: _path(topic, parents) for topic in labels if topic in parents or topic in parents.values()}
    middle, coarse = dict[str, str](), dict[str, str]()
    names = {row[f"{layer}_id"]: row[f"{layer}_label"] for row in found.values() for layer in LAYERS} | labels
    for topic, groups in own.items():
        path = headings.get(topic)
        if path is None:
            middle[topic], coarse[topic] = (groups["middle_id"], groups["coarse_id"]) if groups else (topic, topic)
        else:
            middle[topic] = path[0]
            under = [each for each, above in headings.items() if above[-1] == path[-1]]
            votes = Counter(sorted(row["coarse_id"] for each in under if (row := own[each])))
            # Of equally many the smallest id; a heading above another is coarse itself.
            coarse[topic] = votes.most_common(1)[0][0] if len(path) == 1 and votes else path[-1]
    for place in (middle, coarse):
        sizes = Counter(group for topic, group in place.items() if topic not in parents.values())
        for topic, group in place.items():
            if sizes[group] == 1 and not {topic, group} & set(parents.values()):
                place[topic] = topic
    return topics.with_columns(
        pl.Series(name, values, dtype=pl.String)
        for layer, place in zip(LAYERS, (middle, coarse), strict=True)
        for name, values in (
            (f"{layer}_id", [place[topic] for topic in topics["topic_id"]]),
            (f"{layer}_label", [names[place[topic]] for topic in topics["topic_id"]]),
        )
    )


def _path(topic: str, parents: Mapping[str, str]) -> list[str]:
    """Headings from the one right above a topic, or from itself where it is one, to the highest."""
    path = [parents[topic]] if topic in parents and topic not in parents.values() else [topic]
    while path[-1] in parents:
        path.append(parents[path[-1]])
    return path
