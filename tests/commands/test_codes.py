"""`voc topics codes`: counts, words that nobody says, and what could not be read."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from pipelines.commands import codes, topic_words
from pipelines.steps.coding import stored_codes
from tests.topics import cone
from voc_mining.contracts import LAKE_TABLES
from voc_mining.errors import UserError
from voc_mining.insight.coding import Code
from voc_mining.store.delta import open_lake


@pytest.fixture
def lake(tmp_path: Path) -> str:
    """Three matters without topics, codes for two of them, a synonym, and a rule of another version."""
    uri = str(tmp_path / "lake")
    lake = open_lake(uri)
    texts = cone.statements(["login", "slow", "invoice"], 4)
    lake.append_new("voc", cone.voc_rows(texts))
    lake.append_new("segments", cone.segment_rows(texts, "reactive"))
    lake.append_new("contacts", contact_rows(texts))
    given = [("ログイン", "暗証番号 AND 届かない"), ("遅さ", "画面→遅い AND NOT とどかない"), ("昔", "(遅い")]
    rows = [
        {"name": name, "rule": rule, "examples": [], "content_key": "k", "source_file": "codes.csv", "source_row": row}
        for row, (name, rule) in enumerate(given, start=2)
    ]
    lake.append_new(
        "codes", LAKE_TABLES["codes"].conform(pl.DataFrame(rows, schema_overrides={"examples": pl.List(pl.String)}))
    )
    synonym = {"term": "パスワード", "written": "暗証番号", "synonyms": ["暗証番号"]}
    synonym |= {"content_key": "k", "source_file": "synonyms.csv", "source_row": 2}
    lake.append_new("synonyms", LAKE_TABLES["synonyms"].conform(pl.DataFrame([synonym])))
    return uri


def contact_rows(texts: pl.DataFrame) -> pl.DataFrame:
    told = {
        "source": "inquiry",
        "channel": "form",
        "content_key": "k",
        "source_file": "f",
        "source_row": 1,
        "month": "2026-09",
    }
    ids = ("contact of " + pl.col("text")).alias("contact_id")
    frame = texts.select(ids, ids.alias("source_id"), *(pl.lit(value).alias(name) for name, value in told.items()))
    return LAKE_TABLES["contacts"].conform(frame)


def test_synonyms_are_put_to_rules_and_rules_of_other_versions_are_told(lake: str) -> None:
    stored = stored_codes(open_lake(lake))
    assert [code.name for code in stored.codes] == ["ログイン", "遅さ"]
    assert isinstance(stored.codes[0], Code)
    assert "パスワード" in repr(stored.codes[0].rule)
    assert stored.unreadable["昔"].code == "rule_unclosed"


def test_codes_are_listed(lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert codes.print_codes(lake, as_json=True, lang="ja") == 0
    told = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["n_voc"], row["words_not_said"]) for row in told["codes"]] == [
        ("ログイン", 4, []),
        ("遅さ", 4, ["とどかない"]),
    ]
    assert [row["detail"].split(":")[0] for row in told["rejected"]] == ["昔"]
    assert codes.print_codes(lake, as_json=False, lang="ja") == 0
    shown = capsys.readouterr().out
    assert "ログイン" in shown
    assert "どの発言にもない語: とどかない" in shown
    assert "閉じていません" in shown


def test_a_code_is_shown_where_no_topic_has_its_name(lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert topic_words.print_topic(lake, "遅さ", as_json=False, lang="ja") == 0
    shown = capsys.readouterr().out
    assert "slow 0" in shown
    assert "根拠: 画面→遅い" in shown
    with pytest.raises(UserError):
        topic_words.print_topic(lake, "ない", as_json=False, lang="ja")


def test_without_codes_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake = open_lake(str(tmp_path / "lake"))
    lake.append_new("voc", cone.voc_rows(cone.statements(["slow"], 1)))
    assert codes.print_codes(str(tmp_path / "lake"), as_json=False, lang="ja") == 0
    assert "codes.csv" in capsys.readouterr().out
