from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.topics import cone
from voc_mining.contracts import LAKE_TABLES
from voc_mining.topics.assignment import assign
from voc_mining.topics.params import TopicsParams
from voc_mining.topics.registry import found_version
from voc_mining.topics.space import centred, matrix


@pytest.fixture(scope="module")
def world():
    texts = pl.concat([cone.statements(cone.MATTERS, 20), cone.strays(40)])
    founded = found_version(texts, cone.mentions(texts), TopicsParams(), model_id="test-model")
    assert founded is not None
    return texts, founded


def test_one_text_is_assigned_as_among_many(world):
    texts, founded = world
    many = assign(texts, founded.topics, founded.registry)
    alone = pl.concat([assign(texts[row], founded.topics, founded.registry) for row in range(texts.height)])
    assert_frame_equal(alone, many, check_exact=True)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), block=st.integers(1, 300))
def test_neither_order_nor_block_matters(world, seed, block):
    texts, founded = world
    shuffled = texts.sample(fraction=1.0, shuffle=True, seed=seed)
    topics = founded.topics.sample(fraction=1.0, shuffle=True, seed=seed)
    found = assign(shuffled, topics, founded.registry, block=block)
    assert found["text_hash"].to_list() == shuffled["text_hash"].to_list()
    whole = assign(texts, founded.topics, founded.registry)
    assert_frame_equal(found.sort("text_hash"), whole.sort("text_hash"), check_exact=True)


def test_similarities_are_exact_sums(world):
    texts, founded = world
    points = centred(matrix(texts["vector"]), np.array(founded.registry["mean"].item()))
    product = points @ points.T
    in_order = np.array([[sum((a * b).tolist()) for b in points[:5]] for a in points[:5]])
    backwards = np.array([[sum((a * b).tolist()[::-1]) for b in points[:5]] for a in points[:5]])
    assert np.array_equal(product[:5, :5], in_order)
    assert np.array_equal(in_order, backwards)


def test_strays_get_no_topic_but_a_strength(world):
    _, founded = world
    found = assign(cone.strays(200, start=1000), founded.topics, founded.registry)
    assert found["topic_id"].null_count() >= 0.9 * 200
    assert found["strength"].is_between(-1, 1).all()
    assert found.filter(pl.col("topic_id").is_null())["second_topic_id"].null_count() == found["topic_id"].null_count()


def test_new_texts_of_a_matter_find_their_topic(world):
    texts, founded = world
    old = assign(texts, founded.topics, founded.registry).join(texts, on="text_hash")
    home = old.drop_nulls("topic_id").group_by("matter").agg(pl.col("topic_id").mode().first())
    new = cone.statements(cone.MATTERS, 20, start=500)
    found = (
        assign(new, founded.topics, founded.registry).join(new, on="text_hash").join(home, on="matter", suffix="_home")
    )
    assert (found["topic_id"] == found["topic_id_home"]).mean() >= 0.95


def _topics(*centroids: list[float], threshold: float = 0.3) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows = [
        {
            "registry_version": 1,
            "topic_id": f"T{nth}",
            "label": f"label {nth}",
            "keywords": [],
            "exemplars": [],
            "centroid": centroid,
            "threshold": threshold,
            "layer": 0,
            "pool": "all",
            "size": 1,
            "status": "active",
            "lineage": "{}",
        }
        for nth, centroid in enumerate(centroids)
    ]
    registry = pl.DataFrame(
        {
            "registry_version": 1,
            "model_id": "m",
            "mean": [[0.0, 0.0]],
            "formulas": [[]],
            "params": "{}",
            "state": "active",
        }
    )
    return LAKE_TABLES["topics"].conform(pl.DataFrame(rows)), LAKE_TABLES["registries"].conform(registry)


def _one(vector: list[float]) -> pl.DataFrame:
    return pl.DataFrame({"text_hash": ["h"], "vector": [vector]}, schema_overrides={"vector": pl.List(pl.Float32)})


def test_of_equally_similar_topics_the_smaller_id_comes_first_and_the_other_second():
    topics, registry = _topics([0.0, 1.0], [1.0, 0.0])
    found = assign(_one([0.6, 0.6]), topics.reverse(), registry).row(0, named=True)
    assert found == {"text_hash": "h", "topic_id": "T0", "strength": 0.7071, "second_topic_id": "T1"}


def test_a_much_weaker_topic_is_no_second():
    topics, registry = _topics([0.0, 1.0], [1.0, 0.0])
    assert assign(_one([0.5, 0.85]), topics, registry)["second_topic_id"].item() is None


def test_a_topic_that_is_not_active_takes_nothing():
    topics, registry = _topics([0.0, 1.0], [1.0, 0.0])
    hidden = topics.with_columns(
        status=pl.when(pl.col("topic_id") == "T0").then(pl.lit("hidden")).otherwise(pl.col("status"))
    )
    assert assign(_one([0.0, 1.0]), hidden, registry)["topic_id"].item() is None


def test_without_topics_nothing_is_assigned():
    _, registry = _topics([0.0, 1.0])
    found = assign(_one([0.0, 1.0]), LAKE_TABLES["topics"].empty(), registry).row(0, named=True)
    assert found == {"text_hash": "h", "topic_id": None, "strength": 0.0, "second_topic_id": None}
    assert assign(_one([0.0, 1.0]).clear(), LAKE_TABLES["topics"].empty(), registry).is_empty()


def test_a_vector_equal_to_the_mean_belongs_nowhere():
    topics, registry = _topics([0.0, 1.0])
    assert assign(_one([0.0, 0.0]), topics, registry)["topic_id"].item() is None


def test_exactly_one_version_is_asked_for():
    topics, registry = _topics([0.0, 1.0])
    with pytest.raises(ValueError, match="one version"):
        assign(_one([0.0, 1.0]), topics, pl.concat([registry, registry]))
