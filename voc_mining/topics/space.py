"""The space in which vectors are compared: centred, of unit length, on a grid that makes sums exact.

Sentence vectors crowd in a narrow cone, so their common mean is taken away first. Coordinates are then
rounded to multiples of 2**-20. The product of two is a multiple of 2**-40, and a sum of them below 2**12
fits the 53 bits of a double without rounding: a similarity is the same for one text and for a million,
in any order, with any number of threads and any BLAS.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]

_GRID = 2.0**20


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
    """Vectors (n × d) less their mean (d), of unit length, on the grid."""
    return unit(np.asarray(vectors, dtype=np.float64) - np.asarray(mean, dtype=np.float64))


def matrix(column: pl.Series) -> npt.NDArray[np.float32]:
    """Turn a column of equally long lists into a matrix (n × d); an empty column gives 0 × 0.

    >>> matrix(pl.Series([[1.0, 0.0], [0.5, 0.5]])).shape
    (2, 2)
    """
    if column.is_empty():
        return np.zeros((0, 0), dtype=np.float32)
    flat = column.explode(empty_as_null=True).to_numpy().astype(np.float32)
    return flat.reshape(len(column), -1)
