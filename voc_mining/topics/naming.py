"""What a topic may be called: clauses of its own statements, scored by how much they say of it and of it alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from voc_mining.contracts.clause import Clause, ClauseCutter, NameSource, TextEncoder
from voc_mining.topics.generic import generic_terms, weak_words
from voc_mining.topics.params import NamingParams
from voc_mining.topics.space import Matrix, Vector, centred, matrix, on_grid, unit

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
_ABOUT = "{}に関すること"
"""A bare noun is no name; where nothing better is said of it, this is honest."""
_ONE_TEXT = 0.8
"""Share of a word's keyness that rests on a single text of the topic."""
_BLOCK = 65_536


def clause_candidates(
    members: pl.DataFrame, texts: pl.DataFrame, terms: pl.DataFrame, source: NameSource, params: NamingParams
) -> pl.DataFrame:
    """Score the clauses of topics' typical texts as names.

    A clause's score is √(telling × √coverage) × typical² × form:

    - *telling* is the keyness of its n words in the topic, summed and divided by √n; a word of one text alone adds little;
    - *coverage* is the share of the topic's texts, by contacts, that have all its words (less one), averaged with the share that
      its words have each;
    - *typical* is the cosine of the name's own vector to the middle of the topic, less a share of that to the nearest other
      topic; where names get no vectors, how near the texts that have its words are to the middle; 1 without any vectors;
    - *form* is whether it reads as a name: with noun and predicate, short, not a bare word.

    Parameters
    ----------
    members : DataFrame
        ``topic_id``, ``text_hash``, and ``weight`` (contacts) where they count differently.
    texts : DataFrame
        ``text_hash``, ``text``, ``terms``; ``plain_text`` and ``vector`` where there are such.
    terms : DataFrame
        Keyness of terms: ``topic_id``, ``entry``, ``score``.
    source : NameSource
        Cuts clauses out of texts, and gives names vectors.
    params : NamingParams
        How names are weighed.

    Returns
    -------
    DataFrame
        ``topic_id``, ``words`` and the fields of a candidate, best first within each topic; at most
        ``params.considered`` of each.
    """
    # Of a large topic those with the smallest hashes, a sample that depends on nothing else.
    chosen = members.sort("topic_id", "text_hash").group_by("topic_id", maintain_order=True).head(params.members)
    mine = chosen.with_columns(weight=pl.col("weight") if "weight" in members.columns else pl.lit(1.0)).join(
        texts, on="text_hash", validate="m:1"
    )
    middles = _Middles.of(mine, texts) if "vector" in mine.columns and mine.height else None
    mine = mine.with_columns(pl.lit(1.0).alias("typical") if middles is None else middles.of_texts(mine))
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
        .join(_cut(looked_at, source.cut, params), on="text_hash")
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
    scored = (
        names.join(telling, on=["topic_id", "name"], validate="1:1")
        .join(held, on=["topic_id", "name"], validate="1:1")
        .join(sizes, on="topic_id", validate="m:1")
        .with_columns(
            coverage=(((pl.col("held") - pl.col("each")) / pl.col("size") + pl.col("spread")) / 2).round(4),
            typical=pl.col("typical").clip(0.0, 1.0).round(4),
            telling=(pl.col("telling") / pl.col("parts").sqrt()).round(4),
            source=pl.lit("clause"),
        )
        .with_columns(score=_score())
        .filter(pl.col("score") > 0)
    )
    if middles is not None and source.encode is not None:
        likely = _best(scored, params.considered)
        scored = likely.with_columns(middles.of_names(likely, source.encode, params.other_topic)).with_columns(
            score=_score()
        )
    return _best(scored.filter(pl.col("score") > 0), params.considered).select("topic_id", "words", *_FIELDS)


def _score() -> pl.Expr:
    says = (pl.col("telling") * pl.col("coverage").sqrt()).sqrt()
    return (says * pl.col("typical").pow(2) * pl.col("form")).round(4)


def _best(scored: pl.DataFrame, count: int) -> pl.DataFrame:
    ordered = scored.sort("topic_id", "score", "name", descending=[False, True, False])
    return ordered.group_by("topic_id", maintain_order=True).head(count)


@dataclass(frozen=True, slots=True)
class _Middles:
    """The middles of topics in the space of all texts, without what those have in common."""

    mean: Vector
    topics: tuple[str, ...]
    directions: Matrix

    @classmethod
    def of(cls, mine: pl.DataFrame, texts: pl.DataFrame) -> _Middles:
        sums = (
            matrix(part["vector"]).sum(axis=0, dtype=np.float64) for part in texts.select("vector").iter_slices(_BLOCK)
        )
        # Rounded, so that the order of the texts cannot be seen; sums of what lies on the grid are exact.
        mean = on_grid(np.sum(list(sums), axis=0) / texts.height)
        topics, place = np.unique(mine["topic_id"].to_numpy(), return_inverse=True)
        middles = np.zeros((len(topics), len(mean)))
        np.add.at(middles, place, centred(matrix(mine["vector"]), mean))
        return cls(mean, tuple(topics), unit(middles))

    def of_texts(self, mine: pl.DataFrame) -> pl.Series:
        """Similarity of each text to the middle of its topic."""
        return pl.Series("typical", self._to_own(mine, centred(matrix(mine["vector"]), self.mean))[0])

    def of_names(self, names: pl.DataFrame, encode: TextEncoder, other_topic: float) -> pl.Series:
        """Similarity of each name to the middle of its topic, less a share of that to the next."""
        distinct = names["name"].unique().sort()
        rows = {name: row for row, name in enumerate(distinct)}
        points = centred(encode(distinct.to_list()), self.mean) if rows else np.zeros((0, len(self.mean)))
        own, other = self._to_own(names, points[[rows[name] for name in names["name"]]])
        return pl.Series("typical", np.clip(own - other_topic * np.clip(other, 0.0, None), 0.0, 1.0).round(4))

    def _to_own(self, rows: pl.DataFrame, points: Matrix) -> tuple[Vector, Vector]:
        """Similarity to the topic of each row, and the greatest to another (-1 where there is none)."""
        places = {topic: place for place, topic in enumerate(self.topics)}
        own = np.array([places[topic] for topic in rows["topic_id"]], dtype=np.int64)
        alike = np.round(points @ self.directions.T, 4)
        every = np.arange(len(own))
        mine = alike[every, own]
        alike[every, own] = -1.0
        return mine, alike.max(axis=1, initial=-1.0)


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
                bare = not clause.predicate and len(clause.words) == 1
                name = _ABOUT.format(clause.text) if bare else clause.text
                rows.append((text_hash, name, telling, len(clause.words), _form(clause, len(telling), params)))
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
