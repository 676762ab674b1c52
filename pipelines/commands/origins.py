"""Contacts whose origin provenance does not tell: looking at them, and what a person says about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from voc_mining.errors import UserError
from voc_mining.segment.confirmations import CONFIRM, REJECT, UNDO, confirmation, in_effect
from voc_mining.segment.openings import SUGGESTED, openings, suggestions
from voc_mining.segment.origin import CONFIRMED
from voc_mining.store.changes import rows_matching
from voc_mining.store.delta import DeltaStore

LEAST_SUGGESTED = 5
"""Contacts of a queue that suggest an origin, at least, before one is suggested for the queue."""
LEAST_SHARE = 0.8
"""Share of these that must suggest the same."""
_LOG = "origin_confirmations"


def unknown_contacts(lake: DeltaStore) -> pl.DataFrame:
    """List the contacts of unknown origin, the latest first, with what their opening words suggest.

    Returns
    -------
    DataFrame
        ``contact_id``, ``started_at``, ``source``, ``source_id``, ``queue``, ``origin_rule``, ``opening`` (masked; null
        where there are no words), ``suggestion``, ``because``, ``state`` (``open``, ``rejected`` or ``confirmed`` since they
        were decided).
    """
    decided = lake.scan("segments").filter(pl.col("origin") == "unknown").select("contact_id", "origin_rule").collect()
    columns = ("contact_id", "started_at", "source", "source_id", "queue")
    contacts = rows_matching(lake, "contacts", decided.select("contact_id")).select(columns).collect()
    said = rows_matching(lake, "utterances", decided.select("contact_id"))
    words = said.select("contact_id", "no", "role", "channel", "part", "text").collect()
    suggested = suggestions(openings(words))
    states = in_effect(lake.read(_LOG)).select(
        "contact_id", pl.col("action").replace_strict({CONFIRM: "confirmed", REJECT: "rejected"}).alias("state")
    )
    return (
        contacts.join(decided, on="contact_id", validate="1:1")
        .join(suggested, on="contact_id", how="left", validate="1:1")
        .join(states, on="contact_id", how="left", validate="1:1")
        .with_columns(pl.col("state").fill_null("open"))
        .sort("started_at", "contact_id", descending=[True, False], nulls_last=True)
        .select(*columns, "origin_rule", "opening", "suggestion", "because", "state")
    )


def unknown_queues(lake: DeltaStore) -> pl.DataFrame:
    """Count the unknown contacts of each queue, with a rule for ``sources.toml`` where most suggest the same.

    Returns
    -------
    DataFrame
        ``source``, ``queue``, ``n_contacts``, one column for each origin and ``nothing`` (contacts that suggest it),
        ``rule`` (line for ``[origin]``; null where too few suggest the same).
    """
    counts = [(pl.col("suggestion") == origin).sum().cast(pl.Int64).alias(origin) for origin in SUGGESTED]
    listed = (
        unknown_contacts(lake)
        .group_by("source", "queue")
        .agg(
            pl.len().cast(pl.Int64).alias("n_contacts"),
            *counts,
            pl.col("suggestion").null_count().cast(pl.Int64).alias("nothing"),
        )
        .sort("n_contacts", "source", "queue", descending=[True, False, False], nulls_last=True)
    )
    most, told = pl.max_horizontal(SUGGESTED), pl.sum_horizontal(SUGGESTED)
    which = pl.coalesce(pl.when(pl.col(origin) == most).then(pl.lit(origin)) for origin in SUGGESTED)
    enough = (most >= LEAST_SUGGESTED) & (most >= LEAST_SHARE * told)
    of_queue = pl.format('queue = {{ "{}" = "{}" }}', "queue", which)
    of_source = pl.format('source = {{ "{}" = "{}" }}', "source", which)
    return listed.with_columns(pl.when(enough).then(pl.coalesce(of_queue, of_source)).alias("rule"))


def confirm(
    lake: DeltaStore, contacts: Sequence[str], origin: str, *, author: str, at: datetime | None = None
) -> list[str]:
    """Say what the origin of contacts is; return the ids of what was written down.

    It holds from the next run on, as long as provenance does not tell an origin.

    Raises
    ------
    UserError
        If the origin is none, a contact is not there, or its origin is decided by its provenance.
    """
    if origin not in SUGGESTED:
        raise UserError("unknown_origin.no_origin", value=origin, allowed=SUGGESTED)
    return _say(lake, CONFIRM, contacts, author=author, at=at, origin=origin)


def reject(lake: DeltaStore, contacts: Sequence[str], *, author: str, at: datetime | None = None) -> list[str]:
    """Say that the suggestions for contacts are wrong, or that they stay unknown; return the ids.

    Raises
    ------
    UserError
        If a contact is not there, or its origin is decided by its provenance.
    """
    return _say(lake, REJECT, contacts, author=author, at=at)


def undo(
    lake: DeltaStore, name: str | None = None, *, author: str, at: datetime | None = None
) -> tuple[list[str], list[str]]:
    """Take back what was said; if nothing is named, all that the latest command said.

    Returns
    -------
    tuple of list of str
        Ids of the undos, and of what they take back.

    Raises
    ------
    UserError
        If nothing in effect bears that name.
    """
    standing = history(lake).filter((pl.col("action") != UNDO) & ~pl.col("undone"))
    if name is None:
        chosen = standing.join(standing.head(1), on=["at", "author", "action"], how="semi")["confirmation_id"].to_list()
    else:
        chosen = standing.filter(pl.col("confirmation_id") == name)["confirmation_id"].to_list()
    if not chosen:
        raise UserError("unknown_origin.nothing_to_undo")
    moment = at or datetime.now(UTC)
    rows = [confirmation(UNDO, each, author=author, at=moment) for each in chosen]
    return _append(lake, rows), chosen


def history(lake: DeltaStore) -> pl.DataFrame:
    """List all that was said, the latest first.

    Returns
    -------
    DataFrame
        Columns of ``origin_confirmations``, ``undone``, and ``origin_now`` and ``rule_now`` of the contact: another rule
        than ``confirmed`` means that provenance tells more, or that no run has been since.
    """
    log = lake.read(_LOG)
    taken_back = log.filter(pl.col("action") == UNDO)["contact_id"]
    now = rows_matching(lake, "segments", log.select("contact_id")).select(
        "contact_id", pl.col("origin").alias("origin_now"), pl.col("origin_rule").alias("rule_now")
    )
    return (
        log.join(now.collect(), on="contact_id", how="left", validate="m:1")
        .with_columns(pl.col("confirmation_id").is_in(taken_back.implode()).alias("undone"))
        .sort("at", "confirmation_id", descending=[True, False])
    )


def _say(  # noqa: PLR0913 - what a row says
    lake: DeltaStore,
    action: str,
    contacts: Sequence[str],
    *,
    author: str,
    at: datetime | None,
    origin: str | None = None,
) -> list[str]:
    wanted = pl.DataFrame({"contact_id": list(dict.fromkeys(contacts))}, schema={"contact_id": pl.String})
    segments = rows_matching(lake, "segments", wanted).select("contact_id", "origin", "origin_rule").collect()
    there = {name: (of, rule) for name, of, rule in segments.iter_rows()}
    for name in wanted["contact_id"]:
        if name not in there:
            raise UserError("unknown_origin.no_contact", contact_id=name)
        of, rule = there[name]
        if of != "unknown" and rule != CONFIRMED:
            raise UserError("unknown_origin.decided", contact_id=name, origin=of, rule=rule)
    said = rows_matching(lake, "utterances", wanted).select("contact_id", "no", "role", "channel", "part", "text")
    because = dict(suggestions(openings(said.collect())).select("contact_id", "because").iter_rows())
    moment = at or datetime.now(UTC)
    rows = [
        confirmation(action, name, author=author, at=moment, origin=origin, suggestion=because.get(name))
        for name in wanted["contact_id"]
    ]
    return _append(lake, rows)


def _append(lake: DeltaStore, rows: Sequence[pl.DataFrame]) -> list[str]:
    frame = pl.concat(rows)
    lake.append_new(_LOG, frame)
    return [str(name) for name in frame["confirmation_id"]]
