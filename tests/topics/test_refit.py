"""Refit, promotion and rollback: ids, names and merges hold, and no statement is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.commands import topic_edits as desk
from pipelines.commands import topics as commands
from pipelines.steps.edited import edited_topics
from pipelines.steps.refit import promote_step, read_candidates, refit_step, rollback_step
from pipelines.steps.topics import topics_step
from tests.topics import cone
from voc_mining.errors import EngineTrouble, UserError
from voc_mining.store.delta import DeltaStore, open_lake
from voc_mining.topics.params import TopicsParams
from voc_mining.topics.quality import PromotionPolicy, objections
from voc_mining.topics.refit import RefitParams
from voc_mining.topics.registry import active_version
from voc_mining.topics.space import matrix

FIRST = pl.concat([cone.statements(cone.MATTERS, 15), cone.strays(12), cone.greetings(10)])
LATER = pl.concat([cone.statements(list(cone.LATE), 25), cone.statements(cone.MATTERS, 10, start=500)])
TABLES = ("registries", "refits", "topics", "assignments")


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(UserError) as trouble:
        yield
    assert trouble.value.code == code


def _deliver(lake: DeltaStore, texts: pl.DataFrame, origin: str = "reactive") -> None:
    lake.append_new("voc", cone.voc_rows(texts))
    lake.append_new("vectors", cone.vector_rows(texts))
    lake.append_new("segments", cone.segment_rows(texts, origin))


def _id(lake: DeltaStore, label: str) -> str:
    listed = commands.list_topics(lake)
    return listed.filter(pl.col("label") == label)["topic_id"].item()


def _said(lake: DeltaStore) -> dict[str, str | None]:
    """Name of the topic of every text, as people see it."""
    edited = edited_topics(lake)
    named = edited.assigned.join(edited.topics.select("topic_id", "label"), on="topic_id", how="left", validate="m:1")
    return dict(named.select("text_hash", "label").iter_rows())


@pytest.fixture
def lake(tmp_path):
    lake = open_lake(str(tmp_path / "lake"))
    _deliver(lake, FIRST)
    topics_step(lake)
    return lake


def _edited(lake: DeltaStore) -> None:
    desk.rename_topic(lake, _id(lake, "画面・遅い"), "表示が遅い", author="a", at=cone.moment(1))
    desk.merge_topics(lake, [_id(lake, "請求書・再発行")], _id(lake, "プラン・変更"), author="a", at=cone.moment(2))


def test_ids_names_and_merges_survive_refit_promotion_and_rollback(lake):
    _edited(lake)
    before = commands.list_topics(lake)
    slow, plan = _id(lake, "表示が遅い"), _id(lake, "プラン・変更")
    _deliver(lake, LATER)
    version = refit_step(lake)
    assert commands.list_topics(lake).select("topic_id", "label").equals(before.select("topic_id", "label"))
    assert [row["state"] for row in read_candidates(lake)] == ["candidate", "active"]

    promote_step(lake, version)
    after = commands.list_topics(lake)
    assert set(before["topic_id"]) <= set(after["topic_id"])
    kept = after.join(before, on="topic_id", how="semi").sort("topic_id")
    assert kept["label"].to_list() == before.sort("topic_id")["label"].to_list()
    assert _id(lake, "表示が遅い") == slow
    assert {"本体・熱い", "ダークモード・欲しい"} <= set(after["label"])
    said = _said(lake)
    assert said.keys() == {*FIRST["text_hash"], *LATER["text_hash"]}, "no statement is lost"
    bills = pl.concat([FIRST, LATER]).filter(pl.col("matter") == "invoice")["text_hash"]
    assert {said[text] for text in bills} == {"プラン・変更"}
    assert commands.show_topic(lake, plan).absorbed.height == 1
    # A run after the promotion finds nothing left to do.
    versions = lake.versions()
    topics_step(lake)
    assert lake.versions() == versions

    assert rollback_step(lake) == 1
    assert set(commands.list_topics(lake)["topic_id"]) == set(before["topic_id"])
    said = _said(lake)
    assert said.keys() == {*FIRST["text_hash"], *LATER["text_hash"]}, "texts that came since are assigned, too"
    assert {said[text] for text in bills} == {"プラン・変更"}
    assert commands.history(lake)["effect"].unique().to_list() == ["applied"]

    promote_step(lake, version)
    assert_frame_equal(commands.list_topics(lake), after)


def test_a_refit_of_the_same_texts_writes_nothing_more(lake):
    _deliver(lake, LATER)
    version = refit_step(lake)
    versions = lake.versions()
    assert refit_step(lake) == version
    assert lake.versions() == versions


def test_a_newer_candidate_takes_the_place_of_the_older(lake):
    version = refit_step(lake)
    _deliver(lake, LATER)
    assert refit_step(lake) == version
    assert [row["registry_version"] for row in read_candidates(lake)] == [2, 1]
    sheet = read_candidates(lake)[0]["quality"]
    assert sheet["topics"]["new"] == 2
    assert sheet["texts"]["all"] == FIRST.height + LATER.height


def test_the_sheet_counts_what_would_change(lake):
    _edited(lake)
    _deliver(lake, LATER)
    refit_step(lake)
    sheet = read_candidates(lake)[0]["quality"]
    topics, texts = sheet["topics"], sheet["texts"]
    assert (topics["before"], topics["continued"], topics["after"]) == (8, 8, 10)
    assert topics["matched_share"] == 1.0
    assert texts["had"] == texts["same"] + texts["moved"] + texts["lost"]
    assert texts["gained"] >= 45
    reactive = sheet["without_topic"]["reactive"]
    assert reactive["statements"] == FIRST.height + LATER.height
    assert reactive["after"] < reactive["before"]
    assert sheet["separation"]["after"] > 0
    assert sheet["sizes"]["before"]["largest"] >= 45, "topics that analysts made one count as one"
    assert objections(sheet, PromotionPolicy()) == []
    assert objections(sheet, PromotionPolicy(min_matched_share=1.1)) == ["matched_share"]


def test_a_topic_that_vanished_is_dormant_and_its_edits_hold(tmp_path):
    lake = open_lake(str(tmp_path / "lake"))
    _deliver(lake, FIRST)
    topics_step(lake)
    gone, login = _id(lake, "CSV・出力"), _id(lake, "パスワード・届かない")
    desk.rename_topic(lake, gone, "CSVの書き出し", author="a", at=cone.moment(1))
    desk.merge_topics(lake, [login], gone, author="a", at=cone.moment(2))
    texts = FIRST.filter(pl.col("matter") == "export")["text_hash"]
    # Their statements were corrected away, so nothing speaks of it any more.
    lake.replace_all("voc", lake.read("voc").filter(~pl.col("text_hash").is_in(texts.to_list())))
    promote_step(lake, refit_step(lake))
    stored = lake.read("topics").filter((pl.col("registry_version") == 2) & (pl.col("topic_id") == gone))
    assert stored["status"].to_list() == ["dormant"]
    assert json.loads(stored["lineage"].item())["event"] == "dormant"
    listed = commands.list_topics(lake).filter(pl.col("topic_id") == gone).row(0, named=True)
    assert (listed["label"], listed["status"], listed["n_voc"]) == ("CSVの書き出し", "active", 15)
    assert set(commands.history(lake)["effect"]) == {"applied"}
    # The matter comes back: it is found again and not taken for known.
    rollback_step(lake)
    promote_step(lake, 2)
    _deliver(lake, cone.statements(["export"], 40, start=900))
    topics_step(lake)
    back = lake.read("topics").filter((pl.col("registry_version") == 2) & (pl.col("status") == "active"))
    assert back.filter(pl.col("keywords").list.contains("CSV")).height == 1


def test_versions_that_cannot_be_promoted_are_refused(lake):
    with refused("refit.no_base"):
        rollback_step(lake)
    with refused("refit.no_version"):
        promote_step(lake, 7)
    with refused("refit.in_force"):
        promote_step(lake, 1)
    version = refit_step(lake)
    _deliver(lake, LATER)
    topics_step(lake)
    with refused("refit.outdated"):
        promote_step(lake, version)
    with refused("refit.no_registry"):
        refit_step(open_lake(lake.uri + "-other"))


def test_a_refit_moves_the_topics_to_another_embedding_model(lake):
    _edited(lake)
    before = commands.list_topics(lake)
    both = pl.concat([FIRST, LATER])
    turn = np.linalg.qr(np.random.default_rng(5).normal(size=(cone.WIDTH, cone.WIDTH)))[0][:, : cone.WIDTH - 8]
    other = both.with_columns(
        pl.Series("vector", (matrix(both["vector"]) @ turn).astype(np.float32).tolist(), pl.List(pl.Float32))
    )
    params = RefitParams(topics=TopicsParams(model_id="other-model"))
    _add_model(lake, other.head(10))
    refit_step(lake, params)
    assert lake.read("registries")["model_id"].unique().to_list() == ["test-model"], "not while texts lack its vectors"
    lake.append_new("voc", cone.voc_rows(LATER))
    _add_model(lake, other)
    topics_step(lake)
    promote_step(lake, refit_step(lake, params))
    assert active_version(lake.read("registries"))["model_id"].to_list() == ["other-model"]
    after = commands.list_topics(lake)
    kept = after.join(before, on="topic_id", how="semi").sort("topic_id")
    assert kept["label"].to_list() == before.sort("topic_id")["label"].to_list()
    assert _said(lake).keys() == set(both["text_hash"])


def _add_model(lake: DeltaStore, texts: pl.DataFrame) -> None:
    lake.append_new("vectors", cone.vector_rows(texts).with_columns(model_id=pl.lit("other-model")))


def test_a_candidate_that_two_refits_wrote_at_once_is_refused(lake):
    _deliver(lake, LATER)
    version = refit_step(lake)
    mixed = lake.read("topics").filter(pl.col("label") == "本体・熱い")
    lake.replace("topics", mixed.clear(), scope=mixed.select("registry_version", "topic_id"))
    with refused("refit.outdated"):
        promote_step(lake, version)


class _Killed(DeltaStore):
    """A store whose process dies at a given write."""

    writes_left = 0

    def replace(self, name, frame, *, scope, seen=None):
        if not self.writes_left:
            raise EngineTrouble("killed")
        self.writes_left -= 1
        return super().replace(name, frame, scope=scope, seen=seen)


@pytest.mark.parametrize("survived", range(4))
def test_a_killed_refit_is_simply_repeated(lake, survived, tmp_path):
    _deliver(lake, LATER)
    killed = _Killed(lake.uri, lake.tables)
    killed.writes_left = survived
    before = _said(lake)
    with pytest.raises(EngineTrouble):
        refit_step(killed)
    assert before.items() <= _said(lake).items()
    version = refit_step(lake)
    undisturbed = open_lake(str(tmp_path / "undisturbed"))
    _deliver(undisturbed, FIRST)
    topics_step(undisturbed)
    _deliver(undisturbed, LATER)
    assert refit_step(undisturbed) == version
    for name in TABLES:
        key = lake.tables[name].key
        assert_frame_equal(lake.read(name).sort(key), undisturbed.read(name).sort(key))
