"""The space in which vectors are compared: seen from talk in general, of unit length, on a grid that makes sums exact.

Sentence vectors crowd in a narrow cone. Their common mean hides what tells them apart, yet the part of it that talk in
general does not have tells sentences of this field from others: with that part kept the cosine to a topic falls for
whatever is far from all that customers say, which it does not once the whole mean is gone. So texts are assigned with the mean of general talk taken
away (``topics.field``; for a model of which it is not known, half of their own mean), and clusters are sought with all
of their own mean gone.

Coordinates are rounded to multiples of 2**-20. The product of two is a multiple of 2**-40, and a sum of them below
2**12 fits the 53 bits of a double without rounding: a similarity is the same for one text and for a million, in any
order, with any number of threads and any BLAS.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]

_GRID = 2.0**20
_SHARE_OF_MEAN = 0.5
_BLOCK = 65_536


def mean_of(vectors: pl.Series) -> Vector:
    """Take the mean of a column of vectors, shape (d,), a portion at a time."""
    total = np.zeros(len(vectors[0]))
    for start in range(0, len(vectors), _BLOCK):
        total += matrix(vectors.slice(start, _BLOCK)).sum(axis=0, dtype=np.float64)
    return np.asarray(total / len(vectors), dtype=np.float64)


def origin(vectors: pl.Series) -> npt.NDArray[np.float32]:
    """Take half the mean of a column of vectors, shape (d,): the origin where general talk is not known."""
    return np.asarray(_SHARE_OF_MEAN * mean_of(vectors), dtype=np.float32)


def whole_mean(origin_of_space: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Give back the mean that an origin is a share of."""
    return np.asarray(origin_of_space, dtype=np.float64) / _SHARE_OF_MEAN


def free_of(centroids: Matrix, origin_of_space: npt.NDArray[np.floating]) -> Matrix:
    """Take from centroids (k × d) what they have in common by the mean, to compare them with one another."""
    axis = unit(np.asarray(origin_of_space, dtype=np.float64)[None, :])
    return unit(centroids - (centroids @ axis.T) * axis)


def on_grid(values: Matrix) -> Matrix:
    """Round to the grid."""
    return np.asarray(np.rint(values * _GRID) / _GRID, dtype=np.float64)


def unit(rows: Matrix) -> Matrix:
    """Scale rows to length one and round them to the grid; a row of zeros stays one.

    >>> unit(np.array([[3.0, 4.0], [0.0, 0.0]])).round(3).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    coarse = on_grid(rows)
    # Squares of grid values add up exactly, so the length does not depend on the order either.
    length = np.sqrt(np.square(coarse).sum(axis=1, keepdims=True))
    return on_grid(np.divide(coarse, length, out=np.zeros_like(coarse), where=length > 0))


def centred(vectors: npt.NDArray[np.floating], mean: npt.NDArray[np.floating]) -> Matrix:
    """Vectors (n × d) less a mean or an origin (d), of unit length, on the grid."""
    return unit(np.asarray(vectors, dtype=np.float64) - np.asarray(mean, dtype=np.float64))


def matrix(column: pl.Series) -> npt.NDArray[np.float32]:
    """Turn a column of equally long lists into a matrix (n × d); an empty column gives 0 × 0.

    >>> matrix(pl.Series([[1.0, 0.0], [0.5, 0.5]])).shape
    (2, 2)
    """
    if column.is_empty():
        return np.zeros((0, 0), dtype=np.float32)
    flat = column.explode(empty_as_null=True).to_numpy().astype(np.float32, copy=False)
    return flat.reshape(len(column), -1)
