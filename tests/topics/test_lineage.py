from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from voc_mining.topics.lineage import MatchParams, match_topics

PARAMS = MatchParams()


def _topics(assigned: dict[str, str], silent: dict[str, list[str]] | None = None) -> pl.DataFrame:
    members: dict[str, list[str]] = {topic: [] for topic in assigned.values()} | (silent or {})
    for text, topic in sorted(assigned.items()):
        members[topic].append(text)
    rows = [(topic, texts[:3]) for topic, texts in sorted(members.items())]
    return pl.DataFrame(rows, schema={"topic_id": pl.String, "exemplars": pl.List(pl.String)}, orient="row")


def _assigned(assigned: dict[str, str]) -> pl.DataFrame:
    rows = sorted(assigned.items())
    return pl.DataFrame(rows, schema={"text_hash": pl.String, "topic_id": pl.String}, orient="row")


def _match(before: dict[str, str], found: dict[str, str], silent: dict[str, list[str]] | None = None):
    return match_topics(_topics(before, silent), _assigned(before), _topics(found), _assigned(found), PARAMS)


def _texts(first: int, last: int, topic: str) -> dict[str, str]:
    return {f"text {nth:03}": topic for nth in range(first, last)}


def test_what_stayed_is_continued_with_evidence():
    match = _match(_texts(0, 10, "A"), _texts(2, 12, "x"))
    assert match.continues == {"x": "A"}
    origin = match.origins["x"]
    assert (origin["event"], origin["from"]) == ("continued", ["A"])
    assert origin["evidence"] == [
        {"before": "A", "found": "x", "shared_texts": 8, "jaccard": round(8 / 12, 4), "shared_exemplars": 1}
    ]
    assert match.fates == {}


def test_a_split_continues_the_larger_piece():
    match = _match(_texts(0, 10, "A"), _texts(0, 6, "x") | _texts(6, 10, "y"))
    assert match.continues == {"x": "A"}
    assert (match.origins["y"]["event"], match.origins["y"]["from"]) == ("split", ["A"])


def test_a_merger_names_what_it_absorbed():
    match = _match(_texts(0, 6, "A") | _texts(6, 10, "B"), _texts(0, 10, "x"))
    assert match.continues == {"x": "A"}
    assert match.origins["x"]["absorbed"] == ["B"]
    assert (match.fates["B"]["event"], match.fates["B"]["into"]) == ("merged", ["x"])


def test_what_nobody_was_before_is_new_and_what_nobody_is_now_is_dormant():
    match = _match(_texts(0, 10, "A"), _texts(10, 20, "x"))
    assert match.origins["x"]["event"] == "new"
    assert match.fates["A"]["event"] == "dormant"


def test_matching_takes_the_best_sum_not_the_first_best():
    # B's only hope is x; A has y as well.
    before = _texts(0, 12, "A") | _texts(12, 20, "B")
    found = _texts(0, 6, "x") | _texts(12, 16, "x") | _texts(6, 12, "y")
    assert _match(before, found).continues == {"x": "B", "y": "A"}


def test_a_dormant_topic_comes_back_by_its_exemplars():
    match = _match(_texts(0, 10, "A"), _texts(0, 10, "x") | _texts(10, 20, "y"), {"D": ["text 011", "text 012"]})
    assert match.continues == {"x": "A", "y": "D"}


names = st.dictionaries(st.integers(0, 40).map("text {:03}".format), st.sampled_from("ABCDE"), max_size=40)


@given(names, names.map(lambda assigned: {text: topic.lower() for text, topic in assigned.items()}))
def test_matching_is_one_to_one_and_leaves_no_topic_out(before, found):
    match = _match(before, found)
    continued = list(match.continues.values())
    assert len(set(continued)) == len(continued)
    assert set(match.origins) == set(found.values())
    assert set(continued) | set(match.fates) == set(before.values())
    assert not set(continued) & set(match.fates)
