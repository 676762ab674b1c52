"""Edit the topics of a lake: what ``voc topics rename``, ``merge``, ``split`` … do, checked and appended to the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from pipelines.commands.topics import find, history, resolved_topics
from pipelines.steps.edited import EditedTopics, edited_topics
from pipelines.steps.wording import text_words
from voc_mining.errors import UserError
from voc_mining.store.delta import DeltaStore
from voc_mining.topics import edits
from voc_mining.topics.edits import NOWHERE, Place
from voc_mining.topics.labels import keyness

_KEYWORDS = 10


def rename_topic(lake: DeltaStore, topic: str, label: str, *, author: str, at: datetime | None = None) -> str:
    """Call a topic by another name; return the id of the edit.

    Raises
    ------
    UserError
        If there is no such topic, the name is empty or another topic has it.
    """
    resolved = resolved_topics(lake)
    topic_id = find(resolved, topic)
    name = _free_name(resolved.filter(pl.col("effective_topic_id") != topic_id), label)
    return _append(lake, edits.rename(topic_id, name, author=author, at=_now(at)))


def merge_topics(
    lake: DeltaStore, topics: Sequence[str], into: str, *, author: str, at: datetime | None = None
) -> list[str]:
    """Make topics part of another; return the ids of the edits.

    Raises
    ------
    UserError
        If one of them is not there, or is to become part of itself.
    """
    resolved = resolved_topics(lake)
    target = find(resolved, into)
    absorbed = [find(resolved, topic) for topic in topics]
    if target in absorbed:
        raise UserError("topics.into_itself", topic_id=target)
    pinned = resolved.filter("pinned")["topic_id"].to_list()
    if held := [topic for topic in absorbed if topic in pinned]:
        raise UserError("topics.pinned", topic_id=held[0])
    moment = _now(at)
    return [_append(lake, edits.merge(topic, target, author=author, at=moment)) for topic in dict.fromkeys(absorbed)]


def split_topic(  # noqa: PLR0913 - what an edit says
    lake: DeltaStore, topic: str, statements: Sequence[str], label: str, *, author: str, at: datetime | None = None
) -> str:
    """Make a topic of its own of what is like some statements of a topic; return the id of the edit.

    Raises
    ------
    UserError
        If there is no such topic or statement, a statement is of another topic, or the name is empty or taken.
    """
    edited = edited_topics(lake)
    resolved = edited.resolution.topics
    topic_id = find(resolved, topic)
    name = _free_name(resolved, label)
    places = _places(lake, statements)
    topics = dict(edited.assigned.select("text_hash", "topic_id").iter_rows())
    for place in places:
        if topics.get(place.text_hash) != topic_id:
            raise UserError("topics.not_in_topic", voc_id=place.voc_id, topic_id=topic_id)
    keywords = _keywords(lake, edited, [place.text_hash for place in places])
    return _append(lake, edits.split(topic_id, places, name, keywords, author=author, at=_now(at)))


def move_statements(
    lake: DeltaStore, statements: Sequence[str], topic: str | None, *, author: str, at: datetime | None = None
) -> list[str]:
    """Put the words of statements into a topic, or out of any (None); return the ids of the edits.

    Raises
    ------
    UserError
        If there is no such topic or statement, or the topic is a heading.
    """
    resolved = resolved_topics(lake)
    target = NOWHERE if topic is None else find(resolved, topic)
    if target in resolved.filter(pl.col("made_by") == "group")["topic_id"].to_list():
        raise UserError("topics.heading", topic_id=target)
    moment = _now(at)
    return [_append(lake, edits.move(place, target, author=author, at=moment)) for place in _places(lake, statements)]


def pin_topic(lake: DeltaStore, topic: str, *, author: str, at: datetime | None = None) -> str:
    """Have a topic stay as it is; return the id of the edit.

    Raises
    ------
    UserError
        If there is no such topic.
    """
    resolved = resolved_topics(lake)
    return _append(lake, edits.pin(find(resolved, topic), author=author, at=_now(at)))


def hide_topic(lake: DeltaStore, topic: str, *, author: str, at: datetime | None = None) -> str:
    """Leave a topic out of what readers see; return the id of the edit.

    Raises
    ------
    UserError
        If there is no such topic.
    """
    resolved = resolved_topics(lake)
    return _append(lake, edits.hide(find(resolved, topic), author=author, at=_now(at)))


def group_topics(
    lake: DeltaStore, topics: Sequence[str], heading: str, *, author: str, at: datetime | None = None
) -> list[str]:
    """Put topics under a heading, made by its name if it is not there; return the ids of the edits.

    Raises
    ------
    UserError
        If there is no such topic, the name is empty or that of a topic, or the heading is among the topics.
    """
    resolved = resolved_topics(lake)
    name = heading.strip()
    headings = resolved.filter((pl.col("made_by") == "group") & (pl.col("label") == name))
    if headings.is_empty():
        _free_name(resolved, name)
    under = [find(resolved, topic) for topic in topics]
    if under_itself := set(under) & set(headings["topic_id"]):
        raise UserError("topics.into_itself", topic_id=min(under_itself))
    moment = _now(at)
    return [_append(lake, edits.group(topic, name, author=author, at=moment)) for topic in dict.fromkeys(under)]


def note_topic(lake: DeltaStore, topic: str, text: str, *, author: str, at: datetime | None = None) -> str:
    """Write something down about a topic; return the id of the edit.

    Raises
    ------
    UserError
        If there is no such topic, or the note is empty.
    """
    resolved = resolved_topics(lake)
    written = text.strip()
    if not written:
        raise UserError("topics.empty_note")
    return _append(lake, edits.note(find(resolved, topic), written, author=author, at=_now(at)))


def undo(
    lake: DeltaStore, edit: str | None = None, *, author: str, at: datetime | None = None
) -> tuple[list[str], list[str]]:
    """Take back an edit; if none is named, all that the latest command did and that is in effect.

    Returns
    -------
    tuple of list of str
        Ids of the undos, and of the edits they take back.

    Raises
    ------
    UserError
        If there is no such edit in effect.
    """
    listed = history(lake).filter(pl.col("effect").is_in(["applied", "vanished"]))
    if edit is None:
        own = listed.filter(pl.col("action") != "undo")
        chosen = own.join(own.head(1), on=["at", "author", "action"], how="semi")["edit_id"].to_list()
    else:
        chosen = listed.filter(pl.col("edit_id") == edit)["edit_id"].to_list()
    if not chosen:
        raise UserError("topics.nothing_to_undo") if edit is None else UserError("topics.no_edit", edit_id=edit)
    moment = _now(at)
    return [_append(lake, edits.undo(each, author=author, at=moment)) for each in chosen], chosen


def _places(lake: DeltaStore, statements: Sequence[str]) -> list[Place]:
    """Find statements by their ids, as edits remember them."""
    wanted = list(dict.fromkeys(statements))
    found = lake.scan("voc").filter(pl.col("counts") & pl.col("voc_id").is_in(wanted))
    rows = {row["voc_id"]: row for row in found.select(*Place.__slots__).collect().iter_rows(named=True)}
    if missing := [voc_id for voc_id in wanted if voc_id not in rows]:
        raise UserError("topics.no_statement", voc_id=missing[0])
    return [Place(**rows[voc_id]) for voc_id in wanted]


def _keywords(lake: DeltaStore, edited: EditedTopics, texts: Sequence[str]) -> list[str]:
    """Terms that tell some texts from the others that have a topic."""
    words = text_words(lake, edited.assigned.drop_nulls("topic_id"))
    members = pl.DataFrame({"topic_id": ["examples"] * len(texts), "text_hash": list(texts)}).unique()
    return keyness(members, words, "terms")["entry"].head(_KEYWORDS).to_list()


def _free_name(resolved: pl.DataFrame, label: str) -> str:
    """Name that none of the topics has."""
    name = label.strip()
    if not name:
        raise UserError("topics.empty_name")
    holders = resolved.filter(pl.col("label") == name)
    if holders.height:
        raise UserError("topics.name_taken", label=name, topic_id=holders["effective_topic_id"][0])
    return name


def _append(lake: DeltaStore, edit: pl.DataFrame) -> str:
    lake.append_new("topic_edits", edit)
    return str(edit["edit_id"].item())


def _now(at: datetime | None) -> datetime:
    return at or datetime.now(UTC)
