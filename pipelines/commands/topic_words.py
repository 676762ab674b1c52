"""`voc topics`: print the topics and what an edit did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

import polars as pl
from rich.console import Console
from rich.table import Column, Table

from pipelines.commands import topics
from pipelines.commands.arguments import language
from pipelines.settings import Settings
from voc_mining.messages.catalogue import Messages
from voc_mining.store.delta import open_lake


def print_list(lake: str, *, as_json: bool, lang: str | None) -> int:
    """List the topics, those with most statements first."""
    say = Messages(language(lang))
    listed = topics.list_topics(open_lake(lake))
    if listed.is_empty() and not as_json:
        Console().print(say("topics.none"))
        return 0
    columns = ("topic_id", "label", "n_voc", "n_contacts", "status")
    _print(listed if as_json else listed.select(columns), as_json=as_json)
    return 0


def print_topic(lake: str, topic: str, *, as_json: bool) -> int:
    """Show one topic with its examples."""
    view = topics.show_topic(open_lake(lake), topic)
    if as_json:
        record = {
            "topic_id": view.topic_id,
            "label": view.label,
            "keywords": view.keywords,
            "n_voc": view.n_voc,
            "n_contacts": view.n_contacts,
            "absorbed": view.absorbed.to_dicts(),
            "examples": view.examples.to_dicts(),
        }
        print(json.dumps(record, ensure_ascii=False, indent=1))  # noqa: T201 - the command's output
        return 0
    console = Console()
    console.print(f"[bold]{view.label}[/bold]  {view.topic_id}  {view.n_voc:,} / {view.n_contacts:,}")
    console.print("、".join(view.keywords), style="dim")
    for absorbed_id, label in view.absorbed.iter_rows():
        console.print(f"  ＋ {label} ({absorbed_id})")
    for text in view.examples["text"]:
        console.print(f"  ・{text}", markup=False)
    return 0


def rename(lake: str, topic: str, label: str, *, author: str | None, lang: str | None) -> int:
    """Call a topic by another name."""
    say = Messages(language(lang))
    topics.rename_topic(open_lake(lake), topic, label, author=author or Settings().author)
    Console().print(say("topics.renamed", topic_id=topic, label=label.strip()), markup=False)
    return 0


def merge(lake: str, absorbed: Sequence[str], into: str, *, author: str | None, lang: str | None) -> int:
    """Make topics part of another."""
    say = Messages(language(lang))
    topics.merge_topics(open_lake(lake), absorbed, into, author=author or Settings().author)
    Console().print(say("topics.merged", absorbed="、".join(absorbed), into=into), markup=False)
    return 0


def undo(lake: str, edit: str | None, *, author: str | None, lang: str | None) -> int:
    """Take an edit back."""
    say = Messages(language(lang))
    _, undone = topics.undo(open_lake(lake), edit, author=author or Settings().author)
    Console().print(say("topics.undone", edit_id=undone))
    return 0


def print_history(lake: str, topic: str | None, *, as_json: bool) -> int:
    """List the edits, the latest first."""
    _print(topics.history(open_lake(lake), topic), as_json=as_json)
    return 0


def _print(frame: pl.DataFrame, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(frame.to_dicts(), ensure_ascii=False, indent=1, default=str))  # noqa: T201 - the output
        return
    table = Table(*(Column(name, overflow="fold") for name in frame.columns))
    for row in frame.iter_rows():
        table.add_row(*(_cell(value) for value in row))
    Console().print(table)


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, datetime | date):
        return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()
    return "" if value is None else str(value)
