"""What a refit keeps: the topics there are, unless those found anew are clearly better.

Over many texts several partitions are about equally good, and which is best turns on a few texts more. So a refit
that were free each time would give every fifth statement another topic for nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_samples
from threadpoolctl import threadpool_limits

from voc_mining.contracts import LAKE_TABLES
from voc_mining.topics.params import TopicsParams
from voc_mining.topics.registry import RegistryVersion, discover_in_pool, judge
from voc_mining.topics.space import centred, matrix, unit

_GAIN = 0.03
_SAMPLE = 4_000


def steadier(
    texts: pl.DataFrame,
    mentions: pl.DataFrame,
    active: RegistryVersion,
    fresh: RegistryVersion,
    params: TopicsParams,
) -> RegistryVersion:
    """Take the topics there are into a refit, with what is new beside them, unless the fresh ones are clearly better.

    Better means a mean silhouette higher by more than 0.03, where a text without a topic counts 0. Another model or
    other parameters of discovery ask for fresh topics.

    Parameters
    ----------
    texts, mentions : DataFrame
        As for a refit.
    active, fresh : RegistryVersion
        The version in force, and the one found anew on these texts.
    params : TopicsParams
        Parameters of the stage.

    Returns
    -------
    RegistryVersion
        Under the number of the fresh one.
    """
    for column in ("model_id", "params"):
        if active.registry[column].item() != fresh.registry[column].item():
            return fresh
    talk = sorted({*active.registry["formulas"].item(), *fresh.registry["formulas"].item()})
    version = fresh.registry["registry_version"].item()
    numbered = pl.lit(version, pl.Int64).alias("registry_version")
    registry = active.registry.with_columns(
        numbered, fresh.registry["state"], pl.Series("formulas", [talk], dtype=pl.List(pl.String))
    )
    alive = active.topics.filter(pl.col("status") == "active").with_columns(numbered)
    judged = judge(texts, alive, registry, params, tried=True)
    alive = alive.join(judged, on="topic_id", how="semi").sort("topic_id")
    if alive.is_empty():
        return fresh
    pool = texts.join(judged.filter(pl.col("tried") & pl.col("topic_id").is_null()), on="text_hash", how="semi")
    if pool.height >= params.growth.min_texts:
        found = discover_in_pool(pool, mentions, alive, registry, params)
        alive = pl.concat([alive, found]).sort("topic_id").pipe(LAKE_TABLES["topics"].conform)
        judged = judge(texts, alive, registry, params, tried=True)
    gain = _merit(texts, fresh.assignments) - _merit(texts, judged)
    return fresh if gain > _GAIN else RegistryVersion(registry, alive, judged)


def _merit(texts: pl.DataFrame, assignments: pl.DataFrame) -> float:
    """Mean silhouette of the texts that say something, of a sample that depends on nothing else."""
    chosen = assignments.filter("tried").select("text_hash", "topic_id").sort("text_hash").head(_SAMPLE)
    chosen = chosen.join(texts.select("text_hash", "vector"), on="text_hash", validate="1:1").sort("text_hash")
    placed = chosen.filter(pl.col("topic_id").is_not_null())
    topics: npt.NDArray[np.str_] = placed["topic_id"].to_numpy().astype(str)
    if not 1 < len(np.unique(topics)) < len(topics):
        return 0.0
    vectors = matrix(placed["vector"]).astype(np.float64)
    points = centred(vectors, vectors.mean(axis=0))
    with threadpool_limits(limits=1):
        kept = max(1, min(24, len(points) - 1, points.shape[1]))
        flat = unit(PCA(kept, svd_solver="covariance_eigh").fit_transform(points))
        return float(silhouette_samples(flat, topics, metric="cosine").sum()) / chosen.height
