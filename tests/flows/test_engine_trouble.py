"""An engine that fails is tried again; a recording it cannot bear is named and does not stop the run."""

from __future__ import annotations

import json
import wave
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import httpx
import numpy as np
import pytest
from prefect.client.orchestration import get_client
from prefect.testing.utilities import prefect_test_harness

from pipelines import artifacts, engines, local_run, tasks
from pipelines.artifacts import REJECTS, REPORT, SUMMARY
from pipelines.flows import nightly as flow
from tests.embed.hashing_embedder import HashingEmbedder
from voc_mining.errors import EngineTrouble
from voc_mining.faults import in_words
from voc_mining.store.delta import open_lake, open_vault
from voc_mining.transcribe.transcriber import Hearing, Segment, Word

pytestmark = [pytest.mark.flow, pytest.mark.models]
DAY = date(2026, 10, 31)
SECONDS = {"fine.wav": 2, "hard.wav": 3, "also_fine.wav": 4}


class Moody:
    """A transcriber that fails on sounds of some length, the first few times or always."""

    revision = "moody"

    def __init__(self, fails_on_s: int, times: float) -> None:
        self.fails_on_s = fails_on_s
        self.times = times
        self.heard: list[int] = []

    def hear(self, sounds: Iterable[np.ndarray]) -> Iterator[Hearing | EngineTrouble]:
        for samples in sounds:
            seconds = round(len(samples) / 16_000)
            self.heard.append(seconds)
            if seconds == self.fails_on_s and self.times > 0:
                self.times -= 1
                yield EngineTrouble("out of memory")
            else:
                words = (Word(0.1, 0.9, f"{seconds}番の画面が開きません。", 0.9),)
                yield Hearing((Segment(words, 0.01),), ((0.0, 0.8),))


@pytest.fixture(scope="module", autouse=True)
def prefect() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=90):
        yield


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox" / "recordings"
    folder.mkdir(parents=True)
    for name, seconds in SECONDS.items():
        samples = np.random.default_rng(seconds).normal(0, 3000, seconds * 16_000).astype("<i2")
        with wave.open(str(folder / name), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(16_000)
            out.writeframes(samples.tobytes())
    return folder.parent


@pytest.fixture
def run(inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run the nightly flow with a transcriber, without waiting between tries."""
    monkeypatch.setattr(tasks, "transcribe", tasks.transcribe.with_options(retry_delay_seconds=[0, 0]))
    monkeypatch.setattr(engines, "embedder", lambda _settings: HashingEmbedder())

    def go(transcriber: Moody) -> dict:
        monkeypatch.setattr(engines, "transcriber", lambda *_: transcriber)
        return flow.nightly(inbox, str(tmp_path / "lake"), tmp_path / "out", DAY)

    return go


def _account(summary: dict, stage: str) -> dict:
    return next(account for account in summary["accounts"] if account["stage"] == stage)


def test_an_engine_that_fails_once_is_tried_again_on_what_is_left(run, tmp_path):
    transcriber = Moody(3, times=1)
    summary = run(transcriber)
    assert transcriber.heard.count(3) == 2
    assert len(transcriber.heard) == 4, "what was heard already is not heard again"
    account = _account(summary, "transcribe")
    assert (account["inputs"], account["produced"], account["rejected"]) == (3, 3, 0)
    assert summary["notes"]["rejects"] == 0
    assert open_lake(str(tmp_path / "lake")).read("transcriptions").height == 3


def test_a_recording_that_fails_for_good_is_named_and_tried_at_the_next_run(run, tmp_path, monkeypatch):
    summary = run(Moody(3, times=float("inf")))
    account = _account(summary, "transcribe")
    assert (account["inputs"], account["produced"], account["rejected"]) == (3, 2, 1)
    lake = open_lake(str(tmp_path / "lake"))
    (reject,) = lake.read("rejects").to_dicts()
    assert (reject["file"], reject["stage"], reject["reason"]) == (
        "recordings/hard.wav",
        "transcribe",
        "engine_trouble",
    )
    assert "次の実行でもう一度試みます" in in_words(reject["faults"], "ja")
    assert (tmp_path / "out" / "rejects.csv").read_text("utf-8-sig").count("engine_trouble") == 1
    assert lake.read("voc").height == 2, "the others are published"
    assert lake.read("runs")["state"].to_list() == ["completed"]
    monkeypatch.setattr(local_run, "run_flow", lambda *_: summary)
    asked = local_run.request(tmp_path / "inbox", lake.uri, tmp_path / "out", as_of=DAY, lang="ja")
    assert local_run.run(asked, as_json=True) == 3

    recovered = Moody(3, times=0)
    again = run(recovered)
    assert recovered.heard == [3]
    assert again["notes"]["rejects"] == 0
    assert lake.read("rejects").is_empty()
    assert lake.read("voc").height == 3
    assert open_vault(f"{lake.uri}-vault").read("transcripts").height == 3


def test_a_server_that_takes_no_artifact_does_not_fail_the_run(run, monkeypatch):
    def refused(*_args, **_kwargs):
        raise httpx.ConnectError("refused")

    for name in ("create_markdown_artifact", "create_table_artifact", "create_link_artifact"):
        monkeypatch.setattr(artifacts, name, refused)
    assert run(Moody(3, times=0))["notes"]["rejects"] == 0


def test_the_run_leaves_artifacts(run, tmp_path):
    summary = run(Moody(3, times=float("inf")))
    with get_client(sync_client=True) as client:
        left = {artifact.key: artifact for artifact in client.read_latest_artifacts()}
    assert {SUMMARY, REJECTS, REPORT} <= left.keys()
    assert "| 文字起こし | 3 | 2 |" in left[SUMMARY].data
    (listed,) = json.loads(left[REJECTS].data)
    assert (listed["工程"], listed["理由"]) == ("文字起こし", "文字起こしの失敗")
    assert "次の実行でもう一度" in listed["詳細と直し方"]
    assert (tmp_path / "out").as_uri() in left[REPORT].data
    assert str(summary["report"]) in left[REPORT].description
