"""Edits of topics replayed over whatever topics there are: names, wholes and parts, headings, pins, notes.

Edits take effect in the order of their time, then of their id. Of two edits that decide the same thing (the name of a
topic, the whole it is part of, its heading, the topic of a text) the later holds. Without effect are, and the history
says so: an edit of a topic that is not there, a merge that would close a circle, and a merge of a pinned topic. Undoing an
edit leaves it out; undoing an undo brings the edit back.

What an edit says of texts (splits, moves) is gathered here and carried out in ``placement``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from voc_mining.topics.edits import NOWHERE, Place, heading_id, split_id

RESOLVED = pl.Schema(
    {
        "topic_id": pl.String,
        "effective_topic_id": pl.String,
        "label": pl.String,
        "status": pl.String,
        "parent_id": pl.String,
        "made_by": pl.String,
        "pinned": pl.Boolean,
    }
)
_NOTES = pl.Schema(
    [
        ("topic_id", pl.String()),
        ("at", pl.Datetime("us", "UTC")),
        ("author", pl.String()),
        ("text", pl.String()),
        ("edit_id", pl.String()),
    ]
)


@dataclass(frozen=True, slots=True)
class Split:
    """A topic made of another: its id, the edit, the topics it is taken from, the statements it is like, its keywords."""

    topic_id: str
    edit_id: str
    sources: tuple[str, ...]
    examples: tuple[Place, ...]
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """Words put into a topic, or into none (None)."""

    edit_id: str
    place: Place
    topic_id: str | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What edits make of topics.

    Attributes
    ----------
    topics : DataFrame
        One row per topic, topics made by splits and headings (``G…``) included, sorted by ``topic_id``: the topic it now
        is part of (itself if none), the label of that topic, ``merged`` as status where it is part of another, the
        heading it is under, ``made_by`` (``discovery``, ``guided``, ``split``, ``group``), and whether it is pinned.
    placements : tuple of Split or Move
        What was decided about texts, in the order of time.
    notes : DataFrame
        ``topic_id``, ``at``, ``author``, ``text``, ``edit_id``, in the order of time.
    effects : mapping of str to str
        By edit: ``applied``, ``undone``, ``replaced``, ``circle``, ``pinned`` (a merge of a pinned topic), ``merged``
        (a pin of a merged one), ``unknown_topic``, ``unknown_edit`` or ``not_yet`` (an action that this version does not
        resolve).
    """

    topics: pl.DataFrame
    placements: tuple[Split | Move, ...]
    notes: pl.DataFrame
    effects: Mapping[str, str]

    def roots(self) -> dict[str, str]:
        """Topic that each topic is part of now."""
        return dict(self.topics.select("topic_id", "effective_topic_id").iter_rows())


def resolve(topics: pl.DataFrame, edits: pl.DataFrame) -> Resolution:
    """Resolve the edits over the topics.

    Parameters
    ----------
    topics : DataFrame
        ``topic_id``, ``label``, ``status``, and ``parent_id`` where topics have layers: topics of one version. ``made_by``
        where some are not discovered.
    edits : DataFrame
        Rows of ``topic_edits``, in any order.
    """
    state = _Replay.of(topics)
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
        elif topic_id not in state.labels and not (action == "move" and topic_id == NOWHERE):
            state.effects[edit] = "unknown_topic"
        else:
            _ACTIONS[action](state, row, json.loads(row["payload"]))
    return state.resolved()


def with_effects(edits: pl.DataFrame, effects: Mapping[str, str]) -> pl.DataFrame:
    """List the edits, the latest first, with what became of each.

    Parameters
    ----------
    edits : DataFrame
        Rows of ``topic_edits``.
    effects : mapping of str to str
        As :attr:`Resolution.effects` names them; an edit that came since has none.

    Returns
    -------
    DataFrame
        The columns of ``topic_edits`` and ``effect``.
    """
    effect = pl.DataFrame(
        {"edit_id": list(effects), "effect": list(effects.values())}, schema={"edit_id": pl.String, "effect": pl.String}
    )
    return edits.join(effect, on="edit_id", how="left", validate="1:1").sort("at", "edit_id", descending=True)


@dataclass
class _Replay:
    """State of the topics while edits are replayed over them."""

    labels: dict[str, str]
    states: dict[str, str]
    parents: dict[str, str]
    made_by: dict[str, str]
    into: dict[str, str] = field(default_factory=dict)
    pinned: set[str] = field(default_factory=set)
    placements: list[Split | Move] = field(default_factory=list)
    notes: list[tuple[object, ...]] = field(default_factory=list)
    effects: dict[str, str] = field(default_factory=dict)
    decided_by: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, topics: pl.DataFrame) -> _Replay:
        ids = topics["topic_id"].to_list()
        parents = topics["parent_id"].to_list() if "parent_id" in topics.columns else [None] * len(ids)
        return cls(
            labels=dict(zip(ids, topics["label"], strict=True)),
            states=dict(zip(ids, topics["status"], strict=True)),
            parents={topic: parent for topic, parent in zip(ids, parents, strict=True) if parent is not None},
            made_by=dict(
                zip(ids, topics["made_by"] if "made_by" in topics.columns else ["discovery"] * len(ids), strict=True)
            ),
        )

    def path(self, topic_id: str) -> list[str]:
        """Topics from this one to the whole it is part of."""
        path = [topic_id]
        while path[-1] in self.into:
            path.append(self.into[path[-1]])
        return path

    def heading(self, topic_id: str) -> str | None:
        """Heading that a topic is under."""
        parent = self.parents.get(topic_id)
        return None if parent is None else self.path(parent)[-1]

    def family(self, topic_id: str) -> tuple[str, ...]:
        """Topics that are part of the same whole as this one."""
        root = self.path(topic_id)[-1]
        return tuple(topic for topic in self.labels if self.path(topic)[-1] == root)

    def decide(self, action: str, about: str, edit: str) -> None:
        """Note that an edit decides something, in place of an earlier one."""
        before = self.decided_by.get((action, about))
        if before is not None:
            self.effects[before] = "replaced"
        self.decided_by[action, about] = edit
        self.effects[edit] = "applied"

    def make(self, topic_id: str, label: str, made_by: str) -> None:
        """Have a topic that an edit makes, if it is not there."""
        self.labels.setdefault(topic_id, label)
        self.states.setdefault(topic_id, "active")
        self.made_by.setdefault(topic_id, made_by)

    def resolved(self) -> Resolution:
        """Give the state as frames."""
        rows = []
        # A topic that a refit left dormant lives on in what analysts made part of it.
        living = {self.path(topic_id)[-1] for topic_id, state in self.states.items() if state == "active"}
        state = {t: "active" if s == "dormant" and t in living else s for t, s in self.states.items()}
        above = {topic_id: self.heading(topic_id) for topic_id in self.labels}
        for topic_id in sorted(self.labels):
            root = self.path(topic_id)[-1]
            status = state[root] if root == topic_id else "merged"
            if self.made_by[topic_id] == "group" and status == "active" and topic_id not in above.values():
                status = "dormant"
            own = self.labels[root], status, above[root], self.made_by[topic_id], topic_id in self.pinned
            rows.append((topic_id, root, *own))
        held = tuple(made for made in self.placements if self.effects[made.edit_id] == "applied")
        notes = [row for row in self.notes if self.effects[str(row[-1])] == "applied"]
        return Resolution(
            pl.DataFrame(rows, schema=RESOLVED, orient="row"),
            held,
            pl.DataFrame(notes, schema=_NOTES, orient="row"),
            self.effects,
        )


def _undone(log: list[dict[str, Any]]) -> set[str]:
    """Edits that are taken back: the latest undo decides first, so that an undo can be undone."""
    undone: set[str] = set()
    for row in reversed(log):
        if row["action"] == "undo" and row["edit_id"] not in undone:
            undone.add(row["topic_id"])
    return undone


def _rename(state: _Replay, row: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
    state.labels[row["topic_id"]] = payload["label"]
    state.decide("rename", row["topic_id"], row["edit_id"])


def _merge(state: _Replay, row: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
    topic_id, target = row["topic_id"], payload["into"]
    if target not in state.labels:
        state.effects[row["edit_id"]] = "unknown_topic"
    elif topic_id in state.pinned:
        state.effects[row["edit_id"]] = "pinned"
    elif topic_id in state.path(target):
        state.effects[row["edit_id"]] = "circle"
    else:
        state.into[topic_id] = target
        state.decide("merge", topic_id, row["edit_id"])


def _split(state: _Replay, row: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
    made = split_id(row["edit_id"])
    examples = tuple(Place(**place) for place in payload["examples"])
    sources, keywords = state.family(row["topic_id"]), tuple(payload.get("keywords", ()))
    state.placements.append(Split(made, row["edit_id"], sources, examples, keywords))
    state.make(made, payload["label"], "split")
    state.effects[row["edit_id"]] = "applied"


def _move(state: _Replay, row: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
    place = Place(**payload)
    state.placements.append(Move(row["edit_id"], place, row["topic_id"] or None))
    state.decide("move", place.text_hash, row["edit_id"])


def _pin(state: _Replay, row: Mapping[str, Any], _payload: Mapping[str, Any]) -> None:
    if row["topic_id"] in state.into:
        state.effects[row["edit_id"]] = "merged"
        return
    state.pinned.add(row["topic_id"])
    state.decide("pin", row["topic_id"], row["edit_id"])


def _hide(state: _Replay, row: Mapping[str, Any], _payload: Mapping[str, Any]) -> None:
    state.states[row["topic_id"]] = "hidden"
    state.decide("hide", row["topic_id"], row["edit_id"])


def _group(state: _Replay, row: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
    heading = heading_id(payload["label"])
    if heading == row["topic_id"]:
        state.effects[row["edit_id"]] = "circle"
        return
    above = [heading]
    while above[-1] in state.parents:
        above.append(state.parents[above[-1]])
    if row["topic_id"] in above:  # a heading under what is under it
        state.effects[row["edit_id"]] = "circle"
        return
    state.make(heading, payload["label"], "group")
    state.parents[row["topic_id"]] = heading
    state.decide("group", row["topic_id"], row["edit_id"])


def _note(state: _Replay, row: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
    state.notes.append((row["topic_id"], row["at"], row["author"], payload["text"], row["edit_id"]))
    state.effects[row["edit_id"]] = "applied"


_ACTIONS: dict[str, Callable[[_Replay, Mapping[str, Any], Mapping[str, Any]], None]] = {
    "rename": _rename,
    "merge": _merge,
    "split": _split,
    "move": _move,
    "pin": _pin,
    "hide": _hide,
    "group": _group,
    "note": _note,
}
