"""Step: give every distinct text that counts its vector."""

from __future__ import annotations

import polars as pl

from pipelines import progress
from pipelines.steps.guides import example_texts
from voc_mining.accounts import Account
from voc_mining.embed.embedder import Embedder
from voc_mining.embed.stage import EmbedParams, embed
from voc_mining.store.delta import DeltaStore


def embed_step(lake: DeltaStore, embedder: Embedder, params: EmbedParams | None = None) -> list[Account]:
    """Embed the texts of counted statements, and the examples of guided topics, that have no vector of this model yet.

    Each chunk is one commit: a run that is killed goes on after the last whole chunk.

    Returns
    -------
    list of Account
        One account, over distinct texts.

    Raises
    ------
    EngineTrouble
        If the embedder or the store fails.
    """
    settings = params or EmbedParams()
    examples = example_texts(lake)
    said = lake.scan("voc").filter("counts").select(pl.col("text_hash").unique()).collect()
    hashes = pl.concat([said, examples.select("text_hash")]).unique()
    there = lake.scan("vectors").filter(pl.col("model_id") == embedder.model_id).select("text_hash").collect()
    missing = hashes.join(there, on="text_hash", how="anti")
    known = hashes.height - missing.height
    pending = (
        embedded_texts(lake, missing) if missing.height else lake.tables["voc"].empty().select("text_hash", "text")
    )
    given = examples.join(missing, on="text_hash", how="semi").join(pending, on="text_hash", how="anti")
    pending = pl.concat([pending, given])
    chunks = -(-pending.height // settings.chunk)
    for done, vectors in enumerate(embed(pending, embedder, settings), start=1):
        lake.append_new("vectors", vectors)
        progress.at("embed", done, chunks)
    account = Account("embed", inputs=known + pending.height, produced=pending.height, unchanged=known)
    return [account.verify()]


def embedded_texts(lake: DeltaStore, hashes: pl.DataFrame) -> pl.DataFrame:
    """Words that the texts of some hashes are embedded by: only these are read."""
    said = lake.scan_matching("voc", hashes).select("text_hash", pl.coalesce("plain_text", "text").alias("text"))
    return said.unique("text_hash").collect()
