"""What the model says of a text and its vector: stored once for each text."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from voc_mining.classify.grams import gram_features
from voc_mining.classify.model import ClassifierModel
from voc_mining.contracts import LAKE_TABLES

_CLASSIFICATIONS = LAKE_TABLES["classifications"]


def classifications(texts: pl.DataFrame, model: ClassifierModel) -> pl.DataFrame:
    """Hold distinct texts and their vectors against every head.

    Parameters
    ----------
    texts : DataFrame
        ``text_hash``, ``text`` and ``vector`` by the model's embedding model.
    model : ClassifierModel
        The trained heads.

    Returns
    -------
    DataFrame
        By the contract ``classifications``: per question the logits of the answers, in the order of the head.
    """
    if texts.is_empty():
        return _CLASSIFICATIONS.empty()
    dimensions = len(model.centre)
    stacked = texts["vector"].explode().to_numpy().reshape(texts.height, dimensions)
    centred, grams = centre(stacked, model.centre), gram_features(texts["text"].to_list(), model)
    columns = {
        f"{question}_logits": pl.Series(
            (centred @ head.weights + grams @ head.gram_weights + head.bias).astype(np.float32)
        ).cast(pl.List(pl.Float32))
        for question, head in model.heads.items()
    }
    return _CLASSIFICATIONS.check(
        _CLASSIFICATIONS.conform(
            texts.select("text_hash", pl.lit(model.classifier_id).alias("classifier_id")).with_columns(**columns)
        )
    )


def centre(vectors: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take the mean from unit vectors, and bring them to unit length again."""
    moved = vectors - mean
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)
