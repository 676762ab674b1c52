from __future__ import annotations

import polars as pl
import pytest

from tests.topics import cone
from voc_mining.topics.params import TopicsParams
from voc_mining.topics.registry import RegistryVersion, found_version
from voc_mining.topics.stability import stability

APART = cone.statements(cone.MATTERS, 25)


@pytest.fixture(scope="module")
def version() -> RegistryVersion:
    founded = found_version(APART, cone.mentions(APART), TopicsParams(), model_id="test-model")
    assert founded is not None
    return founded


def test_matters_that_lie_apart_are_stable_in_any_order_of_rows(version):
    found = stability(APART, version)
    assert found["mean"] > 0.75
    assert found["dissolved"] == []
    assert stability(APART.sample(fraction=1.0, shuffle=True, seed=1), version) == found


def test_topics_cut_at_random_dissolve(version):
    names = pl.Series(["A", "B", "C", "D"]).sample(APART.height, with_replacement=True, seed=3)
    cut = version.assignments.sort("text_hash").with_columns(topic_id=names)
    found = stability(APART, RegistryVersion(version.registry, version.topics, cut))
    assert found["mean"] < 0.5
    assert found["dissolved"] == ["A", "B", "C", "D"]


def test_one_topic_says_nothing_of_stability(version):
    one = version.assignments.with_columns(topic_id=pl.lit("A"))
    assert stability(APART, RegistryVersion(version.registry, version.topics, one)) == {"mean": None, "dissolved": []}
