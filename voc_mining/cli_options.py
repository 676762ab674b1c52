"""Options that commands share, and how a command ends; nothing but typer is imported before a command runs."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from voc_mining.errors import VocError

Lake = Annotated[str, typer.Option("--lake", help="データの置き場所 / root of the lake (folder or URL)")]
# Paths are checked where they are used, with messages in the user's language: not by typer (readable=False).
Out = Annotated[Path, typer.Option("--out", readable=False, help="CSVとレポートの出力先 / folder of CSVs and report")]
Day = Annotated[
    str | None, typer.Option("--date", help="この日の終わり時点 （既定は今日） / as of the end of this day")
]
Author = Annotated[str | None, typer.Option("--author", help="だれの操作か（既定はログイン名） / who edits")]
AsJson = Annotated[bool, typer.Option("--json", help="機械向けのJSON / JSON for programs")]


class Language(StrEnum):
    """Languages of messages, CSV words and the report."""

    ja = "ja"
    en = "en"


class Channel(StrEnum):
    """Tools that send what a campaign lists."""

    mail = "mail"
    sms = "sms"
    app = "app"


class Situation(StrEnum):
    """Situations that a tool has messages for."""

    onboarding = "onboarding"
    trouble = "trouble"
    usage_falling = "usage_falling"
    inactive = "inactive"
    self_serving = "self_serving"
    at_risk = "at_risk"
    loyal = "loyal"


Lang = Annotated[Language | None, typer.Option("--lang", help="文言の言葉 / language of messages")]

FAILED = 1


def finish(work: object, lang: str | None) -> NoReturn:
    """Run a command body; say what to do about errors that the user can mend, and exit with its code."""
    from voc_mining.errors import VocError, spoken_in
    from voc_mining.messages.catalogue import Messages

    assert callable(work)
    say = Messages(told_language(lang))
    try:
        with spoken_in(say.lang):
            code = work()
    except VocError as trouble:
        say_error(trouble, say("error.label"))
        code = FAILED
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    raise typer.Exit(code or 0)


def say_error(trouble: VocError, label: str) -> None:
    """Print an error and what to do about it; to programs, as JSON."""
    if "--json" in sys.argv[1:]:
        typer.echo(trouble.as_json(), err=True)
    else:
        typer.secho(f"{label}: {trouble.problem}\n{trouble.remedy}", fg=typer.colors.RED, err=True)


def told_language(lang: str | None) -> str:
    """Language of errors; settings that are wrong themselves must not hide them."""
    from pydantic import ValidationError

    from pipelines.settings import Settings

    try:
        return lang or Settings().language
    except ValidationError:
        return "ja"
