"""Bodies of the commands that work on files alone: `voc transcribe`, `voc mask`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console

from pipelines import engines
from pipelines.commands.transcribe import transcribe_to_jsonl
from pipelines.settings import Settings

DONE, FAILED = 0, 3


def transcribe_files(files: Sequence[Path], log: Path | None, output: Path | None) -> int:
    """Transcribe files to JSON lines; files that could not be are named on standard error."""
    target = nullcontext(sys.stdout) if output is None else output.open("w", encoding="utf-8")
    with target as out:
        result = transcribe_to_jsonl(files, log, engines.transcriber(Settings()), out)
    for path, problem in result.failed:
        Console(stderr=True).print(f"{path}: {problem}", style="red", markup=False, soft_wrap=True)
    return FAILED if result.failed else DONE
