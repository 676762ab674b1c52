"""One writer at a time, and nothing left half made."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from voc_mining.store.folders import workshop

HOLD = """
import sys, time
from pathlib import Path
from voc_mining.store.folders import workshop
with workshop(Path(sys.argv[1])) as place:
    (place / "half").touch()
    print("held", flush=True)
    time.sleep(60)
"""


def test_what_is_left_in_it_goes(tmp_path):
    with workshop(tmp_path / "out") as place:
        for name in ("kept", "left"):
            (place / name).touch()
        (place / "kept").replace(tmp_path / "out" / "kept")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["kept"]


def test_another_process_waits_and_a_killed_one_leaves_the_way_free(tmp_path):
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"

        def enter() -> list[str]:
            with workshop(tmp_path) as place:
                return [path.name for path in tmp_path.iterdir() if path != place]

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(enter)
            assert not waiting.done()
            other.kill()
            assert waiting.result(timeout=60) == []
