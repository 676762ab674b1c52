from __future__ import annotations

import polars as pl
import pytest

from pipelines.steps.embed import embed_step
from tests.embed.hashing_embedder import HashingEmbedder
from voc_mining.embed.stage import EmbedParams
from voc_mining.errors import EngineTrouble
from voc_mining.ids import text_hash
from voc_mining.store.delta import DeltaStore, open_lake

TEXTS = ["ログインできません", "請求書が届かない", "解約したい", "アプリが落ちる", "通知が来ない"]


def statement(no: int, text: str, *, counts: bool = True) -> dict[str, object]:
    return {
        "voc_id": f"v{no}", "contact_id": "c", "first_no": no, "last_no": no, "part": "body", "role": "customer",
        "quoted": False, "text": text, "text_hash": text_hash(text), "kind": "other", "polarity": "neutral",
        "urgency": "none", "terms": [], "pairs": [], "counts": counts, "month": "2026-10",
    }  # fmt: skip


def fill(lake: DeltaStore, said: list[str]) -> DeltaStore:
    """Store a statement of each text, and one that does not count."""
    rows = [statement(no, text) for no, text in enumerate(said)]
    rows.append(statement(len(said), "ご視聴ありがとうございました", counts=False))
    lake.append_new(
        "voc", pl.DataFrame(rows, schema_overrides={"terms": pl.List(pl.String), "pairs": pl.List(pl.String)})
    )
    return lake


@pytest.fixture
def lake(tmp_path) -> DeltaStore:
    return fill(open_lake(str(tmp_path / "lake")), [*TEXTS, TEXTS[0]])


def test_counted_texts_get_a_vector_once(lake):
    first = embed_step(lake, HashingEmbedder(), EmbedParams(2))
    versions = lake.versions()
    again = embed_step(lake, HashingEmbedder(), EmbedParams(2))
    assert (first[0].inputs, first[0].produced, first[0].unchanged) == (5, 5, 0)
    assert (again[0].inputs, again[0].produced, again[0].unchanged) == (5, 0, 5)
    assert lake.versions() == versions
    assert set(lake.read("vectors")["text_hash"]) == {text_hash(text) for text in TEXTS}


class Killed(HashingEmbedder):
    def encode(self, texts):
        if len(self.calls) == 1:
            raise EngineTrouble("killed")
        return super().encode(texts)


def test_a_killed_run_goes_on_where_it_stopped(lake, tmp_path):
    with pytest.raises(EngineTrouble):
        embed_step(lake, Killed(), EmbedParams(2))
    assert lake.read("vectors").height == 2
    engine = HashingEmbedder()
    assert embed_step(lake, engine, EmbedParams(2))[0].produced == 3
    assert sum(map(len, engine.calls)) == 3


def test_vectors_of_one_model_stay_whatever_they_were_computed_in(lake):
    embed_step(lake, HashingEmbedder())
    assert lake.read("vectors")["arithmetic"].unique().to_list() == ["float32"]
    (again,) = embed_step(lake, HashingEmbedder(arithmetic="int8"))
    assert (again.produced, again.unchanged) == (0, 5)
    lake.append_new("voc", pl.DataFrame([statement(10, "返金してほしい") | {"terms": ["返金"], "pairs": ["返金"]}]))
    (later,) = embed_step(lake, HashingEmbedder(arithmetic="int8"))
    assert later.produced == 1
    assert sorted(lake.read("vectors")["arithmetic"]) == ["float32"] * 5 + ["int8"]


def test_another_model_gets_vectors_of_its_own(lake):
    embed_step(lake, HashingEmbedder())
    embed_step(lake, HashingEmbedder(model_id="hashing@2"))
    assert lake.read("vectors").group_by("model_id").len().sort("model_id")["len"].to_list() == [5, 5]
