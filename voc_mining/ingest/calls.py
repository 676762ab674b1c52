"""Calls and recordings decide each other's contacts: a call with sound is one contact, sound without a call too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.ingest.contacts import to_call_log, to_contacts, with_contact_id
from voc_mining.ingest.recordings import link_calls, orphan_contacts

_INDEX = (
    "contact_id",
    "source",
    "source_id",
    "content_key",
    "source_file",
    "source_row",
    "audio_sha256",
    "recording_path",
)


@dataclass(frozen=True, slots=True)
class StoredCalls:
    """What is stored of calls and recordings before an ingest.

    Attributes
    ----------
    contacts, call_log : LazyFrame
        The tables; only rows whose link changes are read as a whole.
    index : DataFrame
        Key columns of the contacts of calls and recordings.
    log : DataFrame
        call_id, contact_id, recording, recording_missing of every call.
    """

    contacts: pl.LazyFrame
    call_log: pl.LazyFrame
    index: pl.DataFrame
    log: pl.DataFrame

    def without(self, gone: pl.DataFrame) -> StoredCalls:
        """Return what is stored without the calls of these contacts (contact_id, source_id)."""
        return replace(
            self,
            index=self.index.join(gone, on="contact_id", how="anti"),
            log=self.log.join(gone, left_on="call_id", right_on="source_id", how="anti"),
        )


@dataclass(frozen=True, slots=True)
class CallRows:
    """Rows of calls and recordings after an ingest, and the keys of all rows they replace."""

    contacts: pl.DataFrame
    contact_ids: pl.DataFrame
    call_log: pl.DataFrame
    call_ids: pl.DataFrame


def stored_calls(contacts: pl.LazyFrame, call_log: pl.LazyFrame) -> StoredCalls:
    """Read the keys and links of what is stored."""
    ours = pl.col("source").is_in(["call", "recording"])
    index = contacts.filter(ours).select(_INDEX).collect()
    log = call_log.select("call_id", "contact_id", "recording", "recording_missing").collect()
    return StoredCalls(contacts, call_log, index, log)


def find_links(records: pl.DataFrame, stored: StoredCalls, files: pl.DataFrame) -> pl.DataFrame:
    """Link every call, delivered now or stored, with its recording: call_id, recording, path, audio_sha256."""
    now = records.select(pl.col("source_id").alias("call_id"), "recording")
    others = stored.log.join(now, on="call_id", how="anti").select("call_id", "recording")
    return link_calls(pl.concat([now, others]), files)


def early_recordings(
    early: pl.DataFrame, links: pl.DataFrame, files: pl.DataFrame, since: date | None
) -> frozenset[str]:
    """Contents of the recordings that lie before the first day taken in.

    They belong to a call before that day or tell such a start by their name, and to no call that is taken.
    """
    if since is None:
        return frozenset()
    calls = early.select(pl.col("source_id").alias("call_id"), "recording").unique("call_id", keep="last")
    of_calls = link_calls(calls, files)["audio_sha256"].drop_nulls()
    by_name = files.filter(tokyo_date(pl.col("started_at")) < since)["audio_sha256"]
    return frozenset([*of_calls, *by_name]) - frozenset(links["audio_sha256"].drop_nulls())


def call_rows(
    records: pl.DataFrame,
    stored: StoredCalls,
    links: pl.DataFrame,
    files: pl.DataFrame,
    mask: Callable[[str], str],
) -> tuple[pl.DataFrame, CallRows]:
    """Make the rows of calls delivered now, of stored calls whose link changed, and of sound without a call.

    A call keeps the id it has. A new call whose recording is a contact of its own takes over that contact's
    id (the first by call_id, where several share the recording).

    Parameters
    ----------
    records : DataFrame
        Calls delivered now that hold.
    stored : StoredCalls
        What was stored before.
    links : DataFrame
        As :func:`find_links` returns it.
    files : DataFrame
        Recordings known now: path, audio_sha256, place, readable, duration_s, and what their names tell.
    mask : callable
        Masks free text.

    Returns
    -------
    records, rows : DataFrame, CallRows
        The records with contact_id (for their documents), and the rows.
    """
    readable = frozenset(files.filter("readable")["audio_sha256"])
    links = links.join(
        files.select("path", "place"), on="path", how="left", validate="m:1", maintain_order="left"
    ).select(
        "call_id",
        pl.coalesce("place", "recording").alias("recording_path"),
        pl.when(pl.col("audio_sha256").is_in(list(readable))).then("audio_sha256").alias("audio_sha256"),
        (pl.col("recording").is_not_null() & pl.col("path").is_null()).alias("recording_missing"),
    )
    calls = _with_id(records, stored, links)
    relinked = _relinked(records, stored, links)
    contacts = pl.concat([to_contacts(calls, "call_log", mask), relinked.contacts])
    log = pl.concat([to_call_log(calls), relinked.call_log])
    unlinked = files.filter("readable").join(links, on="audio_sha256", how="anti")
    orphans = _orphans(unlinked, stored, contacts)
    scope = pl.concat(
        [
            contacts.select("contact_id"),
            orphans.select("contact_id"),
            stored.index.filter(pl.col("source") == "recording").select("contact_id"),
        ]
    ).unique()
    return calls, CallRows(pl.concat([contacts, orphans]), scope, log, log.select("call_id"))


def _with_id(records: pl.DataFrame, stored: StoredCalls, links: pl.DataFrame) -> pl.DataFrame:
    of_calls = stored.index.filter(pl.col("source") == "call")
    known = pl.concat(
        [
            stored.log.select("call_id", pl.col("contact_id").alias("known")),
            of_calls.select(pl.col("source_id").alias("call_id"), pl.col("contact_id").alias("known")),
        ]
    ).unique("call_id", keep="first", maintain_order=True)
    alone = stored.index.filter(pl.col("source") == "recording").select(
        "audio_sha256", pl.col("contact_id").alias("of_sound")
    )
    calls = (
        with_contact_id(records, "call_log")
        .with_columns(pl.col("source_id").alias("call_id"))
        .join(links, on="call_id", how="left", validate="1:1", maintain_order="left")
        .join(known, on="call_id", how="left", validate="1:1", maintain_order="left")
        .join(alone, on="audio_sha256", how="left", validate="m:1", maintain_order="left")
    )
    free = pl.col("known").is_null() & pl.col("of_sound").is_not_null()
    first = pl.col("call_id") == pl.col("call_id").filter(free).min().over("of_sound")
    taken = pl.when(free & first).then("of_sound")
    return calls.with_columns(pl.coalesce("known", taken, "contact_id").alias("contact_id")).drop(
        "known", "of_sound", "call_id"
    )


def _relinked(records: pl.DataFrame, stored: StoredCalls, links: pl.DataFrame) -> CallRows:
    """Update stored calls, not delivered now, whose recording came, went or changed."""
    before = stored.log.join(records, left_on="call_id", right_on="source_id", how="anti").join(
        stored.index.select(
            "contact_id", pl.col("audio_sha256").alias("old_sha256"), pl.col("recording_path").alias("old_path")
        ),
        on="contact_id",
        how="left",
    )
    both = before.join(links, on="call_id", suffix="_now", validate="1:1")
    changed = both.filter(
        pl.col("old_sha256").ne_missing(pl.col("audio_sha256"))
        | pl.col("old_path").ne_missing(pl.col("recording_path"))
        | (pl.col("recording_missing") != pl.col("recording_missing_now"))
    )
    now = changed.select("contact_id", "call_id", "audio_sha256", "recording_path", "recording_missing_now")
    contacts = stored.contacts.join(now.lazy(), on="contact_id", suffix="_now", validate="1:1").with_columns(
        pl.col("audio_sha256_now").alias("audio_sha256"), pl.col("recording_path_now").alias("recording_path")
    )
    log = stored.call_log.join(now.lazy().select("call_id", "recording_missing_now"), on="call_id", validate="1:1")
    return CallRows(
        contacts.select(stored.contacts.collect_schema().names()).collect(),
        now.select("contact_id"),
        log.with_columns(pl.col("recording_missing_now").alias("recording_missing"))
        .drop("recording_missing_now")
        .collect(),
        now.select("call_id"),
    )


def _orphans(unlinked: pl.DataFrame, stored: StoredCalls, contacts: pl.DataFrame) -> pl.DataFrame:
    """Contacts of recordings without a call, where their sound lies now; of several names one keeps the one it had."""
    unlinked = unlinked.filter(pl.col("path") == pl.col("place"))
    named = stored.index.filter(pl.col("source") == "recording").select(
        "audio_sha256", pl.col("source_id").alias("path")
    )
    kept = unlinked.join(named, on=["audio_sha256", "path"], how="semi")
    first = pl.concat([kept, unlinked.sort("path")]).unique("audio_sha256", keep="first", maintain_order=True)
    taken = frozenset([*stored.index.filter(pl.col("source") == "call")["contact_id"], *contacts["contact_id"]])
    return orphan_contacts(first.drop("place", "readable", "call_id").sort("path"), taken)
