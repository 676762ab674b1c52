"""The two voices side by side: reach of each topic among inquirers, the asked and the silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from voc_mining.report.views.values import Frames, Row, records

COMPARED = ("reactive", "both", "proactive")


@dataclass(frozen=True, slots=True)
class ContrastView:
    """Topics that can be compared, what only the asked say first, and those that cannot.

    ``heard`` are the denominators: customers heard on each side in the window. ``counts`` are topics by side.
    """

    rows: tuple[Row, ...]
    insufficient: tuple[Row, ...]
    date_from: date | None
    date_to: date | None
    heard: tuple[tuple[str, int], ...]
    counts: tuple[tuple[str, int], ...]

    def of_side(self, side: str) -> tuple[Row, ...]:
        """Rows of one side, the widest difference first."""
        rows = [row for row in self.rows if row["side"] == side]
        return tuple(sorted(rows, key=lambda row: -abs(row["log_odds"] or 0.0)))


def contrast(frames: Frames) -> ContrastView:
    """Show topics in the order of their log odds, below zero (more when asked) first."""
    table = frames["contrast"]
    if table.is_empty():
        return ContrastView((), (), None, None, (), ())
    enough = table.filter(pl.col("side").is_in(COMPARED)).sort("log_odds", "topic_id")
    few = table.filter(~pl.col("side").is_in(COMPARED)).sort("label", "topic_id")
    first = table.row(0, named=True)
    return ContrastView(
        rows=records(enough),
        insufficient=records(few),
        date_from=first["window_from"],
        date_to=first["window_to"],
        heard=tuple((side, first[f"{side}_heard"]) for side in ("reactive", "proactive", "quiet")),
        counts=tuple(
            (side, enough.filter(pl.col("side") == side).height) for side in ("proactive", "both", "reactive")
        ),
    )
