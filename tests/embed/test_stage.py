from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.embed.hashing_embedder import HashingEmbedder
from voc_mining.contracts import LAKE_TABLES
from voc_mining.embed.stage import EmbedParams, embed
from voc_mining.errors import EngineTrouble
from voc_mining.ids import text_hash

TEXTS = ["ログインできません", "請求書が届かない", "解約したい", "担当の方が親切でした", "アプリが落ちる"]


def frame(texts: list[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {"text_hash": [text_hash(text) for text in texts], "text": texts},
        schema_overrides={"text": pl.String, "text_hash": pl.String},
    )


def all_of(texts: pl.DataFrame, chunk: int = 2) -> pl.DataFrame:
    made = list(embed(texts, HashingEmbedder(), EmbedParams(chunk)))
    return pl.concat(made) if made else LAKE_TABLES["vectors"].empty()


def test_every_distinct_text_gets_one_vector():
    made = all_of(frame([*TEXTS, *TEXTS]))
    assert made["text_hash"].to_list() == sorted(text_hash(text) for text in TEXTS)
    assert made["model_id"].unique().to_list() == ["hashing@1"]
    assert made["arithmetic"].unique().to_list() == ["float32"]


def test_a_vector_belongs_to_its_text_whatever_the_order_inside():
    engine = HashingEmbedder()
    made = all_of(frame(TEXTS), chunk=5)
    for text in TEXTS:
        stored = made.filter(pl.col("text_hash") == text_hash(text))["vector"][0]
        assert np.allclose(stored, engine.encode([text])[0])


def test_inside_a_chunk_texts_come_by_length():
    engine = HashingEmbedder()
    list(embed(frame(TEXTS), engine, EmbedParams(10)))
    lengths = [len(text) for text in engine.calls[0]]
    assert lengths == sorted(lengths)


def test_a_resumed_run_hands_over_the_same_chunks():
    whole, resumed = HashingEmbedder(), HashingEmbedder()
    chunks = list(embed(frame(TEXTS), whole, EmbedParams(2)))
    done = chunks[0]
    left = frame(TEXTS).join(done, on="text_hash", how="anti")
    list(embed(left, resumed, EmbedParams(2)))
    assert resumed.calls == whole.calls[1:]


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12), max_size=30), st.integers(1, 7), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(texts, chunk, random):
    shuffled = texts + texts[: len(texts) // 2]
    random.shuffle(shuffled)
    assert all_of(frame(texts), chunk).equals(all_of(frame(shuffled), chunk))


def test_no_texts_no_vectors():
    engine = HashingEmbedder()
    assert list(embed(frame([]), engine)) == []
    assert engine.calls == []


class WrongShape(HashingEmbedder):
    def encode(self, texts):
        return super().encode(texts)[:, :-1]


class NotUnit(HashingEmbedder):
    def encode(self, texts):
        return super().encode(texts) * 2


class NotANumber(HashingEmbedder):
    def encode(self, texts):
        return super().encode(texts) * np.float32("nan")


@pytest.mark.parametrize("engine", [WrongShape(), NotUnit(), NotANumber()], ids=lambda engine: type(engine).__name__)
def test_a_broken_engine_stops_the_stage(engine):
    with pytest.raises(EngineTrouble, match="hashing@1"):
        list(embed(frame(TEXTS), engine))


def test_a_chunk_holds_something():
    with pytest.raises(ValueError, match="at least one"):
        EmbedParams(chunk=0)
