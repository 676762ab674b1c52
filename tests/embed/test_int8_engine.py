"""Models in 8 bits against themselves; where they cannot be had, the model itself is used."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from voc_mining.errors import UserError
from voc_mining.model_files.catalogue import load_catalogue
from voc_mining.model_files.locate import Located, locate

MODELS = Path(__file__).resolve().parents[2] / "models"
SENTENCES = (Path(__file__).resolve().parents[1] / "cases" / "embed" / "sentences.tsv").read_text("utf-8").splitlines()
pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def tiny():
    from tests.embed import tiny_models

    return tiny_models


@pytest.fixture
def embedder(tmp_path):
    """Make an embedder of the tiny model under ``tmp_path``; converted models go to ``tmp_path/cache``."""
    from voc_mining.embed.sentence_transformer_engine import EmbedderOptions, SentenceTransformerEmbedder

    def make(located: Located | None = None, **options):
        here = Located("tiny", str(tmp_path / "model"), None, "tiny@0")
        given = {"device": "cpu", "threads": 2, "converted_dir": tmp_path / "cache", **options}
        return SentenceTransformerEmbedder(located or here, EmbedderOptions(**given))

    return make


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.sum(one * other, axis=1)


@pytest.mark.parametrize(
    ("kind", "more"),
    [("bert", {}), ("xlm_roberta", {}), ("bert", {"mode": "cls"}), ("bert", {"dense": True})],
    ids=["bert", "xlm-roberta", "first token", "dense"],
)
def test_a_model_in_8_bits_gives_nearly_the_same_vectors(kind, more, tiny, embedder, tmp_path):
    tiny.write(getattr(tiny, kind)(), tmp_path, **more)
    exact, fast = embedder(compute_type="float32"), embedder()
    assert (exact.arithmetic, fast.arithmetic) == ("float32", "int8")
    assert exact.dimensions == fast.dimensions == (16 if more.get("dense") else tiny.WIDTH)
    texts = tiny.texts()
    assert cosines(exact.encode(texts), fast.encode(texts)).min() >= 0.99
    assert exact.model_id == fast.model_id


def test_a_vector_depends_on_neither_neighbours_nor_threads(tiny, embedder, tmp_path):
    tiny.write(tiny.bert(), tmp_path)
    texts = tiny.texts()
    together = embedder().encode(texts)
    single = embedder(threads=1)
    assert np.array_equal(single.encode(texts), together)
    assert np.array_equal(np.vstack([single.encode([text]) for text in texts]), together)
    assert np.array_equal(single.encode(texts[::-1]), together[::-1])


def test_the_model_is_converted_once_and_not_changed(tiny, embedder, tmp_path):
    tiny.write(tiny.bert(), tmp_path)
    exact = embedder(compute_type="float32").encode(tiny.texts())
    folder = embedder().prepare()
    assert folder is not None
    written = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    (tmp_path / "model" / "model.safetensors").rename(tmp_path / "away")  # not needed any more
    assert embedder().prepare() == folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == written
    (tmp_path / "away").rename(tmp_path / "model" / "model.safetensors")
    assert np.array_equal(embedder(compute_type="float32").encode(tiny.texts()), exact)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name], "nothing half done is left"


def test_what_a_killed_conversion_left_is_removed(tiny, embedder, tmp_path):
    tiny.write(tiny.bert(), tmp_path)
    folder = embedder().converted
    old, young = (folder.parent / f".{folder.name}.{name}" for name in ("old", "young"))
    for leftover in (old, young):
        leftover.mkdir(parents=True)
    os.utime(old, (0, 0))
    embedder().prepare()
    assert sorted(path.name for path in folder.parent.iterdir()) == sorted([folder.name, young.name])


def test_another_architecture_goes_through_the_model_itself(tiny, embedder, tmp_path):
    tiny.write(tiny.distilbert(), tmp_path)
    assert embedder().arithmetic == "float32"
    assert embedder().prepare() is None
    with pytest.raises(UserError) as trouble:
        embedder(compute_type="int8").encode(["あ"])
    assert trouble.value.code == "models.not_int8"


@pytest.mark.parametrize("damaged", ["encoder/model.bin", "int8.json", "expected.npy"])
def test_a_damaged_conversion_is_made_again(damaged, tiny, embedder, tmp_path):
    tiny.write(tiny.bert(), tmp_path)
    folder = embedder().prepare()
    whole = (folder / damaged).read_bytes()
    (folder / damaged).write_bytes(whole[:20])
    assert embedder().arithmetic == "int8"
    assert (folder / damaged).stat().st_size == len(whole)


def test_a_model_that_8_bits_would_change_is_used_as_it_is(tiny, embedder, tmp_path):
    tiny.write(tiny.bert(), tmp_path)
    assert embedder().arithmetic == "int8"
    from voc_mining.embed import int8_engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(int8_engine, "likeness", lambda *_: 0.9)  # as if the processor computed something else
        assert embedder().arithmetic == "float32"
    assert embedder().arithmetic == "int8"


def test_a_cache_that_cannot_be_written_costs_time_only(tiny, embedder, tmp_path):
    tiny.write(tiny.bert(), tmp_path)
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert embedder(converted_dir=tmp_path / "file" / "cache").arithmetic == "float32"
    assert embedder(converted_dir=None).arithmetic == "float32"


def test_arithmetic_by_configuration(tiny, embedder, tmp_path):
    tiny.write(tiny.bert(), tmp_path)
    halved = embedder(compute_type="bfloat16")
    assert halved.arithmetic == "bfloat16"
    texts = tiny.texts()
    assert cosines(halved.encode(texts), embedder(compute_type="float32").encode(texts)).min() > 0.99


def test_the_embedded_model_in_8_bits(embedder):
    located = locate("multilingual-e5-small", "embedding", MODELS, load_catalogue())
    texts = [line for line in SENTENCES if line and not line.startswith("#")]
    fast, exact = embedder(located), embedder(located, compute_type="float32")
    assert fast.prepare() is not None
    assert cosines(fast.encode(texts), exact.encode(texts)).min() >= 0.995
    alone = np.vstack([fast.encode([text]) for text in texts])
    assert np.array_equal(alone, fast.encode(texts))
    facts = json.loads((fast.prepare() / "int8.json").read_text("utf-8"))
    assert facts["prompts"]["query"] == "query: "
