"""Voices a supervisor hears first: accidents, leaks, lawyers, threats to publish, harassment of staff."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.values import HARASSMENT
from voc_mining.voice.kinds import kinds
from voc_mining.voice.lexicon import Lexicon, every_match, folded
from voc_mining.voice.rules import VoiceRules

_GRAVE = 10
"""Order of the patterns of which one is enough; others count only beside a second sign."""


def critical_voices(voc: pl.DataFrame, utterances: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Find what is critical in the statements of whole contacts.

    The customer's words are held against the patterns of every family. The writer's words of a note name
    harassment in other terms (暴言あり), accidents and the like in the same. Signs of harassment that are weak alone
    (お前, 責任者を出せ) count where a contact has another one, of any family. A call whose
    conversation takes ``long_hold_s`` and in which the customer shows such a sign is a long hold.

    Parameters
    ----------
    voc : DataFrame
        By the contract ``voc``, every statement of the contacts, also those that do not count.
    utterances : DataFrame
        By the contract ``utterances``, for how long a conversation took.
    rules : VoiceRules
        ``critical`` and ``long_hold_s``.

    Returns
    -------
    DataFrame
        By the contract ``critical``; several families may name one statement.
    """
    own = pl.col("role") != "writer"
    customer = _found(voc.filter(own), rules.critical, "match")
    facts = _found(voc.filter(~own), rules.critical, "match").filter(~pl.col("family").is_in(HARASSMENT))
    noted = _found(voc.filter(~own), rules.critical, "noted")
    signs = pl.concat([customer, facts, noted])
    harassing = pl.col("family").is_in(HARASSMENT)
    enough = ~harassing | (pl.col("order") == _GRAVE).any().over("contact_id", "harassing") | (pl.col("signs") > 1)
    counted = (
        signs.with_columns(harassing.alias("harassing"))
        .with_columns(pl.struct("voc_id", "words").n_unique().over("contact_id", "harassing").alias("signs"))
        .filter(enough)
    )
    held = _held_long(signs.filter(harassing), utterances, rules.long_hold_s)
    contract = LAKE_TABLES["critical"]
    return contract.check(
        contract.conform(
            pl.concat([frame.select(contract.schema.names()) for frame in (counted, held)])
            .unique(["voc_id", "family"], keep="first", maintain_order=True)
            .sort("contact_id", "voc_id", "family")
        )
    )


def without_matter(voc: pl.DataFrame, rules: VoiceRules) -> pl.Series:
    """Ids of the statements that are nothing but harassment: what is left of them says nothing.

    They stay, as evidence, but belong to no topic.
    """
    texts = voc.filter(pl.col("role") != "writer")["text"].unique(maintain_order=True)
    signs = every_match(texts, rules.critical).filter(pl.col("value").is_in(HARASSMENT))
    pattern = "|".join(rules.critical.alternation("match", family) for family in HARASSMENT)
    without = folded(pl.col("text")).str.replace_all(pattern, "")
    rest = signs.select("text").unique(maintain_order=True).with_columns(without.alias("rest"))
    told = kinds(rest["rest"].unique(maintain_order=True), rules.kinds).filter(pl.col("kind") != "other")
    empty = rest.join(told, left_on="rest", right_on="text", how="anti")
    return voc.join(empty, on="text", how="semi")["voc_id"]


def _found(statements: pl.DataFrame, lexicon: Lexicon, action: str) -> pl.DataFrame:
    """Statements with each family that names them, the surest words of it."""
    hits = every_match(statements["text"].unique(maintain_order=True), lexicon, action)
    surest = hits.unique(["text", "value"], keep="first", maintain_order=True)
    return statements.join(
        surest.rename({"value": "family", "evidence": "words"}), on="text", how="inner", validate="m:m"
    )


def _held_long(signs: pl.DataFrame, utterances: pl.DataFrame, long_hold_s: float) -> pl.DataFrame:
    """Last sign of harassment in each conversation that took very long."""
    talk = utterances.filter((pl.col("part") == "audio") & pl.col("role").is_in(["customer", "agent", "unknown"]))
    took = talk.group_by("contact_id").agg((pl.col("end_s").max() - pl.col("start_s").min()).alias("took_s"))
    long = took.filter(pl.col("took_s") >= long_hold_s)
    return (
        signs.filter(pl.col("part") == "audio")
        .join(long, on="contact_id", how="semi")
        .sort("contact_id", "start_s")
        .unique("contact_id", keep="last", maintain_order=True)
        .with_columns(pl.lit("long_hold").alias("family"))
    )
