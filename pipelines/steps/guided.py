"""Step: settle which guided topic takes each text, and read it.

A text is settled once for the topics and examples there are (``guided_texts``); reading compares the vectors of those alone that
are not settled yet, so a publish costs nothing that grows with the archive but reading rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.steps.guides import stored_guides
from voc_mining.store.delta import DeltaStore
from voc_mining.topics.guided import (
    SETTLED,
    Guide,
    Registered,
    guided,
    guides_key,
    settled,
    texts_named,
    that_can,
)
from voc_mining.topics.placement import SIMILAR, Space
from voc_mining.topics.registry import active_version

_BLOCK = 65_536
_FEW = 0.2
_ASSIGNED = ("text_hash", "topic_id", "strength", "told")


def guided_step(lake: DeltaStore) -> None:
    """Settle the texts that are not settled yet; nothing is done without guided topics."""
    version = active_version(lake.read("registries"))
    guides = stored_guides(lake)
    if version.is_empty() or not guides:
        return
    mine = pl.col("registry_version") == version["registry_version"].item()
    assigned = lake.scan("assignments").filter(mine).select(_ASSIGNED).collect()
    work = _Work.of(lake, version, guides)
    known = work.known(assigned)
    new = work.new(assigned, known)
    if new.is_empty():
        return
    rows = new.with_columns(pl.lit(work.key).alias("guides_key"))
    if known.is_empty():
        lake.replace_all("guided_texts", lake.tables["guided_texts"].conform(rows))
    else:
        lake.replace("guided_texts", lake.tables["guided_texts"].conform(rows), scope=rows.select("text_hash"))


def with_guided(
    lake: DeltaStore, version: pl.DataFrame, guides: Sequence[Guide], assigned: pl.DataFrame
) -> pl.DataFrame:
    """Give texts their guided topics; without such, no vector is looked at.

    Parameters
    ----------
    lake : DeltaStore
        Tables.
    version : DataFrame
        Row of ``registries`` in force, or none.
    guides : sequence of Guide
        Guided topics.
    assigned : DataFrame
        ``text_hash`` (unique), ``topic_id``, ``strength``, ``told``.

    Returns
    -------
    DataFrame
        Of :func:`voc_mining.topics.guided.guided`.
    """
    if not guides:
        has = pl.col("topic_id").is_not_null()
        return assigned.select("text_hash", "topic_id", "strength").with_columns(
            pl.when(has).then(pl.lit(SIMILAR)).alias("by")
        )
    work = _Work.of(lake, version, guides)
    known = work.known(assigned)
    return guided(assigned, pl.concat([known, work.new(assigned, known)]))


def read_space(lake: DeltaStore, version: pl.DataFrame, texts: set[str]) -> Space:
    """Read the vectors of some texts into the space of a version."""
    if not texts or version.is_empty():
        return Space({}, np.zeros((0, 0)))
    wanted = pl.Series(sorted(texts))
    vectors = _vectors(lake, version).filter(pl.col("text_hash").is_in(wanted.implode())).collect()
    return Space.of(vectors, np.asarray(version["mean"].item(), dtype=np.float32))


def _vectors(lake: DeltaStore, version: pl.DataFrame) -> pl.LazyFrame:
    mine = lake.scan("vectors").filter(pl.col("model_id") == version["model_id"].item())
    return mine.select("text_hash", "vector")


@dataclass(frozen=True, slots=True)
class _Work:
    """What texts are settled by."""

    lake: DeltaStore
    version: pl.DataFrame
    guides: Sequence[Guide]
    registered: Registered
    key: str

    @classmethod
    def of(cls, lake: DeltaStore, version: pl.DataFrame, guides: Sequence[Guide]) -> _Work:
        number = version["registry_version"].item()
        mine = (pl.col("registry_version") == number) & (pl.col("status") == "active")
        topics = (
            lake.scan("topics").filter(mine).select("topic_id", "exemplars", "threshold").sort("topic_id").collect()
        )
        registered = Registered(
            dict(topics.select("topic_id", "exemplars").iter_rows()),
            topics["threshold"].to_numpy(),
            np.asarray(version["mean"].item(), dtype=np.float32),
        )
        # An example that has no vector yet takes nothing; once it has one, all is settled again.
        examples = sorted({text for guide in guides for text in guide.examples})
        there = _vectors(lake, version).filter(pl.col("text_hash").is_in(pl.Series(examples).implode()))
        embedded = set(there.select("text_hash").collect()["text_hash"])
        counted = [
            Guide(each.topic_id, each.label, each.heading, tuple(text for text in each.examples if text in embedded))
            for each in guides
        ]
        return cls(lake, version, guides, registered, guides_key(counted, registered, number))

    def known(self, assigned: pl.DataFrame) -> pl.DataFrame:
        """Texts that are settled, and have the topic they had then."""
        stored = self.lake.scan("guided_texts").filter(pl.col("guides_key") == self.key).select(*SETTLED).collect()
        same = stored.join(that_can(assigned), on="text_hash", validate="1:1")
        return same.filter(pl.col("home").eq_missing(pl.col("topic_id"))).select(*SETTLED)

    def new(self, assigned: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
        """Settle the other texts."""
        can = that_can(assigned)
        rest = can.join(known, on="text_hash", how="anti")
        if rest.is_empty():
            return SETTLED.to_frame()
        space = read_space(self.lake, self.version, texts_named(self.guides, self.registered))
        return settled(rest, self.guides, self.registered, space, self._blocks(rest, can.height))

    def _blocks(self, rest: pl.DataFrame, among: int) -> Iterator[pl.DataFrame]:
        mine = _vectors(self.lake, self.version)
        if rest.height <= _FEW * among:
            yield mine.filter(pl.col("text_hash").is_in(rest["text_hash"].implode())).collect()
            return
        # A million vectors would not fit; what comes of each does not depend on the others.
        yield from mine.collect_batches(chunk_size=_BLOCK, maintain_order=False)
