"""Which files of an inbox have to be read, and in which order their deliveries count."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import polars as pl

from voc_mining.faults import os_error
from voc_mining.ids import digest
from voc_mining.ingest.inbox import Entry, Inbox, InboxFile, sha256_of
from voc_mining.ingest.kinds import UNKNOWN
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.sources import Feed

UNCHANGED, TOUCHED, READ = "unchanged", "touched", "read"


@dataclass(frozen=True, slots=True)
class Planned:
    """A file and what to do with it.

    Parameters
    ----------
    entry : Entry
        The file.
    feed : Feed or None
        How to read it; None where no feed claims it.
    sha256 : str
        Its content; empty where it cannot be opened.
    delivery : int
        Number of the ingest that brought this content.
    config_key : str
        Digest of how it is read.
    status : str
        ``unchanged``, ``touched`` (only its time changed) or ``read``.
    fresh : bool
        Whether the content is new under this name.
    """

    entry: Entry
    feed: Feed | None
    sha256: str
    delivery: int
    config_key: str
    status: str
    fresh: bool
    os_error: str = ""

    @property
    def kind(self) -> str:
        """Kind of input; ``unknown`` where no feed claims the file."""
        return UNKNOWN if self.feed is None else self.feed.kind


def current_inputs(inputs: pl.DataFrame) -> pl.DataFrame:
    """Keep the row of ``inputs`` that each file stands for now: its latest delivery."""
    return inputs.sort("file", "delivery", "sha256").unique("file", keep="last", maintain_order=True)


def plan_reading(
    listing: Sequence[InboxFile], inputs: pl.DataFrame, inbox: Inbox, params: IngestParams
) -> list[Planned]:
    """Decide for every file whether it is read; only files with another size or time are hashed.

    A file is read where its content is new under this name, where it was read with another mapping (another
    ``since`` or secret included), where it could not be opened the last time, and all are under
    ``params.full``. New content gets the next delivery number; files read again keep theirs.
    """
    known = {row["file"]: row for row in current_inputs(inputs).iter_rows(named=True)}
    deliveries = inputs["delivery"].max() if inputs.height else 0
    assert isinstance(deliveries, int)
    planned = []
    for file in listing:
        feed, entry = file.feed, file.entry
        stored = known.get(entry.path)
        key = config_key(feed, params)
        same_file = (
            stored is not None
            and stored["sha256"]
            and ((stored["size_bytes"], stored["mtime_ns"]) == (entry.size_bytes, entry.mtime_ns))
        )
        known_content = stored["sha256"] if stored is not None and same_file else None
        sha256, problem = (known_content, "") if known_content else _content(inbox, entry.path)
        fresh = stored is None or stored["sha256"] != sha256
        again = fresh or not sha256 or params.full or (stored is not None and stored["config_key"] != key)
        status = READ if again else UNCHANGED if same_file else TOUCHED
        delivery = deliveries + 1 if fresh or stored is None else int(stored["delivery"])
        planned.append(Planned(entry, feed, sha256, delivery, key, status, fresh, problem))
    return planned


def read_together(planned: Sequence[Planned], kind: str, told_by: Collection[str]) -> list[Planned]:
    """Read all files of a kind that is a state as a whole, where its state may have changed.

    It may where one of its files is read anyway, or where one that told a part of the state is gone. The last
    file that goes leaves the state as it is: an inbox that is emptied between deliveries takes nothing back.

    Parameters
    ----------
    planned : sequence of Planned
        Every file present.
    kind : str
        Kind whose files together are all there is.
    told_by : collection of str
        Files that the stored state came from.
    """
    here = [file for file in planned if file.kind == kind]
    gone = set(told_by) - {file.entry.path for file in here}
    if not any(file.status == READ for file in here) and not gone:
        return list(planned)
    return [replace(file, status=READ) if file.kind == kind else file for file in planned]


def config_key(feed: Feed | None, params: IngestParams) -> str:
    """Digest of everything but the file that decides what is read from it."""
    if feed is None:
        return ""
    return feed.key(params.since, digest("secret", params.phone_secret) if params.phone_secret else "")


def _content(inbox: Inbox, path: str) -> tuple[str, str]:
    """Digest a file; where it cannot be read, give nothing and the name of the error."""
    try:
        return sha256_of(inbox, path), ""
    except OSError as trouble:
        return "", os_error(trouble)
