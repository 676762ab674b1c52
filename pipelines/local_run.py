"""`voc run`: the nightly flow in this process, without a server, quietly."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from datetime import date
from errno import EACCES
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console

from pipelines.commands.arguments import check_writable, language
from pipelines.request import RunRequest, today
from pipelines.settings import Settings, quiet_libraries, quiet_prefect
from pipelines.terminal import bars, show_summary
from voc_mining.errors import UserError, VocError
from voc_mining.messages.catalogue import Messages

COMPLETED, FAILED, REJECTED = 0, 1, 3
INTERRUPTED, TERMINATED = 130, 143


def request(  # noqa: PLR0913 - one argument per option of the command
    inbox: Path,
    lake: str,
    out: Path,
    *,
    as_of: date | None = None,
    from_date: date | None = None,
    full: bool = False,
    corrections: bool = True,
    rehear: bool = False,
    rehear_since: date | None = None,
    lang: str | None = None,
) -> RunRequest:
    """Check the arguments of a run.

    Raises
    ------
    UserError
        If there is no inbox that can be read, its ``sources.toml`` or ``objectives.toml`` is wrong, a folder cannot be written, or a day is
        given for hearing again where nothing is to be.
    """
    lang = language(lang)
    if not inbox.is_dir():
        raise UserError("error.no_inbox", path=inbox)
    if not os.access(inbox, os.R_OK | os.X_OK):
        raise UserError("error.unreadable", path=inbox, problem=OSError(EACCES, os.strerror(EACCES)))
    for place in (out, *([] if "://" in lake else [Path(lake)])):
        check_writable(place)
    if rehear_since is not None and not rehear:
        raise UserError("run.since_alone")
    asked = RunRequest(inbox, lake, out, as_of or today(), from_date, full, lang, corrections, rehear, rehear_since)
    asked.sources(Settings())
    asked.aims()
    return asked


def run(asked: RunRequest, *, as_json: bool = False) -> int:
    """Run the nightly flow and print its summary; return the exit code."""
    say = Messages(asked.lang)
    console = Console(stderr=True)
    try:
        summary = run_flow(asked, console, say)
    except VocError as trouble:
        if as_json:
            print(trouble.as_json(), file=sys.stderr)  # noqa: T201 - the command's output
            return FAILED
        console.print(say("run.failed", problem=trouble.problem), style="red", markup=False, soft_wrap=True)
        console.print(trouble.remedy, markup=False, soft_wrap=True)
        console.print(say("run.again"), soft_wrap=True)
        return FAILED
    if as_json:
        print(json.dumps(summary, ensure_ascii=False, indent=1))  # noqa: T201 - the command's output
    else:
        show_summary(Console(), summary, say)
    return REJECTED if summary["notes"]["rejects"] else COMPLETED


def run_flow(asked: RunRequest, console: Console, say: Messages) -> dict[str, Any]:
    """Run the nightly flow with bars on the console; return its summary."""

    def leave(by: BaseException) -> NoReturn:
        _leave(by, console, say)

    try:
        quiet_prefect()
        quiet_libraries()
        from pipelines.flows.nightly import nightly  # noqa: PLC0415 - Prefect reads its settings when imported

        # At exit Prefect's own server logs that it was cancelled: that is how it stops.
        logging.getLogger("prefect").addFilter(lambda entry: entry.levelno > logging.ERROR)
        signal.signal(signal.SIGINT, _interrupt)
        with bars(console, say, leave):
            summary: dict[str, Any] = nightly(
                asked.inbox,
                asked.lake,
                asked.out,
                asked.as_of,
                asked.from_date,
                full=asked.full,
                lang=asked.lang,
                corrections=asked.corrections,
                rehear=asked.rehear,
                rehear_since=asked.rehear_since,
            )
    except KeyboardInterrupt as stop:  # before the run began, or after it was recorded
        leave(stop)
    return summary


def _interrupt(_signal: int, _frame: object) -> None:
    """Interrupt once; whoever asks again gets it at once."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    raise KeyboardInterrupt


def _leave(by: BaseException, console: Console, say: Messages) -> NoReturn:
    """End the process of a run that was stopped, at once.

    Going the usual way, it would wait for the batch in work, and for a server of Prefect's that the same
    interrupt has ended. To the lake it is as if the process were killed here.
    """
    console.print(say("run.interrupted"), markup=False)
    console.print(say("run.resumes"), markup=False)
    sys.stdout.flush()
    sys.stderr.flush()
    server = sys.modules.get("prefect.server.api.server")
    if server is not None:
        server.SubprocessASGIServer().stop()
    os._exit(INTERRUPTED if isinstance(by, KeyboardInterrupt) else TERMINATED)
