"""Step: hold the vectors of texts against the classifier of statements."""

from __future__ import annotations

import polars as pl

from pipelines.steps.embed import embedded_texts
from voc_mining.accounts import Account
from voc_mining.classify.model import ClassifierModel
from voc_mining.classify.stage import classifications
from voc_mining.store.delta import DeltaStore

_CHUNK = 20_000
"""Texts whose vectors are held at once."""


def classify_step(lake: DeltaStore, model: ClassifierModel) -> list[Account]:
    """Store the classifier's answers for the texts that have a vector and no answer yet.

    Returns
    -------
    list of Account
        One account, over distinct texts with a vector of the model that the classifier was trained with.

    Raises
    ------
    EngineTrouble
        If the store fails.
    """
    mine = pl.col("model_id") == model.model_id
    known = lake.scan("vectors").filter(mine).select("text_hash").collect()
    there = lake.scan("classifications").filter(pl.col("classifier_id") == model.classifier_id)
    missing = known.join(there.select("text_hash").collect(), on="text_hash", how="anti").sort("text_hash")
    for chunk in missing.iter_slices(_CHUNK):
        vectors = lake.scan_matching("vectors", chunk).filter(mine).select("text_hash", "vector").collect()
        texts = vectors.join(embedded_texts(lake, chunk), on="text_hash", validate="1:1").sort("text_hash")
        lake.append_new("classifications", classifications(texts, model))
    produced = missing.height
    return [Account("classify", inputs=known.height, produced=produced, unchanged=known.height - produced).verify()]
