"""Which contacts have words that have not been worked on as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.steps.hearing import in_force
from voc_mining import ids
from voc_mining.accounts import Account
from voc_mining.store.changes import changes, rows_matching
from voc_mining.store.delta import DeltaStore
from voc_mining.store.differences import Differences

_WORDS = ("contact_id", "month", "content_key", "thread_key", "audio_sha256", "agent_channel", "direction")
_DONE = ("contact_id", "month", "input_key")
_LOOKED_AT = {
    "contacts": _WORDS,
    "transcriptions": ("audio_sha256", "transcriber_id", "turn", "glossary"),
    "outcomes": _DONE,
}


@dataclass(frozen=True, slots=True)
class Pending:
    """Contacts to work on, by month and id, and how many of them are no longer there."""

    contacts: pl.DataFrame
    gone: int

    @property
    def contact_ids(self) -> list[str]:
        """Ids in the order of the work."""
        return self.contacts["contact_id"].to_list()

    def batches(self, size: int) -> list[Sequence[str]]:
        """Cut the work into batches, at the ends of months as far as possible: each writes the months it touches."""
        found: list[Sequence[str]] = []
        open_: list[str] = []
        for _, month in self.contacts.group_by("month", maintain_order=True):
            of_month = month["contact_id"].to_list()
            if open_ and len(open_) + len(of_month) > size:
                found.append(open_)
                open_ = []
            if len(of_month) <= size:
                open_ += of_month
                continue
            even = -(-len(of_month) // -(-len(of_month) // size))
            found += [of_month[start : start + even] for start in range(0, len(of_month), even)]
        return [*found, open_] if open_ else found


def pending_contacts(lake: DeltaStore, key: str, transcriber_id: str, *, full: bool = False) -> Pending:
    """Find the contacts whose words have not been worked on as they are now, and those that are gone.

    Looked at is what came and went since the last time that nothing was left to do (see :func:`note_mined`); where
    that is not known, or the rules are others, everything.

    Parameters
    ----------
    lake : DeltaStore
        Tables.
    key : str
        From :func:`pipelines.steps.mine.rules_key`.
    transcriber_id : str
        Whose transcripts count.
    full : bool
        Take every contact.

    Returns
    -------
    Pending
        The contacts by month, so that a batch touches few partitions.
    """
    changed = None if full else changes(lake, "outcomes", _basis(lake, key, transcriber_id), _LOOKED_AT)
    return _pending(lake, changed, key, transcriber_id, full=full)


def note_mined(lake: DeltaStore, key: str, transcriber_id: str) -> None:
    """Keep with ``outcomes`` that nothing is left to do in the tables as they are now, if that is so."""
    basis = _basis(lake, key, transcriber_id)
    changed = changes(lake, "outcomes", basis, _LOOKED_AT)
    nothing_new = changed is not None and all(
        since.came.is_empty() and since.gone.is_empty() for since in changed.values()
    )
    if nothing_new or _pending(lake, changed, key, transcriber_id).contacts.height:
        return
    if _basis(lake, key, transcriber_id) == basis:  # not written while they were read
        lake.note("outcomes", basis, seen=basis["outcomes"])


def settled_contacts(lake: DeltaStore, pending: Pending) -> Account:
    """Account of the contacts that need no work; the batches' accounts are added to it."""
    settled = lake.count("contacts") - (pending.contacts.height - pending.gone)
    return Account("text", inputs=settled, unchanged=settled)


def with_input_keys(lake: DeltaStore, contacts: pl.LazyFrame, key: str, transcriber_id: str) -> pl.DataFrame:
    """Contacts with the digest of the words they have now and of the rules; ``heard`` says by which transcriber."""
    looked_at = contacts.select(_WORDS).sort("contact_id").collect()
    heard = in_force(lake, transcriber_id, looked_at.select("audio_sha256")).select(
        "audio_sha256", pl.col("transcriber_id").alias("heard"), "glossary"
    )
    frame = looked_at.join(heard.collect(), on="audio_sha256", how="left", validate="m:1", maintain_order="left")
    # What is heard and how differs among few contacts or none: the texts' digest only goes before its digest.
    sound = ["audio_sha256", "agent_channel", "direction", "heard", "glossary"]
    distinct = frame.select(sound).filter(pl.col("heard").is_not_null()).unique()
    keys = [
        ids.digest(by, *heard_as, key, *([] if told is None else [told]))
        for *heard_as, by, told in distinct.iter_rows()
    ]
    rest = distinct.with_columns(pl.Series("rest", keys, dtype=pl.String))
    silent = ids.digest(None, None, None, key)
    words = ["content_key", "thread_key", pl.col("rest").fill_null(silent)]
    return (
        frame.join(rest, on=sound, how="left", nulls_equal=True, validate="m:1", maintain_order="left")
        .with_columns(pl.concat_str(words, separator="-", ignore_nulls=True).alias("input_key"))
        .drop("rest", "glossary", "thread_key")
    )


def _basis(lake: DeltaStore, key: str, transcriber_id: str) -> dict[str, int]:
    versions = dict(zip(_LOOKED_AT, lake.seen(*_LOOKED_AT), strict=True))
    return versions | {"rules": ids.number("mined", key, transcriber_id)}


def _pending(
    lake: DeltaStore, changed: Mapping[str, Differences] | None, key: str, transcriber_id: str, *, full: bool = False
) -> Pending:
    if changed is None:
        contacts, done = lake.scan("contacts"), lake.read("outcomes", _DONE)
    else:
        contacts, done = _touched(lake, changed)
    wanted = with_input_keys(lake, contacts, key, transcriber_id)
    settled = done.clear() if full else done
    waiting = wanted.join(settled, on=["contact_id", "input_key"], how="anti").select("month", "contact_id")
    gone = done.join(wanted, on="contact_id", how="anti").select("month", "contact_id")
    return Pending(pl.concat([waiting, gone]).sort("month", "contact_id"), gone.height)


def _touched(lake: DeltaStore, changed: Mapping[str, Differences]) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """Contacts that changed or were heard or worked on since, and their rows in ``outcomes``."""
    contacts, heard, outcomes = (changed[table] for table in _LOOKED_AT)
    # What is only new had no outcome then: it is not looked up in the archive.
    new = contacts.came.join(contacts.gone, on="contact_id", how="anti")
    sounds = pl.concat([heard.came, heard.gone]).select("audio_sha256")
    with_sound = rows_matching(lake, "contacts", sounds).select("contact_id").collect()
    ids_of = [frame.select("contact_id") for frame in (contacts.gone, outcomes.came, outcomes.gone, with_sound)]
    others = pl.concat(ids_of).join(new, on="contact_id", how="anti")
    there = [new.lazy(), rows_matching(lake, "contacts", others).select(_WORDS)]
    done = [
        outcomes.came.join(new, on="contact_id", how="semi"),
        rows_matching(lake, "outcomes", others).select(_DONE).collect(),
    ]
    return pl.concat(there), pl.concat(done)
