"""Many random edits over many runs, refits, promotions and rollbacks: every edit holds, no statement is lost, counts add up."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import polars as pl
import pytest

from pipelines.commands import topic_edits as desk
from pipelines.commands import topics as commands
from pipelines.steps.edited import EditedTopics, edited_topics
from pipelines.steps.refit import promote_step, refit_step, rollback_step
from pipelines.steps.topics import topics_step
from tests.topics import cone
from voc_mining.contracts.headings import with_headings
from voc_mining.errors import UserError
from voc_mining.store.delta import DeltaStore, open_lake
from voc_mining.topics.edits import heading_id, split_id

MATTERS = [*cone.MATTERS, *cone.LATE]
STEPS = 40
REFUSED = {"topics.name_taken", "topics.into_itself", "topics.pinned", "topics.heading", "topics.not_in_topic",
           "refit.no_base", "refit.outdated", "topics.nothing_to_undo", "topics.no_edit"}  # fmt: skip


class Analysts:
    """People who edit whatever comes to hand, while runs and refits go on."""

    def __init__(self, lake: DeltaStore, seed: int) -> None:
        self.lake = lake
        self.random = Random(seed)
        self.given: Counter[str] = Counter()
        self.minute = 0
        self.edits: list[str] = []
        self.deliver()

    def deliver(self) -> None:
        """New texts of some matters, and a run."""
        for matter in self.random.sample(MATTERS, 3) if self.given else MATTERS[:7]:
            texts = cone.statements([matter], 9, start=self.given[matter])
            self.given[matter] += 9
            self.lake.append_new("voc", cone.voc_rows(texts))
            self.lake.append_new("vectors", cone.vector_rows(texts))
            self.lake.append_new("segments", cone.segment_rows(texts, self.random.choice(["reactive", "proactive"])))
        topics_step(self.lake)

    def act(self) -> None:
        """Do one thing at random; what is refused has no effect."""
        self.minute += 1
        edit = (self.rename, self.merge, self.split, self.move, self.pin, self.hide, self.group, self.note, self.undo)
        weights = (3, 3, 4, 6, 2, 1, 2, 1, 3)
        other = (self.deliver, self.refit, self.rollback)
        try:
            done = self.random.choices((*edit, *other), (*weights, 2, 3, 1))[0]()
        except UserError as refused:
            assert refused.code in REFUSED  # noqa: PT017 - others must not happen
        else:
            self.edits += done or []

    def who(self) -> dict[str, object]:
        return {"author": self.random.choice("ab"), "at": cone.moment(self.minute)}

    def topic(self, *, headings: bool = False) -> str:
        listed = commands.list_topics(self.lake).filter(pl.lit(headings) | (pl.col("made_by") != "group"))
        return self.random.choice(listed["topic_id"].to_list())

    def statements(self, topic: str | None = None) -> list[str]:
        assigned = edited_topics(self.lake).assigned
        mine = assigned if topic is None else assigned.filter(pl.col("topic_id") == topic)
        voc = self.lake.read("voc", ("voc_id", "text_hash")).join(mine, on="text_hash", how="semi")
        ids = voc["voc_id"].sort().to_list()
        return self.random.sample(ids, min(len(ids), self.random.randint(1, 3)))

    def rename(self) -> list[str]:
        return [desk.rename_topic(self.lake, self.topic(headings=True), f"名前{self.minute}", **self.who())]

    def merge(self) -> list[str]:
        return desk.merge_topics(self.lake, [self.topic()], self.topic(), **self.who())

    def split(self) -> list[str]:
        topic = self.topic()
        chosen = self.statements(topic)
        return [desk.split_topic(self.lake, topic, chosen, f"分{self.minute}", **self.who())] if chosen else []

    def move(self) -> list[str]:
        to = None if self.random.random() < 0.2 else self.topic()
        return desk.move_statements(self.lake, self.statements(), to, **self.who())

    def pin(self) -> list[str]:
        return [desk.pin_topic(self.lake, self.topic(), **self.who())]

    def hide(self) -> list[str]:
        return [desk.hide_topic(self.lake, self.topic(), **self.who())]

    def group(self) -> list[str]:
        return desk.group_topics(self.lake, [self.topic(headings=True)], self.random.choice("春夏"), **self.who())

    def note(self) -> list[str]:
        return [desk.note_topic(self.lake, self.topic(), "見ておく", **self.who())]

    def undo(self) -> list[str]:
        edit = self.random.choice(self.edits) if self.edits and self.random.random() < 0.5 else None
        return desk.undo(self.lake, edit, **self.who())[0]

    def refit(self) -> None:
        promote_step(self.lake, refit_step(self.lake))

    def rollback(self) -> None:
        rollback_step(self.lake)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.timeout(300)
def test_every_edit_holds_and_no_statement_is_lost(tmp_path, seed):
    lake = open_lake(str(tmp_path / "lake"))
    analysts = Analysts(lake, seed)
    for _ in range(STEPS):
        analysts.act()
        _holds(analysts)


def _holds(analysts: Analysts) -> None:
    lake = analysts.lake
    edited = edited_topics(lake)
    texts = lake.read("voc", ("voc_id", "text_hash"))
    assert edited.assigned["text_hash"].sort().equals(texts["text_hash"].sort()), "every statement, each once"
    log = commands.history(lake)
    assert sorted(log["edit_id"]) == sorted(analysts.edits), "no edit is lost"
    listed = commands.list_topics(lake)
    own = listed.filter(pl.col("made_by") != "group")["n_voc"].sum()
    assert own + edited.assigned["topic_id"].null_count() == texts.height, "counts add up"
    assert set(edited.assigned["topic_id"].drop_nulls()) <= set(listed["topic_id"])
    under = with_headings(edited.assigned.select("topic_id"), edited.topics)["topic_id"].value_counts()
    heading = listed.filter(pl.col("made_by") == "group")
    assert heading.join(under, on="topic_id").filter(pl.col("n_voc") != pl.col("count")).is_empty()
    voc = dict(texts.iter_rows())
    _held(edited, log.filter(pl.col("effect") == "applied").sort("at", "edit_id"), voc)


def _held(edited: EditedTopics, applied: pl.DataFrame, voc: dict[str, str]) -> None:
    """Hold every edit in effect to what readers see."""
    roots = edited.resolution.roots()
    resolved = {row["topic_id"]: row for row in edited.resolution.topics.iter_rows(named=True)}
    topic_of = dict(edited.assigned.select("text_hash", "topic_id").iter_rows())
    last: dict[str, str | None] = {}
    for row in applied.iter_rows(named=True):
        topic, payload = row["topic_id"], json.loads(row["payload"])
        match row["action"]:
            case "rename":
                assert roots[topic] != topic or resolved[topic]["label"] == payload["label"]
            case "merge":
                assert roots[topic] == roots[payload["into"]]
            case "split":
                last |= {voc[place["voc_id"]]: split_id(row["edit_id"]) for place in payload["examples"]}
            case "move":
                last[payload["text_hash"]] = topic or None
            case "pin":
                assert roots[topic] == topic
            case "hide":
                assert resolved[topic]["status"] in {"hidden", "merged"}
            case "group":
                assert resolved[topic]["parent_id"] == roots[heading_id(payload["label"])] or roots[topic] != topic
    for text, topic in last.items():
        assert topic_of[text] == (None if topic is None else roots[topic])
