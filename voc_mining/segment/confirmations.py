"""What people said about the origin of contacts that provenance does not tell, as it is in effect."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.ids import digest

CONFIRM, REJECT, UNDO = "confirm", "reject", "undo"


def confirmation(  # noqa: PLR0913 - what a person says
    action: str,
    contact_id: str,
    *,
    author: str,
    at: datetime,
    origin: str | None = None,
    suggestion: str | None = None,
) -> pl.DataFrame:
    """Row of ``origin_confirmations``; of an undo ``contact_id`` is the confirmation it takes back."""
    name = digest("confirmation", action, contact_id, origin, author, at.isoformat())
    row = {
        "confirmation_id": f"O{name[:12]}",
        "at": at,
        "author": author,
        "action": action,
        "contact_id": contact_id,
        "origin": origin,
        "suggestion": suggestion,
    }
    table = LAKE_TABLES["origin_confirmations"]
    return table.conform(pl.DataFrame([row], schema=table.schema))


def in_effect(log: pl.DataFrame) -> pl.DataFrame:
    """Take of each contact the latest word that nobody took back.

    Parameters
    ----------
    log : DataFrame
        Rows of ``origin_confirmations``.

    Returns
    -------
    DataFrame
        Rows of the log with ``contact_id`` unique: ``confirm`` with its origin, or ``reject`` (no origin).
    """
    undone = log.filter(pl.col("action") == UNDO).select(pl.col("contact_id").alias("confirmation_id"))
    return (
        log.filter(pl.col("action") != UNDO)
        .join(undone, on="confirmation_id", how="anti")
        .sort("at", "confirmation_id")
        .unique("contact_id", keep="last", maintain_order=True)
        .sort("contact_id")
    )


def confirmed_origins(log: pl.DataFrame) -> pl.DataFrame:
    """``contact_id`` (unique) and ``origin`` of the contacts that a person has confirmed."""
    return in_effect(log).filter(pl.col("action") == CONFIRM).select("contact_id", "origin")


def otherwise_confirmed(log: pl.DataFrame, came: pl.DataFrame, gone: pl.DataFrame) -> pl.Series:
    """Contacts whose confirmed origin is another than before some rows of the log came and went."""
    before = confirmed_origins(pl.concat([log.join(came, on="confirmation_id", how="anti"), gone]))
    now = confirmed_origins(log)
    either = (now.join(before, on=now.columns, how="anti"), before.join(now, on=now.columns, how="anti"))
    return pl.concat([frame["contact_id"] for frame in either]).unique()
