"""Signs of how a customer fares, with their points and their words.

One list of signs serves the health of today's customers and the signs seen before others left. A sign whose
columns nobody filled is not seen, and held against nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.insight.params import InsightParams
from voc_mining.insight.word_data import outlook_among, word_table

BASE = "base"


@dataclass(frozen=True, slots=True)
class Sign:
    """When a sign is seen, the figure its words name, and its points.

    Parameters
    ----------
    seen : Expr
        Boolean, never null.
    figure : Expr
        Stands for ``{n}`` in the words.
    points : int
        What it adds to the health.
    words : str
        In the language of the tables.
    """

    seen: pl.Expr
    figure: pl.Expr
    points: int
    words: str

    @property
    def told(self) -> pl.Expr:
        """The words where it is seen, else null."""
        if "{n}" not in self.words:
            return pl.when(self.seen).then(pl.lit(self.words))
        return pl.when(self.seen).then(pl.format(self.words.replace("{n}", "{}"), self.figure))


def customer_signs(params: InsightParams, *, support_known: bool) -> dict[str, Sign]:
    """Describe the signs over the columns of a customer at a moment.

    Looked at are ``day`` (date of the moment), the row of the customers table, what is counted in the look-back
    (``n_churn_told``, ``n_trouble_told``, ``n_complaints``, ``n_praise``, ``n_self_service``, ``n_reactive``,
    ``n_proactive``), ``last_proactive_at``, ``last_outcome`` and ``usage_change``. A contact that we opened is support,
    whether or not the customers table has it.

    Parameters
    ----------
    params : InsightParams
        Ages and drops that count, and the language.
    support_known : bool
        Whether anyone's last support is recorded; else its absence is no sign.

    Returns
    -------
    dict of str to Sign
        In the order of the data file.
    """
    seen = _seen(params, support_known=support_known)
    table = word_table("customer_signs").filter(pl.col("sign") != BASE)
    return {
        row["sign"]: Sign(
            seen[row["sign"]][0].fill_null(value=False), seen[row["sign"]][1], int(row["health"]), row[params.lang]
        )
        for row in table.iter_rows(named=True)
    }


def churn_signs(signs: Mapping[str, Sign]) -> list[Sign]:
    """Signs that are told of those who left."""
    told = word_table("customer_signs").filter(pl.col("churn") == "1")["sign"]
    return [signs[name] for name in told]


def base_points() -> int:
    """Points that every health starts from."""
    return int(word_table("customer_signs").filter(pl.col("sign") == BASE)["health"].item())


def listed(said: Iterable[pl.Expr]) -> pl.Expr:
    """List what was said, without the gaps."""
    return pl.concat_list(list(said)).list.drop_nulls()


def _seen(params: InsightParams, *, support_known: bool) -> dict[str, tuple[pl.Expr, pl.Expr]]:
    day = pl.col("day")
    idle = (day - tokyo_date(pl.col("last_active_at"))).dt.total_days()
    used = pl.col("last_active_at").is_not_null() & (idle >= 0)
    helped = pl.max_horizontal("last_support_at", "last_proactive_at")
    support = (tokyo_date(helped) > day - timedelta(days=params.support_days)).fill_null(value=False)
    change = pl.col("usage_change") * 100
    nothing = pl.lit("")
    return {
        "notice_given": (pl.col("notice_at") <= day, pl.col("notice_at").cast(pl.String)),
        "churn_told": _counted("n_churn_told"),
        "outlook_poor": (outlook_among("poor_outlooks"), pl.col("renewal_outlook")),
        "outlook_good": (outlook_among("good_outlooks"), pl.col("renewal_outlook")),
        "usage_falling": (change <= -100 * params.quiet.min_drop, (-change).round(0).cast(pl.Int64)),
        "usage_rising": (change >= 100 * params.quiet.min_drop, change.round(0).cast(pl.Int64)),
        "inactive": (used & (idle > params.inactive_days), idle),
        "active": (used & (idle <= params.inactive_days), nothing),
        "unresolved": (pl.col("last_outcome") == "unresolved", nothing),
        "satisfied": (pl.col("last_outcome") == "satisfied", nothing),
        "trouble_told": _counted("n_trouble_told"),
        "complained": _counted("n_complaints"),
        "praised": _counted("n_praise"),
        "self_served": _counted("n_self_service"),
        "unheard": ((pl.col("n_reactive") + pl.col("n_proactive")) == 0, nothing),
        "no_support": (~support & pl.lit(support_known), nothing),
        "supported": (support, nothing),
    }


def _counted(column: str) -> tuple[pl.Expr, pl.Expr]:
    return pl.col(column) > 0, pl.col(column)
