from __future__ import annotations

import polars as pl

from pipelines.commands import topic_edits as desk
from pipelines.commands.topic_tree import make_headings, topic_tree
from pipelines.commands.topics import list_topics
from voc_mining.store.delta import open_lake
from voc_mining.topics.tree import group_names, grouped

SCHEMA = {"topic_id": pl.String, "centroid": pl.List(pl.Float32)}
TOPICS = pl.DataFrame(
    [("A", [1.0, 0.0, 0.1]), ("B", [0.0, 1.0, 0.0]), ("C", [1.0, 0.1, 0.0]), ("D", [0.1, 1.0, 0.0])],
    schema=SCHEMA, orient="row",
)  # fmt: skip


def test_alike_topics_come_together_at_any_coarseness_and_in_any_order():
    assert dict(grouped(TOPICS, 2).rows()) == {"A": 0, "B": 1, "C": 0, "D": 1}
    assert grouped(TOPICS.reverse(), 2).equals(grouped(TOPICS, 2))
    assert grouped(TOPICS, 1)["group"].unique().to_list() == [0]
    assert grouped(TOPICS, 9)["group"].to_list() == [0, 1, 2, 3]
    assert grouped(TOPICS.head(1), 3).rows() == [("A", 0)]
    assert grouped(TOPICS.clear(), 3).is_empty()


def test_finer_groups_lie_within_coarser_ones():
    found = {n: dict(grouped(TOPICS, n).rows()) for n in (1, 2, 3, 4)}
    for fine, coarse in ((4, 3), (3, 2), (2, 1)):
        above: dict[int, int] = {}
        for topic, group in found[fine].items():
            assert above.setdefault(group, found[coarse][topic]) == found[coarse][topic]


def test_a_name_is_of_what_the_topics_of_a_group_share():
    groups = pl.DataFrame({"topic_id": ["A", "B", "C"], "group": [0, 0, 1]})
    assigned = pl.DataFrame({"text_hash": list("abcdef"), "topic_id": ["A", "A", "B", "B", "C", "C"]})
    terms = [
        ["請求書", "紙"],
        ["請求書", "紙"],
        ["請求書", "遅い"],
        ["請求書"],
        ["電話", "遅い"],
        ["電話", "［氏名1］"],
    ]
    names = group_names(groups, assigned, pl.DataFrame({"text_hash": list("abcdef"), "terms": terms}))
    assert names[0].startswith("請求書")
    assert names[1].startswith("電話")
    silent = group_names(groups, assigned, pl.DataFrame({"text_hash": list("abcdef"), "terms": [[]] * 6}, schema_overrides={"terms": pl.List(pl.String)}))  # fmt: skip
    assert silent == {0: "A", 1: "C"}


def test_headings_are_made_of_groups_and_taken_back_at_once(lake):
    before = list_topics(lake)
    tree = topic_tree(lake, 3)
    assert tree["group"].n_unique() == 3
    assert sorted(tree["topic_id"]) == sorted(before["topic_id"])
    edits = make_headings(lake, tree, author="佐藤")
    after = list_topics(lake)
    headings = after.filter(pl.col("made_by") == "group")
    assert set(headings["label"]) <= set(tree["name"])
    assert headings["n_voc"].sum() <= after.filter(pl.col("layer") == 0)["n_voc"].sum()
    assert topic_tree(lake, 3).equals(tree), "headings are not grouped again"
    assert sorted(desk.undo(lake, author="佐藤")[1]) == sorted(edits)
    assert list_topics(lake).equals(before)


def test_a_lake_without_topics_has_no_tree(tmp_path):
    assert topic_tree(open_lake(str(tmp_path / "none"))).is_empty()
