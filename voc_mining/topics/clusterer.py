"""Cluster short texts by their vectors: centre, fold near-duplicates, reduce, grow a tree, cut it, refine.

Folding comes first because people paste the same sentence with another date or name: unfolded, each such
sentence looks like a cluster of its own, and the silhouette asks for as many clusters as there are sentences.
The tree (Ward) and the refinement (spherical k-means from the tree's clusters) need no random start, so
the same vectors give the same clusters in any order. Above ``max_leaves`` texts the tree is grown over small
k-means clusters instead of single texts, with a fixed seed.
"""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from voc_mining.topics.space import Matrix, unit

Labels = npt.NDArray[np.int64]
NOISE = -1
_CUTS = 32
# Silhouettes over many numbers of clusters can be nearly flat: then fewer clusters are the steadier choice.
_PARSIMONY = 0.01
_REFINEMENTS = 10
_SILHOUETTE_SAMPLE = 2_000
_LEAF_SAMPLE = 50_000
_BLOCK = 512
_MOST_CLUSTERS = 120


class TopicClusterer(ClusterMixin, BaseEstimator):
    """Clusters of texts, their number decided by the data.

    Parameters
    ----------
    n_components : int, default=24
        Dimensions kept of the centred vectors; 20 to 50 suit sentence vectors.
    min_clusters, max_clusters : int or None, default=None
        Bounds of the number of clusters; None takes a third of and twice the root of the number of texts,
        between 2 and 120, with at least six texts a cluster on average; folded texts are one.
    near_duplicate : float, default=0.9
        Cosine in the centred space from which a text is folded into an earlier one; 1 folds equal vectors only.
    min_cluster_size : float, default=3
        Weight below which a cluster is noise.
    max_leaves : int, default=1500
        Leaves of the tree.
    random_state : int, default=0
        Seed of the leaves' k-means and of the sample the silhouette is measured on.

    Attributes
    ----------
    labels_ : ndarray of int64, shape (n,)
        Cluster of each text, numbered by falling weight; -1 is noise.
    n_clusters_ : int
        Clusters found.
    cluster_centers_ : ndarray, shape (n_clusters, d)
        Weighted mean of each cluster in the space that was passed in.
    silhouettes_ : dict of int to float
        Mean silhouette (cosine) of each cut that was tried.
    """

    def __init__(  # noqa: PLR0913 - hyperparameters of an estimator
        self,
        *,
        n_components: int = 24,
        min_clusters: int | None = None,
        max_clusters: int | None = None,
        near_duplicate: float = 0.9,
        min_cluster_size: float = 3,
        max_leaves: int = 1_500,
        random_state: int = 0,
    ) -> None:
        self.n_components = n_components
        self.min_clusters = min_clusters
        self.max_clusters = max_clusters
        self.near_duplicate = near_duplicate
        self.min_cluster_size = min_cluster_size
        self.max_leaves = max_leaves
        self.random_state = random_state

    def fit(self, X: npt.ArrayLike, y: object = None, sample_weight: npt.ArrayLike | None = None) -> Self:  # noqa: ARG002, N803
        """Cluster vectors (n × d); folded texts count by the logarithm of the weight they stand for.

        Returns
        -------
        TopicClusterer
            Itself, with the attributes set.
        """
        vectors = validate_data(self, X, dtype=np.float64)
        weights = np.ones(len(vectors)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        if weights.shape != (len(vectors),):
            raise ValueError(f"sample_weight has shape {weights.shape}, there are {len(vectors)} vectors")
        # Rows in the order of their content, so that sums do not depend on the order they came in.
        order = np.lexsort((weights, *vectors.T[::-1]))
        with threadpool_limits(limits=1):
            labels = self._cluster(vectors[order], weights[order])
        self.labels_ = np.empty(len(vectors), dtype=np.int64)
        self.labels_[order] = _by_weight(labels, weights[order], self.min_cluster_size)
        self.n_clusters_ = int(self.labels_.max(initial=NOISE)) + 1
        self.cluster_centers_ = np.array(
            [
                np.average(vectors[order][mine], axis=0, weights=weights[order][mine])
                for mine in (self.labels_[order] == cluster for cluster in range(self.n_clusters_))
            ]
        ).reshape(self.n_clusters_, vectors.shape[1])
        return self

    def cuts(self) -> list[tuple[int, float]]:
        """Numbers of clusters that were tried, with their silhouette."""
        check_is_fitted(self)
        return sorted(self.silhouettes_.items())

    def bounds(self, n_texts: int) -> tuple[int, int]:
        """Least and greatest number of clusters for so many texts."""
        least = self.min_clusters or max(2, int(np.sqrt(n_texts) / 3))
        most = self.max_clusters or max(least + 1, min(_MOST_CLUSTERS, int(2 * np.sqrt(n_texts)), n_texts // 6))
        return min(least, n_texts, _MOST_CLUSTERS), min(max(least, most), n_texts)

    def _cluster(self, vectors: Matrix, weights: Matrix) -> Labels:
        self.silhouettes_: dict[int, float] = {}
        cone_free = unit(vectors - vectors.mean(axis=0))
        fold = _fold(cone_free, self.near_duplicate)
        folded = np.bincount(fold, weights=weights)
        reduced = _reduce(cone_free, fold, weights, self.n_components)
        if len(reduced) < 3 or not np.any(reduced):
            return np.zeros(len(vectors), dtype=np.int64)
        return self._best_cut(reduced, np.log2(1.0 + folded))[fold]

    def _best_cut(self, reduced: Matrix, weights: Matrix) -> Labels:
        leaf_of, leaves = self._leaves(reduced, weights)
        tree = linkage(leaves, method="ward")
        least, most = self.bounds(len(reduced))
        best = np.zeros(len(reduced), dtype=np.int64)
        best_merit = -np.inf
        for k in np.unique(np.round(np.geomspace(least, most, _CUTS)).astype(int)):
            labels = _refine(reduced, weights, fcluster(tree, k, criterion="maxclust")[leaf_of] - 1)
            found = len(np.unique(labels))
            if not 1 < found < len(reduced):
                continue
            silhouette = self._silhouette(reduced, labels)
            self.silhouettes_[found] = max(silhouette, self.silhouettes_.get(found, -1.0))
            merit = silhouette - _PARSIMONY * np.log(found)
            if merit > best_merit:
                best, best_merit = labels, merit
        return best

    def _leaves(self, reduced: Matrix, weights: Matrix) -> tuple[Labels, Matrix]:
        if len(reduced) <= self.max_leaves:
            return np.arange(len(reduced)), reduced
        sample = np.sort(
            np.random.default_rng(self.random_state).permutation(len(reduced))[: max(_LEAF_SAMPLE, self.max_leaves)]
        )
        means = KMeans(self.max_leaves, n_init=1, max_iter=30, random_state=self.random_state)
        means.fit(reduced[sample], sample_weight=weights[sample])
        return means.predict(reduced).astype(np.int64), unit(means.cluster_centers_)

    def _silhouette(self, reduced: Matrix, labels: Labels) -> float:
        size = min(len(labels), _SILHOUETTE_SAMPLE)
        sample = np.random.default_rng(self.random_state).permutation(len(labels))[:size]
        if not 1 < len(np.unique(labels[sample])) < size:
            return -1.0
        return float(silhouette_score(reduced[sample], labels[sample], metric="cosine"))


def _fold(points: Matrix, similarity: float) -> Labels:
    """Fold each point into the first kept point that is similar enough; give the number of that point."""
    fold = np.full(len(points), NOISE, dtype=np.int64)
    kept: list[int] = []
    for start in range(0, len(points), _BLOCK):
        block, mine = points[start : start + _BLOCK], fold[start : start + _BLOCK]
        if kept:
            near = block @ points[kept].T >= similarity
            mine[:] = np.where(near.any(axis=1), near.argmax(axis=1), NOISE)
        within = block @ block.T >= similarity
        for place in range(len(block)):
            if mine[place] == NOISE:
                likes = within[place] & (mine == NOISE)
                likes[place] = True  # also a point without direction, unlike even itself
                mine[likes] = len(kept)
                kept.append(start + place)
    return fold


def _reduce(cone_free: Matrix, fold: Labels, weights: Matrix, n_components: int) -> Matrix:
    """Keep the main components of the folded points: weighted means, of unit length."""
    kept = min(n_components, len(cone_free) - 1, cone_free.shape[1])
    if kept < 1 or not np.any(cone_free):
        return np.zeros((int(fold.max()) + 1, 1))
    reduced = unit(PCA(kept, svd_solver="covariance_eigh").fit_transform(cone_free))
    return unit(_sums(reduced * weights[:, None], fold) / weights.sum() * len(weights))


def _sums(rows: Matrix, groups: Labels) -> Matrix:
    """Add up the rows of each group."""
    sums = np.zeros((int(groups.max()) + 1, rows.shape[1]))
    np.add.at(sums, groups, rows)
    return sums


def _refine(reduced: Matrix, weights: Matrix, labels: Labels) -> Labels:
    """Move texts to the nearest centre until none moves (spherical k-means)."""
    weighted = reduced * weights[:, None]
    for _ in range(_REFINEMENTS):
        labels = np.unique(labels, return_inverse=True)[1]
        centres = unit(_sums(weighted, labels) / weights.mean())
        moved = np.argmax(reduced @ centres.T, axis=1)
        if np.array_equal(moved, labels):
            break
        labels = moved
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64)


def _by_weight(labels: Labels, weights: Matrix, least: float) -> Labels:
    """Give clusters numbers by falling weight, ties by their first text; the light ones are noise."""
    names, first = np.unique(labels, return_index=True)
    weight = np.array([weights[labels == name].sum() for name in names])
    ranked = sorted(range(len(names)), key=lambda i: (-weight[i], first[i]))
    number = np.full(int(labels.max(initial=0)) + 1, NOISE, dtype=np.int64)
    for rank, i in enumerate(i for i in ranked if weight[i] >= least):
        number[names[i]] = rank
    return number[labels]
