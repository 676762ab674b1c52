from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.topics import cone
from voc_mining.contracts import LAKE_TABLES
from voc_mining.topics.params import DiscoveryParams, GrowthParams, TopicsParams
from voc_mining.topics.registry import active_version, discover_in_pool, discovery_due, found_version, judge

PARAMS = TopicsParams()


def _founded(texts: pl.DataFrame, mentions: pl.DataFrame | None = None, params: TopicsParams = PARAMS):
    return found_version(texts, cone.mentions(texts) if mentions is None else mentions, params, model_id="test-model")


def test_every_matter_becomes_a_topic_that_keeps_its_contract():
    texts = cone.statements(cone.MATTERS, 20)
    founded = _founded(texts)
    LAKE_TABLES["topics"].check(founded.topics)
    LAKE_TABLES["registries"].check(founded.registry)
    LAKE_TABLES["assignments"].check(founded.assignments)
    assert founded.topics.height == len(cone.MATTERS)
    per_matter = founded.assignments.join(texts, on="text_hash").group_by("matter").agg(pl.col("topic_id").n_unique())
    assert per_matter["topic_id"].to_list() == [1] * len(cone.MATTERS)
    assert set(founded.topics["label"]) == {f"{noun}・{verb}" for noun, verb in cone.MATTERS.values()}
    exemplars = founded.topics["exemplars"].explode()
    assert exemplars.is_in(texts["text_hash"].to_list()).all()
    assert exemplars.is_unique().all()


def test_the_same_texts_in_any_order_found_the_same_registry():
    texts = pl.concat([cone.statements(cone.MATTERS, 12), cone.strays(30)])
    founded = _founded(texts)
    for seed in range(3):
        shuffled = texts.sample(fraction=1.0, shuffle=True, seed=seed)
        again = _founded(shuffled, cone.mentions(shuffled).sample(fraction=1.0, shuffle=True, seed=seed))
        assert_frame_equal(again.topics, founded.topics, check_exact=True)
        assert_frame_equal(again.registry, founded.registry, check_exact=True)
        assert_frame_equal(again.assignments.sort("text_hash"), founded.assignments.sort("text_hash"), check_exact=True)


@pytest.mark.parametrize("count", [0, 1, 5, 29])
def test_too_few_texts_found_nothing(count):
    assert _founded(cone.statements(["login"], count)) is None


def test_greetings_form_no_topic_and_get_none():
    texts = pl.concat([cone.statements(cone.MATTERS, 15), cone.greetings(40)])
    founded = _founded(texts)
    assert founded.topics.height == len(cone.MATTERS)
    greeted = founded.assignments.join(cone.greetings(40), on="text_hash", how="semi")
    assert greeted.height == 40
    assert greeted["topic_id"].null_count() == 40
    assert not greeted["tried"].any()


def test_what_nearly_everyone_says_beside_something_else_is_no_topic():
    matters = cone.statements(cone.MATTERS, 25)
    talk = cone.statements(["heat"], 60)
    contacts = matters["text_hash"].to_list()
    said = pl.DataFrame(
        {
            "text_hash": [*contacts, *(talk["text_hash"].to_list() * 3)],
            "contact_id": [f"c{nth}" for nth in range(len(contacts))] + [f"c{nth}" for nth in range(180)],
            "proactive": False,
        }
    )
    founded = _founded(pl.concat([matters, talk]), said)
    assert founded.topics.height == len(cone.MATTERS)
    assert "本体・熱い" not in founded.topics["label"].to_list()


def test_a_small_topic_of_the_proactive_pool_is_not_swallowed():
    reactive = cone.statements(cone.MATTERS, 40)
    asked = pl.concat([cone.statements(["dark"], 8), cone.statements(["login", "slow"], 10, start=900)])
    few = TopicsParams(discovery=DiscoveryParams(min_contacts=10))
    texts = pl.concat([reactive, asked])
    said = pl.concat([cone.mentions(reactive), cone.mentions(asked, proactive=True)])
    founded = _founded(texts, said, few)
    dark = founded.topics.filter(pl.col("label") == "ダークモード・欲しい")
    assert dark["pool"].to_list() == ["proactive"]
    assert founded.topics.filter(pl.col("pool") == "proactive").height == 1
    mine = founded.assignments.join(asked.filter(pl.col("matter") == "dark"), on="text_hash", how="semi")
    assert (mine["topic_id"] == dark["topic_id"].item()).all()


def test_a_discovery_in_the_pool_adds_and_never_touches():
    texts = cone.statements(cone.MATTERS, 15)
    founded = _founded(texts)
    new = cone.statements(list(cone.LATE), 20)
    pool = pl.concat([new, cone.strays(20)])
    added = discover_in_pool(pool, cone.mentions(pool), founded.topics, founded.registry, PARAMS)
    assert set(added["label"]) == {"本体・熱い", "ダークモード・欲しい"}
    assert not set(added["topic_id"]) & set(founded.topics["topic_id"])
    both = pl.concat([founded.topics, added])
    before = judge(texts, founded.topics, founded.registry, PARAMS, tried=True)
    assert_frame_equal(judge(texts, both, founded.registry, PARAMS, tried=True), before)
    # Stopped after writing them, the same discovery finds the same again.
    assert_frame_equal(discover_in_pool(pool, cone.mentions(pool), both, founded.registry, PARAMS), added)


def test_a_twin_of_a_topic_is_not_found_again():
    founded = _founded(cone.statements(cone.MATTERS, 15))
    more = cone.statements(["login", "slow"], 30, start=300)
    assert discover_in_pool(more, cone.mentions(more), founded.topics, founded.registry, PARAMS).is_empty()


@pytest.mark.parametrize(
    ("fresh", "tried", "asked", "due"),
    [
        (29, 0, 0, False),
        (30, 0, 0, True),
        (30, 1000, 0, False),
        (100, 1000, 0, True),
        (15, 0, 15, True),
        (14, 0, 14, False),
    ],
)
def test_a_discovery_is_due_when_the_pool_has_grown(fresh, tried, asked, due):
    pool = pl.DataFrame(
        {
            "tried": [False] * fresh + [True] * tried,
            "proactive": [nth < asked for nth in range(fresh + tried)],
        }
    )
    assert discovery_due(pool, GrowthParams()) is due


def test_the_newest_active_version_counts():
    rows = [
        {"registry_version": version, "model_id": "m", "mean": [0.0], "formulas": [], "params": "{}", "state": state}
        for version, state in ((1, "retired"), (2, "active"), (3, "candidate"))
    ]
    registries = LAKE_TABLES["registries"].conform(pl.DataFrame(rows))
    assert active_version(registries)["registry_version"].to_list() == [2]
    assert active_version(registries.clear()).is_empty()


def test_what_stands_beside_everything_is_a_formula_and_gets_no_topic():
    matters = cone.statements(cone.MATTERS, 25)
    formula = cone.statements(["heat"], 1)
    contacts = [f"c{nth}" for nth in range(matters.height)]
    said = pl.DataFrame(
        {
            "text_hash": [*matters["text_hash"], *(formula["text_hash"].to_list() * 60)],
            "contact_id": [*contacts, *contacts[::3][:60]],
            "proactive": False,
        }
    )
    texts = pl.concat([matters, formula])
    founded = _founded(texts, said)
    assert founded.registry["formulas"].item().to_list() == formula["text_hash"].to_list()
    kept = founded.assignments.filter(pl.col("topic_id").is_null() & ~pl.col("tried"))["text_hash"]
    assert kept.to_list() == formula["text_hash"].to_list()


def test_what_stands_beside_its_own_matter_is_no_formula():
    matters = cone.statements(cone.MATTERS, 25)
    login = matters.filter(pl.col("matter") == "login")["text_hash"].to_list()
    contacts = [f"c{nth}" for nth in range(matters.height)]
    said = pl.DataFrame(
        {
            "text_hash": [*matters["text_hash"], *([login[0]] * 24)],
            "contact_id": [*contacts, *(contacts[matters["text_hash"].to_list().index(text)] for text in login[1:])],
            "proactive": False,
        }
    )
    assert _founded(matters, said).registry["formulas"].item().to_list() == []
