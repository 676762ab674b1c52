"""Our embedding against ``SentenceTransformer.encode`` as it comes, on the same distinct texts, in one run.

    python -m benchmarks.embedding speed VECTORS.npz utterances.tsv:text [spans.tsv:span ...]
    python -m benchmarks.embedding scores VECTORS.npz spans.tsv:span:label [intents.tsv:text:label ...]

``speed`` encodes the distinct texts of the files, block by block, by both in turn (so that whatever else the machine
does hits both alike), nothing cached, and keeps the vectors; then each encodes 1,000 texts in a process of its own, for
its memory. ``scores`` holds the kept vectors against each other: topics found in labelled texts, texts assigned and
classified by what was found or trained on the other's vectors, the same with vectors moved as far by chance (so that one
sees what any change of that size does), and what folding of near-duplicates would save and cost.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, v_measure_score

from benchmarks.size import write_section
from pipelines import engines
from pipelines.settings import Settings, quiet_libraries
from voc_mining.classify.stage import classifications
from voc_mining.embed.stage import embed
from voc_mining.ids import text_hash
from voc_mining.text.normalize import normalize
from voc_mining.text.terms import pairs, terms
from voc_mining.topics.params import TopicsParams
from voc_mining.topics.registry import found_version, judge
from voc_mining.topics.space import matrix

Vectors = NDArray[np.float32]
WAYS = ("defaults", "ours")
_BLOCK, _MEMORY_TEXTS, _MIB, _SHAKES = 1024, 1000, 1024, 5
_DIGITS, _END = re.compile(r"\d+"), re.compile(r"[。．.!！?？…、\s]+$")


def distinct_texts(arguments: Sequence[str]) -> list[str]:
    """Distinct normalized texts of ``file:column``, in an order that has nothing to do with the files."""
    found: set[str] = set()
    for argument in arguments:
        path, column = argument.rsplit(":", 1)
        rows = pl.read_csv(path, separator="\t", quote_char=None, comment_prefix="#", infer_schema_length=0)
        found |= {text for value in rows[column].drop_nulls() if (text := normalize(value))}
    return sorted(found, key=text_hash)


def labelled(argument: str) -> pl.DataFrame:
    """Labelled texts of ``file:column:label``, normalized; those labelled as no matter (``_off``) are among them."""
    path, column, label = argument.rsplit(":", 2)
    rows = pl.read_csv(path, separator="\t", quote_char=None, comment_prefix="#", infer_schema_length=0)
    cleaned = [normalize(value) for value in rows[column]]
    return pl.DataFrame({"text": cleaned, "label": rows[label]}).with_columns(
        pl.Series("text_hash", [text_hash(value) for value in cleaned])
    )


def ways() -> dict[str, Callable[[list[str]], Vectors]]:
    """Both ways of encoding, each of which has its model loaded."""
    # Loaded after the threads' waiting is set: a pool that waits busily would make the other way look slow.
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    embedder = engines.embedder(Settings())
    model = SentenceTransformer(embedder.located.reference, device="cpu")

    def ours(texts: list[str]) -> Vectors:
        made = embed(pl.DataFrame({"text_hash": texts, "text": texts}), embedder)
        found = dict(zip(*pl.concat(made).select("text_hash", "vector"), strict=True))
        return np.array([found[text] for text in texts], dtype=np.float32)

    def defaults(texts: list[str]) -> Vectors:
        return np.asarray(model.encode(texts, prompt=embedder.prompt), dtype=np.float32)

    return {"defaults": defaults, "ours": ours}


def speed(kept: Path, arguments: Sequence[str]) -> None:
    """Measure both ways in turn and keep the vectors."""
    texts = distinct_texts(arguments)
    encoders = ways()
    made: dict[str, list[Vectors]] = {way: [] for way in WAYS}
    clock, cpu = dict.fromkeys(WAYS, 0.0), dict.fromkeys(WAYS, 0.0)
    for encode in encoders.values():
        encode(texts[:64])
    for no, start in enumerate(range(0, len(texts), _BLOCK)):
        block = texts[start : start + _BLOCK]
        for way in WAYS if no % 2 == 0 else WAYS[::-1]:
            began, spent = time.perf_counter(), time.process_time()
            made[way].append(encoders[way](block))
            clock[way] += time.perf_counter() - began
            cpu[way] += time.process_time() - spent
    vectors = {way: np.vstack(blocks) for way, blocks in made.items()}
    np.savez(kept, texts=np.array(texts), **vectors)
    cosines = np.sum(vectors["defaults"] * vectors["ours"], axis=1)
    letters = np.mean([len(text) for text in texts])
    rows = [
        f"| {way} | {len(texts) / clock[way]:.0f} | {len(texts) / cpu[way]:.0f} | {_memory(way):.0f} |" for way in WAYS
    ]
    alike = [f"{value:.4f}" for value in (cosines.min(), np.percentile(cosines, 1), np.median(cosines))]
    content = "\n".join(
        [
            f"{len(texts):,} distinct texts of {letters:.0f} characters on average, {Settings().threads} threads:",
            "",
            "| | texts a second | texts a second of processor time | peak memory, MiB |",
            "|---|---|---|---|",
            *rows,
            f"| ratio | {clock['defaults'] / clock['ours']:.2f} | {cpu['defaults'] / cpu['ours']:.2f} | |",
            "",
            f"Cosine between the two: smallest {alike[0]}, 1st percentile {alike[1]}, median {alike[2]}.",
        ]
    )
    print(content)
    write_section("embedding-speed", content)


def _memory(way: str) -> float:
    """Peak memory of a process that does nothing but encode, one way."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.embedding", "memory", way], check=True, capture_output=True, text=True
    )
    return float(told.stdout)


def memory(way: str) -> None:
    """Encode invented texts one way and print the peak memory of this process, MiB."""
    texts = [f"{no}番の注文がまだ届かないので、確認して折り返し連絡をください" for no in range(_MEMORY_TEXTS)]
    embedder = engines.embedder(Settings())
    if way == "ours":
        embedder.encode(texts)
    else:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        SentenceTransformer(embedder.located.reference, device="cpu").encode(texts, prompt=embedder.prompt)
    # Not getrusage: its peak begins with that of the process that started this one.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    print(int(status["VmHWM"].split()[0]) / _MIB)


def hold(kept: Path, arguments: Sequence[str]) -> None:
    """Hold the kept vectors against each other."""
    content = np.load(kept)
    texts = content["texts"].tolist()
    vectors = {way: dict(zip(texts, content[way], strict=True)) for way in WAYS}
    vectors |= {f"shaken {seed}": dict(zip(texts, _shaken(content, seed), strict=True)) for seed in range(_SHAKES)}
    table = ["| set | vectors | topics | ARI | AMI | V | k-means, true k: ARI | AMI | V |", "|" + "---|" * 9]
    agreed = []
    for argument in arguments:
        path, column, _ = argument.rsplit(":", 2)
        rows = labelled(argument).filter(pl.col("text").is_in(texts))
        name = f"{Path(path).parent.name}, {column}"
        frames = {way: _texts(rows, vectors[way]) for way in vectors}
        found = {way: _found(rows, frames[way]) for way in vectors}
        table += [f"| {name} | {way} | {_row([found[way]])} |" for way in WAYS]
        table.append(f"| {name} | defaults, shaken | {_row([found[way] for way in vectors if way not in WAYS])} |")
        agreed.append(f"- {name}: {_agreement(frames)}")
    everything = pl.DataFrame({"text": texts, "text_hash": [text_hash(text) for text in texts]})
    told = {way: _classified(everything, vectors[way]) for way in vectors}
    same = {
        way: ", ".join(f"{head} {np.mean(told['defaults'][head] == told[way][head]):.1%}" for head in told[way])
        for way in ("ours", "shaken 0")
    }
    mean = content["defaults"].mean(axis=0)
    moved = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in (content[way] - mean for way in WAYS)]
    alike = np.sum(moved[0] * moved[1], axis=1)
    centred = f"1st percentile {np.percentile(alike, 1):.4f}, median {np.median(alike):.4f}"
    content_lines = [
        *table,
        "",
        *agreed,
        f"- same answer of the classifier alone: ours {same['ours']}; shaken {same['shaken 0']}",
        f"- cosine when the mean is taken away, as topics do: {centred}",
        "",
        *_folding(vectors["defaults"]),
    ]
    print("\n".join(content_lines))
    write_section("embedding-scores", "\n".join(content_lines))


def _texts(rows: pl.DataFrame, vectors: dict[str, Vectors]) -> pl.DataFrame:
    """Distinct texts with these vectors, terms and pairs."""
    distinct = rows.unique("text_hash").sort("text_hash")
    tokens = [engines.tokenizer().tokenize(text) for text in distinct["text"]]
    return distinct.select(
        "text_hash",
        "text",
        pl.Series("vector", np.array([vectors[text] for text in distinct["text"]])).cast(pl.List(pl.Float32)),
        pl.Series("terms", [terms(each) for each in tokens], dtype=pl.List(pl.String)),
        pl.Series("pairs", [pairs(each) for each in tokens], dtype=pl.List(pl.String)),
    )


def _shaken(content: Mapping[str, NDArray[Any]], seed: int) -> Vectors:
    """The vectors by the defaults, moved by chance as far as ours are from them: what any tiny change does."""
    full = content["defaults"]
    off = np.linalg.norm(content["ours"] - full, axis=1, keepdims=True)
    chance = np.random.default_rng(seed).standard_normal(full.shape).astype(np.float32)
    moved = full + chance * off / np.linalg.norm(chance, axis=1, keepdims=True)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


def _row(found: Sequence[tuple[float, ...]]) -> str:
    """One cell a score; the least and the greatest of several."""
    cells = []
    for no, values in enumerate(zip(*found, strict=True)):
        ends = [f"{value:.0f}" if no == 0 else f"{value:.3f}" for value in (min(values), max(values))]
        cells.append("–".join(dict.fromkeys(ends)))
    return " | ".join(cells)


def _found(rows: pl.DataFrame, texts: pl.DataFrame) -> tuple[float, ...]:
    """Scores of the topics that are found, and of k-means told the true number."""
    founded = found_version(texts, _mentions(rows), TopicsParams(), model_id="study")
    assert founded is not None
    joined = rows.join(founded.assignments, on="text_hash", how="left", maintain_order="left")
    labels = rows["label"].to_list()
    topics = _scores(labels, joined["topic_id"].fill_null("").to_list())
    clusters = KMeans(rows["label"].n_unique(), n_init=10, random_state=0).fit_predict(matrix(texts["vector"]))
    told = dict(zip(texts["text_hash"], map(str, clusters), strict=True))
    means = _scores(labels, [told[each] for each in rows["text_hash"]])
    return (founded.topics.height, *topics, *means)


def _scores(labels: list[str], found: list[str]) -> tuple[float, ...]:
    """Adjusted Rand index, adjusted mutual information and V-measure."""
    return tuple(score(labels, found) for score in (adjusted_rand_score, adjusted_mutual_info_score, v_measure_score))


def _mentions(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("text_hash").with_row_index("row").select(
        "text_hash", pl.col("row").cast(pl.String).alias("contact_id"), pl.lit(value=False).alias("proactive")
    )  # fmt: skip


def _agreement(frames: dict[str, pl.DataFrame]) -> str:
    """Texts that a registry found on full vectors gives the same topic by vectors in 8 bits."""
    params = TopicsParams()
    founded = found_version(frames["defaults"], _mentions(frames["defaults"]), params, model_id="study")
    assert founded is not None
    judged = {
        way: judge(frames[way], founded.topics, founded.registry, params, tried=False).sort("text_hash")["topic_id"]
        for way in (*WAYS, "shaken 0")
    }
    same = {way: judged["defaults"].eq_missing(judged[way]).mean() for way in ("ours", "shaken 0")}
    return (
        f"of a registry found on full vectors, {same['ours']:.1%} of {frames['ours'].height:,} texts get the same topic "
        f"or none by ours; shaken {same['shaken 0']:.1%}"
    )


def _classified(texts: pl.DataFrame, vectors: dict[str, Vectors]) -> dict[str, NDArray[np.int64]]:
    model = engines.classifier(Settings())
    assert model is not None
    told = classifications(
        texts.with_columns(
            pl.Series("vector", np.array([vectors[text] for text in texts["text"]])).cast(pl.List(pl.Float32))
        ),
        model,
    )
    return {head: told[f"{head}_logits"].list.arg_max().to_numpy() for head in model.heads}


def _folding(vectors: dict[str, Vectors]) -> list[str]:
    """How many texts each kind of folding would save, and how alike the vectors are that it would take for one."""
    kinds: dict[str, Callable[[str], str]] = {
        "punctuation at the end": lambda text: _END.sub("", text),
        "digits": lambda text: _DIGITS.sub("0", text),
        "both": lambda text: _DIGITS.sub("0", _END.sub("", text)),
    }
    lines = ["| texts that differ only in | saved | cosine: 1st percentile | median |", "|---|---|---|---|"]
    for name, fold in kinds.items():
        first: dict[str, str] = {}
        pairs_found = [(text, first.setdefault(fold(text), text)) for text in vectors]
        alike = np.array([vectors[one] @ vectors[other] for one, other in pairs_found if one != other])
        shown = f"{np.percentile(alike, 1):.3f} | {np.median(alike):.3f}" if alike.size else "– | –"
        lines.append(f"| {name} | {alike.size / len(vectors):.1%} | {shown} |")
    return lines


def main() -> None:
    quiet_libraries()
    what, first, *rest = sys.argv[1:]
    if what == "memory":
        memory(first)
    else:
        {"speed": speed, "scores": hold}[what](Path(first), rest)


if __name__ == "__main__":
    main()
