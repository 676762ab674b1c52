"""How alike topics are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from voc_mining.topics.assignment import DECIMALS
from voc_mining.topics.space import matrix, unit

_NEAREST = pl.Schema({"topic_id": pl.String, "nearest_topic_id": pl.String, "nearest_similarity": pl.Float64})


def nearest_topics(topics: pl.DataFrame, roots: Mapping[str, str]) -> pl.DataFrame:
    """Find the topic that each topic is most like.

    Parameters
    ----------
    topics : DataFrame
        ``topic_id``, ``centroid`` of the active topics of one version.
    roots : mapping of str to str
        Topic that each is part of now: parts of one whole are not compared.

    Returns
    -------
    DataFrame
        ``topic_id`` (a whole), ``nearest_topic_id``, ``nearest_similarity`` (greatest cosine between centroids of the two,
        less the mean of all centroids, to four decimals), sorted; of equally similar ones the smaller id.
    """
    ordered = topics.sort("topic_id")
    ids = [roots.get(topic, topic) for topic in ordered["topic_id"]]
    if len(set(ids)) < 2:
        return _NEAREST.to_frame()
    centroids = matrix(ordered["centroid"]).astype(np.float64)
    # What all topics have in common says nothing about two of them.
    apart = unit(centroids - centroids.mean(axis=0))
    alike = np.round(apart @ apart.T, DECIMALS)
    rows, columns = np.nonzero(np.asarray(ids)[:, None] != np.asarray(ids)[None, :])
    pairs = pl.DataFrame(
        {
            "topic_id": np.asarray(ids)[rows],
            "nearest_topic_id": np.asarray(ids)[columns],
            "nearest_similarity": alike[rows, columns],
        },
        schema=_NEAREST,
    )
    best = pairs.sort("nearest_similarity", "nearest_topic_id", descending=[True, False])
    return best.unique("topic_id", keep="first", maintain_order=True).sort("topic_id")
