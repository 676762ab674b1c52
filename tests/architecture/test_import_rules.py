"""The import rules of pyproject.toml hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_imports_go_downwards_and_stages_stay_apart():
    linted = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], check=False, capture_output=True, text=True
    )
    assert linted.returncode == 0, linted.stdout
