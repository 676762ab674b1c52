"""Texts placed by analysts: splits, moves, and statements that were heard otherwise since."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tests.topics import cone
from voc_mining.contracts import LAKE_TABLES
from voc_mining.topics import edits
from voc_mining.topics.edits import Place
from voc_mining.topics.placement import Space, placed, reattached, texts_needed
from voc_mining.topics.replay import resolve

NONE = LAKE_TABLES["topic_edits"].empty()
TOPICS = pl.DataFrame({"topic_id": ["A", "B"], "label": ["甲", "乙"], "status": ["active"] * 2, "parent_id": [None] * 2},
                      schema_overrides={"parent_id": pl.String})  # fmt: skip
LOGIN, BILL, SLOW = (cone.statements([matter], 12) for matter in ("login", "invoice", "slow"))
TEXTS = pl.concat([LOGIN, BILL, SLOW])
ASSIGNED = pl.concat(
    [part.select("text_hash", pl.lit(topic).alias("topic_id"), pl.lit(0.8).alias("strength"), pl.lit("similar").alias("by"))
     for part, topic in ((LOGIN, "A"), (BILL, "A"), (SLOW, "B"))]
)  # fmt: skip
EXEMPLARS = {"A": [*LOGIN["text_hash"][:4], *BILL["text_hash"][:2]], "B": SLOW["text_hash"][:4].to_list()}


def place_of(text: str, **more: float) -> Place:
    return Place(text, f"v-{text}", f"c-{text}", **more)


def split(minute: int, topic: str, texts: list[str], label: str = "請求") -> pl.DataFrame:
    return edits.split(topic, [place_of(text) for text in texts], label, author="a", at=cone.moment(minute))


def move(minute: int, text: str, topic: str) -> pl.DataFrame:
    return edits.move(place_of(text), topic, author="a", at=cone.moment(minute))


def merge(minute: int, topic: str, into: str) -> pl.DataFrame:
    return edits.merge(topic, into, author="a", at=cone.moment(minute))


def topics_of(*log: pl.DataFrame, assigned: pl.DataFrame = ASSIGNED) -> dict[str, str | None]:
    state = resolve(TOPICS, pl.concat([NONE, *log]))
    needed = texts_needed(assigned, state, EXEMPLARS)
    mean = TEXTS["vector"].to_numpy().mean(axis=0)
    space = Space.of(TEXTS.filter(pl.col("text_hash").is_in(list(needed))), mean)
    found = placed(assigned, state, EXEMPLARS, space)
    assert found["text_hash"].equals(assigned["text_hash"])
    return dict(found.select("text_hash", "topic_id").iter_rows())


def test_without_edits_texts_have_the_topic_they_were_assigned_to():
    assert topics_of() == dict(ASSIGNED.select("text_hash", "topic_id").iter_rows())


def test_a_split_takes_what_is_like_its_examples_and_leaves_the_rest():
    edit = split(1, "A", BILL["text_hash"][:3].to_list())
    made = edits.split_id(edit["edit_id"].item())
    found = topics_of(edit)
    assert {found[text] for text in BILL["text_hash"]} == {made}
    assert {found[text] for text in LOGIN["text_hash"]} == {"A"}
    assert {found[text] for text in SLOW["text_hash"]} == {"B"}


def test_a_text_is_split_the_same_whatever_else_there_is():
    edit = split(1, "A", BILL["text_hash"][:3].to_list())
    everything = topics_of(edit)
    few = ASSIGNED.filter(pl.col("text_hash").is_in([*EXEMPLARS["A"], *BILL["text_hash"][:3], BILL["text_hash"][9]]))
    assert topics_of(edit, assigned=few).items() <= everything.items()
    assert topics_of(edit, assigned=ASSIGNED.reverse()) == everything


def test_a_moved_text_stays_where_it_was_put_and_the_later_move_holds():
    text = BILL["text_hash"][5]
    assert topics_of(move(1, text, "B"))[text] == "B"
    assert topics_of(move(1, text, "B"), move(2, text, "A"))[text] == "A"
    assert topics_of(move(1, text, edits.NOWHERE))[text] is None
    assert topics_of(move(1, text, "B"), split(2, "A", BILL["text_hash"][:3].to_list()))[text] == "B"
    assert topics_of(move(1, text, "B"), split(2, "A", BILL["text_hash"][:6].to_list()))[text] != "B"


def test_a_text_moved_to_a_topic_that_became_part_of_another_is_of_the_whole():
    text = LOGIN["text_hash"][0]
    found = topics_of(move(1, text, "B"), merge(2, "B", "A"))
    assert found[text] == "A"
    assert set(found.values()) == {"A"}


def test_a_split_of_a_whole_takes_from_all_its_parts():
    edit = split(2, "A", [SLOW["text_hash"][0], SLOW["text_hash"][1]])
    made = edits.split_id(edit["edit_id"].item())
    found = topics_of(merge(1, "B", "A"), edit)
    assert {found[text] for text in SLOW["text_hash"][:2]} == {made}
    assert {found[text] for text in LOGIN["text_hash"]} == {"A"}


def test_a_split_can_be_split_merged_and_taken_back():
    first = split(1, "A", BILL["text_hash"][:4].to_list())
    made = edits.split_id(first["edit_id"].item())
    second = split(2, made, BILL["text_hash"][4:6].to_list(), "請求の再発行")
    within = edits.split_id(second["edit_id"].item())
    assert {topics_of(first, second)[text] for text in BILL["text_hash"]} == {made, within}
    assert {topics_of(first, second, merge(3, within, "B"))[text] for text in BILL["text_hash"][4:6]} == {"B"}
    back = edits.undo(first["edit_id"].item(), author="b", at=cone.moment(4))
    assert topics_of(first, back) == topics_of()


def test_where_nothing_is_left_of_the_topic_a_split_takes_from_where_its_examples_are():
    edit = split(1, "B", BILL["text_hash"][:3].to_list())
    made = edits.split_id(edit["edit_id"].item())
    found = topics_of(edit, assigned=ASSIGNED.filter(pl.col("topic_id") == "A"))
    assert {found[text] for text in BILL["text_hash"]} == {made}
    assert {found[text] for text in LOGIN["text_hash"]} == {"A"}


def test_texts_without_a_vector_are_like_no_example():
    edit = split(1, "A", BILL["text_hash"][:3].to_list())
    state = resolve(TOPICS, pl.concat([NONE, edit]))
    mean = TEXTS["vector"].to_numpy().mean(axis=0)
    found = placed(ASSIGNED, state, EXEMPLARS, Space.of(TEXTS.head(0), mean))
    made = found.filter(pl.col("by") == "split")
    assert made["text_hash"].sort().to_list() == sorted(BILL["text_hash"][:3])
    assert made["strength"].null_count() == 3


@pytest.mark.parametrize(
    ("start", "end", "expected"), [(10.2, 12.0, "heard anew"), (11.2, 30.0, None), (40.0, 42.0, None)]
)
def test_words_heard_otherwise_are_found_by_their_seconds(start, end, expected):
    before = place_of("gone", start_s=10.0, end_s=12.0)
    state = resolve(TOPICS, pl.concat([NONE, edits.move(before, "B", author="a", at=cone.moment(1))]))
    rows = [("heard anew", before.contact_id, start, end), ("elsewhere", "c-other", 10.0, 12.0)]
    there = pl.DataFrame(rows, schema=["text_hash", "contact_id", "start_s", "end_s"], orient="row")
    found, vanished = reattached(state, there)
    assert [made.place for made in found.placements] == ([replace(before, text_hash=expected)] if expected else [])
    assert len(vanished) == (0 if expected else 1)
