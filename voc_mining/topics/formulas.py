"""Find formulas: texts said beside everything, and so about nothing (はじめて問い合わせます, 取り急ぎ失礼します)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from voc_mining.topics.space import centred, matrix

_CONTACTS = 10
_BESIDE_OTHERS = 0.8
_CONCENTRATED = 0.4
_BLOCK = 65_536


def formulas(texts: pl.DataFrame, mentions: pl.DataFrame, mean: npt.NDArray[np.floating]) -> list[str]:
    """Find the texts that many contacts have word for word, beside others that have nothing in common.

    What stands beside a text on a matter is mostly about that matter, and the mean of those vectors is long; what
    stands beside a formula is about anything, and cancels out.

    Parameters
    ----------
    texts : DataFrame
        ``text_hash``, ``vector``.
    mentions : DataFrame
        ``text_hash``, ``contact_id``.
    mean : ndarray, shape (d,)
        Mean of the vectors.

    Returns
    -------
    list of str
        Hashes, sorted: texts of at least 10 contacts, in at least 80 % of them beside other texts, the mean of whose
        centred vectors is shorter than 0.4.
    """
    known = texts.select("text_hash", "vector").unique("text_hash").sort("text_hash")
    said = (
        mentions.join(known.select("text_hash"), on="text_hash", how="semi").select("text_hash", "contact_id").unique()
    )
    often = said.group_by("text_hash").agg(pl.len().alias("contacts")).filter(pl.col("contacts") >= _CONTACTS)
    if often.is_empty():
        return []
    index = known.select("text_hash").with_row_index("place")
    beside = (
        said.join(often, on="text_hash")
        .join(said.join(index, on="text_hash").rename({"text_hash": "other"}), on="contact_id")
        .filter(pl.col("text_hash") != pl.col("other"))
    )
    accompanied = beside.group_by("text_hash").agg(pl.col("contact_id").n_unique().alias("accompanied"))
    candidates = (
        often.join(accompanied, on="text_hash")
        .filter(pl.col("accompanied") >= _BESIDE_OTHERS * pl.col("contacts"))["text_hash"]
        .sort()
    )
    found = []
    places = dict(
        beside.join(candidates.to_frame(), on="text_hash", how="semi")
        .group_by("text_hash")
        .agg(pl.col("place").sort())
        .iter_rows()
    )
    for text in candidates:
        beside_it = known["vector"].gather(places[text])
        # Only what stands beside formulas is centred, in portions: all vectors at once would not fit. Sums are exact.
        portions = (beside_it.slice(start, _BLOCK) for start in range(0, len(beside_it), _BLOCK))
        total = np.sum([centred(matrix(portion), mean).sum(axis=0) for portion in portions], axis=0)
        if np.linalg.norm(total / len(beside_it)) < _CONCENTRATED:
            found.append(text)
    return found
