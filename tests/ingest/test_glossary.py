"""The glossary: what its files say now, not what they ever said."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.steps.glossary import stored_glossary
from tests.ingest.conftest import World
from voc_mining.contracts.glossary import GlossaryTerm
from voc_mining.ingest.params import IngestParams

HEADER = "term,reading,aliases,category\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def terms(world: World) -> list[str]:
    return [term.term for term in stored_glossary(world.lake).terms]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_terms_readings_and_aliases(world: World, encoding: str) -> None:
    rows = "請求書,せいきゅうしょ,製給所; 成球所｜請求書,書類\nハレノキ,ハレノキ,,製品\n打刻,,,\n"
    world.put("glossary.csv", (HEADER + rows).encode(encoding))
    assert (world.ingest()["glossary"].produced, world.ingest()["glossary"].unchanged) == (3, 3)
    assert stored_glossary(world.lake).terms == (
        GlossaryTerm("請求書", "せいきゅうしょ", ("成球所", "製給所"), "書類"),
        GlossaryTerm("ハレノキ", "ハレノキ", (), "製品"),
        GlossaryTerm("打刻"),
    )


def test_bad_rows_are_rejected_and_the_rest_goes_on(world: World) -> None:
    world.put("glossary.csv", HEADER + "請求書,請求,,\n,よみ,,\n解約,ｶｲﾔｸ,,\n")
    account = world.ingest()["glossary"]
    assert (account.produced, account.rejected) == (1, 2)
    assert world.lake.read("rejects").sort("row").select("row", "reason").rows() == [
        (2, "bad_value"),
        (3, "missing_value"),
    ]
    assert stored_glossary(world.lake).terms == (GlossaryTerm("解約", "カイヤク"),)


def test_a_row_that_is_deleted_is_gone(world: World) -> None:
    world.put("glossary.csv", HEADER + "請求書,,,\n解約,,,\n")
    world.ingest()
    world.put("glossary.csv", HEADER + "解約,,,\n")
    world.ingest()
    assert terms(world) == ["解約"]


def test_several_files_add_up_and_a_file_that_goes_takes_its_terms(world: World) -> None:
    world.put("glossary.csv", HEADER + "請求書,,,業務\n解約,,,業務\n")
    world.ingest()
    world.put("glossary_products.csv", HEADER + "請求書,,製給所,製品\nハレノキ,,,製品\n")
    world.ingest()
    assert terms(world) == ["解約", "請求書", "ハレノキ"]
    (world.inbox / "glossary_products.csv").unlink()
    world.ingest()
    assert stored_glossary(world.lake).terms == (
        GlossaryTerm("請求書", category="業務"),
        GlossaryTerm("解約", category="業務"),
    )
    (world.inbox / "glossary.csv").unlink()
    world.ingest()
    assert terms(world) == ["請求書", "解約"], "an inbox that is emptied takes nothing back"


def test_a_file_that_cannot_be_read_keeps_what_it_told(world: World) -> None:
    world.put("glossary.csv", HEADER + "請求書,,,\n")
    world.put("glossary_b.csv", HEADER + "解約,,,\n")
    world.ingest()
    world.put("glossary.csv", "")
    assert world.ingest()["glossary"].rejected == 1
    assert sorted(terms(world)) == ["解約", "請求書"]


def test_a_second_run_writes_nothing_and_a_full_one_finds_the_same(world: World) -> None:
    world.put("glossary.csv", HEADER + "請求書,,製給所,\n")
    world.put("glossary_b.csv", HEADER + "解約,,,\n")
    world.ingest()
    before = world.versions()
    world.ingest()
    world.ingest(IngestParams(full=True))
    assert world.versions() == before
