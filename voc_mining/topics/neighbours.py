"""Neighbours: who is alike, how densely, and the coordinates that follow from it.

Sentence vectors tell reliably which few texts are most alike, and little about how unlike the others are. So clusters
are sought among the leading eigenvectors of the graph of nearest neighbours (Laplacian eigenmaps, Belkin and Niyogi
2003; damped by the eigenvalues as in diffusion maps, Coifman and Lafon 2006), not among the vectors themselves.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh
from scipy.sparse import coo_array, csr_array
from scipy.sparse.linalg import LinearOperator, eigsh

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

_BLOCK = 1_024
_DENSE = 600
_TELEPORT = 0.01


def nearest(points: Floats, n_neighbors: int) -> tuple[Indices, Floats]:
    """Find the most similar other points, best first.

    Parameters
    ----------
    points : ndarray, shape (n, d)
        Of unit length, n > 1.
    n_neighbors : int
        Wanted; at most n - 1 are found.

    Returns
    -------
    tuple of ndarray, each of shape (n, found)
        Their rows and cosines; of equals the earlier row comes first.
    """
    found = min(n_neighbors, len(points) - 1)
    rows = np.empty((len(points), found), dtype=np.int64)
    cosines = np.empty((len(points), found))
    for start in range(0, len(points), _BLOCK):
        similar = points[start : start + _BLOCK] @ points.T
        mine = np.arange(len(similar))
        similar[mine, start + mine] = -np.inf
        best = np.sort(np.argpartition(-similar, found - 1, axis=1)[:, :found], axis=1)
        values = np.take_along_axis(similar, best, axis=1)
        ranked = np.argsort(-values, axis=1, kind="stable")
        rows[start : start + _BLOCK] = np.take_along_axis(best, ranked, axis=1)
        cosines[start : start + _BLOCK] = np.take_along_axis(values, ranked, axis=1)
    return rows, cosines


def density(points: Floats, n_neighbors: int) -> Floats:
    """Mean cosine of each point to its nearest neighbours, shape (n,)."""
    return np.asarray(nearest(points, n_neighbors)[1].mean(axis=1), dtype=np.float64)


def density_among(points: Floats, chosen: Indices, n_neighbors: int) -> Floats:
    """Mean cosine of some of the points (rows ``chosen``) to their nearest among all, shape (chosen,)."""
    found = min(n_neighbors, len(points) - 1)
    dense = np.empty(len(chosen))
    for start in range(0, len(chosen), _BLOCK):
        mine = chosen[start : start + _BLOCK]
        similar = points[mine] @ points.T
        similar[np.arange(len(mine)), mine] = -np.inf
        best = np.sort(np.partition(similar, -found, axis=1)[:, -found:], axis=1)
        dense[start : start + _BLOCK] = best.mean(axis=1)
    return dense


def diffused(points: Floats, n_neighbors: int, n_coordinates: int, steps: int) -> Floats:
    """Place points by the graph of their nearest neighbours.

    Parameters
    ----------
    points : ndarray, shape (n, d)
        Of unit length, n > 2.
    n_neighbors : int
        Edges from each point; an edge either way joins two points, as strong as their cosine.
    n_coordinates : int
        Eigenvectors used, the trivial one left out; at most n - 2.
    steps : int
        Power of the eigenvalues: the more, the less the finer structure counts.

    Returns
    -------
    ndarray, shape (n, coordinates)
        Rows of unit length; a point without any neighbour has zeros.
    """
    rows, cosines = nearest(points, n_neighbors)
    number = len(points)
    sources = np.repeat(np.arange(number), rows.shape[1])
    # A positive edge at least: points whose neighbours are all at right angles are still theirs.
    ties = coo_array((np.maximum(cosines, 1e-3).ravel(), (sources, rows.ravel())), shape=(number, number)).tocsr()
    graph = csr_array(ties.maximum(ties.T))
    degree = np.asarray(graph.sum(axis=1)).ravel()
    root = np.sqrt(degree)
    scaled = csr_array(graph.multiply(1.0 / root[:, None]).multiply(1.0 / root[None, :]))
    trivial = root / np.linalg.norm(root)
    wanted = min(n_coordinates, number - 2)
    values, vectors = _leading(scaled, trivial, wanted + 1)
    damped = vectors[:, 1:] * np.maximum(values[1:], 0.0) ** steps
    length = np.linalg.norm(damped, axis=1, keepdims=True)
    return np.asarray(np.divide(damped, length, out=np.zeros_like(damped), where=length > 0), dtype=np.float64)


def _leading(scaled: csr_array, trivial: Floats, wanted: int) -> tuple[Floats, Floats]:
    """Leading eigenpairs, largest first; the trivial vector is lifted, so that it is first in parted graphs, too."""
    number = len(trivial)
    if number <= _DENSE:
        values, vectors = eigh(
            scaled.toarray() + _TELEPORT * np.outer(trivial, trivial), subset_by_index=(number - wanted, number - 1)
        )
    else:
        operator = LinearOperator(
            (number, number),
            lambda x: scaled @ x.ravel() + _TELEPORT * trivial * (trivial @ x.ravel()),
        )
        start = np.random.default_rng(0).normal(size=number)
        values, vectors = eigsh(operator, k=wanted, which="LA", v0=start)
    order = np.argsort(-values, kind="stable")
    return values[order], vectors[:, order]
