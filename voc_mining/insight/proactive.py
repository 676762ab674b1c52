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
_ASKED = ("trouble", "unmet_need", "unexpected_use", "praise", "churn_signal", "matter", "fact")
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
        an answer to a question about the matter (:func:`prompted`).
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
    """Class of a statement by its words, else by its ``kind``; over the columns ``text``, ``kind`` and ``question``.

    A bare denial (いいえ、特にありません) of trouble, needs or leaving that the question asks about is ``other``; a bare
    assent to them is the class that was asked about.
    """
    found = _found_words()
    by_words = pl.coalesce(pl.when(words.is_not_null()).then(pl.lit(LOOKED_FOR[name])) for name, words in found.items())
    by_kind = pl.col("kind").replace_strict(_OF_KIND, default="other", return_dtype=pl.String)
    wanted = asked_about()
    about = wanted.is_in(NEEDS)
    return (
        pl.when(about & _whole("denies"))
        .then(pl.lit("other"))
        .when(about & _whole("assents"))
        .then(wanted)
        .otherwise(pl.coalesce(by_words, by_kind))
    )


def asked_about() -> pl.Expr:
    """Tell what the question right before a statement asks for; over the column ``question``.

    A class of proactive statements, ``open`` (anything at all, or only opens the talk), ``fact`` (a datum) or
    ``matter`` (any other); null where nothing was asked.
    """
    asked = pl.col("question")
    named = {name: asked.str.contains(patterns("question_classes", name)) for name in ("open", "aspect", *_ASKED)}
    told = (
        pl.when(asked.is_null() | (asked == "")).then(None).when(named["open"] & ~named["aspect"]).then(pl.lit("open"))
    )
    for name in _ASKED:
        told = told.when(named[name]).then(pl.lit(name))
    return told.otherwise(pl.lit("matter"))


def _whole(name: str) -> pl.Expr:
    return pl.col("text").str.contains(rf"^(?:{patterns('short_answers', name)})[。、!！\s]*$")


def _deciding_words() -> pl.Expr:
    """Words by which the patterns of the data file name the class that was decided; null if they name another."""
    found = _found_words()
    return pl.coalesce(pl.when(pl.col("class") == LOOKED_FOR[name]).then(words) for name, words in found.items())


def _found_words() -> dict[str, pl.Expr]:
    said = pl.col("text").str.replace_all(patterns("proactive_patterns", "denied"), "／")
    return {name: said.str.extract(f"({patterns('proactive_patterns', name)})", 1) for name in LOOKED_FOR}


def prompted() -> pl.Expr:
    """Whether a statement answers a question about its matter; over the columns ``question`` and ``class``.

    Not after an open question or an opening (その後いかがですか), nor where something else is told than was asked for: trouble
    after 満足している点は, a need after きっかけは.
    """
    asked, told = asked_about(), pl.col("class")
    short_of = ("trouble", "unmet_need")
    same = (asked == told) | (told == "other") | (asked.is_in(short_of) & told.is_in(short_of))
    return (
        pl.when(asked.is_null() | (asked == "open"))
        .then(pl.lit(value=False))
        .when(asked == "matter")
        .then(pl.lit(value=True))
        .when(asked == "fact")
        .then(~told.is_in((*short_of, "churn_signal")))
        .otherwise(same)
    )
