from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tests.topics import cone
from voc_mining.topics.params import DiscoveryParams, TopicsParams
from voc_mining.topics.registry import found_version
from voc_mining.topics.steadiness import steadier

PARAMS = TopicsParams()


def _founded(texts: pl.DataFrame, version: int, params: TopicsParams = PARAMS):
    founded = found_version(texts, cone.mentions(texts), params, model_id="test-model", version=version)
    assert founded is not None
    return founded


@pytest.fixture(scope="module")
def before():
    return cone.statements(cone.MATTERS, 20)


def test_a_little_more_changes_no_topic_and_new_matters_come_beside(before):
    active = _founded(before, 1)
    more = pl.concat([before, cone.statements(["login"], 3, start=700), cone.statements(["heat"], 40)])
    kept = steadier(more, cone.mentions(more), active, _founded(more, 2), PARAMS)
    assert kept.registry["registry_version"].item() == 2
    assert set(active.topics["topic_id"]) < set(kept.topics["topic_id"])
    same = active.assignments.join(kept.assignments, on="text_hash", suffix="_now")
    assert same["topic_id"].to_list() == same["topic_id_now"].to_list()


def test_what_is_clearly_better_is_taken(before):
    active = _founded(before, 1)
    one, other = active.topics["topic_id"].sort()[:2]
    blurred = active.topics.filter(pl.col("topic_id").is_in([one, other])).with_columns(threshold=0.0)
    fresh = _founded(before, 2)
    assert steadier(before, cone.mentions(before), replace(active, topics=blurred), fresh, PARAMS) is fresh


def test_other_parameters_ask_for_fresh_topics(before):
    active = _founded(before, 1)
    other = TopicsParams(discovery=DiscoveryParams(tail=0.2))
    fresh = _founded(before, 2, other)
    assert steadier(before, cone.mentions(before), active, fresh, other) is fresh
