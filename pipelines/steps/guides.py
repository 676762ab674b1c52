"""The examples that analysts give for topics, as the lake holds them."""

from __future__ import annotations

import polars as pl

from voc_mining.ids import code_id, text_hash
from voc_mining.store.delta import DeltaStore
from voc_mining.topics.guided import Guide

_ORDER = ("source_file", "source_row", "name")


def stored_guides(lake: DeltaStore) -> tuple[Guide, ...]:
    """Read the guided topics, in the order of their files and rows."""
    rows = _with_examples(lake).select("name", "heading", "examples").iter_rows()
    return tuple(
        Guide(code_id(name), name, heading, tuple(text_hash(example) for example in examples))
        for name, heading, examples in rows
    )


def example_texts(lake: DeltaStore) -> pl.DataFrame:
    """Read the examples as texts to embed: ``text_hash`` (unique), ``text``."""
    texts = _with_examples(lake).select(pl.col("examples").explode().unique().sort().alias("text"))
    hashes = pl.Series("text_hash", [text_hash(text) for text in texts["text"]], dtype=pl.String)
    return texts.select(hashes, "text")


def _with_examples(lake: DeltaStore) -> pl.DataFrame:
    return lake.read("codes").sort(*_ORDER).filter(pl.col("examples").list.len() > 0)
