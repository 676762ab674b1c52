"""Body of `voc transcribe`: recordings to JSON lines, without a lake."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console

from pipelines import engines
from pipelines.commands.arguments import language
from pipelines.commands.transcribe import agent_channels, transcribe_to_jsonl
from pipelines.settings import Settings
from voc_mining.errors import UserError
from voc_mining.messages.catalogue import Messages

DONE, FAILED = 0, 3


def transcribe_files(files: Sequence[Path], log: Path | None, output: Path | None, lang: str | None = None) -> int:
    """Transcribe files to JSON lines; standard error tells how many, and names those that could not be.

    Raises
    ------
    UserError
        If the log cannot be read, or the output not be written.
    """
    say = Messages(language(lang))
    agents = {} if log is None else agent_channels(log)
    try:
        target = nullcontext(sys.stdout) if output is None else output.open("w", encoding="utf-8")
    except OSError as trouble:
        raise UserError("error.unwritable", path=output, problem=trouble) from trouble
    with target as out:
        result = transcribe_to_jsonl(files, agents, engines.transcriber(Settings()), out)
    console = Console(stderr=True)
    for path, problem in result.failed:
        console.print(f"{path}: {problem}", style="red", markup=False, soft_wrap=True)
    console.print(say("transcribe.done", files=result.files, utterances=result.utterances))
    return FAILED if result.failed else DONE
