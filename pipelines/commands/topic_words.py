"""`voc topics`: print the topics and what an edit did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from pipelines.commands import topics
from pipelines.commands.arguments import lake_with_data, language
from pipelines.settings import Settings
from voc_mining.business_time import TOKYO
from voc_mining.messages.catalogue import Messages
from voc_mining.store.delta import DeltaStore

_LISTED = ("topic_id", "label", "n_voc", "n_contacts", "status")
_HISTORY = ("edit_id", "at", "author", "action", "topic_id", "payload", "effect")
_WORDS = {"status": "topic_status", "action": "topic_action", "effect": "topic_effect"}
"""Columns of codes, and the family of their words."""


def print_list(lake: str, *, as_json: bool, lang: str | None) -> int:
    """List the topics, those with most statements first."""
    say = Messages(language(lang))
    listed = topics.list_topics(lake_with_data(lake))
    if as_json:
        _print_json(listed.to_dicts())
    elif listed.is_empty():
        Console().print(say("topics.none"))
    else:
        _print_table(listed.select(_LISTED), say)
    return 0


def print_topic(lake: str, topic: str, *, as_json: bool, lang: str | None) -> int:
    """Show one topic with its examples."""
    say = Messages(language(lang))
    view = topics.show_topic(lake_with_data(lake), topic)
    if as_json:
        _print_json({
            "topic_id": view.topic_id,
            "label": view.label,
            "keywords": view.keywords,
            "n_voc": view.n_voc,
            "n_contacts": view.n_contacts,
            "absorbed": view.absorbed.to_dicts(),
            "examples": view.examples.to_dicts(),
        })  # fmt: skip
        return 0
    console = Console(highlight=False)
    counts = say("topics.counts", n_voc=view.n_voc, n_contacts=view.n_contacts)
    console.print(f"[bold]{escape(view.label)}[/bold]  {view.topic_id}  {counts}")
    console.print(say("summary.between").join(view.keywords), style="dim", markup=False)
    for absorbed_id, label in view.absorbed.iter_rows():
        console.print(f"  ＋ {label} ({absorbed_id})", markup=False)
    for text in view.examples["text"]:
        console.print(f"  ・{text}", markup=False)
    return 0


def rename(  # noqa: PLR0913 - one argument per option of the command
    lake: str, topic: str, label: str, *, author: str | None, as_json: bool, lang: str | None
) -> int:
    """Call a topic by another name."""
    say = Messages(language(lang))
    store = lake_with_data(lake)
    edit = topics.rename_topic(store, topic, label, author=author or Settings().author)
    return _tell(store, [edit], say("topics.renamed", topic_id=topic, label=label.strip()), as_json=as_json)


def merge(  # noqa: PLR0913 - one argument per option of the command
    lake: str, absorbed: Sequence[str], into: str, *, author: str | None, as_json: bool, lang: str | None
) -> int:
    """Make topics part of another."""
    say = Messages(language(lang))
    store = lake_with_data(lake)
    edits = topics.merge_topics(store, absorbed, into, author=author or Settings().author)
    names = say("summary.between").join(absorbed)
    return _tell(store, edits, say("topics.merged", absorbed=names, into=into), as_json=as_json)


def undo(lake: str, edit: str | None, *, author: str | None, as_json: bool, lang: str | None) -> int:
    """Take an edit back."""
    say = Messages(language(lang))
    store = lake_with_data(lake)
    made, undone = topics.undo(store, edit, author=author or Settings().author)
    return _tell(store, [made], say("topics.undone", edit_id=undone), as_json=as_json)


def print_history(lake: str, topic: str | None, *, as_json: bool, lang: str | None) -> int:
    """List the edits, the latest first."""
    say = Messages(language(lang))
    edits = topics.history(lake_with_data(lake), topic)
    if as_json:
        _print_json(edits.to_dicts())
    elif edits.is_empty():
        Console().print(say("topics.no_edits"))
    else:
        _print_table(edits.select(_HISTORY), say)
    return 0


def _tell(lake: DeltaStore, edits: Sequence[str], sentence: str, *, as_json: bool) -> int:
    """Say what was done; to programs, the edits as the history has them."""
    if as_json:
        _print_json(topics.history(lake).filter(pl.col("edit_id").is_in(edits)).to_dicts())
    else:
        Console().print(sentence, markup=False, soft_wrap=True)
    return 0


def _print_json(content: object) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=1, default=str))  # noqa: T201 - the command's output


def _print_table(frame: pl.DataFrame, say: Messages) -> None:
    table = Table(*(Column(say(f"topics.col_{name}"), overflow="fold") for name in frame.columns))
    for row in frame.iter_rows(named=True):
        table.add_row(*(escape(_cell(name, value, say)) for name, value in row.items()))
    Console().print(table)


def _cell(name: str, value: object, say: Messages) -> str:
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(TOKYO)).isoformat(sep=" ", timespec="minutes").removesuffix("+09:00")
    if name == "payload":
        return say("summary.between").join(map(str, json.loads(str(value)).values()))
    return say.value(_WORDS[name], value) if name in _WORDS else str(value)
