"""What a lake tells about its glossary: the terms, what was put right, and what may have been misheard."""

from __future__ import annotations

import polars as pl

from pipelines.steps.glossary import stored_glossary
from voc_mining.store.delta import DeltaStore
from voc_mining.text.candidates import candidates
from voc_mining.text.corrections import term_reading
from voc_mining.text.tokens import Tokenizer

_AUDIO = pl.col("part") == "audio"
_TERMS = pl.Schema(
    {
        "term": pl.String(),
        "reading": pl.String(),
        "aliases": pl.List(pl.String()),
        "category": pl.String(),
        "n_utterances": pl.Int64(),
        "n_corrections": pl.Int64(),
    }
)


def list_terms(lake: DeltaStore, tokenizer: Tokenizer) -> pl.DataFrame:
    """Terms in the order of the glossary, with how often they were said.

    Returns
    -------
    DataFrame
        ``term``, ``reading`` in use (empty where nobody knows one: then only aliases are put right), ``aliases``,
        ``category``, ``n_utterances`` that hold it and ``n_corrections`` among these.
    """
    glossary = stored_glossary(lake)
    said = lake.scan("utterances").filter(_AUDIO).group_by("text").agg(pl.len().alias("n")).collect()
    made = corrections(lake).group_by("term").agg(pl.col("n_utterances").sum())
    n_corrections = dict(made.iter_rows())
    rows = [
        {
            "term": term.term,
            "reading": term_reading(term, tokenizer),
            "aliases": list(term.aliases),
            "category": term.category,
            "n_utterances": said.filter(pl.col("text").str.contains(term.term, literal=True))["n"].sum(),
            "n_corrections": n_corrections.get(term.term, 0),
        }
        for term in glossary.terms
    ]
    return pl.DataFrame(rows, schema=_TERMS)


def corrections(lake: DeltaStore) -> pl.DataFrame:
    """List what was put right, the most frequent first.

    Returns
    -------
    DataFrame
        ``original``, ``term``, ``kind`` (alias, reading, near), ``score``, ``n_utterances``, ``n_contacts``, and an
        example: ``contact_id``, ``start_s`` in its recording, ``text``.
    """
    by = ["original", "term", "kind"]
    return (
        lake.scan("utterances")
        .filter(_AUDIO)
        .select("contact_id", "no", "start_s", "text", pl.col("corrections").alias("made"))
        .explode("made")
        .filter(pl.col("made").is_not_null())
        .with_columns(pl.col("made").struct.field(*by, "score"))
        .sort("contact_id", "no")
        .group_by(by)
        .agg(
            pl.col("score").min(),
            pl.struct("contact_id", "no").n_unique().cast(pl.Int64).alias("n_utterances"),
            pl.col("contact_id").n_unique().cast(pl.Int64).alias("n_contacts"),
            pl.col("start_s", "text").first(),
            pl.col("contact_id").first(),
        )
        .sort("n_utterances", *by, descending=[True, False, False, False])
        .select(*by, "score", "n_utterances", "n_contacts", "contact_id", "start_s", "text")
        .collect()
    )


def misheard(lake: DeltaStore, tokenizer: Tokenizer) -> pl.DataFrame:
    """Find what may have been misheard, with the day of the example as ``business_date``."""
    columns = ["contact_id", "part", "text", "tokens", "confidence", "start_s"]
    listed = candidates(lake.read("utterances", columns), tokenizer, stored_glossary(lake))
    days = lake.read("contacts", ["contact_id", "business_date"])
    return listed.join(days, on="contact_id", how="left", validate="m:1", maintain_order="left")


def as_glossary(listed: pl.DataFrame, lake: DeltaStore) -> pl.DataFrame:
    """Put candidates into the form of a glossary file: one row per term, what was heard among its aliases.

    What is a word of the dictionary is left out: an alias is always replaced, and somebody may truly have said it.
    """
    fields = ("term", "reading", "aliases", "category")
    there = lake.read("glossary", fields)
    heard = (
        listed.filter((pl.col("term") != "") & ~pl.col("ordinary"))
        .group_by("term", maintain_order=True)
        .agg(pl.col("heard"), pl.col("n_utterances").sum(), pl.col("example").first())
    )
    aliases = pl.concat_list(pl.col("aliases").fill_null([]), "heard").list.unique(maintain_order=True)
    return (
        heard.join(there, on="term", how="left", validate="1:1", maintain_order="left")
        .with_columns(aliases.list.join(";").alias("aliases"))
        .select(*fields, "n_utterances", "example")
    )
