from __future__ import annotations

import polars as pl

from pipelines.commands import topic_edits as desk
from pipelines.steps.edited import edited_topics
from pipelines.steps.layers import layers_step
from voc_mining.topics.layers import COLUMNS, GROUPS, layered, with_layers

SCHEMA = {"topic_id": pl.String, "centroid": pl.List(pl.Float32)}
TOPICS = pl.DataFrame(
    [("A", [1.0, 0.0, 0.1]), ("B", [0.0, 1.0, 0.0]), ("C", [1.0, 0.1, 0.0]), ("D", [0.1, 1.0, 0.0]), ("E", [0.0, 0.0, 1.0])],
    schema=SCHEMA, orient="row",
)  # fmt: skip


def test_groups_of_the_middle_lie_within_the_coarse_ones_in_any_order():
    found = layered(TOPICS, GROUPS.to_frame())
    assert layered(TOPICS.reverse(), GROUPS.to_frame()).equals(found)
    assert found.group_by("middle_id").agg(pl.col("coarse_id").n_unique())["coarse_id"].max() == 1
    assert found["coarse_id"].n_unique() <= found["middle_id"].n_unique() <= TOPICS.height
    assert layered(TOPICS.clear(), GROUPS.to_frame()).is_empty()


def test_a_topic_that_is_added_joins_the_group_of_the_one_it_is_like():
    known = layered(TOPICS, GROUPS.to_frame())
    late = pl.DataFrame([("Z", [0.02, 1.0, 0.02])], schema=SCHEMA, orient="row")
    found = layered(pl.concat([late, TOPICS]), known)
    assert found.filter(pl.col("topic_id") != "Z").equals(known)
    groups = {topic: rest for topic, *rest in found.rows()}
    assert groups["Z"] == groups["B"]


def _stored(**groups: str) -> pl.DataFrame:
    rows = [(topic, group[0], f"中{group[0]}", group[1], f"粗{group[1]}") for topic, group in groups.items()]
    return pl.DataFrame(rows, schema=["topic_id", *COLUMNS], orient="row")


def _topics(**parents: str | None) -> pl.DataFrame:
    rows = [(topic, f"話題{topic}", parent) for topic, parent in parents.items()]
    return pl.DataFrame(rows, schema={"topic_id": pl.String, "label": pl.String, "parent_id": pl.String}, orient="row")


def test_a_heading_is_the_group_of_what_is_under_it():
    stored = _stored(A="mk", B="mk", C="nk", D="nl")
    found = with_layers(_topics(A=None, B="H", C="H", D=None, H=None), stored, {})
    told = {row["topic_id"]: tuple(row[name] for name in COLUMNS) for row in found.to_dicts()}
    assert told["B"] == told["C"] == told["H"] == ("H", "話題H", "k", "粗k")
    assert told["A"] == ("A", "話題A", "k", "粗k"), "nothing is left beside it in its group"
    assert told["D"] == ("D", "話題D", "D", "話題D")


def test_a_heading_above_a_heading_is_coarse_and_a_split_stays_where_it_was():
    stored = _stored(A="mk", B="mk", C="nk")
    found = with_layers(_topics(A="H", B=None, C=None, S=None, H="K", K=None, X=None), stored, {"S": "B"})
    told = {row["topic_id"]: (row["middle_id"], row["coarse_id"]) for row in found.to_dicts()}
    assert told["A"] == ("H", "K")
    assert told["S"] == told["B"] == ("m", "k")
    assert told["X"] == ("X", "X"), "an analyst's own topic is a group of its own"


def test_layers_are_stored_once_and_named_without_repeats(lake):
    stored = lake.read("topic_layers")
    assert sorted(stored["topic_id"]) == sorted(lake.read("topics")["topic_id"])
    names = pl.concat(
        [
            stored.select(pl.col(f"{layer}_id").alias("id"), pl.col(f"{layer}_label").alias("name"))
            for layer in ("middle", "coarse")
        ]
    )
    several = names.group_by("id").agg(pl.col("name").unique(), pl.len()).filter(pl.col("len") > 1)
    assert several["name"].list.len().max() == 1
    assert several["name"].explode().is_unique().all()
    before = lake.versions()
    layers_step(lake, 1)
    assert lake.versions() == before


def test_edits_show_in_the_layers_on_read(lake):
    first, second = sorted(lake.read("topics")["topic_id"])[:2]
    desk.group_topics(lake, [first, second], "見出し", author="佐藤")
    told = edited_topics(lake).topics.filter(pl.col("topic_id").is_in([first, second]))
    assert told["middle_label"].to_list() == ["見出し"] * 2
    assert told["coarse_id"].n_unique() == 1
