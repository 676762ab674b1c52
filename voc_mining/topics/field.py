"""The field: what customers of this house talk about, told from talk in general.

Vectors of sentences crowd in a narrow cone, and the mean of anybody's texts is near the mean of anybody else's. What is
left between the mean of a field's texts and that of talk in general is the field. Seen from general talk, texts of the
field lie all to one side, and what has nothing to do with it lies anywhere. (With half of the texts' own mean as the
origin, which needs no general talk, much less is told apart.)
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import polars as pl

from voc_mining.topics.neighbours import density_among
from voc_mining.topics.space import Matrix, Vector, matrix, mean_of, unit

_REVISION = re.compile(r"@[^+]*")
_NEIGHBOURS = 3
_SAMPLE = 1_000


def general_talk(model_id: str) -> npt.NDArray[np.float32] | None:
    """Give the mean of general talk in a model's vectors, shape (d,); None for a model it was not computed for."""
    mean = _means().get(model_and_prompt(model_id))
    return None if mean is None else np.asarray(mean, dtype=np.float32)


def model_and_prompt(model_id: str) -> str:
    """Name a model whatever its revision.

    >>> model_and_prompt("multilingual-e5-small@0123456789ab+query:")
    'multilingual-e5-small+query:'
    """
    return _REVISION.sub("", model_id, count=1)


@cache
def _means() -> dict[str, list[float]]:
    content = files("voc_mining.topics") / "data" / "general_talk_means.toml"
    means: dict[str, list[float]] = tomllib.loads(content.read_text(encoding="utf-8"))
    return means


def field_mean(origin: npt.NDArray[np.floating], topics: pl.DataFrame, vectors: pl.Series) -> Vector:
    """Estimate the mean of a field's texts from its topics, where only texts that none of them took are at hand.

    Parameters
    ----------
    origin : ndarray, shape (d,)
        Origin of the space of assignment.
    topics : DataFrame
        ``centroid``, ``size`` of the topics there are.
    vectors : Series
        Vectors of the texts at hand.

    Returns
    -------
    ndarray, shape (d,)
        From the origin in the mean direction of the topics, as far as the texts reach; their own mean without topics,
        the origin without texts.
    """
    if vectors.is_empty():
        return np.asarray(origin, dtype=np.float64)
    mean = mean_of(vectors)
    if topics.is_empty():
        return mean
    centroids = matrix(topics["centroid"]).astype(np.float64)
    axis = unit((centroids * topics["size"].to_numpy()[:, None]).sum(axis=0, keepdims=True) / topics["size"].sum())[0]
    from_origin = np.asarray(origin, dtype=np.float64)
    return np.asarray(from_origin + float((mean - from_origin) @ axis) * axis, dtype=np.float64)


def in_field(points: Matrix, far: float, lonely: float) -> npt.NDArray[np.bool_]:
    """Tell the texts of the field from those that have nothing to do with it.

    A text is outside if it lies far from the direction of the field and has no near neighbours either: a matter of a
    few contacts may lie far out, but its texts are alike.

    Parameters
    ----------
    points : ndarray, shape (n, d)
        Texts in the space of assignment, of unit length.
    far : float
        Median absolute deviations that the cosine to the mean direction is below the median.
    lonely : float
        The same of the mean cosine to the three nearest.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    toward = points @ unit(points.mean(axis=0, keepdims=True))[0]
    suspects = np.flatnonzero(_deviations(toward, toward) < -far)
    if not len(suspects) or len(points) <= _NEIGHBOURS:
        return np.ones(len(points), dtype=bool)
    usual = np.unique(np.linspace(0, len(points) - 1, _SAMPLE).astype(np.int64))
    alone = _deviations(density_among(points, suspects, _NEIGHBOURS), density_among(points, usual, _NEIGHBOURS))
    inside = np.ones(len(points), dtype=bool)
    inside[suspects[alone < -lonely]] = False
    return inside


def _deviations(values: Vector, usual: Vector) -> Vector:
    """How many median absolute deviations values lie above the median of the usual ones."""
    middle = np.median(usual)
    spread = np.median(np.abs(usual - middle))
    return np.asarray(np.divide(values - middle, spread, out=np.zeros_like(values), where=spread > 0))
