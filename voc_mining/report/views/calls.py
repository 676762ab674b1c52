"""How calls with sound went: waits, holds, silence, who talks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.report.views.values import Frames, Row, Share, records

CALLS_SHOWN = 100
DOUBTFUL_SHOWN = 30
LONG_WAIT_S = 60.0
WAIT_BOUNDS_S = (5, 10, 20, 30, 60, 120, 300)
"""Upper bounds, in seconds, of the classes of the longest wait; the last class has none."""

_HOW = (
    pl.when(pl.col("agent_told_by").is_not_null())
    .then(pl.col("agent_told_by"))
    .when(pl.col("agent_clearness").is_not_null())
    .then(pl.lit("unclear"))
    .otherwise(pl.lit("one"))
)

FIGURES = (
    "conversation_s",
    "agent_share",
    "overlap_s",
    "dead_air_share",
    "opening_s",
    "longest_wait_s",
    "hold_heard_s",
    "agent_interruptions",
    "customer_interruptions",
    "agent_morae_per_s",
    "customer_morae_per_s",
)


@dataclass(frozen=True, slots=True)
class Spread:
    """How a figure is spread over the calls in which it is known."""

    name: str
    known: int
    median: float
    p90: float
    highest: float


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A call whose agent was told by words, or could not be told: kinds of words for the likelier one, and against."""

    call: Row
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallsView:
    """Calls with sound.

    ``speakers`` are those whose speakers are known, ``long_waits`` those with a wait of a minute and more among
    those where anybody speaks, ``held`` those with a hold; ``waits`` counts calls per class of longest wait. ``told`` counts
    the calls in which a person speaks by how the agent was told; ``doubtful`` are those of them that a log does not
    decide, the least clear first.
    """

    total: int
    date_from: date | None
    date_to: date | None
    speakers: Share
    long_waits: Share
    held: Share
    spreads: Mapping[str, Spread]
    waits: tuple[int, ...]
    told: Mapping[str, int]
    doubtful: tuple[Doubtful, ...]
    by_queue: tuple[Row, ...]
    longest: tuple[Row, ...]


def calls(frames: Frames) -> CallsView:
    """Spread the figures over calls and queues, and list the calls with the longest waits."""
    table = frames["call_anatomy"]
    wait, days = pl.col("longest_wait_s"), table.select(tokyo_date(pl.col("started_at")).alias("day"))["day"]
    waited = table.filter(wait.is_not_null())
    spoken = table.filter(pl.col("conversation_s") > 0)
    n = table.height
    return CallsView(
        total=n,
        date_from=days.min(),  # type: ignore[arg-type]
        date_to=days.max(),  # type: ignore[arg-type]
        speakers=Share(table["agent_talk_s"].count(), n),
        long_waits=Share(waited.filter(wait >= LONG_WAIT_S).height, waited.height),
        held=Share(table.filter(pl.col("n_holds") > 0).height, n),
        spreads={name: spread for name in FIGURES if (spread := _spread(table[name].drop_nulls())) is not None},
        waits=_classes(waited["longest_wait_s"]),
        told=_told(spoken),
        doubtful=_doubtful(spoken),
        by_queue=records(_by_queue(table)),
        longest=records(waited.sort("longest_wait_s", "contact_id", descending=[True, False]).head(CALLS_SHOWN)),
    )


def _spread(values: pl.Series) -> Spread | None:
    if values.is_empty():
        return None
    known = values.cast(pl.Float64)
    middle, high = (float(known.quantile(share, "linear") or 0.0) for share in (0.5, 0.9))
    return Spread(values.name, len(values), middle, high, float(known.max()))  # type: ignore[arg-type]


def _classes(waits: pl.Series) -> tuple[int, ...]:
    """Count the waits of each class; a bound belongs to the class above it."""
    edges = (0, *WAIT_BOUNDS_S, float("inf"))
    return tuple(int(waits.is_between(low, high, closed="left").sum()) for low, high in pairwise(edges))


def _told(spoken: pl.DataFrame) -> dict[str, int]:
    """Count calls by how the agent was told: by the log, by words, not by words either, or not two speakers at all."""
    by = spoken.select(_HOW.alias("by"))["by"]
    return {how: int((by == how).sum()) for how in ("log", "words", "unclear", "one")}


def _doubtful(spoken: pl.DataFrame) -> tuple[Doubtful, ...]:
    rows = (
        spoken.with_columns(_HOW.alias("by"))
        .filter(pl.col("by").is_in(["words", "unclear"]))
        .sort(pl.col("by") == "words", "agent_clearness", "contact_id")
        .head(DOUBTFUL_SHOWN)
    )
    return tuple(_weighed(row) for row in records(rows))


def _weighed(row: Row) -> Doubtful:
    """Part the kinds of words by which way they point, the heaviest first."""
    weights = {kind: float(weight) for kind, _, weight in (each.partition(" ") for each in row["agent_evidence"] or ())}
    heaviest = sorted(weights, key=lambda kind: (-abs(weights[kind]), kind))
    return Doubtful(
        row,
        tuple(kind for kind in heaviest if weights[kind] > 0),
        tuple(kind for kind in heaviest if weights[kind] < 0),
    )


def _by_queue(table: pl.DataFrame) -> pl.DataFrame:
    """Medians per queue; no agents, for a call's course is not theirs alone."""
    return (
        table.group_by("queue")
        .agg(
            pl.len().alias("n"),
            *(pl.col(name).median() for name in FIGURES),
            pl.col("longest_wait_s").quantile(0.9, "linear").alias("longest_wait_p90_s"),
            (pl.col("n_holds") > 0).sum().alias("held"),
        )
        .sort("n", "queue", descending=[True, False], nulls_last=True)
    )
