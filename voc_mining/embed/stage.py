"""One vector per distinct text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from voc_mining.contracts import LAKE_TABLES
from voc_mining.embed.embedder import Embedder
from voc_mining.errors import EngineTrouble

_UNIT_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class EmbedParams:
    """How texts are handed to the embedder.

    Parameters
    ----------
    chunk : int, default 2048
        Texts in one frame. The last bits of some encoders depend on what is encoded together, so a resumed run
        gives the same vectors as an undisturbed one only if its chunks are the same: whole chunks are stored,
        in the order of the hashes, and what is left divides as before.
    """

    chunk: int = 2048

    def __post_init__(self) -> None:
        if self.chunk < 1:
            raise ValueError(f"a chunk holds at least one text, not {self.chunk}")


def embed(texts: pl.DataFrame, embedder: Embedder, params: EmbedParams | None = None) -> Iterator[pl.DataFrame]:
    """Embed the distinct texts, chunk by chunk.

    Parameters
    ----------
    texts : DataFrame
        ``text_hash`` and ``text``, in any order, repeated or not; equal hashes mean equal texts.
    embedder : Embedder
        The engine.
    params : EmbedParams, optional
        How they are handed over.

    Yields
    ------
    DataFrame
        Rows of the ``vectors`` table, sorted by ``text_hash``; each chunk follows the one before.

    Raises
    ------
    EngineTrouble
        If the embedder fails, or returns vectors of another shape, not finite or not of unit length.
    """
    size = (params or EmbedParams()).chunk
    distinct = texts.select("text_hash", "text").unique("text_hash").sort("text_hash")
    for chunk in distinct.iter_slices(size):
        # Texts of like length side by side: less padding, more than twice as fast.
        by_length = chunk.sort(pl.col("text").str.len_chars(), "text_hash")
        vectors = _checked(embedder.encode(by_length["text"].to_list()), by_length.height, embedder)
        yield (
            by_length.select(
                "text_hash",
                pl.lit(embedder.model_id).alias("model_id"),
                pl.Series("vector", vectors).cast(pl.List(pl.Float32)),
                pl.lit(embedder.arithmetic).alias("arithmetic"),
            )
            .sort("text_hash")
            .pipe(LAKE_TABLES["vectors"].check)
        )


def _checked(vectors: NDArray[np.float32], rows: int, embedder: Embedder) -> NDArray[np.float32]:
    """Hold the vectors to what an embedder promises."""
    if vectors.shape != (rows, embedder.dimensions):
        raise EngineTrouble(
            f"{embedder.model_id} returned an array of {vectors.shape} for {rows} texts of {embedder.dimensions}"
        )
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.all(np.abs(lengths - 1.0) < _UNIT_TOLERANCE):  # also catches NaN
        raise EngineTrouble(f"{embedder.model_id} returned vectors that are not of unit length")
    return vectors.astype(np.float32, copy=False)
