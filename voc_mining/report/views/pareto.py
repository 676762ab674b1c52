"""Reasons for inquiries in order of number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from voc_mining.report.views.values import Frames, Row, Share, records


@dataclass(frozen=True, slots=True)
class ParetoView:
    """Ranked reasons, the vital few among them, and the inquiries that have no reason.

    ``with_reason`` is the denominator of the shares; over it stand all inquiries of the window.
    """

    rows: tuple[Row, ...]
    with_reason: Share
    few: int
    few_share: Share
    date_from: date | None
    date_to: date | None


def pareto(frames: Frames) -> ParetoView:
    """Rank the reasons; the row of inquiries without one is counted apart."""
    table = frames["pareto"].sort("rank")
    reasons = table.filter(pl.col("topic_id").is_not_null())
    vital = reasons.filter("in_vital_few")
    named, every = int(reasons["n_inquiries"].sum() or 0), int(table["n_inquiries"].sum() or 0)
    first = table.row(0, named=True) if table.height else {}
    return ParetoView(
        rows=records(reasons),
        with_reason=Share(named, every),
        few=vital.height,
        few_share=Share(int(vital["n_inquiries"].sum() or 0), named),
        date_from=first.get("window_from"),
        date_to=first.get("window_to"),
    )
