"""How well topics are named, against what a person would call them: clauses of real statements, and keywords as before.

    python benchmarks/topic_names.py [--show] [--intents intents.tsv] [--sample DEMO/truth/truth.json]

Topics are taken as they were labelled, so that only naming is judged. The names a person would give, the words they
need and their polarity stand in ``data/labels/references_ja.csv``; sets that begin with ``held`` are only ever counted.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from pipelines import engines
from pipelines.settings import Settings
from voc_mining.contracts.clause import NameSource
from voc_mining.ids import text_hash
from voc_mining.text.clauses import ClauseFinder
from voc_mining.text.normalize import normalize
from voc_mining.text.terms import pairs, terms
from voc_mining.topics.labels import label_topics

LABELS = Path(__file__).parent / "data" / "labels"
STATEMENTS = Path(__file__).parent / "data" / "statements_ja.tsv"
_DENIED = re.compile("ない|なかった|なし|ず$|不可|不明|できず|にくい|づらい")
_ENDS = ("名詞", "動詞", "形容詞", "形状詞", "助動詞", "接尾辞")
SHORTEST, LONGEST = 4, 20
CRITERIA = ("words", "some", "polarity", "words and polarity", "phrase", "length", "all")


def read(path: Path, text: str, label: str) -> pl.DataFrame:
    """Read labelled texts, normalized."""
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


def references() -> pl.DataFrame:
    """Read what a person would call the topics."""
    lines = (LABELS / "references_ja.csv").read_text(encoding="utf-8").splitlines()
    return pl.DataFrame(list(csv.DictReader(line for line in lines if not line.startswith("#"))))


def sample_statements(path: Path) -> pl.DataFrame:
    """Read the statements of the sample with their planted topics."""
    told = json.loads(path.read_text(encoding="utf-8"))["statements"]
    rows = [(normalize(each["text"]), each["topic"]) for each in told if each["topic"]]
    return pl.DataFrame(rows, schema=["text", "label"], orient="row").with_columns(
        text_hash=pl.col("text").map_elements(text_hash, return_dtype=pl.String)
    )


def names(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Name the labelled topics of a set, by keywords and by clauses."""
    texts = texts_of(rows)
    members = rows.select(pl.col("label").alias("topic_id"), "text_hash").unique("text_hash", keep="first")
    members = members.filter(~pl.col("topic_id").str.starts_with("_")).sort("topic_id", "text_hash")
    cut = ClauseFinder(engines.tokenizer())
    encode = engines.embedder(Settings()).encode
    return {
        "keywords": label_topics(members, texts),
        "clauses": label_topics(members, texts, names=NameSource(cut)),
        "clauses with vectors": label_topics(members, texts, names=NameSource(cut, encode)),
    }


def judged(label: str, reference: Mapping[str, str]) -> dict[str, bool]:
    """Whether a label has the words it needs, the right polarity, the form and the length of a name."""
    groups = [group.split("|") for group in reference["needs"].split()]
    hits = [any(word in label for word in group) for group in groups]
    denied = bool(_DENIED.search(label))
    tokens = engines.tokenizer().tokenize(label)
    finished = label.endswith("か") or ("・" not in label and tokens[-1].pos.startswith(_ENDS))
    polarity = not reference["polarity"] or (reference["polarity"] == "neg") == denied
    right, length = all(hits) and polarity, SHORTEST <= len(label) <= LONGEST
    told = (all(hits), any(hits), polarity, right, finished, length, right and finished and length)
    return dict(zip(CRITERIA, told, strict=True))


def counted(name: str, rows: pl.DataFrame, wanted: Mapping[str, Mapping[str, str]]) -> pl.DataFrame:
    """Print how the names of a set do, and give them with what a person would say."""
    found = []
    for way, named in names(rows).items():
        labels = named.filter(pl.col("topic_id").is_in(list(wanted))).select("topic_id", "label", "candidates").rows()
        judgements = pl.DataFrame([judged(label, wanted[topic]) for topic, label, _ in labels])
        twice = len(labels) - len({label for _, label, _ in labels})
        print(
            f"| {name} | {way} | {len(labels)} |",
            " | ".join(f"{judgements[c].mean():.2f}" for c in CRITERIA),
            f"| {twice} |",
        )
        found += [
            (name, topic, way, label, wanted[topic]["reference"], candidates) for topic, label, candidates in labels
        ]
    return pl.DataFrame(found, schema=["set", "topic", "way", "label", "reference", "candidates"], orient="row")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", action="store_true", help="print the names of the sets that may be looked at")
    parser.add_argument("--held", action="store_true", help="count the held set, too")
    parser.add_argument("--intents", type=Path)
    parser.add_argument("--sample", type=Path)
    asked = parser.parse_args()
    sets = {"statements": read(STATEMENTS, "text", "label")}
    sets |= {"intents": read(asked.intents, "text", "label")} if asked.intents else {}
    sets |= {"sample": sample_statements(asked.sample)} if asked.sample else {}
    sets |= {"held": read(LABELS / "held_ja.tsv", "text", "topic")} if asked.held else {}
    told = references()
    print("| set | way | topics |", " | ".join(CRITERIA), "| twice |")
    print("|---" * (4 + len(CRITERIA)) + "|")
    every = []
    for name, rows in sets.items():
        wanted = {row["topic"]: row for row in told.filter(pl.col("set") == name).iter_rows(named=True)}
        every.append(counted(name, rows, wanted))
    if asked.show:
        for row in pl.concat(every).filter(pl.col("set") != "held").sort("set", "topic", "way").iter_rows():
            print(*row, sep="\t")


if __name__ == "__main__":
    main()
