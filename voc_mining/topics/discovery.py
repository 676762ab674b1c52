"""Discover topics in a pool of texts: cluster, drop what is loose, small, generic or known, find exemplars."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from voc_mining.ids import topic_id
from voc_mining.topics.clusterer import TopicClusterer
from voc_mining.topics.params import DiscoveryParams
from voc_mining.topics.space import Matrix, Vector, centred, matrix, unit

Pool = Literal["all", "proactive"]
_REPETITION = 0.5
_BESIDE_OTHERS = 0.8
_GENERIC_CONTACTS = 100

_FOUND = pl.Schema(
    [
        ("topic_id", pl.String),
        ("exemplars", pl.List(pl.String)),
        ("centroid", pl.List(pl.Float32)),
        ("threshold", pl.Float64),
        ("size", pl.Int64),
        ("lineage", pl.String),
        ("members", pl.List(pl.String)),
    ]
)


@dataclass(frozen=True, slots=True)
class _Cluster:
    """A cluster as it stands in the space of assignment."""

    members: npt.NDArray[np.int64]
    centroid: Vector
    threshold: float
    coherence: float


def discover(  # noqa: PLR0913 - what it needs
    texts: pl.DataFrame,
    mentions: pl.DataFrame,
    mean: npt.NDArray[np.floating],
    params: DiscoveryParams,
    *,
    pool: Pool = "all",
    existing: pl.DataFrame | None = None,
    attempt: str = "",
) -> pl.DataFrame:
    """Find topics in the texts that are not there yet.

    Parameters
    ----------
    texts : DataFrame
        Distinct texts that say something: ``text_hash``, ``vector``; in any order.
    mentions : DataFrame
        ``text_hash``, ``contact_id``: who said it; texts without a mention are passed over.
    mean : ndarray, shape (d,)
        Mean of the space of assignment.
    params : DiscoveryParams
        How topics are found.
    pool : {"all", "proactive"}
        Where the texts come from.
    existing : DataFrame, optional
        ``topic_id``, ``centroid``, ``threshold`` of the topics there are; a twin of one of them is not found again.
        Given, the stricter bound of coherence holds.
    attempt : str
        Names the discovery in the lineage of what it finds.

    Returns
    -------
    DataFrame
        One row per topic, sorted by ``topic_id``: columns of ``topics`` but for version, label and keywords, and
        ``members``, the founding texts. The same texts in any order give the same rows.
    """
    counted = mentions.select("text_hash", "contact_id").unique()
    weights = counted.group_by("text_hash").agg(pl.len().alias("n_contacts"))
    sampled = texts.select("text_hash", "vector").unique("text_hash").join(weights, on="text_hash").sort("text_hash")
    sampled = sampled.head(params.max_texts)
    if sampled.height < 2:
        return _as_topics([], pool)
    vectors = matrix(sampled["vector"])
    weight = 1.0 + np.log2(sampled["n_contacts"].to_numpy())
    clusterer = TopicClusterer(
        n_components=params.n_components,
        near_duplicate=params.near_duplicate,
        max_leaves=params.max_leaves,
        min_cluster_size=1,
    )
    labels = clusterer.fit(vectors, sample_weight=sampled["n_contacts"]).labels_
    points = centred(vectors, mean)
    hashes = sampled["text_hash"].to_numpy()
    heard = _Heard.of(sampled["text_hash"], counted)
    known = _FOUND.to_frame() if existing is None else existing
    centroids = unit(matrix(known["centroid"]).astype(np.float64).reshape(known.height, points.shape[1]))
    fits_known = (points @ centroids.T).max(axis=1, initial=-1.0)
    bound = 0.0 if existing is None else params.min_coherence_pool
    enough = params.min_contacts if pool == "all" else params.min_contacts_proactive
    found: list[_Cluster] = []
    for label in range(int(labels.max()) + 1):
        cluster = _measured(points, weight, np.flatnonzero(labels == label), params)
        if cluster is None or cluster.coherence < max(bound, _least_coherence(len(cluster.members), params)):
            continue
        if heard.contacts(cluster.members) < enough or heard.is_generic(cluster.members, params.generic_share):
            continue
        if (centroids @ cluster.centroid).max(initial=-1.0) >= params.twin:
            continue
        prefers = points[cluster.members] @ cluster.centroid > fits_known[cluster.members]
        if prefers.mean() < params.preferred:
            continue
        found.append(cluster)
    rows = []
    for cluster in found:
        members = hashes[cluster.members].tolist()
        lineage = {"event": "discovered", "coherence": round(cluster.coherence, 4), "attempt": attempt}
        rows.append(
            (
                topic_id(members),
                hashes[_exemplars(points, cluster, params.n_exemplars)].tolist(),
                cluster.centroid.tolist(),
                cluster.threshold,
                len(members),
                json.dumps(lineage, sort_keys=True),
                members,
            )
        )
    return _as_topics(rows, pool)


def _as_topics(rows: Sequence[tuple[object, ...]], pool: Pool) -> pl.DataFrame:
    return (
        pl.DataFrame(rows, schema=_FOUND, orient="row")
        .with_columns(
            layer=pl.lit(0, pl.Int32),
            parent_id=pl.lit(None, pl.String),
            pool=pl.lit(pool),
            status=pl.lit("active"),
        )
        .sort("topic_id")
    )


@dataclass(frozen=True, slots=True)
class _Heard:
    """Which contacts said which texts."""

    said: pl.DataFrame
    n_contacts: int

    @classmethod
    def of(cls, hashes: pl.Series, mentions: pl.DataFrame) -> _Heard:
        index = pl.DataFrame({"text_hash": hashes, "text": np.arange(len(hashes))})
        return cls(
            mentions.join(index, on="text_hash", how="left").select("text", "contact_id"),
            mentions["contact_id"].n_unique(),
        )

    def contacts(self, members: npt.NDArray[np.int64]) -> int:
        """Count the contacts that said one of the texts."""
        return self.said.filter(pl.col("text").is_in(members.tolist()))["contact_id"].n_unique()

    def is_generic(self, members: npt.NDArray[np.int64], share: float) -> bool:
        """Whether so many contacts say it, and nearly always beside something else, that it is talk."""
        if self.n_contacts < _GENERIC_CONTACTS:
            return False
        mine = pl.col("text").is_in(members.tolist()).fill_null(value=False)
        per_contact = self.said.group_by("contact_id").agg(mine.any().alias("says"), (~mine).any().alias("other"))
        says = per_contact.filter("says")
        return says.height > share * self.n_contacts and says["other"].sum() >= _BESIDE_OTHERS * says.height


def _measured(
    points: Matrix, weight: Vector, members: npt.NDArray[np.int64], params: DiscoveryParams
) -> _Cluster | None:
    """Let go of the texts that are unlike the rest, centre the others, and give them a threshold.

    The threshold is the ``tail`` quantile of each text's similarity to the rest, within the bounds.
    """
    similar = _to_the_rest(points[members], weight[members]) if len(members) > 1 else np.ones(1)
    threshold = float(np.clip(np.quantile(similar, params.tail), params.floor, params.ceiling))
    members = members[similar >= params.outlier]
    if not len(members):
        return None
    mine, counts = points[members], weight[members]
    coherence = float(np.average(_to_the_rest(mine, counts), weights=counts)) if len(members) > 1 else 1.0
    # Stored as 32-bit floats: measure with what will be stored.
    centroid = unit((mine * counts[:, None]).sum(axis=0, keepdims=True)).astype(np.float32).astype(np.float64)[0]
    return _Cluster(members, centroid, round(threshold, 4), coherence)


def _least_coherence(size: int, params: DiscoveryParams) -> float:
    return params.min_coherence + params.chance_coherence / float(np.sqrt(size))


def _to_the_rest(points: Matrix, weight: Vector) -> Vector:
    """Similarity of each text to the centroid of the others: its own weight would flatter a small cluster."""
    weighted = points * weight[:, None]
    others = unit((weighted.sum(axis=0) - weighted) / weight.sum())
    return np.asarray(np.einsum("ij,ij->i", points, others))


def _exemplars(points: Matrix, cluster: _Cluster, wanted: int) -> npt.NDArray[np.int64]:
    """Pick typical texts, each unlike those before it (maximal marginal relevance)."""
    mine = points[cluster.members]
    typical = mine @ cluster.centroid
    picked: list[int] = []
    nearest = np.zeros(len(mine))
    for _ in range(min(wanted, len(mine))):
        merit = np.round(typical - _REPETITION * nearest, 6)
        merit[picked] = -np.inf
        picked.append(int(np.argmax(merit)))
        nearest = np.maximum(nearest, mine @ mine[picked[-1]])
    return cluster.members[picked]
