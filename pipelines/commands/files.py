"""Body of `voc transcribe`: recordings to JSON lines, without a lake."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

from rich.console import Console

from pipelines import engines
from pipelines.commands.arguments import language
from pipelines.commands.transcribe import FilesTranscribed, agent_channels, transcribe_to_jsonl
from pipelines.settings import Settings
from voc_mining.errors import UserError
from voc_mining.ingest.rejects import detail
from voc_mining.messages.catalogue import Messages
from voc_mining.transcribe.stage import Failure

DONE, FAILED = 0, 3


def transcribe_files(  # noqa: PLR0913 - the options of the command
    files: Sequence[Path],
    log: Path | None,
    output: Path | None,
    *,
    model: str | None = None,
    as_json: bool = False,
    lang: str | None = None,
) -> int:
    """Transcribe files to JSON lines; tell how many, and name those that could not be.

    On standard output the lines of each recording come as soon as it is done. A file is written under its name
    with ``.part`` and gets its name when it is whole: what has the name is never half a result.

    Parameters
    ----------
    files : sequence of Path
        Recordings.
    log : Path or None
        Call log that tells the agent's channel.
    output : Path or None
        Where the lines go; standard output if None.
    model : str, optional
        Whisper model instead of the configured one: a name in ``models.toml``, or a folder.
    as_json : bool, default False
        Whether the summary is a JSON object: on standard output, or on standard error where the lines are there.
    lang : str, optional
        Language of messages.

    Raises
    ------
    UserError
        If the log cannot be read, the output not be written, or there is no such model.
    """
    say = Messages(language(lang))
    settings = Settings()
    if model is not None:
        settings = settings.model_copy(update={"whisper_model": model})
    transcriber = engines.transcriber(settings)
    agents = {} if log is None else agent_channels(log)
    write = partial(transcribe_to_jsonl, files, agents, transcriber, encoder=engines.voice_encoder(settings))
    done = write(sys.stdout) if output is None else _to_file(write, output)
    if as_json:
        print(_summary(done, output, say.lang), file=sys.stderr if output is None else sys.stdout)
    else:
        console = Console(stderr=True)
        for path, failure in done.failed:
            console.print(f"{path}: {_told(failure, say.lang)}", style="red", markup=False, soft_wrap=True)
        console.print(say("transcribe.done", files=done.files, utterances=done.utterances))
    return FAILED if done.failed else DONE


def _to_file(write: Callable[[TextIO], FilesTranscribed], output: Path) -> FilesTranscribed:
    making = output.with_name(f"{output.name}.part")
    try:
        with making.open("w", encoding="utf-8") as out:
            done = write(out)
        making.replace(output)
    except OSError as trouble:
        raise UserError("error.unwritable", path=output, problem=trouble) from trouble
    return done


def _told(failure: Failure, lang: str) -> str:
    if lang == "en":
        return failure.detail
    return detail(failure.reason, value=failure.detail if failure.passing else failure.found)


def _summary(done: FilesTranscribed, output: Path | None, lang: str) -> str:
    failed = [
        {"file": str(path), "reason": failure.reason, "detail": _told(failure, lang)} for path, failure in done.failed
    ]
    content = {"files": done.files, "utterances": done.utterances, "failed": failed, "output": output and str(output)}
    return json.dumps(content, ensure_ascii=False, indent=1)
