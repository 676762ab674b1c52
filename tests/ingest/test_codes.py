"""Codes of analysts: what their file says now, and which rows cannot hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.conftest import World
from voc_mining.ingest.params import IngestParams

HEADER = "name,heading,rule,examples\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_codes(world: World, encoding: str) -> None:
    rows = '二重請求,料金,"請求 AND near(二重, 引き落とす)",\n音声の乱れ,,,声が途切れる、何度も；雑音が入る;声が途切れる、何度も\n'
    world.put("codes.csv", (HEADER + rows).encode(encoding))
    world.ingest()
    read = world.lake.read("codes").sort("name").select("name", "heading", "rule", "examples").rows()
    assert read == [
        ("二重請求", "料金", "請求 AND near(二重, 引き落とす)", []),
        ("音声の乱れ", None, None, ["声が途切れる、何度も", "雑音が入る"]),
    ]


def test_examples_are_masked(world: World) -> None:
    world.put("codes.csv", HEADER + "担当者,,,田中様につながらない;田中様が出ない\n")
    world.ingest(mask=lambda text: text.replace("田中", "［氏名］"))
    row = world.lake.read("codes").row(0, named=True)
    assert row["examples"] == ["［氏名］様につながらない", "［氏名］様が出ない"]
    assert "田中" not in row["sentences"]


def test_rows_that_cannot_hold_are_rejected_and_the_rest_goes_on(world: World) -> None:
    rows = [
        "良い,,請求 AND 領収書,",
        "悪い1,,請求 AND,",
        "悪い2,,(請求,",
        "空,,,",
        "名前;二つ,,請求,",
        ",,請求,",
        "良い2,,,例です",
    ]
    world.put("codes.csv", HEADER + "\n".join(rows) + "\n")
    account = world.ingest()["codes"]
    assert (account.produced, account.rejected) == (2, 5)
    assert world.lake.read("rejects").sort("row").select("row", "reason").rows() == [
        (3, "rule_ends_early"),
        (4, "rule_unclosed"),
        (5, "missing_value"),
        (6, "code_name"),
        (7, "missing_value"),
    ]
    assert sorted(world.lake.read("codes")["name"]) == ["良い", "良い2"]


def test_codes_are_a_state_and_a_second_run_writes_nothing(world: World) -> None:
    world.put("codes.csv", HEADER + "請求,,請求,\n解約,,解約,\n")
    world.put("codes/営業部.csv", HEADER + "価格,,高い,\n")
    world.ingest()
    world.put("codes.csv", HEADER + "解約,,解約 OR 退会,\n")
    world.ingest()
    assert world.lake.read("codes").sort("name").select("name", "rule").rows() == [
        ("価格", "高い"),
        ("解約", "解約 OR 退会"),
    ]
    before = world.versions()
    world.ingest()
    world.ingest(IngestParams(full=True))
    assert world.versions() == before
