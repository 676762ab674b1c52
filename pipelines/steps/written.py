"""What was written in contacts, as pieces for the text stage: documents, and the messages of threads."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.values import WORD
from voc_mining.store.changes import rows_matching
from voc_mining.store.delta import DeltaStore

_WRITER_PARTS = ("note",)
_ROLES = {"customer": "customer", "agent": "agent", "bot": "ivr"}


def written_pieces(vault: DeltaStore, contacts: pl.DataFrame) -> pl.DataFrame:
    """Pieces from documents and messages; a survey's question goes beside its answer.

    Parameters
    ----------
    vault : DeltaStore
        Raw words.
    contacts : DataFrame
        ``contact_id`` and ``month``.

    Returns
    -------
    DataFrame
        contact_id, month, part, channel, role, start_s, end_s, confidence, flags, text, words, question, place.
    """
    ids = contacts.select("contact_id")
    documents = vault.scan_matching("documents", ids).select("contact_id", "part", "text").collect()
    questions = documents.filter(pl.col("part") == "question").select("contact_id", pl.col("text").alias("question"))
    role = pl.when(pl.col("part").is_in(_WRITER_PARTS)).then(pl.lit("writer")).otherwise(pl.lit("customer"))
    told = documents.filter(pl.col("part") != "question").select(
        "contact_id", "part", role.alias("role"), "text", pl.lit(0, pl.Int32).alias("place")
    )
    messages = rows_matching(vault, "messages", ids).select("contact_id", "seq", "role", "text").collect()
    exchanged = _beside_bodies(messages, documents).select(
        "contact_id",
        pl.lit("message").alias("part"),
        pl.col("role").replace_strict(_ROLES, return_dtype=pl.String),
        "text",
        pl.col("seq").alias("place"),
    )
    nothing = pl.lit(None, pl.Float64)
    return (
        pl.concat([told, exchanged])
        .join(questions, on="contact_id", how="left", validate="m:1")
        .join(contacts.select("contact_id", "month"), on="contact_id", validate="m:1")
        .select(
            "contact_id", "month", "part", pl.lit(None, pl.Int8).alias("channel"), "role",
            nothing.alias("start_s"), nothing.alias("end_s"), nothing.alias("confidence"),
            pl.lit([], pl.List(pl.String)).alias("flags"), "text", pl.lit(None, pl.List(WORD)).alias("words"),
            pl.when(pl.col("part") == "answer").then("question").alias("question"), "place",
        )
    )  # fmt: skip


def _beside_bodies(messages: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Leave out the customer's first message where it is the body of the inquiry, or one holds the other."""
    bodies = documents.filter(pl.col("part") == "body").select("contact_id", _solid("text").alias("body"))
    first = (
        messages.filter(pl.col("role") == "customer")
        .sort("contact_id", "seq")
        .unique("contact_id", keep="first", maintain_order=True)
        .select("contact_id", "seq", _solid("text").alias("solid"))
        .join(bodies, on="contact_id", validate="1:1")
    )
    within = pl.col("body").str.contains(pl.col("solid"), literal=True)
    around = pl.col("solid").str.contains(pl.col("body"), literal=True)
    doubled = first.filter((within | around) & (pl.col("body") != "") & (pl.col("solid") != ""))
    return messages.join(doubled, on=["contact_id", "seq"], how="anti")


def _solid(column: str) -> pl.Expr:
    """Text without width variants and spaces, to tell whether two are the same words."""
    return pl.col(column).str.normalize("NFKC").str.replace_all(r"\s+", "")
