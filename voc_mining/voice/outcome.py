"""How a contact ended for the customer: unknown unless words say so."""

from __future__ import annotations

import polars as pl

from voc_mining.voice.lexicon import Lexicon, first_match
from voc_mining.voice.rules import VoiceRules

_OWN_PARTS = ("audio", "answer")


def contact_outcomes(utterances: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Tell the outcome of each contact whose words name one.

    Asked are the customer's last turns of a call, the answer to a survey and the words of a note; in each
    the last one that speaks decides. The customer's own words go before the writer's, but a note that says unresolved
    is believed over polite thanks.

    Parameters
    ----------
    utterances : DataFrame
        By the contract, of whole contacts.
    rules : VoiceRules
        Lexicons and ``closing_turns``.

    Returns
    -------
    DataFrame
        ``contact_id``, ``outcome``, ``evidence``: contacts with an outcome only.
    """
    spoken = utterances.filter(pl.col("part").is_in(_OWN_PARTS) & pl.col("role").is_in(["customer", "unknown"]))
    agent_words = rules.excluded.alternation("contains", "agent_phrase")
    spoken = spoken.filter((pl.col("role") == "customer") | ~pl.col("text").str.contains(agent_words))
    closing = spoken.sort("contact_id", "no").group_by("contact_id", maintain_order=True).tail(rules.closing_turns)
    noted = utterances.filter((pl.col("part") == "note") & (pl.col("role") == "writer")).sort("contact_id", "no")
    own = _last_word(closing, rules.outcome_closing)
    writer = _last_word(noted, rules.outcome_note)
    both = own.join(writer, on="contact_id", how="full", coalesce=True, suffix="_noted", validate="1:1")
    noted_first = pl.col("outcome").is_null() | (pl.col("outcome_noted") == "unresolved").fill_null(value=False)
    return both.select(
        "contact_id",
        pl.when(noted_first).then("outcome_noted").otherwise("outcome").alias("outcome"),
        pl.when(noted_first).then("evidence_noted").otherwise("evidence").alias("evidence"),
    ).sort("contact_id")


def _last_word(turns: pl.DataFrame, lexicon: Lexicon) -> pl.DataFrame:
    found = first_match(turns["text"].unique(maintain_order=True), lexicon).rename({"value": "outcome"})
    return (
        turns.select("contact_id", "no", "text")
        .join(found.drop_nulls("outcome"), on="text", validate="m:1")
        .sort("contact_id", "no")
        .group_by("contact_id", maintain_order=True)
        .last()
        .select("contact_id", "outcome", "evidence")
    )
