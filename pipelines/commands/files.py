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
from pipelines.commands.call_log import logged_calls
from pipelines.commands.glossary_file import read_glossary
from pipelines.commands.transcribe import FilesTranscribed, as_heard, transcribe_to_jsonl
from pipelines.settings import Settings
from voc_mining.contracts.glossary import NO_GLOSSARY, Glossary
from voc_mining.errors import UserError
from voc_mining.messages.catalogue import Messages
from voc_mining.text.corrections import Corrected, Corrector
from voc_mining.text.normalize import normalize
from voc_mining.text.stage import put_right
from voc_mining.text.tokens import reading

DONE, FAILED = 0, 3


def transcribe_files(  # noqa: PLR0913 - the options of the command
    files: Sequence[Path],
    log: Path | None,
    output: Path | None,
    *,
    glossary: Path | None = None,
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
    glossary : Path, optional
        Words to get right, as in a nightly run: the transcriber is told the first of them, and what sounds like one
        and makes no sense is put right. ``VOC_HOTWORDS`` and ``VOC_CORRECTIONS`` hold.
    model : str, optional
        Whisper model instead of the configured one: a name in ``models.toml``, or a folder.
    as_json : bool, default False
        Whether the summary is a JSON object: on standard output, or on standard error where the lines are there.
    lang : str, optional
        Language of messages.

    Raises
    ------
    UserError
        If the log or the glossary cannot be read, the output not be written, or there is no such model.
    """
    say = Messages(language(lang))
    settings = Settings()
    if model is not None:
        settings = settings.model_copy(update={"whisper_model": model})
    words = NO_GLOSSARY if glossary is None else read_glossary(glossary, say)
    transcriber = engines.transcriber(settings, words.first(settings.hotwords))
    calls = {} if log is None else logged_calls(log)
    write = partial(
        transcribe_to_jsonl,
        files,
        calls,
        transcriber,
        encoder=engines.voice_encoder(settings),
        put_right=_corrections(words) if words.terms and settings.corrections else as_heard,
        reads=lambda text: reading(text, engines.tokenizer()),
    )
    done = write(sys.stdout) if output is None else _to_file(write, output)
    if as_json:
        print(_summary(done, output, say.lang), file=sys.stderr if output is None else sys.stdout)
    else:
        console = Console(stderr=True)
        for path, failure in done.failed:
            console.print(f"{path}: {failure.fault.told(say.lang)}", style="red", markup=False, soft_wrap=True)
        console.print(say("transcribe.done", files=done.files, utterances=done.utterances))
    return FAILED if done.failed else DONE


def _corrections(words: Glossary) -> Callable[[str], Corrected]:
    """Put words right as the nightly run does; a text in which nothing is put right stays as it was heard."""
    masker = engines.masker()
    corrector = Corrector(masker.tokenizer, words)

    def work(text: str) -> Corrected:
        worked = put_right(normalize(text).replace("\n", " "), masker, corrector)
        return Corrected(worked.text, worked.corrections) if worked.corrections else as_heard(text)

    return work


def _to_file(write: Callable[[TextIO], FilesTranscribed], output: Path) -> FilesTranscribed:
    making = output.with_name(f"{output.name}.part")
    try:
        with making.open("w", encoding="utf-8") as out:
            done = write(out)
        making.replace(output)
    except OSError as trouble:
        raise UserError("error.unwritable", path=output, problem=trouble) from trouble
    return done


def _summary(done: FilesTranscribed, output: Path | None, lang: str) -> str:
    failed = [
        {"file": str(path), "reason": failure.fault.code, "detail": failure.fault.told(lang)}
        for path, failure in done.failed
    ]
    content = {"files": done.files, "utterances": done.utterances, "failed": failed, "output": output and str(output)}
    return json.dumps(content, ensure_ascii=False, indent=1)
