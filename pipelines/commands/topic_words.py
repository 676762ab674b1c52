"""`voc topics`: print the topics and what an edit did."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import polars as pl
from rich.console import Console
from rich.markup import escape

from pipelines.commands import codes, topic_edits, topics
from pipelines.commands.arguments import lake_with_data, language
from pipelines.settings import Settings
from pipelines.terminal import print_table
from voc_mining.business_time import TOKYO
from voc_mining.errors import UserError
from voc_mining.messages.catalogue import Messages
from voc_mining.store.delta import DeltaStore
from voc_mining.topics.edits import split_id

_NO_TOPIC = "topics.no_topic"
_LISTED = ("topic_id", "label", "n_voc", "n_contacts", "status")
_HISTORY = ("edit_id", "at", "author", "action", "topic_id", "payload", "effect")
_TOLD = ("label", "into", "text", "voc_id")
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
        print_table(listed.select(_LISTED), say, partial(_cell, say=say))
    return 0


def print_topic(lake: str, topic: str, *, as_json: bool, lang: str | None) -> int:
    """Show one topic with its examples, or the code of that name."""
    say = Messages(language(lang))
    try:
        view = topics.show_topic(lake_with_data(lake), topic)
    except UserError as trouble:
        if trouble.code != _NO_TOPIC:
            raise
        return codes.print_code(lake, topic, as_json=as_json, lang=lang)
    if as_json:
        _print_json({
            "topic_id": view.topic_id,
            "label": view.label,
            "keywords": view.keywords,
            "names": view.names,
            "n_voc": view.n_voc,
            "n_contacts": view.n_contacts,
            "status": view.status,
            "parent_id": view.parent_id,
            "made_by": view.made_by,
            "pinned": view.pinned,
            "notes": view.notes.to_dicts(),
            "absorbed": view.absorbed.to_dicts(),
            "examples": view.examples.to_dicts(),
        })  # fmt: skip
        return 0
    console = Console(highlight=False)
    counts = say("topics.counts", n_voc=view.n_voc, n_contacts=view.n_contacts)
    console.print(f"[bold]{escape(view.label)}[/bold]  {view.topic_id}  {counts}")
    console.print(say("summary.between").join(view.keywords), style="dim", markup=False)
    marks = [say.value("topic_status", view.status)] if view.status != "active" else []
    marks += [say("topics.is_pinned")] if view.pinned else []
    if marks:
        console.print(say("summary.between").join(marks), markup=False)
    for written in view.notes.iter_rows(named=True):
        at = _cell("at", written["at"], say)
        console.print(f"  ✎ {written['text']} ({written['author']}, {at})", markup=False)
    for absorbed_id, label in view.absorbed.iter_rows():
        console.print(f"  ＋ {label} ({absorbed_id})", markup=False)
    for text in view.examples["text"]:
        console.print(f"  ・{text}", markup=False)
    if len(view.names) > 1:
        console.print(f"{say('report.names')}: ", style="dim", end="")
        told = [f"{each['name']} {each['score']:.2f}" if "score" in each else each["name"] for each in view.names]
        console.print(say("summary.between").join(told), style="dim", markup=False)
    return 0


def rename(  # noqa: PLR0913 - one argument per option of the command
    lake: str, topic: str, label: str, *, author: str | None, as_json: bool, lang: str | None
) -> int:
    """Call a topic by another name."""
    desk = _Desk.at(lake, author, lang)
    edit = topic_edits.rename_topic(desk.store, topic, label, author=desk.author)
    return desk.tell([edit], "topics.renamed", as_json, topic_id=topic, label=label.strip())


def merge(  # noqa: PLR0913 - one argument per option of the command
    lake: str, absorbed: Sequence[str], into: str, *, author: str | None, as_json: bool, lang: str | None
) -> int:
    """Make topics part of another."""
    desk = _Desk.at(lake, author, lang)
    edits = topic_edits.merge_topics(desk.store, absorbed, into, author=desk.author)
    return desk.tell(edits, "topics.merged", as_json, absorbed=desk.listed(absorbed), into=into)


def split(  # noqa: PLR0913 - one argument per option of the command
    lake: str, topic: str, statements: Sequence[str], label: str, *, author: str | None, as_json: bool, lang: str | None
) -> int:
    """Make a topic of what is like some statements of a topic."""
    desk = _Desk.at(lake, author, lang)
    edit = topic_edits.split_topic(desk.store, topic, statements, label, author=desk.author)
    made = topics.show_topic(desk.store, split_id(edit), n_examples=0)
    told = {"topic_id": made.topic_id, "label": made.label, "n_voc": made.n_voc, "of": topic}
    return desk.tell([edit], "topics.split", as_json, **told)


def move(  # noqa: PLR0913 - one argument per option of the command
    lake: str, statements: Sequence[str], topic: str | None, *, author: str | None, as_json: bool, lang: str | None
) -> int:
    """Put the words of statements into a topic, or into none."""
    desk = _Desk.at(lake, author, lang)
    edits = topic_edits.move_statements(desk.store, statements, topic, author=desk.author)
    if topic is None:
        return desk.tell(edits, "topics.moved_out", as_json, n=len(edits))
    return desk.tell(edits, "topics.moved", as_json, n=len(edits), topic_id=topic)


def pin(lake: str, topic: str, *, author: str | None, as_json: bool, lang: str | None) -> int:
    """Have a topic stay as it is."""
    desk = _Desk.at(lake, author, lang)
    return desk.tell([topic_edits.pin_topic(desk.store, topic, author=desk.author)], "topics.pinned_now", as_json,
                     topic_id=topic)  # fmt: skip


def hide(lake: str, topic: str, *, author: str | None, as_json: bool, lang: str | None) -> int:
    """Leave a topic out of what readers see."""
    desk = _Desk.at(lake, author, lang)
    return desk.tell([topic_edits.hide_topic(desk.store, topic, author=desk.author)], "topics.hidden", as_json,
                     topic_id=topic)  # fmt: skip


def group(  # noqa: PLR0913 - one argument per option of the command
    lake: str, grouped: Sequence[str], heading: str, *, author: str | None, as_json: bool, lang: str | None
) -> int:
    """Put topics under a heading."""
    desk = _Desk.at(lake, author, lang)
    edits = topic_edits.group_topics(desk.store, grouped, heading, author=desk.author)
    return desk.tell(edits, "topics.grouped", as_json, topics=desk.listed(grouped), heading=heading.strip())


def note(  # noqa: PLR0913 - one argument per option of the command
    lake: str, topic: str, text: str, *, author: str | None, as_json: bool, lang: str | None
) -> int:
    """Write something down about a topic."""
    desk = _Desk.at(lake, author, lang)
    return desk.tell([topic_edits.note_topic(desk.store, topic, text, author=desk.author)], "topics.noted", as_json,
                     topic_id=topic)  # fmt: skip


def undo(lake: str, edit: str | None, *, author: str | None, as_json: bool, lang: str | None) -> int:
    """Take an edit back."""
    desk = _Desk.at(lake, author, lang)
    made, undone = topic_edits.undo(desk.store, edit, author=desk.author)
    return desk.tell(made, "topics.undone", as_json, edit_id=desk.listed(undone))


def print_history(lake: str, topic: str | None, *, as_json: bool, lang: str | None) -> int:
    """List the edits, the latest first."""
    say = Messages(language(lang))
    edits = topics.history(lake_with_data(lake), topic)
    if as_json:
        _print_json(edits.to_dicts())
    elif edits.is_empty():
        Console().print(say("topics.no_edits"))
    else:
        print_table(edits.select(_HISTORY), say, partial(_cell, say=say))
    return 0


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where edits are made: the lake, who edits, and in which language it is told."""

    store: DeltaStore
    author: str
    say: Messages

    @classmethod
    def at(cls, lake: str, author: str | None, lang: str | None) -> _Desk:
        return cls(lake_with_data(lake), author or Settings().author, Messages(language(lang)))

    def listed(self, names: Sequence[str]) -> str:
        return self.say("summary.between").join(names)

    def tell(self, edits: Sequence[str], sentence: str, as_json: bool, /, **values: object) -> int:  # noqa: FBT001
        """Say what was done; to programs, the edits as the history has them."""
        if as_json:
            _print_json(topics.history(self.store).filter(pl.col("edit_id").is_in(edits)).to_dicts())
        else:
            Console().print(self.say(sentence, **values), markup=False, soft_wrap=True)
        return 0


def _print_json(content: object) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=1, default=str))  # noqa: T201 - the command's output


def _cell(name: str, value: object, say: Messages) -> str:
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(TOKYO)).isoformat(sep=" ", timespec="minutes").removesuffix("+09:00")
    if name == "payload":
        return say("summary.between").join(_details(json.loads(str(value)), say))
    return say.value(_WORDS[name], value) if name in _WORDS else str(value)


def _details(payload: Mapping[str, object], say: Messages) -> Iterator[str]:
    """Tell what an edit says, in short."""
    for name, value in payload.items():
        if name == "examples" and isinstance(value, list):
            yield say("topics.of_statements", n=len(value))
        elif name in _TOLD:
            yield str(value)
