"""The first screen: how much was heard, from whom, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.report.views.values import ORIGINS, Frames, Share, distinct, shares


@dataclass(frozen=True, slots=True)
class OriginCard:
    """One origin: its part of the contacts and statements, and what of it is known.

    ``contacts`` and ``statements`` are over those of every origin; ``identified`` (contacts with a customer),
    ``no_customer`` and ``without_topic`` (statements) are over those of this origin.
    """

    origin: str
    contacts: Share
    statements: Share
    customers: int
    identified: Share
    no_customer: Share
    without_topic: Share


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts by origin, silence of the existing customers, and the days the records span."""

    cards: tuple[OriginCard, ...]
    silence: Mapping[str, Share]
    undetermined: Mapping[str, int]
    date_from: date | None
    date_to: date | None
    undated: int


def overview(frames: Frames) -> Overview:
    """Count contacts, statements and customers per origin, each over its own total."""
    # A call that was passed on is one contact.
    contacts, voc = frames["contacts"].filter(pl.col("origin_rule") != "leg"), frames["voc"]
    n_contacts, n_statements = shares(contacts, "origin", ORIGINS), shares(voc, "origin", ORIGINS)
    days = contacts.select(day=tokyo_date(pl.col("started_at")))["day"]
    silence, undetermined = _silence(frames.get("customer_silence"))
    return Overview(
        cards=tuple(
            _card(origin, n_contacts[origin], n_statements[origin], _of(contacts, origin), _of(voc, origin))
            for origin in ORIGINS
        ),
        silence=silence,
        undetermined=undetermined,
        date_from=days.min(),  # type: ignore[arg-type]
        date_to=days.max(),  # type: ignore[arg-type]
        undated=days.null_count(),
    )


def _of(frame: pl.DataFrame, origin: str) -> pl.DataFrame:
    return frame.filter(pl.col("origin") == origin)


def _card(origin: str, n_contacts: Share, n_statements: Share, contacts: pl.DataFrame, voc: pl.DataFrame) -> OriginCard:
    return OriginCard(
        origin=origin,
        contacts=n_contacts,
        statements=n_statements,
        customers=distinct(voc),
        identified=Share(contacts.height - contacts["customer_id"].null_count(), contacts.height),
        no_customer=Share(voc["customer_id"].null_count(), voc.height),
        without_topic=Share(voc["topic_id"].null_count(), voc.height),
    )


def _silence(counts: pl.DataFrame | None) -> tuple[dict[str, Share], dict[str, int]]:
    """Existing customers by state over all of them, and the undetermined ones by reason."""
    if counts is None or counts.is_empty():
        return {}, {}
    total = int(counts["n_customers"].sum())
    by_state = counts.group_by("silence", maintain_order=True).agg(pl.col("n_customers").sum())
    reasons = counts.filter(pl.col("silence_reason").is_not_null()).select("silence_reason", "n_customers")
    return {state: Share(n, total) for state, n in by_state.iter_rows()}, dict(reasons.iter_rows())
