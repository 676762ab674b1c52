"""Label topics as a person would: by the best clause of their own statements, else by telling terms and pairs.

Negation stands in a label as the terms carry it.

A term's keyness in a topic is its part in the divergence of the topic from all texts,
p·log2(p / q): p is the share of the topic's texts that have it, q the share of all texts.
It prefers terms that are frequent here and rarer elsewhere, and leaves out those frequent everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from voc_mining.contracts.clause import NameSource
from voc_mining.topics.generic import telling
from voc_mining.topics.naming import clause_candidates
from voc_mining.topics.params import NamingParams

ARROW, JOINT = "→", "・"
_PAIR_SHARE = 0.15
_SMOOTHING = 0.5
_NOUN_AND_PREDICATE = 2
_CASES, _OR = "をがにでと", "や"


def keyness(members: pl.DataFrame, texts: pl.DataFrame, column: str) -> pl.DataFrame:
    """Score the entries of a list column by topic.

    Parameters
    ----------
    members : DataFrame
        ``topic_id``, ``text_hash``.
    texts : DataFrame
        ``text_hash`` and the list column, of all texts, in a topic or not.
    column : str
        Column of lists of strings.

    Returns
    -------
    DataFrame
        ``topic_id``, ``entry``, ``n`` (texts of the topic that have it), ``share`` (of the topic's texts),
        ``score``, best first within each topic; only scores above 0.
    """
    having = texts.select("text_hash", pl.col(column).list.unique().alias("entry")).explode("entry", empty_as_null=True)
    having = having.drop_nulls("entry")
    overall = having.group_by("entry").agg(pl.len().alias("n_all"))
    sizes = members.group_by("topic_id").agg(pl.len().alias("size"))
    inside = members.join(having, on="text_hash").group_by("topic_id", "entry").agg(pl.len().alias("n"))
    share_all = pl.col("n_all") / max(texts.height, 1)
    # Shrunk towards the share among all texts, so that one text alone makes no key term.
    shrunk = (pl.col("n") + _SMOOTHING * share_all) / (pl.col("size") + _SMOOTHING)
    return (
        inside.join(overall, on="entry")
        .join(sizes, on="topic_id")
        .with_columns(share=pl.col("n") / pl.col("size"), score=(shrunk * (shrunk / share_all).log(2)).round(6))
        .filter(pl.col("score") > 0)
        .select("topic_id", "entry", "n", "share", "score")
        .sort("topic_id", "score", "n", "entry", descending=[False, True, True, False])
    )


def label_topics(  # noqa: PLR0913 - what it needs
    members: pl.DataFrame,
    texts: pl.DataFrame,
    *,
    n_keywords: int = 10,
    taken: Collection[str] = (),
    names: NameSource | None = None,
    naming: NamingParams | None = None,
) -> pl.DataFrame:
    """Name topics so that no two have the same name.

    Parameters
    ----------
    members : DataFrame
        ``topic_id``, ``text_hash`` of the topics to name; ``weight`` where texts count differently.
    texts : DataFrame
        ``text_hash``, ``terms``, ``pairs`` of all texts they stand out from, the members included; ``text`` and
        ``vector`` where clauses are cut.
    n_keywords : int, default 10
        Keywords kept.
    taken : collection of str
        Labels that are in use.
    names : NameSource, optional
        Cuts clauses out of texts; without, names are made of terms and pairs alone.
    naming : NamingParams, optional
        How clauses are weighed.

    Returns
    -------
    DataFrame
        ``topic_id``, ``label``, ``keywords``, ``candidates`` (what it might have been called, the chosen first, as a JSON
        array), sorted by ``topic_id``. A topic whose texts have no telling term is called by its id.
    """
    params = naming or NamingParams()
    told = texts.with_columns(terms=telling(pl.col("terms")))
    key_terms = keyness(members, told, "terms")
    terms = _by_topic(key_terms.group_by("topic_id", maintain_order=True).head(n_keywords))
    pairs = _by_topic(keyness(members, told, "pairs").filter(pl.col("share") >= _PAIR_SHARE))
    clauses = {} if names is None else _clauses(clause_candidates(members, told, key_terms, names, params))
    used, meanings = set(taken), set[frozenset[str]]()
    rows = []
    # The larger topic has the better right to a name.
    for topic in members["topic_id"].value_counts().sort("count", "topic_id", descending=[True, False])["topic_id"]:
        keywords, mine = terms.get(topic, []), clauses.get(topic, [])
        chosen = next(
            (row for row in mine if row["name"] not in used and frozenset(row["words"]) not in meanings), None
        )
        made = _names(topic, keywords, pairs.get(topic, []))
        label, source = (chosen["name"], "clause") if chosen else next(name for name in made if name[0] not in used)
        if chosen and len(chosen["words"]) == 1:
            label = next((name for name in _spelled_out(label, mine) if name not in used), label)
        used.add(label)
        if chosen:
            meanings.add(frozenset(chosen["words"]))
            chosen = {**chosen, "name": label}
        others = [row for row in mine[: params.kept] if row["name"] != label]
        first = chosen or {"name": label, "source": source}
        rows.append((topic, label, keywords, _as_json([first, *others])))
    schema = pl.Schema(
        [("topic_id", pl.String), ("label", pl.String), ("keywords", pl.List(pl.String)), ("candidates", pl.String)]
    )
    return pl.DataFrame(rows, schema=schema, orient="row").sort("topic_id")


def _spelled_out(bare: str, candidates: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Offer names with the nouns a bare predicate stands with: 住所や宛て名を変更したい for 変更したい; the nouns said most first."""
    nouns: dict[str, list[str]] = {}
    for row in candidates:
        name = str(row["name"])
        if name.endswith(bare) and len(row["words"]) == _NOUN_AND_PREDICATE and len(name) > len(bare) + 1:
            nouns.setdefault(name[-len(bare) - 1], []).append(name[: -len(bare) - 1])
    for particle, found in sorted(nouns.items(), key=lambda item: -len(item[1])):
        apart = distinct_words(found)
        if len(apart) > 1 and particle in _CASES:
            yield f"{apart[0]}{_OR}{apart[1]}{particle}{bare}"
        yield f"{apart[0]}{particle}{bare}"


def weighted(members: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Add to ``topic_id``, ``text_hash`` how many contacts said each text (``weight``), at least one."""
    said = mentions.group_by("text_hash").agg(pl.col("contact_id").n_unique().cast(pl.Float64).alias("weight"))
    return members.join(said, on="text_hash", how="left", validate="m:1").with_columns(pl.col("weight").fill_null(1.0))


def _as_json(candidates: Sequence[Mapping[str, Any]]) -> str:
    """Write candidates without the words they are made of."""
    kept = [{key: value for key, value in each.items() if key != "words"} for each in candidates]
    return json.dumps(kept, ensure_ascii=False)


def _clauses(scored: pl.DataFrame) -> dict[str, Sequence[dict[str, Any]]]:
    """Candidates of each topic, best first."""
    return {
        str(topic): list(part.drop("topic_id").iter_rows(named=True))
        for (topic,), part in scored.group_by("topic_id", maintain_order=True)
    }


def _by_topic(scored: pl.DataFrame) -> dict[str, list[str]]:
    listed = scored.group_by("topic_id", maintain_order=True).agg("entry")
    return dict(zip(listed["topic_id"], listed["entry"].to_list(), strict=True))


def _names(topic: str, keywords: list[str], pairs: list[str]) -> Iterator[tuple[str, str]]:
    """Offer names and what they are made of: a pair about a leading keyword, two keywords, three, with the id at last."""
    telling_pairs = [pair.split(ARROW) for pair in pairs]
    for words in telling_pairs:
        if len(words) == 2 and all(words) and any(word in keywords[:3] for word in words):
            yield JOINT.join(words), "pair"
    apart = distinct_words(keywords)
    for count in range(2, len(apart) + 1):
        yield JOINT.join(apart[:count]), "terms"
    if apart:
        yield apart[0], "terms"
    yield JOINT.join([*apart[:2], topic]), "terms"


def distinct_words(keywords: list[str]) -> list[str]:
    """Drop words that only repeat a part of a better one."""
    kept: list[str] = []
    for word in keywords:
        if not any(word in other or other in word for other in kept):
            kept.append(word)
    return kept
