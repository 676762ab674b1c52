"""The words that tell a topic from the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from voc_mining.report.views.values import Share

TERMS_SHOWN = 15
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Term:
    """A term with the statements that hold it: of the topic's, and of all."""

    term: str
    here: Share
    everywhere: Share


def topic_terms(voc: pl.DataFrame, words: pl.DataFrame | None) -> Mapping[str, tuple[Term, ...]]:
    """List each topic's terms by how far they stand out: n · log(share here ÷ share everywhere).

    Parameters
    ----------
    voc : DataFrame
        Rows of ``voc``.
    words : DataFrame or None
        ``voc_id``, ``terms`` (list).
    """
    if words is None or voc.is_empty():
        return {}
    held = (
        voc.select("voc_id", "topic_id")
        .join(words.select("voc_id", pl.col("terms").alias("term")), on="voc_id", how="inner", validate="1:1")
        .explode("term", empty_as_null=True, keep_nulls=True)
        .drop_nulls("term")
        .unique()
    )
    everywhere = held.group_by("term").agg(pl.len().alias("n_all"))
    sizes = voc.group_by("topic_id").agg(pl.len().alias("size"))
    here, overall = pl.col("n") / pl.col("size"), pl.col("n_all") / voc.height
    counted = (
        held.drop_nulls("topic_id")
        .group_by("topic_id", "term")
        .agg(pl.len().alias("n"))
        .filter(pl.col("n") >= _FEWEST)
        .join(everywhere, on="term", how="left", validate="m:1")
        .join(sizes, on="topic_id", how="left", validate="m:1")
        .with_columns((pl.col("n") * (here / overall).log()).alias("weight"))
        .filter(pl.col("weight") > 0)
        .sort("topic_id", "weight", "term", descending=[False, True, False])
        .group_by("topic_id", maintain_order=True)
        .head(TERMS_SHOWN)
    )
    found: dict[str, list[Term]] = {}
    for topic_id, term, n, n_all, size in counted.select("topic_id", "term", "n", "n_all", "size").iter_rows():
        found.setdefault(topic_id, []).append(Term(term, Share(n, size), Share(n_all, voc.height)))
    return {topic_id: tuple(terms) for topic_id, terms in found.items()}
