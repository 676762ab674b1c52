"""The files that have to be read, read: records with their fate, rejects, and what became of each file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from voc_mining.accounts import Account
from voc_mining.contracts import LAKE_TABLES, VAULT_TABLES
from voc_mining.faults import Fault, os_error
from voc_mining.ingest.contacts import record_key
from voc_mining.ingest.deliveries import KEPT, with_fate
from voc_mining.ingest.inbox import Inbox
from voc_mining.ingest.kinds import CONTACT_KINDS, CUSTOMERS, RECORDINGS, UNKNOWN
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.plan import READ, Planned
from voc_mining.ingest.records import FileRecords, read_records
from voc_mining.ingest.rejects import file_reject
from voc_mining.ingest.word_lists import consistent

STAGE = "ingest"
EARLY, UNKNOWN_FILE = "before_from", "unknown_file"
_ALWAYS_TOLD = (RECORDINGS, *CONTACT_KINDS, CUSTOMERS)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the records of one file, whatever is stored already."""

    rows: int
    produced: int
    rejected: int
    dropped: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the files that were read hold.

    Attributes
    ----------
    records : mapping of str to DataFrame
        By kind: one record per key that holds, with delivery and file.
    early : mapping of str to DataFrame
        By kind: records before the first day taken in.
    rejects, raw_rejects : DataFrame
        As in the contracts.
    tallies : mapping of str to Tally
        By file.
    dropped : mapping of str to mapping of str to int
        By kind: records left out, by reason, over all deliveries.
    """

    records: Mapping[str, pl.DataFrame]
    early: Mapping[str, pl.DataFrame]
    rejects: pl.DataFrame
    raw_rejects: pl.DataFrame
    tallies: Mapping[str, Tally]
    dropped: Mapping[str, Mapping[str, int]]


def read_tables(
    planned: Sequence[Planned], inbox: Inbox, params: IngestParams, mask: Callable[[str], str]
) -> Delivered:
    """Read the tabular files of a plan and settle which record of each key holds.

    Files that no feed claims are counted. A file that cannot be opened, or is no table, becomes one reject of row 0.
    """
    by_kind: dict[str, list[tuple[Planned, FileRecords]]] = {}
    for file in planned:
        if file.feed is not None and file.kind != RECORDINGS and file.status == READ:
            by_kind.setdefault(file.kind, []).append((file, _read(file, inbox, params, mask)))
    records: dict[str, pl.DataFrame] = {}
    early: dict[str, pl.DataFrame] = {}
    dropped: dict[str, dict[str, int]] = {}
    tallies: dict[str, Tally] = {}
    rejects = []
    unknown = [file for file in planned if file.kind == UNKNOWN and file.status == READ]
    for file in unknown:
        tallies[file.entry.path] = _unknown(file)
        if not file.sha256:
            reject = file_reject(Fault("unreadable_file", os_error=file.os_error))
            rejects.append(reject.with_columns(pl.lit(UNKNOWN).alias("source"), pl.lit(file.entry.path).alias("file")))
    if unknown:
        dropped[UNKNOWN] = _summed(tallies[file.entry.path].dropped for file in unknown)
    for kind, read in by_kind.items():
        files = list(zip((file for file, _ in read), consistent(kind, [found for _, found in read]), strict=True))
        everything = pl.concat(
            found.records.with_columns(
                pl.lit(file.entry.path).alias("file"), pl.lit(file.delivery, pl.Int64).alias("delivery")
            )
            for file, found in files
        )
        early[kind] = everything.filter("early")
        late = everything.filter(~pl.col("early")).drop("early")
        overall = with_fate(late, record_key(kind))
        records[kind] = overall.filter(pl.col("fate") == KEPT).drop("fate")
        fates = dict(overall["fate"].value_counts().iter_rows())
        told = _summed([fates, {EARLY: early[kind].height}, *(found.dropped for _, found in files)])
        dropped[kind] = {reason: n for reason, n in sorted(told.items()) if n and reason != KEPT}
        tallies |= _tallies(files, late, kind)
        rejects += [
            found.rejects.with_columns(pl.lit(kind).alias("source"), pl.lit(file.entry.path).alias("file"))
            for file, found in files
        ]
    table = pl.concat(rejects) if rejects else pl.DataFrame()
    return Delivered(records, early, *reject_tables(table), tallies, dropped)


def reject_tables(rejects: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split source, file, row, reason, faults, content into ``rejects`` and ``raw_rejects``."""
    lake, vault = LAKE_TABLES["rejects"], VAULT_TABLES["raw_rejects"]
    if rejects.is_empty():
        return lake.empty(), vault.empty()
    staged = rejects.with_columns(pl.lit(STAGE).alias("stage"))
    return lake.conform(staged.drop("content")), rejects.select(vault.schema.names())


def input_row(file: Planned, tally: Tally) -> dict[str, object]:
    """Row of ``inputs`` of a file."""
    return {
        "file": file.entry.path,
        "sha256": file.sha256,
        "kind": file.kind,
        "size_bytes": file.entry.size_bytes,
        "mtime_ns": file.entry.mtime_ns,
        "delivery": file.delivery,
        "config_key": file.config_key,
        "rows": tally.rows,
        "produced": tally.produced,
        "rejected": tally.rejected,
        "dropped": json.dumps(dict(sorted(tally.dropped.items()))),
    }


def accounts(
    planned: Sequence[Planned],
    inputs: Mapping[str, Mapping[str, object]],
    tallies: Mapping[str, Tally],
    settled: Mapping[str, Mapping[str, int]],
) -> list[Account]:
    """Account of each kind over all files present.

    Parameters
    ----------
    planned : sequence of Planned
        Every file present.
    inputs : mapping of str to mapping
        Row of ``inputs`` of the files that were not read.
    tallies : mapping of str to Tally
        Of the files that were read.
    settled : mapping of str to mapping of str to int
        By kind, of the files that were read: ``produced``, ``unchanged``, and dropped records by reason.

    Raises
    ------
    ContractBroken
        If an account does not add up.
    """
    found: dict[str, Account] = {kind: Account(f"{STAGE}.{kind}") for kind in _ALWAYS_TOLD}
    for file in planned:
        name = f"{STAGE}.{file.kind}"
        if file.entry.path in tallies:
            tally = tallies[file.entry.path]
            part = Account(name, inputs=tally.rows, rejected=tally.rejected)
        else:
            row = inputs[file.entry.path]
            part = Account(
                name,
                inputs=int(str(row["rows"])),
                unchanged=int(str(row["produced"])),
                rejected=int(str(row["rejected"])),
                dropped=json.loads(str(row["dropped"])),
            )
        found[file.kind] = found.get(file.kind, Account(name)) + part
    for kind, counts in settled.items():
        dropped = {reason: n for reason, n in counts.items() if reason not in ("produced", "unchanged") and n}
        part = Account(
            f"{STAGE}.{kind}", produced=counts.get("produced", 0), unchanged=counts.get("unchanged", 0), dropped=dropped
        )
        found[kind] = found.get(kind, Account(part.stage)) + part
    return [account.verify() for account in found.values()]


def _unknown(file: Planned) -> Tally:
    """Tally a file that no feed claims: left out by name, unless it cannot even be opened."""
    return Tally(1, 0, 0, {UNKNOWN_FILE: 1}) if file.sha256 else Tally(1, 0, 1, {})


def _read(file: Planned, inbox: Inbox, params: IngestParams, mask: Callable[[str], str]) -> FileRecords:
    assert file.feed is not None
    try:
        with inbox.open(file.entry.path) as opened:
            raw = opened.read()
    except OSError as trouble:
        empty = read_records(b"", file.entry.path, file.feed, params, mask)
        return FileRecords(empty.records, file_reject(Fault("unreadable_file", os_error=os_error(trouble))), 1)
    return read_records(raw, file.entry.path, file.feed, params, mask)


def _tallies(files: Sequence[tuple[Planned, FileRecords]], late: pl.DataFrame, kind: str) -> dict[str, Tally]:
    """Tally each file by what competes within its own delivery, so that later deliveries do not change it."""
    fates = with_fate(late, record_key(kind), within=["delivery"]).group_by("file", "fate").len()
    counted: dict[str, dict[str, int]] = {}
    for path, fate, n in fates.iter_rows():
        counted.setdefault(path, {})[fate] = n
    tallies = {}
    for file, found in files:
        of_file = counted.get(file.entry.path, {})
        kept = of_file.pop(KEPT, 0)
        early = int(found.records["early"].sum())
        dropped = {**of_file, **found.dropped, **({EARLY: early} if early else {})}
        tallies[file.entry.path] = Tally(found.rows, kept, found.rejects.height, dropped)
    return tallies


def _summed(parts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return total
