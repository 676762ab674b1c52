"""Assign texts to topics: one deterministic function, the same for one text and for a million."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from voc_mining.topics.space import Matrix, centred, matrix, unit

DECIMALS = 4
_SCHEMA = pl.Schema(
    {"text_hash": pl.String, "topic_id": pl.String, "strength": pl.Float64, "second_topic_id": pl.String}
)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What texts are measured against: the mean, and each topic's centroid and threshold, by topic_id."""

    mean: npt.NDArray[np.float32]
    topic_ids: tuple[str, ...]
    centroids: Matrix
    thresholds: npt.NDArray[np.float64]

    @classmethod
    def of(cls, registry: pl.DataFrame, topics: pl.DataFrame) -> Yardstick:
        """Take it from one row of ``registries`` and rows of ``topics``; only active topics count.

        Raises
        ------
        ValueError
            If there is not exactly one version.
        """
        if registry.height != 1:
            raise ValueError(f"assignment needs one version of the registry, not {registry.height}")
        version = registry["registry_version"].item()
        mine = topics.filter((pl.col("registry_version") == version) & (pl.col("status") == "active")).sort("topic_id")
        mean = np.asarray(registry["mean"].item(), dtype=np.float32)
        centroids = matrix(mine["centroid"]).astype(np.float64).reshape(mine.height, len(mean))
        return cls(mean, tuple(mine["topic_id"]), unit(centroids), mine["threshold"].to_numpy())


def assign(
    vectors: pl.DataFrame,
    topics: pl.DataFrame,
    registry: pl.DataFrame,
    *,
    second_margin: float = 0.02,
    block: int = 65_536,
) -> pl.DataFrame:
    """Assign stored vectors to the topic whose centroid is most similar, if it is similar enough.

    Similarities are exact sums on a grid (see :mod:`voc_mining.topics.space`), rounded to four decimals; of
    equally similar topics the one with the smaller id comes first. So each row depends on its own vector and on
    the registry alone, not on the other rows, their order or the block size.

    Parameters
    ----------
    vectors : DataFrame
        ``text_hash`` and ``vector`` (d numbers each).
    topics : DataFrame
        Rows of ``topics``; those of other versions and those not active are passed over.
    registry : DataFrame
        The one row of ``registries`` to assign under.
    second_margin : float, default 0.02
        A second topic must reach its own threshold and may be at most this much weaker than the first.
    block : int, default 65536
        Texts compared at once.

    Returns
    -------
    DataFrame
        One row per input row, in input order: ``text_hash``, ``topic_id`` (null where none fits), ``strength``
        (cosine to the nearest centroid, whether or not it is enough), ``second_topic_id``.
    """
    yardstick = Yardstick.of(registry, topics)
    parts = [_assign_block(part, yardstick, second_margin) for part in vectors.iter_slices(block)]
    return pl.concat(parts) if parts else _SCHEMA.to_frame()


def _assign_block(vectors: pl.DataFrame, yardstick: Yardstick, second_margin: float) -> pl.DataFrame:
    # Two columns that nothing fits, so that there is a first and a second choice without any topic, too.
    names = np.array([*yardstick.topic_ids, None, None], dtype=object)
    least = np.append(np.round(yardstick.thresholds, DECIMALS), [np.inf, np.inf])
    fits = np.full((vectors.height, len(names)), -np.inf)
    points = centred(matrix(vectors["vector"]), yardstick.mean)
    fits[:, : len(yardstick.topic_ids)] = np.round(points @ yardstick.centroids.T, DECIMALS)
    eligible = np.where(fits >= least, fits, -np.inf)
    rows, nothing = np.arange(len(fits)), len(names) - 1
    # argmax takes the first of equals: the smallest topic_id.
    first = np.argmax(eligible, axis=1)
    strength = eligible[rows, first]
    belongs = np.isfinite(strength)
    eligible[rows, first] = -np.inf
    second = np.argmax(eligible, axis=1)
    close = np.isfinite(eligible[rows, second]) & (
        eligible[rows, second] >= np.round(np.where(belongs, strength, 0.0) - second_margin, DECIMALS)
    )
    shown = np.where(belongs, strength, fits.max(axis=1))
    return pl.DataFrame(
        {
            "text_hash": vectors["text_hash"],
            "topic_id": names[np.where(belongs, first, nothing)].tolist(),
            "strength": np.where(np.isfinite(shown), shown, 0.0) + 0.0,
            "second_topic_id": names[np.where(close, second, nothing)].tolist(),
        },
        schema=_SCHEMA,
    )
