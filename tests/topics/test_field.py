"""The field is told from talk in general."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from tests.topics import cone
from voc_mining.topics import field, registry
from voc_mining.topics.assignment import assign
from voc_mining.topics.field import field_mean, general_talk, in_field
from voc_mining.topics.params import TopicsParams
from voc_mining.topics.registry import discover_in_pool, found_version
from voc_mining.topics.space import matrix

_WIDTH = 64


def _points(n, toward, spread, seed):
    noise = np.random.default_rng(seed).normal(size=(n, _WIDTH)) * spread / np.sqrt(_WIDTH)
    points = noise.copy()
    points[:, 0] += toward
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def test_what_is_far_and_alone_is_outside():
    field_texts, strangers = _points(200, 1.0, 0.8, 1), _points(15, 0.0, 1.0, 2)
    inside = in_field(np.vstack([field_texts, strangers]), 2.5, 1.0)
    assert inside[:200].mean() > 0.9
    assert not inside[200:].any()


def test_a_small_matter_far_from_the_rest_stays_inside():
    matter = np.eye(_WIDTH)[1] + _points(5, 0.0, 0.3, 3) * 0.3
    matter /= np.linalg.norm(matter, axis=1, keepdims=True)
    assert in_field(np.vstack([_points(200, 1.0, 0.8, 1), matter]), 2.5, 1.0)[200:].all()


@pytest.mark.parametrize("points", [np.eye(3)[:2], np.ones((5, 1)), np.zeros((4, 2))], ids=["few", "equal", "zeros"])
def test_where_nothing_is_unusual_all_are_inside(points):
    assert in_field(points, 2.5, 1.0).all()


def test_order_does_not_matter():
    points = np.vstack([_points(200, 1.0, 0.8, 1), _points(15, 0.0, 1.0, 2)])
    order = np.random.default_rng(0).permutation(len(points))
    np.testing.assert_array_equal(in_field(points[order], 2.5, 1.0), in_field(points, 2.5, 1.0)[order])


def test_general_talk_is_known_by_model_and_prompt_whatever_the_revision():
    mean = general_talk("multilingual-e5-small@ddc804c23ca0+query:")
    assert mean is not None
    assert mean.shape == (384,)
    assert 0.8 < np.linalg.norm(mean) < 1.0
    assert general_talk("multilingual-e5-small@ddc804c23ca0") is None
    assert general_talk("other-model") is None


def test_the_mean_of_the_field_lies_where_its_topics_are():
    origin = np.full(3, 0.1)
    topics = pl.DataFrame({"centroid": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], "size": [3, 1]})
    vectors = pl.Series([[0.6, 0.2, 0.1], [0.5, 0.3, 0.2]])
    away = field_mean(origin, topics, vectors) - origin
    np.testing.assert_allclose(away / away[0], [1.0, 1 / 3, 0.0], atol=1e-6)
    np.testing.assert_allclose(field_mean(origin, topics.clear(), vectors), [0.55, 0.25, 0.15], atol=1e-6)
    np.testing.assert_array_equal(field_mean(origin, topics, vectors.clear()), origin)


@pytest.fixture
def general(monkeypatch):
    """Talk in general, for vectors of the cone: its direction without any matter."""
    mean = matrix(cone.strays(200, start=500)["vector"]).mean(axis=0)
    monkeypatch.setattr(field, "_means", lambda: {"test-model": mean.tolist()})
    return mean


def test_a_version_is_founded_from_general_talk_and_says_so(general):
    texts = cone.statements(list(cone.MATTERS), 12)
    found = found_version(texts, cone.mentions(texts), TopicsParams(), model_id="test-model@1")
    assert found is not None
    assert json.loads(found.registry["params"].item())["origin"] == "general"
    np.testing.assert_allclose(found.registry["mean"].item().to_list(), general, atol=1e-6)
    placed = found.assignments.join(texts, on="text_hash").drop_nulls("topic_id")
    assert placed.height >= 0.9 * texts.height
    assert placed.group_by("topic_id").agg(pl.col("matter").n_unique())["matter"].max() == 1
    strays = assign(cone.strays(60), found.topics, found.registry)
    assert strays["topic_id"].null_count() >= 54


def test_a_new_matter_is_found_in_the_pool_of_such_a_version(general):
    texts = cone.statements(list(cone.MATTERS), 12)
    found = found_version(texts, cone.mentions(texts), TopicsParams(), model_id="test-model")
    assert found is not None
    late = cone.statements(["heat"], 12)
    pool = pl.concat([late, cone.strays(20)])
    new = discover_in_pool(pool, cone.mentions(pool), found.topics, found.registry, TopicsParams())
    assert new.height == 1
    taken = assign(late, new, found.registry)
    assert taken["topic_id"].null_count() <= 1


@pytest.mark.parametrize(
    ("params", "origin"),
    [('{"origin": "general"}', "general"), ('{"sparse": 1.9}', "half"), ("{}", "whole")],
)
def test_versions_of_earlier_programs_keep_their_origin(params, origin):
    assert registry._origin_of(pl.DataFrame({"params": [params]})) == origin
