"""The step: answers for what has a vector and none yet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipelines.steps.classify import classify_step
from tests.classify.test_stage import MODEL
from voc_mining.contracts import LAKE_TABLES
from voc_mining.store.delta import DeltaStore, open_lake


def vectors(**given: tuple[float, float]) -> pl.DataFrame:
    return pl.DataFrame(
        {"text_hash": list(given), "model_id": ["tiny"] * len(given), "vector": [list(v) for v in given.values()]},
        schema={"text_hash": pl.String, "model_id": pl.String, "vector": pl.List(pl.Float32)},
    )


def voc(*hashes: str) -> pl.DataFrame:
    said = {"first_no": 0, "last_no": 0, "part": "body", "role": "customer", "quoted": False, "kind": "other"}
    said |= {
        "contact_id": "c",
        "polarity": "neutral",
        "urgency": "none",
        "counts": True,
        "month": "m",
        "terms": [],
        "pairs": [],
    }
    rows = [
        said | {"voc_id": f"v{name}", "text": f"えー、{name}", "plain_text": name, "text_hash": name} for name in hashes
    ]
    contract = LAKE_TABLES["voc"]
    return contract.conform(
        pl.DataFrame([dict.fromkeys(contract.schema) | row for row in rows], schema=contract.schema)
    )


@pytest.fixture
def lake(tmp_path) -> DeltaStore:
    lake = open_lake(str(tmp_path / "lake"))
    lake.append_new("voc", voc("a", "b", "c"))
    return lake


def test_each_text_is_answered_once(lake):
    lake.append_new("vectors", vectors(a=(1.0, 0.0), b=(0.0, 1.0)))
    (first,) = classify_step(lake, MODEL)
    lake.append_new("vectors", vectors(c=(0.6, 0.8)))
    (second,) = classify_step(lake, MODEL)
    before = lake.version("classifications")
    (third,) = classify_step(lake, MODEL)
    assert [(account.inputs, account.produced) for account in (first, second, third)] == [(2, 2), (3, 1), (3, 0)]
    assert lake.version("classifications") == before
    assert sorted(lake.read("classifications")["text_hash"]) == ["a", "b", "c"]


def test_another_model_answers_anew_and_vectors_of_others_are_left(lake):
    lake.append_new("vectors", vectors(a=(1.0, 0.0)))
    lake.append_new("vectors", vectors(b=(1.0, 0.0)).with_columns(pl.lit("another").alias("model_id")))
    classify_step(lake, MODEL)
    retrained = replace(MODEL, centre=np.ones(2, dtype=np.float32))
    classify_step(lake, retrained)
    stored = lake.read("classifications")
    assert sorted(stored["text_hash"]) == ["a", "a"]
    assert set(stored["classifier_id"]) == {MODEL.classifier_id, retrained.classifier_id}
