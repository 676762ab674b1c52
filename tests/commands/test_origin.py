"""`voc origin`: unknown contacts are shown with a suggestion, and only a person's word changes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.commands import origins
from pipelines.steps.segment import segment_step
from tests.segment import worlds
from voc_mining.cli import app
from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.errors import UserError
from voc_mining.store.delta import DeltaStore, open_lake

START = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
SAID = {
    "r1": ["お電話ありがとうございます。", "あの、画面が開かないんですが。"],
    "r2": ["ご利用状況をうかがいたくお電話しました。", "はい。"],
    "r3": ["もしもし。", "はい。"],
}


def utterance_rows(said: dict[str, list[str]]) -> pl.DataFrame:
    table = LAKE_TABLES["utterances"]
    rows = [
        {
            "contact_id": name, "no": no, "part": "audio", "role": "unknown", "channel": no % 2, "text": text,
            "tokens": [], "flags": [], "masked_spans": [], "muted": [], "corrections": [], "month": "2026-04",
        }
        for name, texts in said.items()
        for no, text in enumerate(texts)
    ]  # fmt: skip
    return table.conform(pl.DataFrame(rows, schema_overrides=dict(table.schema), infer_schema_length=None))


@pytest.fixture
def lake(tmp_path) -> DeltaStore:
    lake = open_lake(str(tmp_path / "lake"))
    rows = [
        {"contact_id": name, "source": "recording", "started_at": START + timedelta(days=n), "month": "2026-04"}
        for n, name in enumerate(SAID)
    ]
    rows.append({"contact_id": "k1", "direction": "inbound", "started_at": START, "month": "2026-04"})
    lake.append_new("contacts", worlds.contact_frame(rows))
    lake.append_new("utterances", utterance_rows(SAID))
    decide(lake)
    return lake


def decide(lake: DeltaStore) -> dict[str, tuple[str, str]]:
    segment_step(lake, OriginRules(), SilenceRules())
    rows = lake.read("segments").select("contact_id", "origin", "origin_rule").iter_rows()
    return {name: (origin, rule) for name, origin, rule in rows}


def test_suggestions_are_shown_and_change_nothing(lake: DeltaStore):
    listed = origins.unknown_contacts(lake)
    assert dict(listed.select("contact_id", "suggestion").iter_rows()) == {
        "r1": "reactive", "r2": "proactive", "r3": None,
    }  # fmt: skip
    assert listed["contact_id"].to_list() == ["r3", "r2", "r1"]
    assert "利用状況" in listed.row(1, named=True)["because"]
    assert all(decide(lake)[name] == ("unknown", "recording_without_log") for name in SAID)


def test_what_is_confirmed_holds_from_the_next_run_until_it_is_taken_back(lake: DeltaStore):
    origins.confirm(lake, ["r1", "r3"], "reactive", author="佐藤", at=START)
    origins.reject(lake, ["r2"], author="佐藤", at=START + timedelta(minutes=1))
    assert origins.unknown_contacts(lake).select("contact_id", "state").rows() == [
        ("r3", "confirmed"), ("r2", "rejected"), ("r1", "confirmed"),
    ]  # fmt: skip
    decided = decide(lake)
    assert decided["r1"] == decided["r3"] == ("reactive", "confirmed")
    assert decided["r2"] == ("unknown", "recording_without_log")
    made, taken = origins.undo(lake, author="鈴木", at=START + timedelta(minutes=2))
    assert len(made) == len(taken) == 1  # the rejection, the latest command
    origins.undo(lake, author="鈴木", at=START + timedelta(minutes=3))
    assert decide(lake)["r1"] == ("unknown", "recording_without_log")
    told = origins.history(lake)
    assert told["action"].to_list() == ["undo", "undo", "undo", "reject", "confirm", "confirm"]
    assert told.filter(pl.col("action") != "undo")["undone"].all()
    with pytest.raises(UserError):
        origins.undo(lake, author="鈴木")


def test_provenance_that_comes_later_goes_before_a_confirmation(lake: DeltaStore):
    origins.confirm(lake, ["r1"], "proactive", author="佐藤", at=START)
    decide(lake)
    log_row = {"contact_id": "r1", "direction": "inbound", "started_at": START, "month": "2026-04"}
    lake.replace("contacts", worlds.contact_frame([log_row]), scope=pl.DataFrame({"contact_id": ["r1"]}))
    assert decide(lake)["r1"] == ("reactive", "inbound_call")


@pytest.mark.parametrize(
    ("contact", "origin", "code"),
    [("k1", "proactive", "unknown_origin.decided"), ("x", "other", "unknown_origin.no_contact"),
     ("r1", "unknown", "unknown_origin.no_origin")],
)  # fmt: skip
def test_only_unknown_contacts_can_be_confirmed(lake: DeltaStore, contact, origin, code):
    with pytest.raises(UserError) as trouble:
        origins.confirm(lake, [contact], origin, author="佐藤")
    assert trouble.value.code == code
    assert lake.read("origin_confirmations").is_empty()


def test_a_queue_gets_a_rule_where_enough_suggest_the_same(lake: DeltaStore):
    rows, said = [], {}
    for n in range(6):
        rows.append(
            {"contact_id": f"q{n}", "source": "recording", "queue": "解約窓口", "started_at": START, "month": "2026-04"}
        )
        said[f"q{n}"] = SAID["r1" if n else "r3"]
    lake.append_new("contacts", worlds.contact_frame(rows))
    lake.append_new("utterances", utterance_rows(said))
    decide(lake)
    told = origins.unknown_queues(lake).row(0, named=True)
    assert (told["queue"], told["n_contacts"], told["reactive"], told["nothing"]) == ("解約窓口", 6, 5, 1)
    assert told["rule"] == 'queue = { "解約窓口" = "reactive" }'
    assert origins.unknown_queues(lake).row(1, named=True)["rule"] is None


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_command_line_tells_what_it_did(lake: DeltaStore, lang):
    def run(*words: str, code: int = 0) -> str:
        found = CliRunner().invoke(app, ["origin", *words, "--lake", lake.uri, "--lang", lang], env={"COLUMNS": "200"})
        assert found.exit_code == code, found.output
        return found.output

    assert "r1" in run("list")
    assert "3" in run("queues")
    told = json.loads(run("confirm", "r1", "--as", "reactive", "--author", "佐藤", "--json"))
    assert (told[0]["action"], told[0]["author"], told[0]["origin"]) == ("confirm", "佐藤", "reactive")
    assert "r2" in run("reject", "r2", "--json")
    assert "r1" not in run("list")
    assert "r1" in run("list", "--all")
    assert "r2" in run("history")
    run("undo")
    run("confirm", "k1", "--as", "other", code=1)
