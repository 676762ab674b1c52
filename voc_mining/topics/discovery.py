"""Discover topics in a pool of texts: cluster, drop what is loose, small, generic or known, find exemplars.

Clusters are sought, and held to be one matter or not, in the space without the mean; what belongs to a topic is
decided in the space of assignment, with one least similarity for all topics, so that strengths can be compared.
"""

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
from voc_mining.topics.field import in_field
from voc_mining.topics.params import DiscoveryParams
from voc_mining.topics.space import Matrix, Vector, centred, free_of, matrix, unit, whole_mean

Pool = Literal["all", "proactive"]
_REPETITION = 0.5
_BESIDE_OTHERS = 0.8
_GENERIC_CONTACTS = 100
_ENOUGH_TO_TELL = 10

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
    """A cluster: its texts, how alike they are, and its centroid in the space of assignment."""

    members: npt.NDArray[np.int64]
    centroid: Vector
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
    whole: npt.NDArray[np.floating] | None = None,
    general: bool = False,
) -> pl.DataFrame:
    """Find topics in the texts that are not there yet.

    Parameters
    ----------
    texts : DataFrame
        Distinct texts that say something: ``text_hash``, ``vector``; in any order.
    mentions : DataFrame
        ``text_hash``, ``contact_id``: who said it; texts without a mention are passed over.
    mean : ndarray, shape (d,)
        Origin of the space of assignment.
    params : DiscoveryParams
        How topics are found.
    pool : {"all", "proactive"}
        Where the texts come from.
    existing : DataFrame, optional
        ``topic_id``, ``centroid``, ``threshold`` of the topics there are; a twin of one of them is not found again.
        Given, the stricter bound of coherence holds, and their threshold.
    attempt : str
        Names the discovery in the lineage of what it finds.
    whole : ndarray, shape (d,), optional
        Mean of the vectors, where the origin is not a share of it.
    general : bool, default False
        Whether the origin is general talk; what is outside the field then founds nothing.

    Returns
    -------
    DataFrame
        One row per topic, sorted by ``topic_id``: columns of ``topics`` but for version, label and keywords, and
        ``members``, the founding texts. The same texts in any order give the same rows.
    """
    counted = mentions.select("text_hash", "contact_id").unique()
    weights = counted.group_by("text_hash").agg(pl.len().alias("n_contacts"))
    chosen = texts.select("text_hash").unique().join(weights, on="text_hash").sort("text_hash").head(params.max_texts)
    if chosen.height < 2:
        return _as_topics([], pool)
    sampled = (
        texts.select("text_hash", "vector")
        .join(chosen, on="text_hash")
        .unique("text_hash", keep="any")
        .sort("text_hash")
    )
    founding = general and existing is None
    if founding:
        mine = in_field(centred(matrix(sampled["vector"]), mean), params.out_of_field, params.lonely)
        sampled = sampled.filter(pl.Series(mine))
    vectors = matrix(sampled["vector"])
    n_contacts = sampled["n_contacts"].to_numpy()
    clusterer = TopicClusterer(
        n_components=params.n_components,
        n_neighbors=params.n_neighbors,
        near_duplicate=params.near_duplicate,
        sparse=None if founding else params.sparse,
        max_leaves=params.max_leaves,
        min_cluster_size=1,
    )
    labels = clusterer.fit(vectors, sample_weight=n_contacts).labels_
    middle = whole_mean(mean) if whole is None else np.asarray(whole, dtype=np.float64)
    points = _Points(
        centred(vectors, mean),
        centred(vectors, middle),
        1.0 + np.log2(n_contacts),
    )
    hashes = sampled["text_hash"].to_numpy()
    heard = _Heard.of(sampled["text_hash"], counted)
    known = _FOUND.to_frame() if existing is None else existing
    centroids = unit(matrix(known["centroid"]).astype(np.float64).reshape(known.height, vectors.shape[1]))
    fits_known = (points.assigned @ centroids.T).max(axis=1, initial=-1.0)
    bound = 0.0 if existing is None else params.min_coherence_pool
    enough = params.min_contacts if pool == "all" else params.min_contacts_proactive
    axis = middle - mean if np.any(middle != mean) else middle
    found: list[_Cluster] = []
    for members in _without_twins(points, labels, params):
        cluster = _measured(points, members, params)
        if cluster is None or cluster.coherence < max(bound, _least_coherence(len(cluster.members), params)):
            continue
        if heard.contacts(cluster.members) < enough or heard.is_generic(cluster.members, params.generic_share):
            continue
        alike = free_of(centroids, axis) @ free_of(cluster.centroid[None, :], axis)[0]
        if alike.max(initial=-1.0) >= params.twin:
            continue
        prefers = points.assigned[cluster.members] @ cluster.centroid > fits_known[cluster.members]
        if prefers.mean() < params.preferred:
            continue
        found.append(cluster)
    tail = params.tail_in_field if founding else params.tail
    threshold = _threshold(points, found, n_contacts, known, params, tail)
    rows = []
    for cluster in found:
        members = hashes[cluster.members].tolist()
        lineage = {"event": "discovered", "coherence": round(cluster.coherence, 4), "attempt": attempt}
        rows.append(
            (
                topic_id(members),
                hashes[_exemplars(points.apart, cluster, params.n_exemplars)].tolist(),
                cluster.centroid.tolist(),
                threshold,
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
        if self.contacts(members) <= share * self.n_contacts:
            return False
        mine = pl.col("text").is_in(members.tolist()).fill_null(value=False)
        per_contact = self.said.group_by("contact_id").agg(mine.any().alias("says"), (~mine).any().alias("other"))
        says = per_contact.filter("says")
        return says.height > share * self.n_contacts and says["other"].sum() >= _BESIDE_OTHERS * says.height


@dataclass(frozen=True, slots=True)
class _Points:
    """Texts in the space of assignment, and in the one without the mean, and how much each counts."""

    assigned: Matrix
    apart: Matrix
    weight: Vector


def _without_twins(
    points: _Points, labels: npt.NDArray[np.int64], params: DiscoveryParams
) -> list[npt.NDArray[np.int64]]:
    """Join clusters that are one matter: those of a pool that is about one thing are parts of it."""
    groups = [np.flatnonzero(labels == label) for label in range(int(labels.max(initial=-1)) + 1)]
    while len(groups) > 1:
        sums = np.array([(points.apart[each] * points.weight[each, None]).sum(axis=0) for each in groups])
        directions = unit(sums / len(points.weight))
        alike = np.triu(directions @ directions.T, 1)
        one, other = np.unravel_index(int(np.argmax(alike)), alike.shape)
        if alike[one, other] < params.twin:
            break
        groups[one] = np.sort(np.concatenate([groups[one], groups.pop(int(other))]))
    return groups


def _measured(points: _Points, members: npt.NDArray[np.int64], params: DiscoveryParams) -> _Cluster | None:
    """Let go of the texts that are unlike the rest, and centre the others."""
    if len(members) > 1:
        members = members[_to_the_rest(points.apart[members], points.weight[members]) >= params.outlier]
    if not len(members):
        return None
    counts = points.weight[members]
    coherence = 1.0
    if len(members) > 1:
        coherence = float(np.average(_to_the_rest(points.apart[members], counts), weights=counts))
    mine = points.assigned[members]
    # Stored as 32-bit floats: measure with what will be stored.
    centroid = unit((mine * counts[:, None]).sum(axis=0, keepdims=True)).astype(np.float32).astype(np.float64)[0]
    return _Cluster(members, centroid, coherence)


def _threshold(  # noqa: PLR0913, PLR0917 - what it needs
    points: _Points,
    found: Sequence[_Cluster],
    n_contacts: Vector,
    known: pl.DataFrame,
    params: DiscoveryParams,
    tail: float,
) -> float:
    """Take the threshold of the topics there are, else what the ``tail`` of statements falls below.

    Each text is held against the rest of its topic, as a text that comes later will be. Where far more than the tail
    is far away, as when other talk was taken along, it counts as outside; and where the topic that is most by itself
    is far from all others, half of the way to what its texts reach with those is enough.
    """
    if known.height:
        return round(float(np.median(known["threshold"].to_numpy())), 4)
    if not found:
        return 1.0
    members = np.concatenate([cluster.members for cluster in found])
    similar = np.concatenate(
        [_to_the_rest(points.assigned[each.members], points.weight[each.members]) for each in found]
    )
    order = np.argsort(similar, kind="stable")
    reached = np.cumsum(n_contacts[members][order])
    least = float(similar[order][np.searchsorted(reached, tail * reached[-1])])
    middle = np.median(similar)
    least = max(least, float(middle - params.far * np.median(np.abs(similar - middle))))
    reach = min(_reach(points, each, found, tail) for each in found)
    return round(min(least, (least + reach) / 2), 4)


def _reach(points: _Points, one: _Cluster, found: Sequence[_Cluster], tail: float) -> float:
    """Similarity that all but the ``tail`` of a topic's texts stay below with every other topic."""
    if len(one.members) < _ENOUGH_TO_TELL or len(found) < 2:
        return 1.0
    others = np.array([each.centroid for each in found if each is not one])
    return float(np.quantile((points.assigned[one.members] @ others.T).max(axis=1), 1.0 - tail))


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
    typical = mine @ unit(mine.sum(axis=0, keepdims=True))[0]
    picked: list[int] = []
    nearest = np.zeros(len(mine))
    for _ in range(min(wanted, len(mine))):
        merit = np.round(typical - _REPETITION * nearest, 6)
        merit[picked] = -np.inf
        picked.append(int(np.argmax(merit)))
        nearest = np.maximum(nearest, mine @ mine[picked[-1]])
    return cluster.members[picked]
