"""How stable topics are: whether other texts of the same kind would have given the same ones.

Cluster-wise stability by the bootstrap (Hennig 2007, "Cluster-wise assessment of cluster stability"): texts are drawn with
replacement, clustered anew, and each topic is held to the cluster that is most like it, by the Jaccard coefficient of the two
sets over the texts drawn. The mean over the draws tells how far a topic is a matter of chance: from 0.75 on it is stable, below
0.5 it dissolves. Two things of Hennig's scheme are bounded here: a sample of texts, and few draws.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from voc_mining.topics.clusterer import TopicClusterer
from voc_mining.topics.registry import RegistryVersion
from voc_mining.topics.space import matrix

_DRAWS = 5
_SAMPLE = 2_000
_LEAST_TEXTS = 5
_DISSOLVED = 0.5
_DIGITS = 3


def stability(vectors: pl.DataFrame, version: RegistryVersion) -> dict[str, Any]:
    """Measure the stability of a version's topics.

    Parameters
    ----------
    vectors : DataFrame
        ``text_hash`` (unique), ``vector`` of the version's model.
    version : RegistryVersion
        The version, with an assignment for every text.

    Returns
    -------
    dict
        ``mean`` (over topics, each by its texts in the sample; None where there are too few) and ``dissolved`` (ids of the topics
        below 0.5, sorted). The same texts give the same numbers, in any order.
    """
    placed = version.assignments.select("text_hash", "topic_id").drop_nulls()
    sample = vectors.select("text_hash", "vector").join(placed, on="text_hash").sort("text_hash").head(_SAMPLE)
    if sample["topic_id"].n_unique() < 2:
        return {"mean": None, "dissolved": []}
    points, topics = matrix(sample["vector"]), sample["topic_id"].to_numpy()
    likeness: dict[str, list[float]] = {}
    for draw in range(_DRAWS):
        drawn = np.unique(np.random.default_rng(draw).integers(0, len(points), len(points)))
        clusters = TopicClusterer(min_cluster_size=1).fit(points[drawn]).labels_
        for topic, like in _likeness(topics[drawn], clusters).items():
            likeness.setdefault(topic, []).append(like)
    means = {topic: float(np.mean(likes)) for topic, likes in likeness.items()}
    if not means:
        return {"mean": None, "dissolved": []}
    sizes = [int((topics == topic).sum()) for topic in means]
    return {
        "mean": round(float(np.average(list(means.values()), weights=sizes)), _DIGITS),
        "dissolved": sorted(topic for topic, mean in means.items() if mean < _DISSOLVED),
    }


def _likeness(topics: npt.NDArray[np.object_], clusters: npt.NDArray[np.int64]) -> dict[str, float]:
    """Greatest Jaccard coefficient of each topic and a cluster; topics with hardly a text are left out."""
    counts = pl.DataFrame({"topic": topics.tolist(), "cluster": clusters}).group_by("topic", "cluster").len("shared")
    of_topic = counts.group_by("topic").agg(pl.col("shared").sum().alias("texts"))
    of_cluster = counts.group_by("cluster").agg(pl.col("shared").sum().alias("members"))
    jaccard = pl.col("shared") / (pl.col("texts") + pl.col("members") - pl.col("shared"))
    pairs = counts.join(of_topic, on="topic").join(of_cluster, on="cluster").filter(pl.col("texts") >= _LEAST_TEXTS)
    return dict(pairs.group_by("topic").agg(jaccard.max()).sort("topic").iter_rows())
