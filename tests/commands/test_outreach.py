"""`voc outreach`: a list that a tool can send, and that brings its results back."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines import engines
from pipelines.request import RunRequest
from pipelines.run_book import RunBook
from pipelines.settings import Settings
from tests.commands.conftest import Voc
from tests.insight import renewal_worlds as rw
from tests.insight import worlds
from voc_mining.ingest.kinds import catalogue
from voc_mining.store.delta import open_lake

AS_OF = date(2026, 9, 30)
QUIET, NEW = 60, 3


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Quiet customers, some whose use has fallen, three new ones, one who inquires and one not to be contacted."""
    monkeypatch.setattr(engines, "identities", lambda *_: {})
    (tmp_path / "inbox").mkdir()
    store = open_lake(str(tmp_path / "lake"))
    customers = [{"customer_key": f"C{no:02}", "contract_start": date(2024, 5, 1)} for no in range(QUIET)]
    customers += [{"customer_key": f"N{no}", "contract_start": AS_OF - timedelta(days=3)} for no in range(NEW)]
    customers += [{"customer_key": "VOICE", "contract_start": date(2024, 5, 1)}]
    customers += [{"customer_key": "NEVER", "contract_start": date(2024, 5, 1), "do_not_contact": True}]
    store.append_new("customers", worlds.rows("customers", *customers))
    contacts = [
        {"contact_id": f"k{no}", "customer_key": "VOICE", "started_at": rw.at(date(2026, no, 1))} for no in range(1, 10)
    ]
    store.append_new("contacts", worlds.rows("contacts", *contacts))
    store.append_new("segments", worlds.rows("segments", *[{"contact_id": row["contact_id"]} for row in contacts]))
    usage = [row for no in range(10) for row in rw.weeks(f"C{no:02}", date(2026, 8, 3), [10.0] * 4 + [2.0] * 4)]
    store.append_new("usage", rw.table("usage", *usage))
    request = RunRequest(tmp_path / "inbox", store.uri, tmp_path / "out", AS_OF)
    with RunBook(request, Settings()).recorded():
        pass
    return store.uri


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_list_is_written_kept_and_the_same_again(voc: Voc, lake: str, tmp_path: Path):
    options = ("--lake", lake, "--campaign", "秋", "--holdout", "0.3", "--seed", "1", "--date", AS_OF, "--json")
    code, told, _ = voc("outreach", *options, "--out", tmp_path / "one.csv")
    summary = json.loads(told)
    assert (code, summary["left_out"]) == (0, {"do_not_contact": 1})
    assert summary["treat"] + summary["holdout"] == QUIET + NEW
    first = rows(tmp_path / "one.csv")
    columns = next(kind for name, kind in catalogue().kinds.items() if name == "outreach").fields
    assert list(first[0])[: len(columns)] == [column.name for column in columns]
    assert first[0]["situation"] == "usage_falling"
    assert {row["customer_id"] for row in first} == {
        *(f"C{no:02}" for no in range(QUIET)),
        *(f"N{no}" for no in range(NEW)),
    }
    assert all(not row["message"] and not row["channel"] for row in first if row["arm"] == "holdout")
    voc("outreach", *options, "--out", tmp_path / "two.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    later = ("--lake", lake, "--campaign", "別", "--date", AS_OF, "--json", "--out", tmp_path / "three.csv")
    _, told, _ = voc("outreach", *later)
    assert json.loads(told)["left_out"]["held_out"] == summary["holdout"]
    assert json.loads(told)["left_out"]["just_contacted"] == summary["treat"]


def test_one_situation_alone_a_limit_and_words(voc: Voc, lake: str, tmp_path: Path):
    code, told, _ = voc(
        "outreach", "--lake", lake, "--out", tmp_path / "l.csv", "--only", "onboarding", "--channel", "sms", "--limit", 2,
        "--date", AS_OF, "--lang", "ja",
    )  # fmt: skip
    found = rows(tmp_path / "l.csv")
    assert code == 0
    assert "2人への案内" in told
    assert "人数の上限（--limit） 1人" in told
    assert [row["step"] for row in found] == ["1", "2", "3"] * 2
    assert {row["channel"] for row in found} == {"sms"}


@pytest.mark.parametrize(("option", "value"), [("--holdout", "1.5"), ("--holdout", "-0.1"), ("--date", "soon")])
def test_what_cannot_be_is_said(voc: Voc, lake: str, tmp_path: Path, option: str, value: str):
    code, _, told = voc("outreach", "--lake", lake, "--out", tmp_path / "l.csv", f"{option}={value}", "--lang", "en")
    assert code == 1
    assert "Error" in told
    assert not (tmp_path / "l.csv").exists()


def test_a_wrong_condition_stops_a_run_before_it_begins(voc: Voc, tmp_path: Path):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "objectives.toml").write_text(
        '[[objective]]\nname = "a"\n[[objective.cohort]]\nname = "c"\nwhere = "worth > 1"\n', encoding="utf-8"
    )
    code, _, told = voc(
        "run", tmp_path / "inbox", "--lake", tmp_path / "lake", "--out", tmp_path / "out", "--lang", "en"
    )
    assert code == 1
    assert "worth" in told
    assert "value_top_share" in told
    assert not (tmp_path / "lake").exists()
