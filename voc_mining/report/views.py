"""Frozen views: what a screen shows, drawn from the insight frames and free of markup.

Every function takes frames by the name of their CSV and returns plain values; a missing or empty
frame gives an empty view.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

Frames = Mapping[str, pl.DataFrame]
Row = dict[str, object]

ORIGINS = ("reactive", "proactive", "other", "unknown")
SILENT_SHOWN = 200
PROACTIVE_SHOWN = 12
TOPIC_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Share:
    """A count with its denominator; ``share`` is None where the denominator is 0."""

    n: int
    total: int

    @property
    def share(self) -> float | None:
        """The count over its denominator."""
        return self.n / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Overview:
    """The first screen: how much was heard, from whom, and what is missing."""

    contacts: dict[str, Share]
    statements: dict[str, Share]
    customers: dict[str, int]
    no_customer: Share
    without_topic: dict[str, Share]
    silence: dict[str, Share]


@dataclass(frozen=True, slots=True)
class ContrastView:
    """Topics that can be compared, the widest difference first, and how many cannot."""

    rows: list[Row]
    insufficient: int
    date_from: date | None
    date_to: date | None


@dataclass(frozen=True, slots=True)
class ParetoView:
    """Reasons in order of number."""

    rows: list[Row]
    n_inquiries: int
    few: int


def overview(frames: Frames) -> Overview:
    """Count contacts, statements and customers per origin, each over its own total."""
    contacts, voc = frames["contacts"], frames["voc"]
    per_origin = {origin: voc.filter(pl.col("origin") == origin) for origin in ORIGINS}
    return Overview(
        contacts=_shares(contacts, "origin", ORIGINS),
        statements=_shares(voc, "origin", ORIGINS),
        customers={origin: part["customer_id"].drop_nulls().n_unique() for origin, part in per_origin.items()},
        no_customer=Share(voc["customer_id"].null_count(), voc.height),
        without_topic={
            origin: Share(part["topic_id"].null_count(), part.height) for origin, part in per_origin.items()
        },
        silence=_counts_as_shares(frames.get("customer_silence")),
    )


def topics(frames: Frames) -> list[Row]:
    """Topics that people should see, most customers first, each with its examples and their place in the sound."""
    table = frames["topics"]
    if table.is_empty():
        return []
    shown = table.filter(pl.col("status").is_in(["active", "dormant"]) & (pl.col("n_voc") > 0))
    shown = shown.sort(["n_customers", "n_voc", "topic_id"], descending=[True, True, False])
    examples = _statements_by_id(frames["voc"])
    return [
        row | {"examples": [examples[key] for key in _example_ids(row) if key in examples]}
        for row in shown.iter_rows(named=True)
    ]


def contrast(frames: Frames) -> ContrastView:
    """Topics with enough numbers on both sides, what only the asked say first, and the count of those without."""
    table = frames["contrast"]
    if table.is_empty():
        return ContrastView([], 0, None, None)
    enough = table.filter(pl.col("side") != "insufficient").sort("log_odds", "topic_id")
    return ContrastView(
        enough.rows(named=True), table.height - enough.height, table["window_from"][0], table["window_to"][0]
    )


def proactive(frames: Frames) -> dict[str, list[Row]]:
    """Proactive statements by class, the newest first, silent customers before others."""
    table = frames["proactive_voc"]
    if table.is_empty():
        return {}
    places = frames["voc"].select("voc_id", "occurred_at", "channel", "audio_link", "start_s", "topic_label")
    joined = table.join(places, on="voc_id", how="left", validate="1:1").sort(
        (pl.col("silence") == "quiet").rank("dense", descending=True),
        pl.col("occurred_at").rank(descending=True),
        "voc_id",
    )
    return {str(name): part.rows(named=True) for (name,), part in sorted(joined.group_by("class"), key=_by_size)}


def silent(frames: Frames) -> list[Row]:
    """Silent customers, the ones to contact first on top."""
    table = frames["silent_customers"]
    return table.sort("risk", "customer_id", descending=[True, False], nulls_last=True).rows(named=True)


def pareto(frames: Frames) -> ParetoView:
    """Reasons for inquiries in order, with the vital few."""
    table = frames["pareto"].sort("rank")
    few = table["in_vital_few"].sum() if table.height else 0
    return ParetoView(table.rows(named=True), int(table["n_inquiries"].sum() or 0), int(few or 0))


def kpi_by_queue(frames: Frames) -> list[Row]:
    """Totals per queue; rates and means are made anew from the sums, never averaged over days."""
    table = frames["kpi_daily"]
    if table.is_empty():
        return []
    weight = pl.col("answered")
    sums = table.group_by("queue").agg(
        pl.col("offered", "answered", "abandoned").sum(),
        *(((pl.col(name) * weight).sum() / weight.filter(pl.col(name).is_not_null()).sum()).alias(name) for name in ("att_s", "aht_s")),
    )  # fmt: skip
    return (
        sums.with_columns(
            answer_rate=pl.when(pl.col("offered") > 0).then(pl.col("answered") / pl.col("offered")),
            abandon_rate=pl.when(pl.col("offered") > 0).then(pl.col("abandoned") / pl.col("offered")),
        )
        .sort("offered", "queue", descending=[True, False])
        .rows(named=True)
    )


def kpi_by_day(frames: Frames) -> list[Row]:
    """Offered and answered calls per business date over all queues."""
    table = frames["kpi_daily"]
    if table.is_empty():
        return []
    return (
        table.group_by("business_date").agg(pl.col("offered", "answered").sum()).sort("business_date").rows(named=True)
    )


def _shares(frame: pl.DataFrame, column: str, values: tuple[str, ...]) -> dict[str, Share]:
    counts = dict(frame.group_by(column).len().iter_rows())
    return {value: Share(counts.get(value, 0), frame.height) for value in values}


def _counts_as_shares(counts: pl.DataFrame | None) -> dict[str, Share]:
    if counts is None or counts.is_empty():
        return {}
    total = int(counts["n_customers"].sum())
    return {str(state): Share(int(n), total) for state, n in counts.select("silence", "n_customers").iter_rows()}


def _statements_by_id(voc: pl.DataFrame) -> dict[str, Row]:
    columns = ["voc_id", "text", "origin", "silence", "channel", "occurred_at", "start_s", "audio_link", "kind"]
    return {str(row["voc_id"]): row for row in voc.select(columns).iter_rows(named=True)}


def _example_ids(row: Row) -> list[str]:
    ids = (row.get(f"example_{nth}_voc_id") for nth in range(1, TOPIC_EXAMPLES + 1))
    return [str(found) for found in ids if found]


def _by_size(group: tuple[tuple[object, ...], pl.DataFrame]) -> tuple[int, str]:
    (name,), part = group
    return (-part.height, str(name))
