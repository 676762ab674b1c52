"""One stage of the nightly job in a process of its own, without Prefect and without sound.

    python -m benchmarks.stages STAGE FOLDER

(or ``night`` for all from ingest to assign in one process) works on ``FOLDER/inbox``, ``FOLDER/lake`` and
``FOLDER/lake-vault`` and prints one line of JSON: seconds of the parts of the stage, counts, and the peak of resident
memory of the process. Texts once embedded are remembered beside the folder (``vectors.npz``), so that a study of
several sizes encodes each text once; the time of what was truly encoded is told apart.

Where ``FOLDER/stand_in`` exists, vectors are those of a stand-in (sums of fixed random vectors of the text's pairs of
characters): only a sample is truly encoded, and the time of the encoder is that of the sample, carried forward.
"""

from __future__ import annotations

import json
import pickle
import resource
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.archive import LAST_DAY, NEW_DAY
from pipelines import engines
from pipelines.publish import told_rejects, write_csvs
from pipelines.settings import Settings
from pipelines.steps.classify import classify_step
from pipelines.steps.embed import embed_step
from pipelines.steps.ingest import ingest_step
from pipelines.steps.insight import InsightParams, corrections_step, insight_step
from pipelines.steps.mine import mine_step, rules_key
from pipelines.steps.mine_pending import note_mined, pending_contacts, settled_contacts
from pipelines.steps.segment import segment_step
from pipelines.steps.topics import topics_step
from pipelines.text_workers import TextEngines
from voc_mining.classify.model import bundled_model
from voc_mining.contracts.rules import NO_MASKING
from voc_mining.embed.embedder import Embedder
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.sources import FILE_NAME, Sources, read_sources
from voc_mining.store.delta import DeltaStore, open_lake, open_vault
from voc_mining.topics.params import TopicsParams

STAGES = ("ingest", "mine", "segment", "embed", "classify", "topics", "insight", "export")
TO_ASSIGN = STAGES[:6]
_NO_SOUND = "none"
_BUCKETS, _SAMPLE, _COMMON = 1 << 15, 400, 0.05
_MIB = 1024


class Remembering:
    """An embedder that encodes a text once and for all."""

    def __init__(self, inner: Embedder, file: Path) -> None:
        self._inner, self._file = inner, file
        self.model_id, self.dimensions, self.arithmetic = inner.model_id, inner.dimensions, inner.arithmetic
        self.encoded, self.seconds, self.cpu = 0, 0.0, 0.0
        self._known: dict[str, NDArray[np.float32]] = {}
        if file.exists():
            held = np.load(file)
            self._known = dict(zip(held["texts"].tolist(), held["vectors"], strict=True))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        missing = [text for text in texts if text not in self._known]
        start, cpu = time.perf_counter(), time.process_time()
        if missing:
            self._known.update(zip(missing, self._inner.encode(missing), strict=True))
        self.seconds += time.perf_counter() - start
        self.cpu += time.process_time() - cpu
        self.encoded += len(missing)
        return np.stack([self._known[text] for text in texts])

    def keep(self) -> None:
        np.savez(self._file, texts=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))


class StandIn:
    """Vectors without a model, near one another where texts share words; a sample is encoded to measure the encoder."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.model_id, self.dimensions, self.arithmetic = inner.model_id, inner.dimensions, inner.arithmetic
        self.encoded, self.seconds, self.cpu = 0, 0.0, 0.0
        self._table = np.random.default_rng(1).standard_normal((_BUCKETS, inner.dimensions)).astype(np.float32)
        self._common = np.random.default_rng(2).standard_normal(inner.dimensions).astype(np.float32)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not self.encoded:
            self._measure(texts[:: max(len(texts) // _SAMPLE, 1)])
        vectors = np.stack([self._vector(text) for text in texts])
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _vector(self, text: str) -> NDArray[np.float32]:
        places = [zlib.crc32(text[n : n + 2].encode()) % _BUCKETS for n in range(len(text))]
        summed: NDArray[np.float32] = self._table[places].sum(axis=0)
        # Sentence vectors of one language have much in common.
        return summed / np.float32(np.linalg.norm(summed)) + self._common * np.float32(_COMMON)

    def _measure(self, sample: Sequence[str]) -> None:
        self._inner.encode(sample[:1])  # loads the model
        start, cpu = time.perf_counter(), time.process_time()
        self._inner.encode(sample)
        self.seconds, self.cpu = time.perf_counter() - start, time.process_time() - cpu
        self.encoded = len(sample)


class Stage:
    """The stores of a folder, and what is measured on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lake: DeltaStore = open_lake(str(folder / "lake"))
        self.vault: DeltaStore = open_vault(str(folder / "lake-vault"))
        self.settings = Settings()
        self.seconds: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self.counts: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        start, cpu = time.perf_counter(), time.process_time()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 2)
        self.cpu[name] = round(time.process_time() - cpu, 2)

    @property
    def sources(self) -> Sources:
        return read_sources(self.folder / "inbox" / FILE_NAME)

    def ingest(self) -> None:
        engines.text_masker(NO_MASKING)("山田です。")
        with self.part("ingest"):
            told = ingest_step(
                self.lake,
                self.vault,
                self.folder / "inbox",
                self.sources,
                IngestParams(),
                engines.text_masker(NO_MASKING),
            )
        self.counts = {account.stage: account.produced for account in told if account.inputs}

    def mine(self) -> None:
        text = TextEngines(engines.tokenizer(), engines.text_rules(), engines.voice_rules())
        key = rules_key(*text)
        engines.text_masker(NO_MASKING)("山田です。")
        with self.part("pending"):
            pending = pending_contacts(self.lake, key, _NO_SOUND)
            settled_contacts(self.lake, pending)
        size = self.settings.contacts_per_task
        with self.part("mine"):
            for batch in pending.batches(size):
                mine_step(self.lake, self.vault, batch, text, _NO_SOUND)
            note_mined(self.lake, key, _NO_SOUND)
        self.counts = {"contacts": pending.contacts.height}

    def segment(self) -> None:
        with self.part("segment"):
            told = segment_step(self.lake, self.sources.origin, self.sources.silence)
        self.counts = {"produced": told[0].produced}

    def embed(self) -> None:
        if (self.folder / "stand_in").exists():
            self._embed_with_stand_in()
            return
        embedder = Remembering(engines.embedder(self.settings), self.folder.parent / "vectors.npz")
        with self.part("embed"):
            told = embed_step(self.lake, embedder)
        for measured, encoding in ((self.seconds, embedder.seconds), (self.cpu, embedder.cpu)):
            measured["embed"] = round(measured["embed"] - encoding, 2)
            measured["encode"] = round(encoding, 2)
        self.counts = {"texts": told[0].inputs, "new": told[0].produced, "encoded": embedder.encoded}
        if embedder.encoded:
            embedder.keep()

    def _embed_with_stand_in(self) -> None:
        embedder = StandIn(engines.embedder(self.settings))
        with self.part("embed"):
            told = embed_step(self.lake, embedder)
        share = told[0].produced / max(embedder.encoded, 1)
        for measured, encoding in ((self.seconds, embedder.seconds), (self.cpu, embedder.cpu)):
            measured["embed"] = round(measured["embed"] - encoding, 2)
            measured["encode"] = round(encoding * share, 2)
        self.counts = {"texts": told[0].inputs, "new": told[0].produced, "encoded": embedder.encoded}

    def classify(self) -> None:
        with self.part("classify"):
            told = classify_step(self.lake, bundled_model())
        self.counts = {"texts": told[0].inputs, "new": told[0].produced}

    def topics(self) -> None:
        with self.part("topics"):
            told = topics_step(self.lake, TopicsParams(model_id=engines.embedder(self.settings).model_id))
        self.counts = {"texts": told[0].inputs, "produced": told[0].produced}
        self.counts["topics"] = self.lake.scan("topics").select(pl.len()).collect().item()

    def night(self) -> None:
        """Go from ingest to assign in one process, as the nightly flow does."""
        counts: dict[str, float] = {}
        for name in TO_ASSIGN:
            getattr(self, name)()
            counts |= {f"{name}.{what}": n for what, n in self.counts.items()}
        with self.part("tidy"):
            self.lake.compact()
            self.vault.compact()
        self.counts = counts
        self.cpu["process"] = round(time.process_time(), 2)

    def insight(self) -> None:
        as_of = max(LAST_DAY, NEW_DAY)
        with self.part("insight"):
            frames = insight_step(self.lake, InsightParams(as_of=as_of), corrections_step(self.lake))
        frames["rejects"] = told_rejects(self.lake.read("rejects"), "ja")
        self.counts = {"statements": frames["voc"].height, "contacts": frames["contacts"].height}
        (self.folder / "frames.pickle").write_bytes(pickle.dumps(frames))

    def export(self) -> None:
        frames = pickle.loads((self.folder / "frames.pickle").read_bytes())
        with self.part("export"):
            write_csvs(frames, self.folder / "out", max(LAST_DAY, NEW_DAY))
        self.counts = {"files": len(list((self.folder / "out").iterdir()))}


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    stage = Stage(folder)
    work: Callable[[], None] = getattr(stage, name)
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB
    print(
        json.dumps(
            {"stage": name, "seconds": stage.seconds, "cpu": stage.cpu, "counts": stage.counts, "peak_mib": round(peak)}
        )
    )


if __name__ == "__main__":
    main()
