from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.topics.cone import moment
from voc_mining.contracts import LAKE_TABLES
from voc_mining.topics import edits
from voc_mining.topics.replay import resolve, with_effects

TOPICS = pl.DataFrame(
    {"topic_id": ["A", "B", "C", "D"], "label": ["甲", "乙", "丙", "丁"], "status": ["active"] * 3 + ["dormant"]}
)
NONE = LAKE_TABLES["topic_edits"].empty()


def _log(*rows: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([NONE, *rows])


def _state(log: pl.DataFrame) -> dict[str, tuple[str, str, str]]:
    columns = ("topic_id", "effective_topic_id", "label", "status")
    return {row[0]: row[1:] for row in resolve(TOPICS, log).topics.select(columns).rows()}


def _rename(minute: int, topic: str, label: str, author: str = "佐藤") -> pl.DataFrame:
    return edits.rename(topic, label, author=author, at=moment(minute))


def _merge(minute: int, topic: str, into: str) -> pl.DataFrame:
    return edits.merge(topic, into, author="佐藤", at=moment(minute))


def _undo(minute: int, edit: pl.DataFrame) -> pl.DataFrame:
    return edits.undo(edit["edit_id"].item(), author="鈴木", at=moment(minute))


def _history(log: pl.DataFrame) -> pl.DataFrame:
    return with_effects(log, resolve(TOPICS, log).effects)


def _effects(log: pl.DataFrame) -> dict[str, str]:
    return dict(_history(log).select("edit_id", "effect").iter_rows())


def test_edits_keep_the_contract():
    log = _log(_rename(1, "A", "新"), _merge(2, "A", "B"), _undo(3, _merge(2, "A", "B")))
    LAKE_TABLES["topic_edits"].check(log)


def test_without_edits_every_topic_is_itself():
    assert _state(NONE) == {
        "A": ("A", "甲", "active"),
        "B": ("B", "乙", "active"),
        "C": ("C", "丙", "active"),
        "D": ("D", "丁", "dormant"),
    }


def test_the_later_of_two_names_holds():
    first, second = _rename(1, "A", "一"), _rename(2, "A", "二")
    log = _log(second, first)
    assert _state(log)["A"] == ("A", "二", "active")
    assert _effects(log) == {first["edit_id"].item(): "replaced", second["edit_id"].item(): "applied"}


def test_at_the_same_moment_the_id_decides_whatever_the_order_of_rows():
    one, two = _rename(1, "A", "一", "佐藤"), _rename(1, "A", "二", "鈴木")
    later = max((one, two), key=lambda row: row["edit_id"].item())
    expected = ("A", "一" if later is one else "二", "active")
    assert _state(_log(one, two))["A"] == _state(_log(two, one))["A"] == expected


def test_a_merged_topic_goes_by_the_name_of_the_whole():
    log = _log(_merge(1, "A", "B"), _merge(2, "B", "C"), _rename(3, "C", "全体"))
    assert _state(log) == {
        "A": ("C", "全体", "merged"),
        "B": ("C", "全体", "merged"),
        "C": ("C", "全体", "active"),
        "D": ("D", "丁", "dormant"),
    }


def test_a_second_merge_of_a_topic_moves_it():
    log = _log(_merge(1, "A", "B"), _merge(2, "A", "C"))
    assert _state(log)["A"][0] == "C"
    assert sorted(_effects(log).values()) == ["applied", "replaced"]


def test_merging_in_a_circle_has_no_effect():
    log = _log(_merge(1, "A", "B"), _merge(2, "B", "A"))
    assert _state(log)["A"][0] == _state(log)["B"][0] == "B"
    assert sorted(_effects(log).values()) == ["applied", "circle"]


def test_undo_and_undo_of_an_undo():
    named = _rename(1, "A", "新")
    back = _undo(2, named)
    assert _state(_log(named, back))["A"][1] == "甲"
    assert _effects(_log(named, back)) == {named["edit_id"].item(): "undone", back["edit_id"].item(): "applied"}
    again = _log(named, back, _undo(3, back))
    assert _state(again)["A"][1] == "新"


def test_an_edit_of_what_is_not_there_is_kept_and_said():
    log = _log(_rename(1, "Z", "無"), _merge(2, "A", "Z"), edits.undo("E0", author="佐藤", at=moment(3)))
    assert _state(log) == _state(NONE)
    assert sorted(_effects(log).values()) == ["unknown_edit", "unknown_topic", "unknown_topic"]
    assert _history(log)["action"].to_list() == ["undo", "merge", "rename"]


def test_an_action_of_a_later_version_changes_nothing():
    later = _rename(1, "A", "新").with_columns(action=pl.lit("tag"), edit_id=pl.lit("Etag"))
    assert _state(_log(later)) == _state(NONE)
    assert _effects(_log(later)) == {"Etag": "not_yet"}


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("rename"), st.sampled_from("ABCD"), st.sampled_from("春夏秋冬")),
        st.tuples(st.just("merge"), st.sampled_from("ABCD"), st.sampled_from("ABCD")),
        st.tuples(st.just("undo"), st.integers(0, 12), st.none()),
    ),
    max_size=14,
)


@given(_STEPS, st.randoms())
def test_any_log_resolves_to_whole_topics_in_any_order_of_rows(steps, random):
    rows: list[pl.DataFrame] = []
    for minute, (action, first, second) in enumerate(steps):
        if action == "undo":
            if rows:
                rows.append(_undo(minute, rows[first % len(rows)]))
        elif action == "rename":
            rows.append(_rename(minute, first, second))
        else:
            rows.append(_merge(minute, first, second))
    resolved = resolve(TOPICS, _log(*rows)).topics
    assert resolved["topic_id"].to_list() == ["A", "B", "C", "D"]
    whole = resolved.filter(pl.col("topic_id") == pl.col("effective_topic_id"))
    assert set(resolved["effective_topic_id"]) == set(whole["topic_id"])
    assert "merged" not in whole["status"].to_list()
    random.shuffle(rows)
    assert_frame_equal(resolve(TOPICS, _log(*rows)).topics, resolved)
