"""`voc origin`: print the contacts of unknown origin and what was said about them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import polars as pl
from rich.console import Console

from pipelines.commands import origins
from pipelines.commands.arguments import lake_with_data, language
from pipelines.settings import Settings
from pipelines.terminal import print_table
from voc_mining.business_time import TOKYO
from voc_mining.messages.catalogue import Messages
from voc_mining.store.delta import DeltaStore

SHOWN = 50
_LISTED = ("contact_id", "started_at", "queue", "opening", "suggestion", "because")
_HISTORY = ("confirmation_id", "at", "author", "action", "contact_id", "origin", "undone", "rule_now")
_FAMILIES = {
    "suggestion": "origin_short",
    "origin": "origin_short",
    "action": "origin_action",
    "source": "record_source",
}
"""Columns of codes, and the family of their words."""


def print_list(lake: str, *, every: bool, as_json: bool, lang: str | None) -> int:
    """List the contacts of unknown origin; those that were rejected or confirmed only on request."""
    say = Messages(language(lang))
    found = origins.unknown_contacts(lake_with_data(lake))
    listed = found if every else found.filter(pl.col("state") == "open")
    if as_json:
        return _print_json(listed)
    console = Console()
    if listed.is_empty():
        console.print(say("unknown_origin.none"))
        return 0
    print_table(listed.select(_LISTED).head(SHOWN), say, partial(_cell, say=say))
    suggested = listed["suggestion"].drop_nulls().len()
    console.print(say("unknown_origin.counts", n=listed.height, suggested=suggested, shown=min(SHOWN, listed.height)))
    return 0


def print_queues(lake: str, *, as_json: bool, lang: str | None) -> int:
    """List the queues with contacts of unknown origin, and rules that would tell it."""
    say = Messages(language(lang))
    listed = origins.unknown_queues(lake_with_data(lake))
    if as_json:
        return _print_json(listed)
    if listed.is_empty():
        Console().print(say("unknown_origin.none"))
        return 0
    print_table(listed, say, partial(_cell, say=say))
    Console().print(say("unknown_origin.queues_note"), markup=False, soft_wrap=True)
    return 0


def print_history(lake: str, *, as_json: bool, lang: str | None) -> int:
    """List what was said about origins, the latest first."""
    say = Messages(language(lang))
    listed = origins.history(lake_with_data(lake))
    if as_json:
        return _print_json(listed)
    if listed.is_empty():
        Console().print(say("unknown_origin.nothing_said"))
        return 0
    print_table(listed.select(_HISTORY), say, partial(_cell, say=say))
    return 0


def confirm(  # noqa: PLR0913 - one argument per option of the command
    lake: str, contacts: Sequence[str], origin: str, *, author: str | None, as_json: bool, lang: str | None
) -> int:
    """Say what the origin of contacts is."""

    def said(store: DeltaStore, who: str) -> list[str]:
        return origins.confirm(store, contacts, origin, author=who)

    say = Messages(language(lang))
    return _told(lake, said, author, as_json, say, sentence="confirmed", origin=say.value("origin_short", origin))


def reject(lake: str, contacts: Sequence[str], *, author: str | None, as_json: bool, lang: str | None) -> int:
    """Say that suggestions are wrong."""

    def said(store: DeltaStore, who: str) -> list[str]:
        return origins.reject(store, contacts, author=who)

    return _told(lake, said, author, as_json, Messages(language(lang)), sentence="rejected")


def undo(lake: str, name: str | None, *, author: str | None, as_json: bool, lang: str | None) -> int:
    """Take back what was said."""

    def said(store: DeltaStore, who: str) -> list[str]:
        return origins.undo(store, name, author=who)[0]

    return _told(lake, said, author, as_json, Messages(language(lang)), sentence="undone")


def _told(  # noqa: PLR0913 - what is done, who does it, and how it is told
    lake: str,
    said: Callable[[DeltaStore, str], list[str]],
    author: str | None,
    as_json: bool,  # noqa: FBT001 - an option of the command
    say: Messages,
    *,
    sentence: str,
    **values: object,
) -> int:
    """Write something down, and say what; to programs, as the history has it."""
    store = lake_with_data(lake)
    names = said(store, author or Settings().author)
    if as_json:
        return _print_json(origins.history(store).filter(pl.col("confirmation_id").is_in(names)))
    Console().print(say(f"unknown_origin.{sentence}", n=len(names), **values), markup=False, soft_wrap=True)
    return 0


def _print_json(frame: pl.DataFrame) -> int:
    print(json.dumps(frame.to_dicts(), ensure_ascii=False, indent=1, default=str))  # noqa: T201 - the command's output
    return 0


def _cell(name: str, value: object, say: Messages) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(TOKYO)).isoformat(sep=" ", timespec="minutes").removesuffix("+09:00")
    if isinstance(value, bool):
        return "✓" if value else ""
    return say.value(_FAMILIES[name], value) if name in _FAMILIES else str(value)
