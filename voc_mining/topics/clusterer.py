"""Cluster short texts by their vectors: centre, fold near-duplicates, look at neighbours, grow a tree, cut it, refine.

Folding comes first because people paste the same sentence with another date or name: unfolded, each such sentence
looks like a cluster of its own, and the silhouette asks for as many clusters as there are sentences. Where there are
more texts than ``max_leaves``, the tree is grown over small k-means clusters of a sample. A cluster whose texts are
far sparser than the rest is other talk that has nothing in common but that: it is noise, and the others are sought
again without it.

Nothing depends on the order of the rows: they are put into the order of their content first, and seeds are fixed.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_array
from scipy.spatial.distance import squareform
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import silhouette_score
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from voc_mining.topics.neighbours import density, diffused
from voc_mining.topics.space import Matrix, unit

Labels = npt.NDArray[np.int64]
NOISE = -1
_CUTS = 28
# Silhouettes over many numbers of clusters can be nearly flat: then fewer clusters are the steadier choice. The more
# texts there are, the less a silhouette owes to chance.
_PARSIMONY = 0.01
# As many dimensions tell that many matters apart, and no more: large sets are given more, in place of a few broad topics.
_ENOUGH_TEXTS = 2_000
_MOST_DIMENSIONS = 8 / 3
_REFINEMENTS = 10
_SILHOUETTE_SAMPLE = 2_000
_DENSITY_SAMPLE = 4_000
_SHARE_OF_MEAN = 0.5
_BLOCK = 32_768
_MOST_CLUSTERS = 120
_LEAST_CLUSTERS = 12
_LEAST_GROWS_FROM = (3 * _LEAST_CLUSTERS) ** 2
_LEAF_ITERATIONS = 12


class TopicClusterer(ClusterMixin, BaseEstimator):
    """Clusters of texts, their number decided by the data.

    Parameters
    ----------
    n_components : int, default=24
        Dimensions kept of the centred vectors where silhouettes are measured, for up to 2,000 texts; of more texts more
        are kept, by the root of their number, up to 8/3 times as many.
    n_neighbors : int, default=10
        Neighbours that make the graph.
    n_coordinates : int, default=32
        Eigenvectors of the graph that clusters are sought in; more of more texts in the same way.
    min_clusters, max_clusters : int or None, default=None
        Bounds of the number of clusters; None takes a third of and twice the root of the number of texts, both between
        2 and 120, with at least six texts a cluster on average; folded texts are one. From 12 clusters on the first
        grows by the fourth root only.
    near_duplicate : float, default=0.9
        Cosine in the centred space from which a text is folded into an earlier one; 1 folds equal vectors only.
    sparse : float or None, default=1.9
        How much less dense than the median text a cluster may be, in median absolute deviations; None keeps all.
    min_cluster_size : float, default=3
        Weight below which a cluster is noise.
    max_leaves : int, default=2000
        Leaves of the tree.
    max_texts : int, default=20000
        Texts that the tree is grown on; the others go to the most similar cluster.
    random_state : int, default=0
        Seed of samples and of the leaves' k-means.

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
    children_ : ndarray, shape (n_clusters - 1, 2)
        What is joined at each step from the clusters to a single one, as in scikit-learn's agglomeration: numbers
        from ``n_clusters_`` on are earlier steps.
    """

    def __init__(  # noqa: PLR0913 - hyperparameters of an estimator
        self,
        *,
        n_components: int = 24,
        n_neighbors: int = 10,
        n_coordinates: int = 32,
        min_clusters: int | None = None,
        max_clusters: int | None = None,
        near_duplicate: float = 0.9,
        sparse: float | None = 1.9,
        min_cluster_size: float = 3,
        max_leaves: int = 2_000,
        max_texts: int = 20_000,
        random_state: int = 0,
    ) -> None:
        self.n_components = n_components
        self.n_neighbors = n_neighbors
        self.n_coordinates = n_coordinates
        self.min_clusters = min_clusters
        self.max_clusters = max_clusters
        self.near_duplicate = near_duplicate
        self.sparse = sparse
        self.min_cluster_size = min_cluster_size
        self.max_leaves = max_leaves
        self.max_texts = max_texts
        self.random_state = random_state

    def fit(self, X: npt.ArrayLike, y: object = None, sample_weight: npt.ArrayLike | None = None) -> Self:  # noqa: ARG002, N803
        """Cluster vectors (n × d); folded texts count by the logarithm of the weight they stand for.

        Returns
        -------
        TopicClusterer
            Itself, with the attributes set.
        """
        vectors = validate_data(self, X, dtype=[np.float64, np.float32])
        weights = np.ones(len(vectors)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        if weights.shape != (len(vectors),):
            raise ValueError(f"sample_weight has shape {weights.shape}, there are {len(vectors)} vectors")
        if not weights.any():
            raise ValueError("some sample weights must be greater than zero")
        order = _by_content(vectors, weights)
        with threadpool_limits(limits=1):
            mean = sum(block.sum(axis=0) for block in _blocks(vectors, order)) / len(vectors)
            chosen = self._sample(len(order), self.max_texts)
            sample = order[chosen]
            cone_free = unit(vectors[sample].astype(np.float64) - mean)
            grouped = self._cluster(vectors[sample].astype(np.float64), cone_free, mean, weights[sample])
            labels = grouped
            if len(sample) < len(order):
                centres = _centres(cone_free, weights[sample], grouped)
                near = [_most_alike(unit(block - mean), centres) for block in _blocks(vectors, order)]
                labels = np.concatenate(near)
                labels[chosen] = grouped
        self.labels_ = np.empty(len(vectors), dtype=np.int64)
        self.labels_[order] = _by_weight(labels, weights[order], self.min_cluster_size)
        self.n_clusters_ = int(self.labels_.max(initial=NOISE)) + 1
        self.cluster_centers_ = _means(vectors, order, self.labels_, weights, self.n_clusters_)
        self.children_ = _joined(self.cluster_centers_ - mean)
        return self

    def cuts(self) -> list[tuple[int, float]]:
        """Numbers of clusters that were tried, with their silhouette."""
        check_is_fitted(self)
        return sorted(self.silhouettes_.items())

    def groups(self, n_groups: int) -> Labels:
        """Group the clusters into fewer, along the tree.

        Parameters
        ----------
        n_groups : int
            Groups wanted, between 1 and the number of clusters.

        Returns
        -------
        ndarray of int64, shape (n_clusters,)
            Group of each cluster, numbered by the first cluster in it.
        """
        check_is_fitted(self)
        group = np.arange(self.n_clusters_ + len(self.children_))
        for step, (one, other) in enumerate(self.children_[: max(self.n_clusters_ - n_groups, 0)]):
            group[np.isin(group, [group[one], group[other]])] = self.n_clusters_ + step
        _, first, numbers = np.unique(group[: self.n_clusters_], return_index=True, return_inverse=True)
        return np.argsort(np.argsort(first)).astype(np.int64)[numbers]

    def bounds(self, n_texts: int) -> tuple[int, int]:
        """Least and greatest number of clusters for so many texts."""
        grown = _LEAST_CLUSTERS * (n_texts / _LEAST_GROWS_FROM) ** 0.25
        least = self.min_clusters or max(2, int(min(np.sqrt(n_texts) / 3, grown)))
        most = self.max_clusters or max(least + 1, min(_MOST_CLUSTERS, int(2 * np.sqrt(n_texts)), n_texts // 6))
        return min(least, n_texts), min(max(least, most), n_texts)

    def _neighbors(self, number: int) -> int:
        return max(3, min(self.n_neighbors, number // 12))

    def _sample(self, number: int, size: int) -> Labels:
        if number <= size:
            return np.arange(number)
        return np.sort(np.random.default_rng(self.random_state).permutation(number)[:size])

    def _cluster(self, vectors: Matrix, cone_free: Matrix, mean: Matrix, weights: Matrix) -> Labels:
        self.silhouettes_: dict[int, float] = {}
        if not np.any(cone_free):
            return np.zeros(len(vectors), dtype=np.int64)
        node_of, folded, n_distinct = self._nodes(cone_free, weights)
        reduced = _reduced(cone_free, round(self.n_components * _richer(n_distinct)))
        nodes = unit(_sums(cone_free * weights[:, None], node_of) / weights.mean())
        flat = unit(_sums(reduced * weights[:, None], node_of) / weights.mean())
        if len(nodes) < 3:
            return np.zeros(len(vectors), dtype=np.int64)
        found = self._best_cut(nodes, flat, folded, n_distinct)
        noise = np.zeros(len(nodes), dtype=bool)
        if self.sparse is not None:
            noise = np.isin(found, self._too_sparse(unit(vectors - _SHARE_OF_MEAN * mean), found[node_of]))
        if noise.any() and (~noise).sum() >= 3:
            self.silhouettes_ = {}
            again = np.full(len(nodes), NOISE, dtype=np.int64)
            again[~noise] = self._best_cut(nodes[~noise], flat[~noise], folded[~noise], n_distinct - int(noise.sum()))
            found = again
        return found[node_of]

    def _nodes(self, cone_free: Matrix, weights: Matrix) -> tuple[Labels, Matrix, int]:
        """Give what the tree is grown over (folded texts, or leaves), how much each counts, and the texts left."""
        if len(cone_free) <= self.max_leaves:
            node_of = _fold(cone_free, self.near_duplicate)
            folded = np.bincount(node_of, weights=weights)
            return node_of, np.log2(1.0 + folded), len(folded)
        means = KMeans(self.max_leaves, n_init=1, max_iter=_LEAF_ITERATIONS, random_state=self.random_state)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # fewer distinct texts than leaves
            leaf_of = np.unique(means.fit_predict(_reduced(cone_free, self.n_components)), return_inverse=True)[
                1
            ].astype(np.int64)
        counts, n_distinct = np.zeros(int(leaf_of.max()) + 1), 0
        for leaf in range(len(counts)):
            mine = np.flatnonzero(leaf_of == leaf)
            folded = np.bincount(_fold(cone_free[mine], self.near_duplicate), weights=weights[mine])
            counts[leaf] = np.log2(1.0 + folded).sum()
            n_distinct += len(folded)
        node_of = _fold(unit(_sums(cone_free, leaf_of) / len(leaf_of) * len(counts)), self.near_duplicate)
        return node_of[leaf_of], np.bincount(node_of, weights=counts).astype(np.float64), n_distinct

    def _best_cut(self, nodes: Matrix, flat: Matrix, weights: Matrix, n_texts: int) -> Labels:
        # Of few leaves a cluster has fewer still, and neighbours outside it would join it to others.
        n_neighbors = self._neighbors(len(nodes)) if len(nodes) < n_texts else self.n_neighbors
        richer = _richer(n_texts)
        placed = diffused(nodes, n_neighbors, round(self.n_coordinates * richer), steps=2)
        tree = linkage(placed, method="ward")
        least, most = (min(bound, len(nodes)) for bound in self.bounds(n_texts))
        measured = self._sample(len(nodes), _SILHOUETTE_SAMPLE)
        apart = np.clip(1.0 - flat[measured] @ flat[measured].T, 0.0, 2.0)
        np.fill_diagonal(apart, 0.0)
        best = np.zeros(len(nodes), dtype=np.int64)
        best_merit = -np.inf
        for k in np.unique(np.round(np.geomspace(least, most, _CUTS)).astype(int)):
            labels = _refine(placed, weights, fcluster(tree, k, criterion="maxclust") - 1)
            found, seen = len(np.unique(labels)), len(np.unique(labels[measured]))
            if found < 2 or not 1 < seen < len(measured):
                continue
            silhouette = round(float(silhouette_score(apart, labels[measured], metric="precomputed")), 6)
            self.silhouettes_[found] = max(silhouette, self.silhouettes_.get(found, -1.0))
            merit = silhouette - _PARSIMONY / richer * np.log(found)
            if merit > best_merit:
                best, best_merit = labels, merit
        return best

    def _too_sparse(self, half_centred: Matrix, labels: Labels) -> list[int]:
        """Clusters whose median text is far less dense than the median of all."""
        assert self.sparse is not None
        chosen = self._sample(len(labels), _DENSITY_SAMPLE)
        dense = density(half_centred[chosen], self._neighbors(len(chosen)))
        middle = np.median(dense)
        least = middle - self.sparse * np.median(np.abs(dense - middle))
        clusters = np.unique(labels[chosen])
        sparse = [int(c) for c in clusters if np.median(dense[labels[chosen] == c]) < least]
        return sparse if len(sparse) < len(clusters) else []


def _by_content(vectors: npt.NDArray[np.floating], weights: Matrix) -> Labels:
    """Order rows by their bytes, equal ones by weight, so that no sum depends on the order they came in."""
    light_first = np.argsort(weights, kind="stable")
    rows = np.ascontiguousarray(vectors).view(np.dtype((np.void, vectors.itemsize * vectors.shape[1]))).ravel()
    return light_first[np.argsort(rows[light_first], kind="stable")]


def _blocks(vectors: npt.NDArray[np.floating], order: Labels) -> Iterator[Matrix]:
    for start in range(0, len(order), _BLOCK):
        yield vectors[order[start : start + _BLOCK]].astype(np.float64)


def _fold(points: Matrix, similarity: float) -> Labels:
    """Fold each point into the first kept point that is similar enough; give the number of that point."""
    fold = np.full(len(points), NOISE, dtype=np.int64)
    kept: list[int] = []
    size = 512
    for start in range(0, len(points), size):
        block, mine = points[start : start + size], fold[start : start + size]
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


def _richer(n_texts: int) -> float:
    """How many times more dimensions so many texts can fill than a small set."""
    return min(max(1.0, float(np.sqrt(n_texts / _ENOUGH_TEXTS))), _MOST_DIMENSIONS)


def _reduced(cone_free: Matrix, n_components: int) -> Matrix:
    """Keep the main components, of unit length."""
    kept = max(1, min(n_components, len(cone_free) - 1, cone_free.shape[1]))
    return unit(PCA(kept, svd_solver="covariance_eigh").fit_transform(cone_free))


def _sums(rows: Matrix, groups: Labels) -> Matrix:
    """Add up the rows of each group."""
    member = coo_array((np.ones(len(rows)), (groups, np.arange(len(rows))))).tocsr()
    return np.asarray(member @ rows)


def _centres(points: Matrix, weights: Matrix, labels: Labels) -> Matrix:
    member = labels != NOISE
    return unit(_sums(points[member] * weights[member, None], labels[member]) / weights.mean())


def _most_alike(points: Matrix, centres: Matrix) -> Labels:
    return np.asarray(np.argmax(points @ centres.T, axis=1), dtype=np.int64)


def _refine(placed: Matrix, weights: Matrix, labels: Labels) -> Labels:
    """Move texts to the nearest centre until none moves (spherical k-means)."""
    weighted = placed * weights[:, None]
    for _ in range(_REFINEMENTS):
        labels = np.unique(labels, return_inverse=True)[1]
        moved = _most_alike(placed, unit(_sums(weighted, labels) / weights.mean()))
        if np.array_equal(moved, labels):
            break
        labels = moved
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64)


def _by_weight(labels: Labels, weights: Matrix, least: float) -> Labels:
    """Give clusters numbers by falling weight, ties by their first text; the light ones are noise."""
    names, first = np.unique(labels, return_index=True)
    weight = [weights[labels == name].sum() for name in names]
    ranked = sorted(range(len(names)), key=lambda i: (-weight[i], first[i]))
    number = np.full(int(labels.max(initial=0)) + 2, NOISE, dtype=np.int64)  # the last stands for noise
    for rank, i in enumerate(i for i in ranked if weight[i] >= least and names[i] != NOISE):
        number[names[i]] = rank
    return number[labels]


def _means(
    vectors: npt.NDArray[np.floating], order: Labels, labels: Labels, weights: Matrix, n_clusters: int
) -> Matrix:
    total = np.zeros((n_clusters + 1, vectors.shape[1]))
    for start, block in zip(range(0, len(order), _BLOCK), _blocks(vectors, order), strict=True):
        rows = order[start : start + _BLOCK]
        groups = np.append(labels[rows] % (n_clusters + 1), n_clusters)  # noise counts to the last row
        total += _sums(np.vstack([block * weights[rows, None], np.zeros((1, block.shape[1]))]), groups)
    weight = np.bincount(labels[labels != NOISE], weights=weights[labels != NOISE], minlength=n_clusters)
    return total[:n_clusters] / weight[:, None]


def _joined(centres: Matrix) -> Labels:
    """Join clusters to a tree by the mean cosine of their centres."""
    if len(centres) < 2:
        return np.empty((0, 2), dtype=np.int64)
    directions = unit(centres)
    apart = np.clip(1.0 - directions @ directions.T, 0.0, 2.0)
    np.fill_diagonal(apart, 0.0)
    return np.asarray(linkage(squareform(apart, checks=False), method="average")[:, :2], dtype=np.int64)
