"""How well founded topics match labelled sets, against k-means that is told the true number of labels.

    python benchmarks/topics_found.py requests.tsv:span:label intents.tsv:text:label

Each argument names a tab-separated file, its column of texts and its column of labels. The statements beside this
script are always scored, too, and their greetings and off-topic sentences offered to every registry.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, v_measure_score

from pipelines import engines
from pipelines.settings import Settings
from voc_mining.ids import text_hash
from voc_mining.text.normalize import normalize
from voc_mining.text.terms import pairs, terms
from voc_mining.topics.params import TopicsParams
from voc_mining.topics.registry import found_version, judge
from voc_mining.topics.space import matrix

STATEMENTS = Path(__file__).parent / "data" / "statements_ja.tsv"
Scores = tuple[float, float, float]


def read(path: Path, text: str, label: str) -> pl.DataFrame:
    """Read the labelled texts, normalized."""
    rows = pl.read_csv(path, separator="\t", quote_char=None, comment_prefix="#", infer_schema_length=0)
    cleaned = [normalize(value) for value in rows[text]]
    return pl.DataFrame({"text": cleaned, "label": rows[label]}).with_columns(
        pl.Series("text_hash", [text_hash(value) for value in cleaned])
    )


def texts_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Distinct texts with vectors, terms and pairs."""
    distinct = rows.unique("text_hash").sort("text_hash")
    tokens = [engines.tokenizer().tokenize(text) for text in distinct["text"]]
    vectors = engines.embedder(Settings()).encode(distinct["text"].to_list())
    return distinct.select(
        "text_hash",
        "text",
        pl.Series("vector", vectors).cast(pl.List(pl.Float32)),
        pl.Series("terms", [terms(each) for each in tokens], dtype=pl.List(pl.String)),
        pl.Series("pairs", [pairs(each) for each in tokens], dtype=pl.List(pl.String)),
    )


def scores(labels: list[str], topics: list[str]) -> Scores:
    return (
        adjusted_rand_score(labels, topics),
        adjusted_mutual_info_score(labels, topics),
        v_measure_score(labels, topics),
    )


def line(way: str, found: int, without: float, seconds: float, result: Scores) -> str:
    ari, ami, v = result
    return f"{way} | {found} | {without:.2f} | {ari:.2f} | {ami:.2f} | {v:.2f} | {seconds:.1f} |"


def study(name: str, rows: pl.DataFrame, strangers: dict[str, pl.DataFrame]) -> None:
    texts = texts_of(rows)
    mentions = rows.select("text_hash").with_row_index("row").select(
        "text_hash", pl.col("row").cast(pl.String).alias("contact_id"), pl.lit(value=False).alias("proactive")
    )  # fmt: skip
    params = TopicsParams()
    start = time.perf_counter()
    founded = found_version(texts, mentions, params, model_id="study")
    seconds = time.perf_counter() - start
    assert founded is not None
    topics = rows.join(founded.assignments, on="text_hash", how="left", maintain_order="left")["topic_id"]
    labels = rows["label"].to_list()
    found = scores(labels, topics.fill_null("").to_list())
    print(
        f"| {name} |", line("found_version", founded.topics.height, topics.null_count() / len(topics), seconds, found)
    )
    true_k = rows["label"].n_unique()
    start = time.perf_counter()
    told = KMeans(true_k, n_init=10, random_state=0).fit_predict(matrix(texts["vector"]))
    seconds = time.perf_counter() - start
    clusters = texts.select("text_hash", pl.Series("cluster", told).cast(pl.String))
    mine = rows.join(clusters, on="text_hash", how="left", maintain_order="left")["cluster"].to_list()
    print(f"| {name} |", line("k-means, true k", true_k, 0.0, seconds, scores(labels, mine)))
    for kind, others in strangers.items():
        judged = judge(others, founded.topics, founded.registry, params, tried=False)
        print(f"| {name} | {kind} left out | | {judged['topic_id'].null_count() / judged.height:.2f} | | | | |")
    order = np.random.default_rng(1).permutation(texts.height)
    again = found_version(texts[order], mentions, params, model_id="study")
    assert again is not None
    assert again.topics.equals(founded.topics)


def main() -> None:
    own = read(STATEMENTS, "text", "label")
    strangers = {kind: texts_of(own.filter(pl.col("label") == kind)) for kind in ("_off", "_generic")}
    print("| set | way | topics | without | ARI | AMI | V | seconds |\n|---|---|---|---|---|---|---|---|")
    study("statements", own.filter(~pl.col("label").str.starts_with("_")), strangers)
    for argument in sys.argv[1:]:
        path, text, label = argument.rsplit(":", 2)
        study(Path(path).parent.name, read(Path(path), text, label), strangers)


if __name__ == "__main__":
    main()
