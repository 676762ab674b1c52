"""How well topics are found in labelled sets, and at what cost, against k-means that is told the number, BERTopic, EVoC.

    python benchmarks/topics_found.py requests.tsv:span:label intents.tsv:text:label --peers-python PYTHON
    python benchmarks/topics_found.py SETS --sizes 10000,100000 --peers-python PYTHON

Each argument names a tab-separated file, its column of texts and its column of labels; the sets beside this script are
always scored, too (``--held`` adds those that are only ever scored). All ways get the same vectors, each in a process
of its own, twice: as they are and in another order (figures are the mean of both, *again* is how far they agree);
PYTHON is an interpreter that has BERTopic and EVoC. Once more, sentences that are no customer's matter (``--off``) are
put among the texts, one for eight. ``--sizes`` measures time and memory on as many vectors grown from the sets. Ours is discovery and assignment, without what the words of a text decide and without names.
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
# Most vectors of a large set lie between a real one and one of its nearest, so that they are as dense as real ones.
NEAREST = 10
TURN = 0.12

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
        both = [first.found, again.found[np.argsort(other)]]
        figures = [np.mean([(found < 0).mean() for found in both])]
        figures += [
            np.mean([score(rows.labels, found) for found in both])
            for score in (adjusted_rand_score, adjusted_mutual_info_score, v_measure_score)
        ]
        figures += [
            adjusted_rand_score(*both),
            (among[len(rows.texts) :] < 0).mean(),
            (among[: len(rows.texts)] < 0).mean(),
        ]
        shown = " | ".join(f"{figure:.2f}" for figure in figures)
        topics = ", ".join(dict.fromkeys(str(len(set(found.tolist()) - {-1})) for found in both))
        print(
            f"| {rows.name} | {way} | {topics} of {true_k} | {shown} | {first.processor:.1f} | {first.mebibytes:,.0f} |",
            flush=True,
        )


def grown(sets: Sequence[Rows], size: int) -> Rows:
    """Build a large set: each distinct text once, then vectors between one and one of its nearest, turned a little."""
    known = {text: vector for rows in sets for text, vector in zip(rows.texts, rows.vectors, strict=True)}
    texts, real = list(known), np.array(list(known.values()))
    apart = real - real.mean(axis=0)
    apart /= np.linalg.norm(apart, axis=1, keepdims=True)
    similar = apart @ apart.T
    np.fill_diagonal(similar, -1.0)
    nearest = np.argsort(-similar, axis=1)[:, :NEAREST]
    chance = np.random.default_rng(0)
    one = np.concatenate([np.arange(len(real)), chance.integers(0, len(real), max(size - len(real), 0))])[:size]
    other = nearest[one, chance.integers(0, NEAREST, size)]
    share = chance.uniform(0.5, 1.0, size).astype(np.float32)
    share[: len(real)] = 1.0
    vectors = np.empty((size, real.shape[1]), dtype=np.float32)
    for start in range(0, size, 65_536):
        rows = slice(start, start + 65_536)
        part = share[rows, None] * real[one[rows]] + (1 - share[rows, None]) * real[other[rows]]
        turned = chance.standard_normal(part.shape, dtype=np.float32) * np.float32(TURN / np.sqrt(part.shape[1]))
        part += np.where(share[rows, None] < 1.0, turned, np.float32(0.0))
        vectors[rows] = part / np.linalg.norm(part, axis=1, keepdims=True)
    said = [
        texts[i] if all_of_it == 1.0 else texts[i] + texts[j] for i, j, all_of_it in zip(one, other, share, strict=True)
    ]
    return Rows(f"{size:,}", said, [], vectors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--peers-python")
    parser.add_argument("--held", action="store_true")
    parser.add_argument("--off", default=OFF)
    parser.add_argument("--sizes", default="")
    parser.add_argument("--ways", default="")
    given = parser.parse_args()
    ways = {"ours": sys.executable, "k-means": sys.executable}
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
    off = read(given.off)
    print(
        "| set | way | topics | without | ARI | AMI | V | again in another order | planted left out"
        " | without, among planted | processor seconds | MiB |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
    )
    for rows in sets:
        study(rows, ways, off)


if __name__ == "__main__":
    main()
