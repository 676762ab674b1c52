"""Who left, and how many of them without having asked for anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from voc_mining.report.views.values import Frames, Row, Share, records

CHURN_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ChurnAxis:
    """Churn counted by customer or by account.

    ``silent``, ``vocal`` and ``undetermined`` are over all who left and add up to them.
    """

    axis: str
    silent: Share
    vocal: Share
    undetermined: Share


@dataclass(frozen=True, slots=True)
class ChurnView:
    """The headline of both axes, why some cannot be told, what is known of reasons, and the latest who left."""

    axes: tuple[ChurnAxis, ...]
    undetermined: Mapping[str, int]
    silent_reasons: tuple[tuple[str | None, int], ...]
    returned: int
    undated: int
    rows: tuple[Row, ...]
    total: int

    @property
    def headline(self) -> Share | None:
        """Silent leavers over all churn, by customer."""
        return self.axes[0].silent if self.axes else None


def churn(frames: Frames) -> ChurnView:
    """Count who left by customer and, where accounts are known, by account.

    An account is counted once it has no customer left; it left in silence where nobody in it was in touch before
    leaving, and cannot be told where that holds of some and others cannot be told.
    """
    table = frames["silent_churn"]
    counts = table.filter(pl.col("silence_reason").is_not_null())["silence_reason"].value_counts(sort=True)
    reasons = (
        table.filter("silent")["known_reason"]
        .value_counts(sort=True)
        .sort("count", "known_reason", descending=[True, False])
    )
    undated = frames.get("undated_churn")
    accounts = _accounts(table, frames["accounts"])
    parts = [("customer", table["silent"])] + ([("account", accounts)] if accounts.len() else [])
    return ChurnView(
        axes=tuple(_axis(axis, silent) for axis, silent in parts if silent.len()),
        undetermined=dict(counts.iter_rows()),
        silent_reasons=tuple(reasons.iter_rows()),
        returned=table.filter("returned").height,
        undated=int(undated["n_contracts"].sum()) if undated is not None else 0,
        rows=records(table.head(CHURN_SHOWN)),
        total=table.height,
    )


def _accounts(table: pl.DataFrame, accounts: pl.DataFrame) -> pl.Series:
    gone = accounts.filter(pl.col("n_customers") == 0).select("account_id")
    left = table.filter(~pl.col("returned")).join(gone, on="account_id", how="semi")
    vocal, untold = (~pl.col("silent")).any(), pl.col("silent").is_null().any()
    told = pl.when(vocal).then(pl.lit(value=False)).when(untold).then(None).otherwise(pl.lit(value=True))
    return left.group_by("account_id").agg(told.alias("silent"))["silent"]


def _axis(axis: str, silent: pl.Series) -> ChurnAxis:
    total, n_silent, n_untold = silent.len(), int(silent.sum() or 0), silent.null_count()
    return ChurnAxis(axis, Share(n_silent, total), Share(total - n_silent - n_untold, total), Share(n_untold, total))
