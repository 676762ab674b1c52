"""The customers who have a page, the accounts, and each customer's journey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from voc_mining.report.views.highlights import Highlighter
from voc_mining.report.views.timeline import Timeline, timeline
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

ACCOUNTS_SHOWN = 100
CONTACTS_SHOWN = 60
SAID_SHOWN = 3
_LOW, _HIGH = 40, 70


@dataclass(frozen=True, slots=True)
class CustomersView:
    """The customers with a page and why, how many there are in all, health in three bands, and the accounts."""

    chosen: tuple[Row, ...]
    total: int
    bands: Mapping[str, Share]
    accounts: tuple[Row, ...]
    n_accounts: int
    by_state: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A contact of a journey; ``turned`` is the state where it differs from that at the contact before."""

    row: Row
    turned: bool
    labels: tuple[tuple[str, str], ...]
    said: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class CustomerView:
    """One customer: the row of health, that of churn if they left, and the contacts, the latest first."""

    customer_id: str
    why: str
    health: Row | None
    churn: Row | None
    suggested: str | None
    timeline: Timeline
    steps: tuple[Step, ...]
    n_contacts: int


def customers(frames: Frames) -> CustomersView:
    """List who has a page, the lowest health first within the reason they were chosen for."""
    health, accounts = frames["customer_health"], frames["accounts"]
    chosen = _chosen(frames).join(health, on="customer_id", how="left", validate="1:1", maintain_order="left")
    scored = health.filter(pl.col("health").is_not_null())["health"]
    by_state = frames.get("account_silence")
    return CustomersView(
        chosen=records(chosen),
        total=health.height,
        bands={
            "low": Share(int((scored < _LOW).sum()), scored.len()),
            "middle": Share(int(scored.is_between(_LOW, _HIGH, closed="left").sum()), scored.len()),
            "high": Share(int((scored >= _HIGH).sum()), scored.len()),
        },
        accounts=records(accounts.filter(pl.col("n_customers") > 0).head(ACCOUNTS_SHOWN)),
        n_accounts=accounts.filter(pl.col("n_customers") > 0).height,
        by_state=() if by_state is None else records(by_state),
    )


def customer_views(frames: Frames, as_of: date) -> Iterator[CustomerView]:
    """View every customer who has a page in turn."""
    chosen = _chosen(frames)
    wanted = chosen.select("customer_id")
    health, churned, suggested = (
        {row["customer_id"]: row for row in records(frames[name].join(wanted, on="customer_id", how="semi"))}
        for name in ("customer_health", "silent_churn", "silent_customers")
    )
    journeys = frames["journeys"].join(wanted, on="customer_id", how="semi").partition_by("customer_id", as_dict=True)
    states = _states(frames, wanted)
    said = _said(frames, wanted)
    labels = dict(frames["topics"].select("topic_id", "label").iter_rows())
    empty = frames["journeys"].clear()
    for customer_id, why in chosen.iter_rows():
        journey = journeys.get((customer_id,), empty)
        row, left = health.get(customer_id), churned.get(customer_id)
        yield CustomerView(
            customer_id=customer_id,
            why=why,
            health=row,
            churn=left,
            suggested=suggested.get(customer_id, {}).get("suggested_contact"),
            timeline=timeline(journey, states.get((customer_id,), pl.DataFrame()), row, left, as_of),
            steps=_steps(journey, labels, said),
            n_contacts=journey.height,
        )


def _chosen(frames: Frames) -> pl.DataFrame:
    found = frames.get("chosen_customers")
    return pl.DataFrame(schema={"customer_id": pl.String, "why": pl.String}) if found is None else found


def _states(frames: Frames, wanted: pl.DataFrame) -> dict[tuple[object, ...], pl.DataFrame]:
    states = frames.get("customer_states")
    if states is None:
        return {}
    return states.join(wanted, on="customer_id", how="semi").sort("day").partition_by("customer_id", as_dict=True)


def _said(frames: Frames, wanted: pl.DataFrame) -> dict[str, tuple[Statement, ...]]:
    """Return the first statements of each contact of these customers, those of all legs of a call together."""
    legs = frames["contacts"].filter(pl.col("origin_rule") == "leg").select("contact_id", "related_contact_id")
    rows = (
        frames["voc"]
        .select("contact_id", *STATEMENT_COLUMNS)
        .join(wanted, on="customer_id", how="semi")
        .join(legs, on="contact_id", how="left", validate="m:1", maintain_order="left")
        .with_columns(pl.coalesce("related_contact_id", "contact_id").alias("contact_id"))
        .group_by("contact_id", maintain_order=True)
        .head(SAID_SHOWN)
    )
    plain, found = Highlighter(), dict[str, list[Statement]]()
    made: Corrections = corrections(frames)
    for row in rows.iter_rows(named=True):
        found.setdefault(row["contact_id"], []).append(statement(row, plain, None, made))
    return {contact: tuple(each) for contact, each in found.items()}


def _steps(
    journey: pl.DataFrame, labels: Mapping[str, str], said: Mapping[str, tuple[Statement, ...]]
) -> tuple[Step, ...]:
    """Return the latest contacts of a journey, the latest first."""
    turned = (pl.col("silence") != pl.col("silence").shift(1)).fill_null(value=True)
    shown = journey.sort("seq").with_columns(turned.alias("turned")).tail(CONTACTS_SHOWN).reverse()
    return tuple(
        Step(
            row=row,
            turned=row["turned"],
            labels=tuple((topic, labels.get(topic, topic)) for topic in row["topics"] or ()),
            said=said.get(row["contact_id"], ()),
        )
        for row in records(shown)
    )
