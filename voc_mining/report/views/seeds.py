"""Seeds for new business: needs and uses by matter, with who stands behind them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from voc_mining.insight.business_seeds import SEED_CLASSES
from voc_mining.insight.examples import EXAMPLES
from voc_mining.report.views.highlights import Highlighter
from voc_mining.report.views.values import (
    STATEMENT_COLUMNS,
    Corrections,
    Frames,
    Row,
    Share,
    Statement,
    corrections,
    records,
    statement,
)

SEEDS_SHOWN = 12
SINGLES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Seed:
    """One matter: its row of ``business_seeds``, its customers over those heard when asked, words, related topics."""

    row: Row
    customers: Share
    said: tuple[Statement, ...]
    related: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SeedClass:
    """Needs or uses: the matters of most customers, single statements without a topic, and how many there are in all."""

    name: str
    seeds: tuple[Seed, ...]
    n_seeds: int
    singles: tuple[Statement, ...]
    n_singles: int


def seeds(frames: Frames) -> tuple[SeedClass, ...]:
    """Order needs and uses by the customers behind them; classes without any are left out."""
    table, voc = frames["business_seeds"], frames["voc"].select(STATEMENT_COLUMNS)
    labels = dict(frames["topics"].select("topic_id", "label").iter_rows())
    made = corrections(frames)
    found = []
    for name in SEED_CLASSES:
        rows = table.filter(pl.col("class") == name)
        grouped, singles = rows.filter(pl.col("topic_id").is_not_null()), rows.filter(pl.col("topic_id").is_null())
        if rows.is_empty():
            continue
        quotes = _quotes(pl.concat([grouped.head(SEEDS_SHOWN), singles.head(SINGLES_SHOWN)]), voc, made)
        shown = tuple(_seed(row, quotes, labels) for row in records(grouped.head(SEEDS_SHOWN)))
        alone = tuple(quotes[row["example_1_voc_id"]] for row in records(singles.head(SINGLES_SHOWN)))
        found.append(SeedClass(name, shown, grouped.height, alone, singles.height))
    return tuple(found)


def _seed(row: Row, quotes: dict[str, Statement], labels: dict[str, str]) -> Seed:
    examples = (row[f"example_{no}_voc_id"] for no in range(1, EXAMPLES + 1))
    return Seed(
        row=row,
        customers=Share(row["n_customers"], row["heard"]),
        said=tuple(quotes[voc_id] for voc_id in examples if voc_id),
        related=tuple((topic_id, labels[topic_id]) for topic_id in row["related_topics"] or () if topic_id in labels),
    )


def _quotes(rows: pl.DataFrame, voc: pl.DataFrame, made: Corrections) -> dict[str, Statement]:
    wanted = rows.select(pl.concat_list(f"example_{no}_voc_id" for no in range(1, EXAMPLES + 1)).alias("voc_id"))
    shown = voc.join(wanted.explode("voc_id", empty_as_null=True, keep_nulls=True), on="voc_id", how="semi")
    plain = Highlighter()
    return {row["voc_id"]: statement(row, plain, None, made) for row in shown.iter_rows(named=True)}
