"""The deployments of prefect.yaml, for real: a server, a work pool, a worker, and runs it carries out."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, temporary_settings

from pipelines.artifacts import QUALITY, REJECTS, REPORT, SUMMARY
from voc_mining.sample.calendar import DEMO_DATE
from voc_mining.store.delta import open_lake

pytestmark = [pytest.mark.flow, pytest.mark.models, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]
STARTUP_S, RUN_S = 120, 240
POOL = "voc"


@contextmanager
def _process(*arguments: str, environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a Prefect process with its children in a session of their own, and end them all."""
    with log.open("wb") as out:
        command = [sys.executable, "-m", "prefect", *arguments]
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, env=environment, cwd=ROOT, start_new_session=True
        )
        try:
            yield process
        finally:
            for stop, patience in ((signal.SIGTERM, 20), (signal.SIGKILL, 10)):
                try:
                    os.killpg(process.pid, stop)
                    process.wait(patience)
                except ProcessLookupError:
                    break
                except subprocess.TimeoutExpired:
                    continue


def _prefect(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        timeout=STARTUP_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_health(api: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTUP_S
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{api}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    pytest.fail(f"no server within {STARTUP_S} s: {log.read_text()}")


@pytest.fixture(scope="module")
def worker(tmp_path_factory) -> Iterator[SyncPrefectClient]:
    """A server on a free port, the deployments, and a worker; a client of theirs."""
    home = tmp_path_factory.mktemp("prefect-home")
    port = _free_port()
    api = f"http://127.0.0.1:{port}/api"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")} | {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PYTHONWARNINGS": "default",
    }
    start = ("server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui")
    with _process(*start, environment=environment, log=home / "server.log") as server:
        _await_health(api, server, home / "server.log")
        _prefect("work-pool", "create", POOL, "--type", "process", environment=environment)
        _prefect("deploy", "--all", environment=environment)
        with (
            _process("worker", "start", "--pool", POOL, environment=environment, log=home / "worker.log"),
            temporary_settings({PREFECT_API_URL: api}),
            get_client(sync_client=True) as client,
        ):
            yield client


def _ask(client: SyncPrefectClient, deployment: str, **parameters: object) -> FlowRun:
    """Ask for a run of a deployment."""
    chosen = client.read_deployment_by_name(f"{deployment}/{deployment}")
    return client.create_flow_run_from_deployment(chosen.id, parameters=parameters)


def _ended(client: SyncPrefectClient, run: FlowRun) -> FlowRun:
    """Wait for a run's end."""
    deadline = time.monotonic() + RUN_S
    while time.monotonic() < deadline:
        run = client.read_flow_run(run.id)
        if run.state is not None and run.state.is_final():
            return run
        time.sleep(1)
    pytest.fail(f"{run.name} is still {run.state_name} after {RUN_S} s")


def _left(client: SyncPrefectClient, run: FlowRun) -> dict[str, object]:
    return {each.key: each.data for each in client.read_artifacts() if each.flow_run_id == run.id}


def test_schedules_are_in_tokyo_time(worker):
    schedules = {
        name: worker.read_deployment_by_name(f"{name}/{name}").schedules[0].schedule
        for name in ("nightly", "topic_refit", "weekly_report")
    }
    assert {name: each.timezone for name, each in schedules.items()} == dict.fromkeys(schedules, "Asia/Tokyo")
    assert schedules["weekly_report"].cron == "0 6 * * 1"


def test_a_worker_carries_out_the_deployments(worker, small_inbox, tmp_path):
    lake, out = str(tmp_path / "lake"), tmp_path / "out"
    where = {"inbox": str(small_inbox), "lake": lake, "out": str(out), "as_of": str(DEMO_DATE)}

    night = _ended(worker, _ask(worker, "nightly", **where))
    assert (night.state_name, night.work_pool_name) == ("Completed", POOL)
    left = _left(worker, night)
    assert left.keys() == {SUMMARY, REJECTS, REPORT}
    assert str(DEMO_DATE) in left[SUMMARY]
    assert "| 文字起こし |" in left[SUMMARY]
    assert out.resolve().as_uri() in left[REPORT]
    assert (out / "voc.csv").exists()
    assert open_lake(lake).read("runs")["state"].to_list() == ["completed"]

    week = _ask(worker, "weekly_report", lake=lake, out=str(tmp_path / "weekly"), as_of=str(DEMO_DATE))
    fit = _ask(worker, "topic_refit", lake=lake)
    astray = _ask(worker, "nightly", inbox=str(tmp_path / "none"), lake=f"{lake}-2", out=str(tmp_path / "out-2"))
    week, fit, astray = (_ended(worker, run) for run in (week, fit, astray))
    assert week.state_name == "Completed"
    assert (tmp_path / "weekly" / str(DEMO_DATE) / "voc.csv").exists()
    assert _left(worker, week).keys() == {REPORT}

    assert fit.state_name == "Completed"
    assert "# " in _left(worker, fit)[QUALITY]
    assert open_lake(lake).read("registries")["state"].sort().to_list() == ["active", "candidate"]

    assert astray.state_name == "Failed"
    assert str(tmp_path / "none") in astray.state.message, "says why"
