"""Step: give the topics of a version their groups in the coarser layers."""

from __future__ import annotations

import polars as pl

from pipelines.steps.wording import text_words
from voc_mining.store.conflicts import again_if_overtaken
from voc_mining.store.delta import DeltaStore
from voc_mining.topics.generic import telling
from voc_mining.topics.layers import GROUPS, LAYERS, layered
from voc_mining.topics.tree import group_names

_TEXTS = 500
"""Texts of a topic whose words name the groups: those with the smallest hashes."""


@again_if_overtaken
def layers_step(lake: DeltaStore, version: int, *, anew: bool = False) -> None:
    """Put the active topics of a version that have no groups yet into groups, and name groups that are new.

    Where another run wrote groups meanwhile, those it has are kept and the rest is decided again.

    Parameters
    ----------
    lake : DeltaStore
        Tables.
    version : int
        Version of the registry.
    anew : bool, default False
        Group all of them: for a candidate that takes the place of another.
    """
    (seen,) = lake.seen("topic_layers")
    mine = pl.col("registry_version") == version
    active = lake.scan("topics").filter(mine & (pl.col("status") == "active"))
    topics = active.select("topic_id", "label", "centroid").collect()
    before = lake.scan("topic_layers").filter(mine).collect()
    known = before.clear() if anew else before
    if topics.join(known, on="topic_id", how="anti").is_empty():
        return
    groups = layered(topics, known.select(*GROUPS))
    names = _names(lake, version, topics, groups, known)
    rows = groups.with_columns(
        pl.lit(version, pl.Int64).alias("registry_version"),
        *(pl.col(f"{layer}_id").replace_strict(names).alias(f"{layer}_label") for layer in LAYERS),
    )
    kept = known.join(rows, on="topic_id", how="anti").select(rows.columns)
    lake.replace(
        "topic_layers", pl.concat([kept, rows]), scope=pl.DataFrame({"registry_version": [version]}), seen=seen
    )


def _names(
    lake: DeltaStore, version: int, topics: pl.DataFrame, groups: pl.DataFrame, known: pl.DataFrame
) -> dict[str, str]:
    """Names of the groups: those they have, that of the only topic, else what their topics share; no two the same."""
    named = {row[f"{layer}_id"]: row[f"{layer}_label"] for row in known.to_dicts() for layer in LAYERS}
    missing = [layer for layer in LAYERS if not set(groups[f"{layer}_id"]) <= set(named)]
    if not missing:
        return named
    placed = (
        lake.scan("assignments")
        .filter((pl.col("registry_version") == version) & pl.col("topic_id").is_not_null())
        .select("text_hash", "topic_id")
        .collect()
        .sort("topic_id", "text_hash")
        .group_by("topic_id", maintain_order=True)
        .head(_TEXTS)
    )
    words = text_words(lake, placed).with_columns(telling(pl.col("terms")))
    labels = dict(topics.select("topic_id", "label").iter_rows())
    for layer in missing:
        ids = groups[f"{layer}_id"].unique().sort().to_list()
        numbers = {each: number for number, each in enumerate(ids)}
        numbered = groups.select(
            "topic_id", pl.col(f"{layer}_id").replace_strict(numbers, return_dtype=pl.Int64).alias("group")
        )
        alone = dict(
            groups.group_by(f"{layer}_id")
            .agg(pl.col("topic_id"))
            .filter(pl.col("topic_id").list.len() == 1)
            .iter_rows()
        )
        taken = {*labels.values(), *named.values()}
        for number, name in group_names(
            numbered, placed.join(numbered, on="topic_id", how="semi"), words, taken
        ).items():
            only = alone.get(ids[number])
            named.setdefault(ids[number], labels[only[0]] if only else name)
    return named
