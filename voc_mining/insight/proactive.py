"""``proactive_voc.csv``: what customers say when we ask, sorted into classes with their evidence."""

from __future__ import annotations

import polars as pl

from voc_mining.insight.word_data import patterns

LOOKED_FOR = {
    "churn_signal": "churn_signal",
    "unexpected_use": "unexpected_use",
    "improvement": "trouble",
    "unmet_need": "unmet_need",
    "trouble": "trouble",
    "praise": "praise",
}
"""Families of patterns in the order they are looked for, with the class they mean; ``other`` is what is left.
A wish to have more of what exists (もっと…てほしい) is trouble with it, not a need it leaves unmet."""
NEEDS = ("unmet_need", "unexpected_use", "trouble", "churn_signal")
"""Classes that tell of something to be done, unlike praise and other."""
_OF_KIND = {"churn_signal": "churn_signal", "request": "unmet_need", "complaint": "trouble", "praise": "praise"}


def proactive_voc(statements: pl.DataFrame) -> pl.DataFrame:
    """Take the proactive statements with their class, the words that named it, and whether we asked for it.

    Parameters
    ----------
    statements : DataFrame
        Of :func:`voc_mining.insight.facts.statement_facts`, with ``class`` and ``class_score``.

    Returns
    -------
    DataFrame
        Columns of ``proactive_voc.csv`` in order, then ``evidence_words`` (null where no words name the class),
        ``contact_id``, ``occurred_at`` and ``confidence`` (null where the rules decide alone). ``evidence`` is the sentence. ``prompted`` is true for
        an answer to a survey question, unless that asks for anything at all.
    """
    proactive = statements.filter(pl.col("origin") == "proactive")
    return (
        proactive.with_columns(_deciding_words().alias("evidence_words"), prompted().alias("prompted"))
        .sort("started_at", "contact_id", "first_no", "voc_id", nulls_last=True)
        .select(
            "voc_id",
            "source_id",
            pl.col("customer_key").alias("customer_id"),
            "silence",
            "class",
            "prompted",
            pl.col("text").alias("evidence"),
            "topic_id",
            "evidence_words",
            "contact_id",
            pl.col("started_at").alias("occurred_at"),
            pl.col("class_score").alias("confidence"),
        )
    )


def proactive_class() -> pl.Expr:
    """Class of a statement by its words, else by its ``kind``; over the columns ``text`` and ``kind``."""
    found = _found_words()
    by_words = pl.coalesce(pl.when(words.is_not_null()).then(pl.lit(LOOKED_FOR[name])) for name, words in found.items())
    by_kind = pl.col("kind").replace_strict(_OF_KIND, default="other", return_dtype=pl.String)
    return pl.coalesce(by_words, by_kind)


def _deciding_words() -> pl.Expr:
    """Words by which the patterns of the data file name the class that was decided; null if they name another."""
    found = _found_words()
    return pl.coalesce(pl.when(pl.col("class") == LOOKED_FOR[name]).then(words) for name, words in found.items())


def _found_words() -> dict[str, pl.Expr]:
    said = pl.col("text").str.replace_all(patterns("proactive_patterns", "denied"), "／")
    return {name: said.str.extract(f"({patterns('proactive_patterns', name)})", 1) for name in LOOKED_FOR}


def prompted() -> pl.Expr:
    """Whether a statement answers a survey question about something; over the column ``question``."""
    asked_openly = pl.col("question").str.contains(patterns("open_questions"))
    return pl.col("question").is_not_null() & ~asked_openly.fill_null(False)
