"""How well topics are found in labelled sets, and at what cost, against k-means that is told the number, BERTopic, EVoC.

    python benchmarks/topics_found.py requests.tsv:span:label intents.tsv:text:label --peers-python PYTHON
    python benchmarks/topics_found.py --sizes 10000,100000 --peers-python PYTHON

Each argument names a tab-separated file, its column of texts and its column of labels; the sets beside this script are
always scored, too (``--held`` adds those that are only ever scored). All ways get the same vectors, each in a process
of its own, twice: as they are and in another order; PYTHON is an interpreter that has BERTopic and EVoC. Sentences
that are no customer's matter are offered afterwards (``off``), and once more put among the texts (``planted``, one
for eight). Ours is discovery and assignment, without what the words of a text decide and without names.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, v_measure_score

from pipelines import engines
from pipelines.settings import Settings
from voc_mining.text.normalize import normalize

HERE = Path(__file__).parent
SETS = (f"{HERE}/data/statements_ja.tsv:text:label", f"{HERE}/data/matters/bank.tsv:text:label")
HELD = f"{HERE}/data/matters/mail_order_held.tsv:text:label"
OFF = f"{HERE}/data/matters/off.tsv:text:label"
PEERS = ("BERTopic", "EVoC")
# Vectors of a large set are real ones, each turned a little: cosine to the real one about 0.97, as of a paraphrase.
TURN = 0.25

Vectors = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Labelled texts with vectors."""

    name: str
    texts: list[str]
    labels: list[str]
    vectors: Vectors


@dataclass(frozen=True)
class Run:
    """What a way found and took."""

    found: Labels
    seconds: float
    processor: float
    mebibytes: float


def read(argument: str) -> Rows:
    """Read the labelled texts, normalized; those labelled as no matter (``_off``) are left out."""
    path, text, label = argument.rsplit(":", 2)
    table = pl.read_csv(path, separator="\t", quote_char=None, comment_prefix="#", infer_schema_length=0)
    table = table.filter(~pl.col(label).is_in(["_off", "_generic"]) | pl.lit(Path(path).stem == "off"))
    texts = [normalize(value) for value in table[text]]
    distinct = sorted(set(texts))
    vectors = dict(zip(distinct, engines.embedder(Settings()).encode(distinct), strict=True))
    name = Path(path).stem if Path(path).is_relative_to(HERE) else Path(path).parent.name
    return Rows(name, texts, table[label].to_list(), np.array([vectors[each] for each in texts]))


def run(way: str, texts: Sequence[str], vectors: Vectors, clusters: int, python: str) -> Run:
    """Let a way find topics, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        vectors_at, texts_at, found_at = (str(Path(folder) / name) for name in ("v.npy", "t.json", "f.npy"))
        np.save(vectors_at, vectors)
        Path(texts_at).write_text(json.dumps(list(texts)), encoding="utf-8")
        command = [python, str(HERE / "topics_ways.py"), way, vectors_at, texts_at, found_at, str(clusters)]
        told = subprocess.run(
            command, check=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(HERE.parent)}
        )
        return Run(np.load(found_at), *json.loads(told.stdout.splitlines()[-1]))


def study(rows: Rows, ways: dict[str, str], off: Rows) -> None:
    """Print a line for each way."""
    true_k = len(set(rows.labels))
    other = np.random.default_rng(1).permutation(len(rows.texts))
    planted = Rows(rows.name, off.texts[: len(rows.texts) // 8], [], off.vectors[: len(rows.texts) // 8])
    for way, python in ways.items():
        first = run(way, rows.texts, rows.vectors, true_k, python)
        again = run(way, [rows.texts[i] for i in other], rows.vectors[other], true_k, python)
        among = run(
            way, [*rows.texts, *planted.texts], np.vstack([rows.vectors, planted.vectors]), true_k, python
        ).found
        figures = [
            adjusted_rand_score(rows.labels, first.found),
            adjusted_mutual_info_score(rows.labels, first.found),
            v_measure_score(rows.labels, first.found),
            adjusted_rand_score(first.found[other], again.found),
            (among[len(rows.texts) :] < 0).mean(),
            (among[: len(rows.texts)] < 0).mean(),
        ]
        shown = " | ".join(f"{figure:.2f}" for figure in figures)
        found = len(set(first.found.tolist()) - {-1})
        print(
            f"| {rows.name} | {way} | {found} of {true_k} | {(first.found < 0).mean():.2f} | {shown} |"
            f" {first.processor:.1f} | {first.mebibytes:,.0f} |",
            flush=True,
        )


def grown(sets: Sequence[Rows], size: int) -> Rows:
    """Build a large set: real vectors drawn with replacement, each turned a little on the sphere."""
    real = np.vstack([rows.vectors for rows in sets])
    texts = [text for rows in sets for text in rows.texts]
    chance = np.random.default_rng(0)
    drawn = chance.integers(0, len(real), size)
    vectors = real[drawn]
    for start in range(0, size, 65_536):
        part = vectors[start : start + 65_536]
        part += TURN * chance.normal(size=part.shape).astype(np.float32) / np.sqrt(part.shape[1], dtype=np.float32)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return Rows(f"{size:,}", [texts[i] for i in drawn], [], vectors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--peers-python")
    parser.add_argument("--held", action="store_true")
    parser.add_argument("--sizes", default="")
    parser.add_argument("--ways", default="")
    given = parser.parse_args()
    ways = {"ours": sys.executable, "k-means, true k": sys.executable}
    if given.peers_python:
        ways |= dict.fromkeys(PEERS, given.peers_python)
    if given.ways:
        ways = {way: python for way, python in ways.items() if way in given.ways.split(",")}
    sets = [read(argument) for argument in [*SETS, *given.sets, *([HELD] if given.held else [])]]
    if given.sizes:
        print("| vectors | way | topics | without | seconds | processor seconds | MiB |\n|---|---|---|---|---|---|---|")
        for size in map(int, given.sizes.split(",")):
            rows = grown(sets, size)
            for way, python in ways.items():
                told = run(way, rows.texts, rows.vectors, 50, python)
                found = len(set(told.found.tolist()) - {-1})
                print(
                    f"| {rows.name} | {way} | {found} | {(told.found < 0).mean():.2f} | {told.seconds:.0f} |"
                    f" {told.processor:.0f} | {told.mebibytes:,.0f} |",
                    flush=True,
                )
        return
    off = read(OFF)
    print(
        "| set | way | topics | without | ARI | AMI | V | again in another order | planted left out"
        " | without, among planted | processor seconds | MiB |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
    )
    for rows in sets:
        study(rows, ways, off)


if __name__ == "__main__":
    main()
