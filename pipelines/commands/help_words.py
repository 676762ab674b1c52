"""The help of the command line in one language: typer's own words, and the side of ours that is asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import typer
from typer import rich_utils
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from voc_mining.messages.catalogue import Messages

if TYPE_CHECKING:
    from collections.abc import Callable

BETWEEN = " / "
"""Stands between the Japanese and the English words of a help text."""


def speak(command: TyperGroup, lang: str) -> None:
    """Let a command and all below it tell their help in a language."""
    say = Messages(lang)
    rich_utils.ARGUMENTS_PANEL_TITLE = say("help.arguments")
    rich_utils.OPTIONS_PANEL_TITLE = say("help.options")
    rich_utils.COMMANDS_PANEL_TITLE = say("help.commands")
    rich_utils.REQUIRED_LONG_STRING = say("help.required")
    rich_utils.DEFAULT_STRING = say("help.default", value="{}")
    _translate(command, say)


def _translate(command: TyperCommand | TyperGroup, say: Messages) -> None:
    command.help = _side(command.help, say.lang)
    command.options_metavar = say("help.options_word")
    command.get_usage = partial(_usage, command.get_usage, say("help.usage"))  # type: ignore[method-assign]
    for parameter in command.params:
        if isinstance(parameter, TyperOption | TyperArgument):
            parameter.help = _side(parameter.help, say.lang)
    option = command.get_help_option(typer.Context(command))
    if option is not None:
        option.help = say("help.help")
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = say("help.command_word")
        for each in command.commands.values():
            _translate(each, say)  # type: ignore[arg-type]


def _side(text: str | None, lang: str) -> str | None:
    """Take the words of one language out of a text that holds both.

    >>> _side("トピックの一覧 / List the topics.", "ja")
    'トピックの一覧'
    """
    if text is None:
        return None
    japanese, _, english = text.partition(BETWEEN)
    return japanese if lang == "ja" else english


def _usage(told: Callable[[typer.Context], str], word: str, context: typer.Context) -> str:
    return told(context).replace("Usage:", word, 1)
