"""Silent customers, the ones to contact first on top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.report.views.highlights import Highlighter
from voc_mining.report.views.values import STATEMENT_COLUMNS, Frames, Row, Statement, corrections, records, statement

SILENT_SHOWN = 200
TOLD_SHOWN = 3


@dataclass(frozen=True, slots=True)
class SilentCustomer:
    """A row of ``silent_customers``; ``inquired`` says whether ``quiet_since`` is the day of an inquiry.

    ``told`` are the latest statements made when we asked.
    """

    row: Row
    inquired: bool
    told: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class SilentView:
    """The customers shown, all there are, and how many are in which state."""

    customers: tuple[SilentCustomer, ...]
    total: int
    states: Mapping[str, int]
    annual_value: float
    n_do_not_contact: int

    @property
    def contactable(self) -> tuple[SilentCustomer, ...]:
        """Customers shown whom one may contact."""
        return tuple(customer for customer in self.customers if not customer.row["do_not_contact"])


def silent(frames: Frames) -> SilentView:
    """List silent customers by risk, then by value; those who must not be contacted come last."""
    table = frames["silent_customers"].sort(
        "do_not_contact", "risk", "annual_value", "customer_id", descending=[False, True, True, False], nulls_last=True
    )
    shown = table.head(SILENT_SHOWN)
    inquired = _days_of_inquiries(frames["contacts"], shown)
    told = _told(frames, shown)
    states = table.group_by("state").len().sort("len", "state", descending=[True, False])
    return SilentView(
        customers=tuple(
            SilentCustomer(
                row,
                inquired=(row["customer_id"], row["quiet_since"]) in inquired,
                told=told.get(row["customer_id"], ()),
            )
            for row in records(shown)
        ),
        total=table.height,
        states=dict(states.iter_rows()),
        annual_value=float(table["annual_value"].sum() or 0.0),
        n_do_not_contact=table.filter("do_not_contact").height,
    )


def _days_of_inquiries(contacts: pl.DataFrame, shown: pl.DataFrame) -> set[tuple[object, ...]]:
    days = contacts.filter(pl.col("origin") == "reactive").select(
        "customer_id", tokyo_date(pl.col("started_at")).alias("quiet_since")
    )
    return set(days.join(shown.select("customer_id"), on="customer_id", how="semi").drop_nulls().iter_rows())


def _told(frames: Frames, shown: pl.DataFrame) -> dict[str, tuple[Statement, ...]]:
    rows = (
        frames["voc"]
        .select(STATEMENT_COLUMNS)
        .filter(pl.col("origin") == "proactive")
        .join(shown.select("customer_id"), on="customer_id", how="semi")
        .sort("customer_id", "occurred_at", "voc_id", descending=[False, True, False], nulls_last=True)
        .group_by("customer_id", maintain_order=True)
        .head(TOLD_SHOWN)
    )
    plain, made, found = Highlighter(), corrections(frames), dict[str, list[Statement]]()
    for row in rows.iter_rows(named=True):
        found.setdefault(row["customer_id"], []).append(statement(row, plain, None, made))
    return {customer: tuple(statements) for customer, statements in found.items()}
