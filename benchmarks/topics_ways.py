"""One way of finding topics in vectors, in a process of its own, so that its memory can be measured.

    python topics_ways.py WAY VECTORS.npy TEXTS.json FOUND.npy CLUSTERS

Writes a cluster for each row, -1 for none, and prints seconds, processor seconds and the peak of memory in MiB. Peers
come from the interpreter that runs it; they are no dependencies of this project.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

MODEL = "multilingual-e5-small+query:"


def ours(vectors, texts, _clusters):  # noqa: ANN001, ANN201
    import polars as pl  # noqa: PLC0415

    from voc_mining.ids import text_hash  # noqa: PLC0415
    from voc_mining.topics.assignment import assign  # noqa: PLC0415
    from voc_mining.topics.discovery import discover  # noqa: PLC0415
    from voc_mining.topics.field import general_talk  # noqa: PLC0415
    from voc_mining.topics.params import DiscoveryParams  # noqa: PLC0415

    # Rows are named by what they hold, as in the product, so that nothing depends on their order.
    names = [text_hash(f"{text}{vector[:4].tolist()}") for text, vector in zip(texts, vectors, strict=True)]
    width = vectors.shape[1]
    column = pl.Series("vector", vectors.reshape(-1), dtype=pl.Float32).reshape((len(vectors), width))
    rows = pl.DataFrame({"text_hash": names, "vector": column.cast(pl.List(pl.Float32))})
    said = rows.select("text_hash").with_row_index("contact_id").with_columns(pl.col("contact_id").cast(pl.String))
    mean = general_talk(MODEL)
    whole = vectors.mean(axis=0, dtype=np.float64)
    topics = discover(rows, said, mean, DiscoveryParams(), whole=whole, general=True).with_columns(registry_version=1)
    registry = pl.DataFrame({"registry_version": [1], "mean": [mean.tolist()]})
    found = assign(rows, topics, registry)["topic_id"]
    places = {topic: place for place, topic in enumerate(topics["topic_id"])}
    return found.replace_strict(places, default=-1, return_dtype=pl.Int64).to_numpy()


def kmeans(vectors, _texts, clusters):  # noqa: ANN001, ANN201
    from sklearn.cluster import KMeans  # noqa: PLC0415

    return KMeans(clusters, n_init=10, random_state=0).fit_predict(vectors)


def bertopic(vectors, texts, _clusters):  # noqa: ANN001, ANN201
    import fugashi  # noqa: PLC0415
    from bertopic import BERTopic  # noqa: PLC0415
    from bertopic.backend import BaseEmbedder  # noqa: PLC0415
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415

    tagger = fugashi.Tagger()
    words = CountVectorizer(tokenizer=lambda text: [word.surface for word in tagger(text)], token_pattern=None)
    model = BERTopic(embedding_model=BaseEmbedder(), vectorizer_model=words)
    return np.array(model.fit_transform(texts, vectors)[0])


def evoc(vectors, _texts, _clusters):  # noqa: ANN001, ANN201
    from evoc import EVoC  # noqa: PLC0415

    return EVoC().fit_predict(vectors)


WAYS = {"ours": ours, "k-means": kmeans, "BERTopic": bertopic, "EVoC": evoc}


def peak() -> float:
    """Peak of memory in MiB since this program began; that of resource usage holds what started it, too."""
    told = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(told.split()[1]) / 1024


def main() -> None:
    way, vectors, texts, found, clusters = sys.argv[1:]
    rows = np.load(vectors)
    words = json.loads(Path(texts).read_text(encoding="utf-8"))
    start, before = time.perf_counter(), time.process_time()
    labels = WAYS[way](rows, words, int(clusters))
    spent = time.perf_counter() - start, time.process_time() - before
    np.save(found, labels)
    print(json.dumps([*spent, peak()]))


if __name__ == "__main__":
    main()
