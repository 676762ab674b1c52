"""Customer statements and outcomes of a batch of contacts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

import polars as pl

from voc_mining import ids
from voc_mining.contracts import LAKE_TABLES
from voc_mining.contracts.lists import lists
from voc_mining.voice.circumstances import circumstances
from voc_mining.voice.course import emotional_course
from voc_mining.voice.critical import critical_voices, without_matter
from voc_mining.voice.experience import experiences
from voc_mining.voice.kinds import kinds
from voc_mining.voice.outcome import contact_outcomes
from voc_mining.voice.polarity import polarity
from voc_mining.voice.reason import confirmed_readbacks, reason_statements
from voc_mining.voice.rules import VoiceRules
from voc_mining.voice.statements import UNCOUNTED_FLAGS, left_out, pieces, statements_of
from voc_mining.voice.urgency import urgency

Plain = Callable[[str], str]
"""Leaves out of a text what adds nothing to its meaning."""

Finder = Callable[[Sequence[str]], list[list[str]]]
"""Finds the terms, or the dependency pairs, of each of several distinct texts."""


class Voice(NamedTuple):
    """What contacts say: frames by the contracts ``voc``, ``outcomes`` and ``critical``."""

    voc: pl.DataFrame
    outcomes: pl.DataFrame
    critical: pl.DataFrame


def statements(  # noqa: PLR0913 - frames, rules, and what finds words
    utterances: pl.DataFrame,
    contacts: pl.DataFrame,
    rules: VoiceRules,
    find_terms: Finder,
    find_pairs: Finder,
    *,
    plain: Plain = str,
) -> Voice:
    """Make the customer statements, the outcomes and the critical voices of whole contacts.

    Parameters
    ----------
    utterances : DataFrame
        By the contract ``utterances``, every utterance of the contacts.
    contacts : DataFrame
        ``contact_id``, ``month``, ``input_key``: one row per contact, also those without words.
    rules : VoiceRules
        Lexicons and pauses.
    find_terms, find_pairs : callable
        Terms and dependency pairs of distinct texts.
    plain : callable, default as it is
        Makes the form of a text that terms, pairs and vectors are made from, and by which texts are the same.

    Returns
    -------
    Voice
        Statements of flagged utterances, those that are harassment and nothing else, and those that only tell
        circumstances are kept with ``counts`` false. Outcomes have one row per contact.
    """
    told = pieces(utterances, rules)
    made = statements_of(told)
    months = contacts.select("contact_id", "month")
    voc = made.join(_judged(made, rules), on=["text", "hint", "hint_words"], how="left", nulls_equal=True)
    voc = voc.join(_described(made["text"], find_terms, find_pairs, plain), on="text", how="left", validate="m:1")
    voc = voc.join(months, on="contact_id", how="left", validate="m:1").with_columns(
        (pl.col("flags").list.set_intersection(list(UNCOUNTED_FLAGS)).list.len() == 0).alias("counts"),
        _voc_ids(voc),
    )
    contract = LAKE_TABLES["voc"]
    voc = contract.conform(voc.drop("flags", "hint", "hint_words").with_columns(is_reason=pl.lit(value=False)))
    idle = pl.col("voc_id").is_in(without_matter(voc, rules).implode())
    voc = voc.with_columns(pl.col("counts") & ~idle)
    aside = pl.col("voc_id").is_in(circumstances(voc, rules).implode())
    voc = voc.with_columns(pl.col("counts") & ~aside)
    reason = pl.col("voc_id").is_in(reason_statements(voc, utterances, rules.reasons).implode())
    voc = contract.check(voc.with_columns(reason.alias("is_reason")))
    outcomes = _outcomes(utterances, contacts, voc, left_out(told), rules)
    return Voice(voc, outcomes, critical_voices(voc, utterances, rules))


def _judged(made: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Kind, polarity and urgency of each distinct text; a reporting word names the kind where the text tells none."""
    distinct = made.select("text", "hint", "hint_words").unique(maintain_order=True)
    texts = distinct["text"].unique(maintain_order=True)
    told = distinct.join(kinds(texts, rules.kinds), on="text", how="left", validate="m:1").with_columns(
        pl.when(pl.col("kind") == "other").then(pl.coalesce("hint", "kind")).otherwise("kind").alias("kind"),
        pl.coalesce("kind_evidence", "hint_words").alias("kind_evidence"),
    )
    by_kind = told.select("text", "kind").unique(maintain_order=True)
    tones = by_kind.with_columns(polarity(by_kind, rules.polarity, rules.kinds).drop("text"))
    told = told.join(tones, on=["text", "kind"], how="left", validate="m:1")
    for judged in (urgency(texts, rules.urgency), experiences(texts, rules.experience)):
        told = told.join(judged, on="text", how="left", validate="m:1")
    return told


def _described(texts: pl.Series, find_terms: Finder, find_pairs: Finder, plain: Plain) -> pl.DataFrame:
    distinct = texts.unique(maintain_order=True).to_list()
    meant = [plain(text) for text in distinct]
    different = [form if form != text else None for form, text in zip(meant, distinct, strict=True)]
    return pl.DataFrame(
        {
            "text": pl.Series(distinct, dtype=pl.String),
            "text_hash": pl.Series([ids.text_hash(form) for form in meant], dtype=pl.String),
            "plain_text": pl.Series(different, dtype=pl.String),
            "terms": lists(find_terms(meant), pl.String),
            "pairs": lists(find_pairs(meant), pl.String),
        }
    )


def _voc_ids(voc: pl.DataFrame) -> pl.Series:
    """Ids by the nth occurrence of a text in its contact and channel; the parts of a written contact are one channel."""
    keyed = voc.select("contact_id", pl.col("channel").cast(pl.String).fill_null("").alias("channel"), "text")
    nth = keyed.select(pl.int_range(pl.len()).over("contact_id", "channel", "text").alias("nth"))["nth"]
    rows = zip(*keyed.iter_columns(), nth, strict=True)
    return pl.Series("voc_id", [ids.voc_id(*row) for row in rows], dtype=pl.String)


def _outcomes(
    utterances: pl.DataFrame, contacts: pl.DataFrame, voc: pl.DataFrame, unused: pl.DataFrame, rules: VoiceRules
) -> pl.DataFrame:
    counted = voc.filter("counts").group_by("contact_id").agg(pl.len().alias("n_statements"))
    spoken = utterances.group_by("contact_id").agg(pl.len().alias("n_utterances"))
    reasons = (
        unused.group_by("contact_id", "reason")
        .agg(pl.len().alias("n"))
        .sort("contact_id", "reason")
        .group_by("contact_id", maintain_order=True)
        .agg("reason", "n")
    )
    dropped = pl.DataFrame(
        {
            "contact_id": reasons["contact_id"],
            "dropped": pl.Series(
                [json.dumps(dict(zip(*row, strict=True))) for row in reasons.select("reason", "n").iter_rows()],
                dtype=pl.String,
            ),
        }
    )
    frame = contacts.select("contact_id", "month", "input_key")
    course = emotional_course(utterances, rules)
    readbacks = confirmed_readbacks(utterances, rules.reasons)
    for more in (contact_outcomes(utterances, rules), course, readbacks, spoken, counted, dropped):
        frame = frame.join(more, on="contact_id", how="left", validate="1:1")
    contract = LAKE_TABLES["outcomes"]
    filled = frame.with_columns(
        pl.col("outcome").fill_null("unknown"),
        pl.col("n_utterances", "n_statements").fill_null(0),
        pl.col("dropped").fill_null("{}"),
    )
    return contract.check(contract.conform(filled))
