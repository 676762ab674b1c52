"""Analysts' edits of topics: an append-only log, resolved on read over whatever topics there are.

Edits take effect in the order of their time, then of their id. A later rename of a topic replaces an
earlier one; a later merge of a topic moves it to another. A merge that would close a circle, and an edit of a
topic that is not there, have no effect; the history says so. Undoing an edit leaves it out; undoing an undo
brings the edit back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from voc_mining.contracts import LAKE_TABLES
from voc_mining.ids import edit_id

RESOLVED = pl.Schema({"topic_id": pl.String, "effective_topic_id": pl.String, "label": pl.String, "status": pl.String})


def rename(topic_id: str, label: str, *, author: str, at: datetime) -> pl.DataFrame:
    """Edit that calls a topic by another name: one row of ``topic_edits``."""
    return _edit("rename", topic_id, {"label": label}, author, at)


def merge(topic_id: str, into: str, *, author: str, at: datetime) -> pl.DataFrame:
    """Edit that makes a topic part of another: one row of ``topic_edits``."""
    return _edit("merge", topic_id, {"into": into}, author, at)


def undo(edit: str, *, author: str, at: datetime) -> pl.DataFrame:
    """Edit that takes another edit back: one row of ``topic_edits``."""
    return _edit("undo", edit, {}, author, at)


def resolve(topics: pl.DataFrame, edits: pl.DataFrame) -> pl.DataFrame:
    """Resolve the edits over the topics.

    Parameters
    ----------
    topics : DataFrame
        ``topic_id``, ``label``, ``status``: topics of one version.
    edits : DataFrame
        Rows of ``topic_edits``, in any order.

    Returns
    -------
    DataFrame
        One row per topic, sorted by ``topic_id``: the topic it now is part of (itself if none), the label of
        that topic, and ``merged`` as status where it is part of another.
    """
    return _replayed(topics, edits).resolved()


def history(topics: pl.DataFrame, edits: pl.DataFrame) -> pl.DataFrame:
    """List the edits, the latest first, with what became of each.

    Returns
    -------
    DataFrame
        The columns of ``topic_edits`` and ``effect``: ``applied``, ``undone``, ``replaced`` (by a later edit),
        ``circle``, ``unknown_topic``, ``unknown_edit`` or ``not_yet`` (an action this version does not resolve).
    """
    effects = _replayed(topics, edits).effects
    effect = pl.DataFrame(
        {"edit_id": list(effects), "effect": list(effects.values())}, schema={"edit_id": pl.String, "effect": pl.String}
    )
    return edits.join(effect, on="edit_id", how="left", validate="1:1").sort("at", "edit_id", descending=True)


@dataclass
class _Replay:
    """State of the topics while edits are replayed over them."""

    labels: dict[str, str]
    states: dict[str, str]
    into: dict[str, str] = field(default_factory=dict)
    effects: dict[str, str] = field(default_factory=dict)
    decided_by: dict[tuple[str, str], str] = field(default_factory=dict)

    def path(self, topic_id: str) -> list[str]:
        """Topics from this one to the whole it is part of."""
        path = [topic_id]
        while path[-1] in self.into:
            path.append(self.into[path[-1]])
        return path

    def decide(self, action: str, topic_id: str, edit: str) -> None:
        """Note that an edit decides an aspect of a topic, in place of an earlier one."""
        before = self.decided_by.get((action, topic_id))
        if before is not None:
            self.effects[before] = "replaced"
        self.decided_by[action, topic_id] = edit
        self.effects[edit] = "applied"

    def resolved(self) -> pl.DataFrame:
        """Give the state as a frame."""
        rows = []
        # A topic that a refit left dormant lives on in what analysts made part of it.
        living = {self.path(topic_id)[-1] for topic_id, state in self.states.items() if state == "active"}
        state = {t: "active" if s == "dormant" and t in living else s for t, s in self.states.items()}
        for topic_id in sorted(self.labels):
            root = self.path(topic_id)[-1]
            rows.append((topic_id, root, self.labels[root], state[root] if root == topic_id else "merged"))
        return pl.DataFrame(rows, schema=RESOLVED, orient="row")


def _replayed(topics: pl.DataFrame, edits: pl.DataFrame) -> _Replay:
    state = _Replay(
        labels=dict(zip(topics["topic_id"], topics["label"], strict=True)),
        states=dict(zip(topics["topic_id"], topics["status"], strict=True)),
    )
    log = edits.sort("at", "edit_id").to_dicts()
    undone = _undone(log)
    known = {row["edit_id"] for row in log}
    for row in log:
        edit, action, topic_id = row["edit_id"], row["action"], row["topic_id"]
        if edit in undone:
            state.effects[edit] = "undone"
        elif action == "undo":
            state.effects[edit] = "applied" if topic_id in known else "unknown_edit"
        elif action not in _ACTIONS:
            state.effects[edit] = "not_yet"
        elif topic_id not in state.labels:
            state.effects[edit] = "unknown_topic"
        else:
            _ACTIONS[action](state, edit, topic_id, json.loads(row["payload"]))
    return state


def _undone(log: list[dict[str, str]]) -> set[str]:
    """Edits that are taken back: the latest undo decides first, so that an undo can be undone."""
    undone: set[str] = set()
    for row in reversed(log):
        if row["action"] == "undo" and row["edit_id"] not in undone:
            undone.add(row["topic_id"])
    return undone


def _apply_rename(state: _Replay, edit: str, topic_id: str, payload: Mapping[str, str]) -> None:
    state.labels[topic_id] = payload["label"]
    state.decide("rename", topic_id, edit)


def _apply_merge(state: _Replay, edit: str, topic_id: str, payload: Mapping[str, str]) -> None:
    target = payload["into"]
    if target not in state.labels:
        state.effects[edit] = "unknown_topic"
    elif topic_id in state.path(target):
        state.effects[edit] = "circle"
    else:
        state.into[topic_id] = target
        state.decide("merge", topic_id, edit)


_ACTIONS: dict[str, Callable[[_Replay, str, str, Mapping[str, str]], None]] = {
    "rename": _apply_rename,
    "merge": _apply_merge,
}


def _edit(action: str, topic_id: str, payload: Mapping[str, str], author: str, at: datetime) -> pl.DataFrame:
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
