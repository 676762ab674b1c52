"""Guided topics: what examples take, in any order, over refits and beside the analysts' edits."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
import polars as pl
import pytest

from pipelines.commands import topic_edits as desk
from pipelines.commands import topics as commands
from pipelines.steps.edited import edited_topics, with_keywords
from pipelines.steps.embed import embed_step
from pipelines.steps.refit import promote_step, refit_step
from pipelines.steps.topics import topics_step
from tests.topics import cone
from voc_mining.contracts import LAKE_TABLES
from voc_mining.ids import code_id
from voc_mining.store.delta import DeltaStore, open_lake
from voc_mining.topics.edits import heading_id
from voc_mining.topics.guided import Guide, Registered, guided, settled, texts_named, that_can
from voc_mining.topics.placement import Space
from voc_mining.topics.space import origin

LOGIN, BILL, SLOW = (cone.statements([matter], 12) for matter in ("login", "invoice", "slow"))
GIVEN = cone.statements(["invoice"], 3, start=100)
STRAYS = cone.strays(6)
TEXTS = pl.concat([LOGIN, BILL, SLOW, STRAYS])
TOPIC_OF = {"login": "A", "invoice": "A", "slow": "B"}
ASSIGNED = TEXTS.select(
    "text_hash",
    pl.col("matter").replace_strict(TOPIC_OF, default=None).alias("topic_id"),
    pl.lit(0.6).alias("strength"),
    pl.lit(value=True).alias("told"),
)
MEAN = origin(TEXTS["vector"])
BESIDE = Registered(
    {"A": LOGIN["text_hash"].head(4).to_list(), "B": SLOW["text_hash"].head(4).to_list()}, np.array([0.7, 0.75, 0.8]), MEAN
)  # fmt: skip
BILLING = Guide("C1", "請求", None, tuple(GIVEN["text_hash"]))


def taken(
    *guides: Guide, assigned: pl.DataFrame = ASSIGNED, block: int = 100
) -> dict[str, tuple[str | None, str | None]]:
    vectors = pl.concat([TEXTS, GIVEN])
    space = Space.of(vectors.filter(pl.col("text_hash").is_in(list(texts_named(guides, BESIDE)))), MEAN)
    blocks = vectors.sample(fraction=1, shuffle=True, seed=block).select("text_hash", "vector").iter_slices(block)
    found = guided(assigned, settled(that_can(assigned), guides, BESIDE, space, blocks))
    assert found["text_hash"].equals(assigned["text_hash"])
    return {text: (topic, by) for text, topic, _, by in found.iter_rows()}


def test_examples_take_what_is_more_like_them_than_its_topic():
    found = taken(BILLING)
    assert {found[text] for text in BILL["text_hash"]} == {("C1", "guided")}
    assert {found[text] for text in LOGIN["text_hash"]} == {("A", "similar")}
    assert {found[text] for text in SLOW["text_hash"]} == {("B", "similar")}
    assert {found[text] for text in STRAYS["text_hash"]} == {(None, None)}


def test_order_and_portions_do_not_matter():
    found = taken(BILLING)
    assert taken(BILLING, assigned=ASSIGNED.reverse(), block=7) == found
    other = Guide("C2", "ログイン", None, tuple(LOGIN["text_hash"].head(2)))
    assert taken(other, BILLING) == taken(BILLING, other, block=5)


def test_texts_without_a_topic_are_taken_but_not_what_says_nothing():
    without = pl.col("text_hash").is_in([*LOGIN["text_hash"], *BILL["text_hash"]])
    none = ASSIGNED.with_columns(pl.when(~without).then("topic_id").alias("topic_id"))
    assert {taken(BILLING, assigned=none)[text] for text in BILL["text_hash"]} == {("C1", "guided")}
    silent = none.with_columns(pl.when(without).then(pl.lit(value=False)).otherwise("told").alias("told"))
    assert {taken(BILLING, assigned=silent)[text] for text in BILL["text_hash"]} == {(None, None)}
    unknown = none.with_columns(pl.lit(None, pl.Boolean).alias("told"))
    assert taken(BILLING, assigned=unknown) == taken(BILLING, assigned=none)


def test_an_example_that_is_a_statement_belongs_whatever_its_topic():
    odd = Guide("C1", "請求", None, (*BILLING.examples, SLOW["text_hash"][0]))
    assert taken(odd)[SLOW["text_hash"][0]] == ("C1", "guided")


def test_one_example_will_do_and_examples_without_a_vector_take_nothing():
    found = taken(Guide("C1", "請求", None, BILLING.examples[:1]))
    assert sum(found[text] == ("C1", "guided") for text in BILL["text_hash"]) >= 9
    assert not any(found[text][1] == "guided" for text in [*SLOW["text_hash"], *STRAYS["text_hash"]])
    assert taken(Guide("C1", "請求", None, ("unknown",))) == taken()


class FromCone:
    """Embeds the sentences of the cone by what they are."""

    model_id = "test-model"
    arithmetic = "float32"
    dimensions = cone.WIDTH
    known: ClassVar = dict(cone.statements([*cone.MATTERS], 3, start=200).select("text", "vector").iter_rows())

    def encode(self, texts):
        return np.array([self.known[text] for text in texts], dtype=np.float32)


NAME, HEADING = "分析担当の請求", "料金"
SENTENCES = [f"invoice {nth}" for nth in range(200, 203)]


@pytest.fixture
def lake(tmp_path: Path) -> DeltaStore:
    """Seven matters, and a guided topic for one of them."""
    lake = open_lake(str(tmp_path / "lake"))
    texts = cone.statements([*cone.MATTERS][:7], 12)
    for name, rows in (("voc", cone.voc_rows(texts)), ("vectors", cone.vector_rows(texts))):
        lake.append_new(name, rows)
    lake.append_new("segments", cone.segment_rows(texts, "reactive"))
    codes = {"name": NAME, "heading": HEADING, "sentences": ";".join(SENTENCES), "examples": SENTENCES}
    rows = pl.DataFrame([codes | {"content_key": "k", "source_file": "codes.csv", "source_row": 2}])
    lake.append_new("codes", LAKE_TABLES["codes"].conform(rows))
    (account,) = embed_step(lake, FromCone())
    assert account.produced == len(SENTENCES)
    topics_step(lake)
    return lake


def members(lake: DeltaStore, topic: str) -> set[str]:
    found = edited_topics(lake).assigned.filter(pl.col("topic_id") == topic)
    words = dict(lake.read("voc").select("text_hash", "text").iter_rows())
    return {words[text] for text in found["text_hash"]}


def test_a_guided_topic_is_there_with_its_heading_and_survives_a_refit(lake: DeltaStore) -> None:
    topic = code_id(NAME)
    before = members(lake, topic)
    assert before
    assert all(text.startswith("invoice") for text in before)
    edited = edited_topics(lake)
    row = edited.topics.filter(pl.col("topic_id") == topic).row(0, named=True)
    assert (row["label"], row["parent_id"], row["status"], row["layer"]) == (NAME, heading_id(HEADING), "active", 0)
    assert edited.topics.filter(pl.col("topic_id") == heading_id(HEADING)).select("label", "layer").row(0) == (
        HEADING,
        1,
    )
    versions = lake.versions()
    topics_step(lake)
    embed_step(lake, FromCone())
    assert lake.versions() == versions
    more = cone.statements([*cone.MATTERS][:7], 12, start=50)
    for name, rows in (("voc", cone.voc_rows(more)), ("vectors", cone.vector_rows(more))):
        lake.append_new(name, rows)
    topics_step(lake)
    version = refit_step(lake)
    promote_step(lake, version)
    after = members(lake, topic)
    assert after
    assert all(text.startswith("invoice") for text in after)
    shown = commands.show_topic(lake, NAME)
    assert (shown.topic_id, shown.made_by) == (topic, "guided")
    assert set(shown.examples["by"]) == {"guided"}


def test_edits_hold_over_guided_topics(lake: DeltaStore) -> None:
    topic = code_id(NAME)
    chosen = min(members(lake, topic))
    voc = f"voc of {chosen}"
    (other,) = {row[0] for row in edited_topics(lake).topics.filter(pl.col("layer") == 0).select("topic_id").iter_rows()
                if row[0] != topic and any(text.startswith("slow") for text in members(lake, row[0]))}  # fmt: skip
    desk.move_statements(lake, [voc], other, author="a")
    assert chosen not in members(lake, topic)
    desk.rename_topic(lake, NAME, "別の名前", author="a")
    assert commands.show_topic(lake, "別の名前").topic_id == topic
    desk.merge_topics(lake, [topic], other, author="a")
    assert chosen in members(lake, other)
    assert not members(lake, topic)
    assert set(commands.history(lake)["effect"]) == {"applied"}


def test_without_its_row_a_guided_topic_is_gone(lake: DeltaStore) -> None:
    lake.replace_all("codes", LAKE_TABLES["codes"].empty())
    assert code_id(NAME) not in edited_topics(lake).topics["topic_id"]
    assert set(edited_topics(lake).assigned["by"].drop_nulls()) == {"similar"}


def test_what_is_settled_is_not_compared_again(lake: DeltaStore, monkeypatch: pytest.MonkeyPatch) -> None:
    before = edited_topics(lake).assigned
    compared: list[int] = []

    def counting(texts: pl.DataFrame, *given: object) -> pl.DataFrame:
        compared.append(texts.height)
        return settled(texts, *given)  # type: ignore[arg-type]

    monkeypatch.setattr("pipelines.steps.guided.settled", counting)
    assert edited_topics(lake).assigned.equals(before)
    assert compared == []
    late = cone.statements(["invoice", "slow"], 2, start=70)
    for name, rows in (("voc", cone.voc_rows(late)), ("vectors", cone.vector_rows(late))):
        lake.append_new(name, rows)
    topics_step(lake)
    assert compared == [4]
    lake.replace_all("guided_texts", LAKE_TABLES["guided_texts"].empty())
    after = edited_topics(lake).assigned.sort("text_hash")
    assert compared[1:] == [after.height], "all are compared where nothing is settled, with the same result"
    topics_step(lake)
    assert edited_topics(lake).assigned.sort("text_hash").equals(after)


def test_a_guided_topic_has_keywords(lake: DeltaStore) -> None:
    edited = edited_topics(lake)
    topics = with_keywords(lake, edited.topics, edited.assigned)
    found = dict(topics.select("topic_id", "keywords").iter_rows())
    assert "請求書" in found[code_id(NAME)]
    others = pl.col("topic_id") != code_id(NAME)
    assert topics.filter(others).equals(edited.topics.filter(others))
