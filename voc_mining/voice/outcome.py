"""How a contact ended for the customer: unknown unless words say so."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from voc_mining.contracts.values import HARASSMENT
from voc_mining.voice.lexicon import Lexicon, cancelled, first_match, folded
from voc_mining.voice.matching import first_words
from voc_mining.voice.rules import VoiceRules

_OWN_PARTS = ("audio", "message", "answer")
_OUTCOME = ["contact_id", "outcome", "evidence"]


def contact_outcomes(utterances: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Tell the outcome of each contact whose words name one.

    Asked are, in this order: the customer's last turns of a call or the answer to a survey, of which the last one that
    speaks decides (harassment and anger there are unresolved); the words of a note, which are believed over polite thanks
    where they say unresolved; how the agent ended: a refusal or a promise is unresolved, what is done and taken without a
    bad word is satisfied.

    Parameters
    ----------
    utterances : DataFrame
        By the contract, of whole contacts.
    rules : VoiceRules
        Lexicons, ``closing_turns`` and ``last_turns``.

    Returns
    -------
    DataFrame
        ``contact_id``, ``outcome``, ``evidence``: contacts with an outcome only.
    """
    spoken = utterances.filter(pl.col("part").is_in(_OWN_PARTS) & pl.col("role").is_in(["customer", "unknown"]))
    agent_words = rules.excluded.alternation("contains", "agent_phrase")
    spoken = spoken.filter((pl.col("role") == "customer") | ~pl.col("text").str.contains(agent_words))
    own = _last_word(_closing(spoken, rules.closing_turns), rules.outcome_closing, _grave(rules))
    talk = utterances.filter((pl.col("part") == "audio") & pl.col("role").is_in(["customer", "agent"]))
    noted = utterances.filter((pl.col("part") == "note") & (pl.col("role") == "writer")).sort("contact_id", "no")
    writer = _last_word(noted, rules.outcome_note, ())
    both = own.join(writer, on="contact_id", how="full", coalesce=True, suffix="_noted", validate="1:1")
    noted_first = pl.col("outcome").is_null() | (pl.col("outcome_noted") == "unresolved").fill_null(value=False)
    named = both.select(
        "contact_id",
        pl.when(noted_first).then("outcome_noted").otherwise("outcome").alias("outcome"),
        pl.when(noted_first).then("evidence_noted").otherwise("evidence").alias("evidence"),
    )
    return pl.concat([named, _by_agent(talk.join(named, on="contact_id", how="anti"), rules)]).sort("contact_id")


def _closing(turns: pl.DataFrame, count: int) -> pl.DataFrame:
    return turns.sort("contact_id", "no").group_by("contact_id", maintain_order=True).tail(count)


def _grave(rules: VoiceRules) -> list[str]:
    """Words with which nobody ends content: harassment."""
    return [
        pattern for family in HARASSMENT if family != "sexual" for pattern in rules.critical.patterns("match", family)
    ]


def _last_word(turns: pl.DataFrame, lexicon: Lexicon, grave: Sequence[str]) -> pl.DataFrame:
    """Outcome by the last turn that names one; words that are ``grave`` name it unresolved where the lexicon is silent."""
    found = first_match(turns["text"].unique(maintain_order=True), lexicon).rename({"value": "outcome"})
    if grave:
        words = first_words(found.select(folded(pl.col("text"))).to_series(), grave)
        found = found.with_columns(
            pl.when(pl.lit(words).is_not_null()).then(pl.lit("unresolved")).otherwise("outcome").alias("outcome"),
            pl.coalesce("evidence", pl.lit(words)).alias("evidence"),
        )
    return (
        turns.select("contact_id", "no", "text")
        .join(found.drop_nulls("outcome"), on="text", validate="m:1")
        .sort("contact_id", "no")
        .group_by("contact_id", maintain_order=True)
        .last()
        .select(_OUTCOME)
    )


def _by_agent(talk: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Outcome by the agent's last words; what was done pleases nobody who said something bad in the end."""
    line = folded(pl.col("text"))
    talk = talk.sort("contact_id", "no")
    opening = talk.filter(pl.col("role") == "agent").unique("contact_id", keep="first", maintain_order=True)
    we_called = opening.filter(line.str.contains(rules.reasons.alternation("we_called")))
    called = talk.join(we_called, on="contact_id", how="anti").join(opening, on="contact_id", how="semi")
    agent = _last_word(
        _closing(called.filter(pl.col("role") == "agent"), rules.last_turns), rules.outcome_agent, ()
    ).rename({"outcome": "agent", "evidence": "agent_words"})
    customer = _closing(called.filter(pl.col("role") == "customer"), rules.last_turns)
    bad = cancelled(line, rules.emotions, "negative").str.extract(
        f"({rules.emotions.alternation('match', 'negative')})", 1
    )
    assent = line.str.extract(f"({rules.outcome_closing.alternation('assents')})", 1)
    last = (
        customer.with_columns(bad.alias("bad"), assent.alias("assent"))
        .group_by("contact_id", maintain_order=True)
        .agg(pl.col("bad").drop_nulls().last(), pl.col("assent").last())
    )
    both = last.join(agent, on="contact_id", how="left", validate="1:1")
    unhappy = pl.col("bad").is_not_null() | (pl.col("agent") == "unresolved").fill_null(value=False)
    content = (pl.col("agent") == "satisfied").fill_null(value=False) | pl.col("assent").is_not_null()
    return (
        both.with_columns(
            pl.when(unhappy).then(pl.lit("unresolved")).when(content).then(pl.lit("satisfied")).alias("outcome"),
            pl.when(unhappy).then(pl.coalesce("bad", "agent_words")).otherwise(pl.coalesce("assent", "agent_words"))
            .alias("evidence"),
        )
        .drop_nulls("outcome")
        .select(_OUTCOME)
    )  # fmt: skip
