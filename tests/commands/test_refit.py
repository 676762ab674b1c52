"""`voc topics refit`, `candidates`, `promote`, `rollback`, as they are typed."""

from __future__ import annotations

import json

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines import engines
from pipelines.artifacts import quality_page
from pipelines.refit_run import decided
from pipelines.steps.refit import promote_step, read_candidates, refit_step
from pipelines.steps.topics import topics_step
from tests.embed.hashing_embedder import HashingEmbedder
from tests.topics import cone
from voc_mining.cli import app
from voc_mining.messages.catalogue import Messages
from voc_mining.store.delta import DeltaStore, open_lake
from voc_mining.store.manifest import last_run
from voc_mining.topics.quality import PromotionPolicy


def _deliver(lake: DeltaStore, texts: pl.DataFrame) -> None:
    lake.append_new("voc", cone.voc_rows(texts))
    lake.append_new("vectors", cone.vector_rows(texts))
    lake.append_new("segments", cone.segment_rows(texts, "reactive"))


@pytest.fixture
def lake(tmp_path, monkeypatch) -> DeltaStore:
    monkeypatch.setattr(engines, "embedder", lambda _settings: HashingEmbedder())
    lake = open_lake(str(tmp_path / "lake"))
    _deliver(lake, cone.statements(cone.MATTERS, 15))
    topics_step(lake)
    return lake


@pytest.fixture
def voc(lake):
    def go(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["topics", *arguments, "--lake", lake.uri])
        assert done.exit_code == code, done.output
        return done.output

    return go


def test_from_a_refit_to_its_rollback(lake, voc):
    _deliver(lake, cone.statements(list(cone.LATE), 25))
    told = voc("refit", "--lang", "ja")
    assert "候補の版 2" in told
    assert "ダークモード・欲しい" in told
    listed = json.loads(voc("candidates", "--json"))
    assert [(row["registry_version"], row["state"]) for row in listed] == [(2, "candidate"), (1, "active")]
    assert {change["event"] for change in listed[0]["quality"]["changes"]} == {"new"}
    assert "版 2 を採用しました" in voc("promote", "2", "--author", "佐藤", "--lang", "ja")
    assert "版 1 に戻しました" in voc("rollback", "--lang", "ja")
    notes = [json.loads(row)["notes"] for row in lake.read("runs").sort("started_at")["manifest"]]
    assert [(note["topic_registry"], note["registry_version"]) for note in notes] == [
        ("promoted", 2),
        ("rolled_back", 1),
    ]
    assert notes[0]["author"] == "佐藤"
    assert last_run(lake, with_inbox=True) is None, "no run to make a report of"


def test_a_refit_promotes_itself_where_the_policy_allows(lake, voc):
    _deliver(lake, cone.statements(list(cone.LATE), 25))
    result = json.loads(voc("refit", "--promote", "--json"))
    assert (result["promoted"], result["objections"]) == (True, [])
    assert [row["state"] for row in read_candidates(lake)] == ["active", "retired"]


def test_a_refit_that_changes_nothing_is_not_promoted(lake, voc):
    told = voc("refit", "--promote", "--lang", "en")
    assert "It is the same as the version in force." in told
    assert [row["state"] for row in read_candidates(lake)] == ["candidate", "active"]


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    ("arguments", "version"), [(("promote", "9"), "9"), (("promote", "1"), "1"), (("rollback",), "1")]
)
def test_what_cannot_be_done_is_told_with_a_remedy(voc, arguments, version, lang):
    told = voc(*arguments, "--lang", lang, code=1)
    assert version in told
    assert "voc topics" in told or "refit" in told or "作り直した" in told


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_sheet_is_a_page_that_names_what_the_policy_minds(lake, lang):
    _deliver(lake, cone.statements(list(cone.LATE), 25))
    version = refit_step(lake)
    strict = PromotionPolicy(min_matched_share=2.0, max_changed_share=-1.0, max_separation_loss=-2.0)
    result = decided(lake, version, strict, lambda chosen: promote_step(lake, chosen))
    assert result["objections"] == ["changed_share", "matched_share", "separation"]
    assert not result["promoted"]
    page = quality_page(result, Messages(lang))
    assert page.count("| ") > 10
    assert "{" not in page
