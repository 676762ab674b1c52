"""What a topic may be called: clauses of its own statements, scored by how much they say of it and of it alone."""

from __future__ import annotations

import numpy as np
import polars as pl

from voc_mining.contracts.clause import Clause, ClauseCutter
from voc_mining.topics.generic import generic_terms, weak_words
from voc_mining.topics.params import NamingParams
from voc_mining.topics.space import centred, matrix, unit

_FIELDS = ("name", "source", "score", "telling", "coverage", "typical", "form")
_CUT = pl.Schema(
    [
        ("text_hash", pl.String),
        ("name", pl.String),
        ("words", pl.List(pl.String)),
        ("parts", pl.UInt32),
        ("form", pl.Float64),
    ]
)
_QUESTION = "か"
_ONE_TEXT = 0.8
"""Share of a word's keyness that rests on a single text of the topic."""


def clause_candidates(
    members: pl.DataFrame, texts: pl.DataFrame, terms: pl.DataFrame, cut: ClauseCutter, params: NamingParams
) -> pl.DataFrame:
    """Score the clauses of topics' typical texts as names.

    A clause's score is telling × √coverage × typical × form:

    - *telling* is the keyness of its n words in the topic, summed and divided by √n; a word of one text alone adds little;
    - *coverage* is the share of the topic's texts, by contacts, that have all its words (less one), averaged with the share that
      its words have each;
    - *typical* is how near the texts that have them are to the middle of the topic, 1 without vectors;
    - *form* is whether it reads as a name: with noun and predicate, short, not a bare word.

    Parameters
    ----------
    members : DataFrame
        ``topic_id``, ``text_hash``, and ``weight`` (contacts) where they count differently.
    texts : DataFrame
        ``text_hash``, ``text``, ``terms``; ``plain_text`` and ``vector`` where there are such.
    terms : DataFrame
        Keyness of terms: ``topic_id``, ``entry``, ``score``.
    cut : callable
        Cuts clauses out of texts.
    params : NamingParams
        How names are weighed.

    Returns
    -------
    DataFrame
        ``topic_id``, ``words`` and the fields of a candidate, best first within each topic; at most
        ``params.considered`` of each.
    """
    mine = members.with_columns(weight=pl.col("weight") if "weight" in members.columns else pl.lit(1.0)).join(
        texts, on="text_hash", validate="m:1"
    )
    mine = mine.with_columns(typical=_typical(mine, texts))
    looked_at = (
        mine.sort("topic_id", "typical", "text_hash", descending=[False, True, False])
        .group_by("topic_id", maintain_order=True)
        .head(params.texts)
    )
    words = mine.select("topic_id", "text_hash", pl.col("terms").list.unique().alias("word")).explode(
        "word", empty_as_null=True
    )
    words = words.drop_nulls("word")
    names = (
        looked_at.select("topic_id", "text_hash")
        .join(_cut(looked_at, cut, params), on="text_hash")
        .group_by("topic_id", "name")
        .agg(pl.col("words", "parts").sort_by("text_hash").first(), pl.col("form").max())
    )
    made_of = names.select("topic_id", "name", pl.col("words").alias("word")).explode("word", empty_as_null=True)
    told = made_of.join(_heard(words, mine, terms), on=["topic_id", "word"], validate="m:1")
    telling = told.group_by("topic_id", "name").agg(
        pl.col("key").sum().alias("telling"), pl.len().alias("n_words"), pl.col("share").mean().alias("spread")
    )
    held = (
        told.join(words, on=["topic_id", "word"])
        .group_by("topic_id", "name", "text_hash")
        .agg(pl.len().alias("n_held"))
        .join(telling.select("topic_id", "name", "n_words"), on=["topic_id", "name"], validate="m:1")
        .filter(pl.col("n_held") == pl.col("n_words"))
        .join(mine.select("topic_id", "text_hash", "weight", "typical"), on=["topic_id", "text_hash"], validate="m:1")
        .group_by("topic_id", "name")
        .agg(pl.col("weight").sum().alias("held"), pl.col("weight").mean().alias("each"), pl.col("typical").mean())
    )
    sizes = mine.group_by("topic_id").agg(pl.col("weight").sum().alias("size"))
    return (
        names.join(telling, on=["topic_id", "name"], validate="1:1")
        .join(held, on=["topic_id", "name"], validate="1:1")
        .join(sizes, on="topic_id", validate="m:1")
        .with_columns(
            coverage=(((pl.col("held") - pl.col("each")) / pl.col("size") + pl.col("spread")) / 2).round(4),
            typical=pl.col("typical").clip(0.0, 1.0).round(4),
            telling=(pl.col("telling") / pl.col("parts").sqrt()).round(4),
        )
        .with_columns(
            score=(pl.col("telling") * pl.col("coverage").sqrt() * pl.col("typical") * pl.col("form")).round(4),
            source=pl.lit("clause"),
        )
        .filter(pl.col("score") > 0)
        .sort("topic_id", "score", "name", descending=[False, True, False])
        .group_by("topic_id", maintain_order=True)
        .head(params.considered)
        .select("topic_id", "words", *_FIELDS)
    )


def _heard(words: pl.DataFrame, mine: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """Share of a topic's texts that have each word, and the word's keyness without the first of them."""
    sizes = mine.group_by("topic_id").agg(pl.col("weight").sum().alias("size"))
    return (
        words.join(mine.select("topic_id", "text_hash", "weight"), on=["topic_id", "text_hash"], validate="m:1")
        .group_by("topic_id", "word")
        .agg(pl.len().alias("n"), pl.col("weight").sum().alias("held"))
        .join(sizes, on="topic_id", validate="m:1")
        .join(
            terms.select("topic_id", word="entry", score="score"), on=["topic_id", "word"], how="left", validate="1:1"
        )
        .select(
            "topic_id",
            "word",
            (pl.col("held") / pl.col("size")).alias("share"),
            (pl.col("score").fill_null(0.0) * (1 - _ONE_TEXT / pl.col("n"))).alias("key"),
        )
    )


def _typical(mine: pl.DataFrame, texts: pl.DataFrame) -> pl.Series:
    """Similarity of each text to the middle of its topic, in the space of all texts; 1 where there are no vectors."""
    if "vector" not in mine.columns or mine.is_empty():
        return pl.Series("typical", np.ones(mine.height))
    mean = matrix(texts.sort("text_hash")["vector"]).mean(axis=0, dtype=np.float64)
    points = centred(matrix(mine["vector"]), mean)
    topics, place = np.unique(mine["topic_id"].to_numpy(), return_inverse=True)
    middles = np.zeros((len(topics), points.shape[1]))
    # In the order of the texts, so that the same topic has the same middle to the last bit.
    order = np.argsort(mine["text_hash"].to_numpy(), kind="stable")
    np.add.at(middles, place[order], points[order])
    return pl.Series("typical", np.einsum("ij,ij->i", points, unit(middles)[place]).round(4))


def _cut(looked_at: pl.DataFrame, cut: ClauseCutter, params: NamingParams) -> pl.DataFrame:
    """Cut the clauses of each distinct text and judge their form."""
    said = pl.coalesce("plain_text", "text") if "plain_text" in looked_at.columns else pl.col("text")
    distinct = looked_at.select("text_hash", said.alias("text")).unique("text_hash").sort("text_hash")
    terms = dict(looked_at.select("text_hash", "terms").iter_rows())
    asking, light = weak_words("asking"), weak_words("light")
    empty = generic_terms(for_labels=True) | weak_words("when")
    rows = []
    for text_hash, clauses in zip(distinct["text_hash"], cut(distinct["text"].to_list()), strict=True):
        for clause in clauses:
            if clause.predicate in asking:
                continue
            there = set(terms[text_hash])
            telling = [word for word in clause.words if word in there or word != clause.predicate or word not in light]
            if telling and empty.isdisjoint(telling) and there.issuperset(telling):
                rows.append((text_hash, clause.text, telling, len(clause.words), _form(clause, len(telling), params)))
    return pl.DataFrame(rows, schema=_CUT, orient="row")


def _form(clause: Clause, n_telling: int, params: NamingParams) -> float:
    """Tell how well a name reads by its parts and its length, 0-1."""
    if clause.predicate and n_telling > 1:
        parts = params.form_clause
    elif clause.built:
        parts = params.form_built
    elif len(clause.words) > 1:
        parts = params.form_noun
    else:
        parts = params.form_alone
    parts *= params.form_question if clause.text.endswith(_QUESTION) else 1.0
    length = len(clause.text)
    too_long = max(length - params.easy_length, 0) / params.easy_length
    too_short = params.form_short if length < params.least_length else 1.0
    return round(parts * too_short * (1.0 - too_long) * (1.0 - params.per_character * length), 4)
