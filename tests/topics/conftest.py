"""What several tests of topics begin with."""

from __future__ import annotations

import pytest

from pipelines.steps.topics import topics_step
from tests.topics import cone
from voc_mining.store.delta import DeltaStore, open_lake


@pytest.fixture
def lake(tmp_path) -> DeltaStore:
    """A lake in which topics of a few matters were found."""
    lake = open_lake(str(tmp_path / "lake"))
    texts = cone.statements(cone.MATTERS, 15)
    lake.append_new("voc", cone.voc_rows(texts))
    lake.append_new("vectors", cone.vector_rows(texts))
    lake.append_new("segments", cone.segment_rows(texts, "reactive"))
    topics_step(lake)
    return lake
