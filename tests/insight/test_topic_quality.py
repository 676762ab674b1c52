from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from voc_mining.insight.params import InsightParams
from voc_mining.insight.topic_quality import topic_quality
from voc_mining.topics.twins import nearest_topics

TODAY = date(2026, 10, 31)
PARAMS = InsightParams(TODAY)
NO_SECONDS = pl.DataFrame(schema={"text_hash": pl.String, "second_topic_id": pl.String})
NO_NEAREST = nearest_topics(pl.DataFrame(schema={"topic_id": pl.String, "centroid": pl.List(pl.Float32)}), {})
SCHEMA = {"topic_id": pl.String, "text_hash": pl.String, "topic_strength": pl.Float64, "business_date": pl.Date}


def said(
    topic: str, strengths: list[float], *, days_ago: int | None = 100, start: int = 0, times: int = 1
) -> pl.DataFrame:
    day = None if days_ago is None else TODAY - timedelta(days=days_ago)
    rows = [(topic, f"{topic}{start + nth}", like, day) for nth, like in enumerate(strengths)] * times
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def topics_of(*names: str, layer: int = 0, status: str = "active") -> pl.DataFrame:
    rows = [(name, f"名前{name}", layer, status) for name in names]
    return pl.DataFrame(rows, schema={"topic_id": pl.String, "label": pl.String, "layer": pl.Int32, "status": pl.String}, orient="row")  # fmt: skip


def quality(*statements: pl.DataFrame, topics: pl.DataFrame | None = None, **more: pl.DataFrame) -> dict[str, dict]:
    frames = {"seconds": NO_SECONDS, "nearest": NO_NEAREST} | more
    everything = pl.concat(statements)
    shown = topics_of(*everything["topic_id"].unique().sort()) if topics is None else topics
    return {row["topic_id"]: row for row in topic_quality(everything, shown, PARAMS, **frames).iter_rows(named=True)}


def test_texts_count_once_however_often_they_are_said():
    found = quality(said("A", [0.9, 0.5], times=50), said("B", [0.7]))
    assert found["A"]["coherence"] == pytest.approx(0.7)
    assert (found["A"]["n_texts"], found["A"]["n_voc"]) == (2, 100)
    assert found["A"]["share"] == pytest.approx(100 / 101, abs=1e-4)


def test_large_and_loose_is_broad_and_large_alone_is_not():
    others = [said(name, [0.7] * 10) for name in "BCDE"]
    assert quality(said("A", [0.4] * 60), *others)["A"]["flags"] == ["broad"]
    assert quality(said("A", [0.8] * 60), *others)["A"]["flags"] == []
    assert quality(said("A", [0.4] * 10), *others)["A"]["flags"] == []


def test_topics_that_share_texts_or_a_place_are_twins():
    seconds = pl.DataFrame({"text_hash": [f"A{n}" for n in range(6)], "second_topic_id": ["B"] * 5 + ["A"]})
    found = quality(said("A", [0.7] * 20), said("B", [0.7] * 8), seconds=seconds)
    assert (found["A"]["flags"], found["A"]["shared_topic_id"], found["A"]["shared"]) == (["twin"], "B", 0.25)
    assert found["B"]["flags"] == []
    assert quality(said("A", [0.7] * 20), said("B", [0.7] * 8), seconds=seconds.head(4))["A"]["flags"] == []
    nearest = pl.DataFrame({"topic_id": ["A"], "nearest_topic_id": ["B"], "nearest_similarity": [0.7]})
    assert quality(said("A", [0.7] * 8), said("B", [0.7] * 8), nearest=nearest)["A"]["flags"] == ["twin"]


def test_a_topic_whose_late_texts_are_less_like_it_is_drifting():
    random = np.random.default_rng(3)
    early = said("A", (0.7 + 0.03 * random.normal(size=60)).tolist())
    late = said("A", (0.6 + 0.03 * random.normal(size=30)).tolist(), days_ago=5, start=100)
    assert quality(early, late)["A"]["flags"] == ["drifting"]
    same = said("A", (0.7 + 0.03 * random.normal(size=30)).tolist(), days_ago=5, start=100)
    assert quality(early, same)["A"]["flags"] == []
    few = said("A", [0.4] * 5, days_ago=5, start=100)
    assert quality(early, few)["A"]["flags"] == []


def test_undated_and_moved_texts_are_no_sign_of_drift():
    moved = said("A", [0.7] * 3, start=50).with_columns(topic_strength=pl.lit(None, pl.Float64))
    found = quality(said("A", [0.7] * 20), said("A", [0.1] * 20, days_ago=None, start=100), moved)
    assert found["A"]["flags"] == []
    assert found["A"]["n_texts"] == 43


def test_headings_and_hidden_topics_have_no_row_and_what_is_to_be_looked_at_comes_first():
    shown = pl.concat([topics_of("A", "B", "C", "D"), topics_of("G", layer=1), topics_of("H", status="hidden")])
    parts = [said(name, [0.8] * 9) for name in "ACDGH"]
    nearest = pl.DataFrame({"topic_id": ["D"], "nearest_topic_id": ["A"], "nearest_similarity": [0.9]})
    assert list(quality(*parts, topics=shown, nearest=nearest)) == ["D", "A", "C"]


def test_the_nearest_topic_is_of_another_whole_whatever_all_have_in_common():
    axes = {"A": [1.0, 0.0, 0.0], "B": [0.96, 0.28, 0.0], "C": [0.0, 0.0, 1.0], "D": [0.0, 1.0, 0.0]}
    schema = {"topic_id": pl.String, "centroid": pl.List(pl.Float32)}
    names = {name: name for name in axes}
    for common in (0.0, 5.0):
        rows = [(name, [value + common for value in axis]) for name, axis in axes.items()]
        topics = pl.DataFrame(rows, schema=schema, orient="row")
        nearest = nearest_topics(topics, names)
        assert dict(nearest.select("topic_id", "nearest_topic_id").iter_rows())["A"] == "B"
        assert nearest.filter(pl.col("topic_id") == "A")["nearest_similarity"].item() == pytest.approx(0.905, abs=0.001)
        merged = nearest_topics(topics, names | {"B": "A"})
        assert "B" not in {*merged["topic_id"], *merged["nearest_topic_id"]}
        assert merged.filter(pl.col("topic_id") == "C")["nearest_topic_id"].item() == "D"
    assert nearest_topics(topics.head(1), {}).is_empty()
