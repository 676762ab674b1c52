"""What an ingest knows before it writes, what it is to write, and how records are compared with what is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from voc_mining.ingest.deliveries import SUPERSEDED, against_stored
from voc_mining.ingest.kinds import RECORDINGS
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.plan import READ, Planned
from voc_mining.ingest.recordings import Probe
from voc_mining.ingest.sources import Feed, Sources
from voc_mining.ingest.stage import Tally
from voc_mining.store.delta import DeltaStore

Mask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class World:
    """What an ingest knows before it writes: the stores, the inbox, the plan, and how to read."""

    lake: DeltaStore
    vault: DeltaStore
    inputs: pl.DataFrame
    inputs_seen: int
    before: Mapping[str, Mapping[str, Any]]
    planned: Sequence[Planned]
    sources: Sources
    params: IngestParams
    mask: Mask
    probe: Probe

    @property
    def deliveries(self) -> pl.DataFrame:
        """Delivery that each file stands for now, also files no longer present."""
        numbers = {path: int(row["delivery"]) for path, row in self.before.items()}
        numbers |= {file.entry.path: file.delivery for file in self.planned}
        schema = {"stored_file": pl.String, "stored_delivery": pl.Int64}
        return pl.DataFrame(list(numbers.items()), schema=schema, orient="row")

    @property
    def read_again(self) -> list[str]:
        """Files whose content is known but is read in another way, or once more."""
        return [file.entry.path for file in self.planned if file.status == READ and not file.fresh]

    def told_by_read_again(self, store: DeltaStore, table: str) -> pl.LazyFrame:
        """Rows of a table that came from the files that are read again; mostly there are none of these."""
        if not self.read_again:
            return store.tables[table].empty().lazy()
        return store.scan(table).filter(pl.col("source_file").is_in(self.read_again))

    @property
    def recording_feed(self) -> Feed:
        """How recordings are read."""
        return next(feed for feed in self.sources.feeds if feed.kind == RECORDINGS)


@dataclass(slots=True)
class Harvest:
    """What is to be written, and what became of the inputs."""

    contacts: list[pl.DataFrame] = field(default_factory=list)
    contact_ids: list[pl.DataFrame] = field(default_factory=list)
    documents: list[pl.DataFrame] = field(default_factory=list)
    document_ids: list[pl.DataFrame] = field(default_factory=list)
    rejects: list[pl.DataFrame] = field(default_factory=list)
    raw_rejects: list[pl.DataFrame] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    settled: dict[str, Counter[str]] = field(default_factory=dict)


def provenance(world: World, stored: pl.DataFrame) -> pl.DataFrame:
    """Rename the provenance of stored rows for the comparison, and add their delivery."""
    renamed = stored.rename({"content_key": "stored_content", "source_file": "stored_file", "source_row": "stored_row"})
    return renamed.join(world.deliveries, on="stored_file", how="left", validate="m:1")


def settled(harvest: Harvest, kind: str, records: pl.DataFrame, stored: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Compare records with what is stored, count what became of them, and keep those that hold."""
    told = stored.select(*key, "stored_content", "stored_file", "stored_row", "stored_delivery")
    compared = against_stored(records, told, key)
    counts = harvest.settled.setdefault(kind, Counter())
    states = dict(compared["state"].value_counts().iter_rows())
    counts["produced"] += states.get("new", 0) + states.get("changed", 0)
    counts["unchanged"] += states.get("unchanged", 0)
    counts[SUPERSEDED] += states.get(SUPERSEDED, 0)
    return compared.filter(pl.col("state") != SUPERSEDED).drop("state")
