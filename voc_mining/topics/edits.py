"""Analysts' edits of topics: rows of an append-only log. What they do is resolved on read (see ``replay``, ``placement``).

Each function makes one row of ``topic_edits`` and decides nothing: whether an edit takes effect depends on the edits
before and after it, and on the topics there are when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import polars as pl

from voc_mining.contracts import LAKE_TABLES
from voc_mining.ids import digest, edit_id

NOWHERE = ""
"""In place of a topic: statements are moved out of any topic."""


@dataclass(frozen=True, slots=True)
class Place:
    """A statement as an edit remembers it: by its words, and where they were said, should other words be heard there.

    Parameters
    ----------
    text_hash, voc_id, contact_id : str
        Ids of its words, itself and its contact.
    start_s, end_s : float or None
        Seconds in the recording; None in writing.
    """

    text_hash: str
    voc_id: str
    contact_id: str
    start_s: float | None = None
    end_s: float | None = None


def rename(topic_id: str, label: str, *, author: str, at: datetime) -> pl.DataFrame:
    """Call a topic by another name."""
    return _edit("rename", topic_id, {"label": label}, author, at)


def merge(topic_id: str, into: str, *, author: str, at: datetime) -> pl.DataFrame:
    """Make a topic part of another."""
    return _edit("merge", topic_id, {"into": into}, author, at)


def split(  # noqa: PLR0913 - what it says
    topic_id: str, examples: Sequence[Place], label: str, keywords: Sequence[str] = (), *, author: str, at: datetime
) -> pl.DataFrame:
    """Make a topic of its own of what is like some examples in a topic."""
    listed = [asdict(place) for place in sorted(examples, key=lambda place: place.voc_id)]
    payload = {"label": label, "examples": listed, "keywords": list(keywords)}
    return _edit("split", topic_id, payload, author, at)


def move(place: Place, topic_id: str, *, author: str, at: datetime) -> pl.DataFrame:
    """Put the words of a statement into a topic, or with ``NOWHERE`` into none."""
    return _edit("move", topic_id, asdict(place), author, at)


def pin(topic_id: str, *, author: str, at: datetime) -> pl.DataFrame:
    """Have a topic stay as it is: nothing absorbs it, no merge and no refit."""
    return _edit("pin", topic_id, {}, author, at)


def hide(topic_id: str, *, author: str, at: datetime) -> pl.DataFrame:
    """Leave a topic out of what readers see; its statements keep it."""
    return _edit("hide", topic_id, {}, author, at)


def group(topic_id: str, label: str, *, author: str, at: datetime) -> pl.DataFrame:
    """Put a topic under a heading, which is there as soon as a topic is under it."""
    return _edit("group", topic_id, {"label": label}, author, at)


def note(topic_id: str, text: str, *, author: str, at: datetime) -> pl.DataFrame:
    """Write something down about a topic."""
    return _edit("note", topic_id, {"text": text}, author, at)


def undo(edit: str, *, author: str, at: datetime) -> pl.DataFrame:
    """Take another edit back."""
    return _edit("undo", edit, {}, author, at)


def heading_id(label: str) -> str:
    """Id of the heading of that name.

    >>> heading_id("請求") == heading_id("請求") != heading_id("解約")
    True
    """
    return "G" + digest("heading", label)[:12]


def split_id(edit: str) -> str:
    """Id of the topic that a split makes."""
    return "T" + digest("split", edit)[:12]


def _edit(action: str, topic_id: str, payload: Mapping[str, object], author: str, at: datetime) -> pl.DataFrame:
    content = json.dumps(payload, ensure_ascii=False, sort_keys=True)
    row = {
        "edit_id": edit_id(at.isoformat(), author, action, topic_id, content),
        "at": at,
        "author": author,
        "action": action,
        "topic_id": topic_id,
        "payload": content,
    }
    return pl.DataFrame([row]).pipe(LAKE_TABLES["topic_edits"].conform)
