"""From fine to coarse: a tree over the topics there are, cut into as many groups as wanted.

Ward's tree over the directions of the topics, less what all have in common. The topics themselves stay as they are, so a finer
or coarser view costs nothing and changes nothing; the same topics give the same groups in any order.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import polars as pl
from scipy.cluster.hierarchy import fcluster, linkage

from voc_mining.topics.labels import JOINT, distinct_words, keyness
from voc_mining.topics.space import matrix, unit

_NAMED_BY = 2
_GROUPS = pl.Schema({"topic_id": pl.String, "group": pl.Int64})


def usual_groups(n_topics: int) -> int:
    """Return how many groups so many topics are put into where nobody says: the root of their number.

    >>> usual_groups(42), usual_groups(1)
    (6, 1)
    """
    return max(1, round(float(np.sqrt(n_topics))))


def grouped(topics: pl.DataFrame, n_groups: int) -> pl.DataFrame:
    """Put topics into groups of topics that are alike.

    Parameters
    ----------
    topics : DataFrame
        ``topic_id`` (unique), ``centroid``.
    n_groups : int
        Groups wanted; no more than there are topics.

    Returns
    -------
    DataFrame
        ``topic_id``, ``group`` (from 0, in the order of the smallest id), sorted by ``topic_id``.
    """
    ordered = topics.sort("topic_id")
    if ordered.height < 2 or n_groups >= ordered.height:
        return ordered.select("topic_id", pl.int_range(pl.len()).alias("group")).cast(_GROUPS)
    centroids = matrix(ordered["centroid"]).astype(np.float64)
    tree = linkage(unit(centroids - centroids.mean(axis=0)), method="ward")
    cut = fcluster(tree, max(n_groups, 1), criterion="maxclust")
    _, first, place = np.unique(cut, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    return pl.DataFrame({"topic_id": ordered["topic_id"], "group": order[place]}, schema=_GROUPS)


def group_names(
    groups: pl.DataFrame, assigned: pl.DataFrame, texts: pl.DataFrame, taken: Collection[str] = ()
) -> dict[int, str]:
    """Name groups by the terms that tell them from the others and that several of their topics share.

    Parameters
    ----------
    groups : DataFrame
        ``topic_id`` (unique), ``group``.
    assigned : DataFrame
        ``text_hash`` (unique), ``topic_id``.
    texts : DataFrame
        ``text_hash`` (unique), ``terms`` of all texts.
    taken : collection of str
        Names that are in use elsewhere.

    Returns
    -------
    dict of int to str
        A name for every group, no two the same; one whose texts have no telling term is called by its first topic.
    """
    placed = assigned.join(groups, on="topic_id", validate="m:1")
    members = placed.select(pl.col("group").cast(pl.String).alias("topic_id"), "text_hash")
    spread = (
        placed.join(texts, on="text_hash", validate="1:1")
        .explode("terms", empty_as_null=True)
        .group_by(pl.col("group").cast(pl.String).alias("topic_id"), pl.col("terms").alias("entry"))
        .agg(pl.col("topic_id").n_unique().alias("topics"))
    )
    scored = keyness(members, texts, "terms").join(spread, on=["topic_id", "entry"], validate="1:1")
    ranked = scored.sort(
        "topic_id", pl.col("score") * pl.col("topics"), "entry", descending=[False, True, False]
    ).filter(~pl.col("entry").str.starts_with("［"))
    names: dict[int, str] = {}
    for number, first in groups.group_by("group").agg(pl.col("topic_id").min()).sort("group").iter_rows():
        entries = distinct_words(ranked.filter(pl.col("topic_id") == str(number))["entry"].to_list())
        offers = [JOINT.join(entries[:count]) for count in range(_NAMED_BY, len(entries) + 1)] or entries
        names[number] = next((name for name in offers if name not in {*names.values(), *taken}), first)
    return names
