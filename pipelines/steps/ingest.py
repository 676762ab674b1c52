"""Step: read an inbox into the lake and the vault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from voc_mining.accounts import Account
from voc_mining.contracts import LAKE_TABLES, VAULT_TABLES
from voc_mining.errors import BadAudio
from voc_mining.ingest.calls import call_rows, early_recordings, find_links, stored_calls
from voc_mining.ingest.contacts import (
    SOURCE_OF,
    to_contacts,
    to_customers,
    to_documents,
    to_extra_records,
    to_word_list,
    with_contact_id,
)
from voc_mining.ingest.deliveries import SUPERSEDED, against_stored
from voc_mining.ingest.inbox import Inbox, LocalInbox, list_inbox
from voc_mining.ingest.kinds import CUSTOMERS, RECORDINGS, WORD_LISTS, optional_kinds
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.plan import READ, TOUCHED, UNCHANGED, Planned, current_inputs, plan_reading, read_together
from voc_mining.ingest.recordings import AudioInfo, Probe, told_by_names
from voc_mining.ingest.records import no_records
from voc_mining.ingest.sound_files import current_names, read_recordings
from voc_mining.ingest.sources import Feed, Sources
from voc_mining.ingest.stage import (
    STAGE,
    Delivered,
    Tally,
    accounts,
    input_row,
    read_tables,
    reject_tables,
)
from voc_mining.store.conflicts import again_if_overtaken
from voc_mining.store.delta import DeltaStore
from voc_mining.transcribe.guarded_decoder import guarded_decoder

Mask = Callable[[str], str]
_CALLS = "call_log"
_WRITTEN = tuple(kind for kind in SOURCE_OF if kind != _CALLS)


@dataclass(frozen=True, slots=True)
class _World:
    """What an ingest knows before it writes: the stores, the inbox, the plan, and how to read."""

    lake: DeltaStore
    vault: DeltaStore
    inputs: pl.DataFrame
    inputs_seen: int
    before: Mapping[str, Mapping[str, Any]]
    planned: Sequence[Planned]
    sources: Sources
    params: IngestParams
    mask: Mask
    probe: Probe

    @property
    def deliveries(self) -> pl.DataFrame:
        """Delivery that each file stands for now, also files no longer present."""
        numbers = {path: int(row["delivery"]) for path, row in self.before.items()}
        numbers |= {file.entry.path: file.delivery for file in self.planned}
        schema = {"stored_file": pl.String, "stored_delivery": pl.Int64}
        return pl.DataFrame(list(numbers.items()), schema=schema, orient="row")

    @property
    def read_again(self) -> list[str]:
        """Files whose content is known but is read in another way, or once more."""
        return [file.entry.path for file in self.planned if file.status == READ and not file.fresh]

    def told_by_read_again(self, store: DeltaStore, table: str) -> pl.LazyFrame:
        """Rows of a table that came from the files that are read again; mostly there are none of these."""
        if not self.read_again:
            return store.tables[table].empty().lazy()
        return store.scan(table).filter(pl.col("source_file").is_in(self.read_again))

    @property
    def recording_feed(self) -> Feed:
        """How recordings are read."""
        return next(feed for feed in self.sources.feeds if feed.kind == RECORDINGS)


@dataclass(slots=True)
class _Harvest:
    """What is to be written, and what became of the inputs."""

    contacts: list[pl.DataFrame] = field(default_factory=list)
    contact_ids: list[pl.DataFrame] = field(default_factory=list)
    documents: list[pl.DataFrame] = field(default_factory=list)
    document_ids: list[pl.DataFrame] = field(default_factory=list)
    rejects: list[pl.DataFrame] = field(default_factory=list)
    raw_rejects: list[pl.DataFrame] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    settled: dict[str, Counter[str]] = field(default_factory=dict)


@again_if_overtaken
def ingest_step(  # noqa: PLR0913, PLR0917 - two stores, from where, how, with what
    lake: DeltaStore,
    vault: DeltaStore,
    inbox: Path | Inbox,
    sources: Sources,
    params: IngestParams,
    mask: Mask,
    probe: Probe | None = None,
) -> list[Account]:
    """Read what is new or changed in an inbox and store it.

    ``inputs`` remembers what was read and is written last: an ingest that is killed is repeated as a whole,
    with the same result. Every table is replaced by content, so nothing is written where nothing changed. An
    ingest that was overtaken by another one is repeated after it, too, as if it had begun later.

    Parameters
    ----------
    lake, vault : DeltaStore
        Where rows go.
    inbox : Path or Inbox
        The folder, or any other place of deliveries.
    sources : Sources
        How its files are read.
    params : IngestParams
        What is taken in.
    mask : callable
        Masks personal data in a text that enters the lake.
    probe : callable or None
        Tells about the recording at a path within the inbox, or raises BadAudio; None opens the file of a
        local inbox.

    Returns
    -------
    list of Account
        One per kind of input, over all files present now.

    Raises
    ------
    UserError
        If the inbox does not exist.
    EngineTrouble
        If a store refuses a commit; the step can be repeated.
    """
    place = LocalInbox(inbox) if isinstance(inbox, Path) else inbox
    (inputs_seen,) = lake.seen("inputs")
    inputs = lake.read("inputs")
    planned = plan_reading(list_inbox(place, sources), inputs, place, params)
    for kind in WORD_LISTS:
        planned = read_together(planned, kind, lake.read(kind, ("source_file",))["source_file"].unique().to_list())
    before = {row["file"]: row for row in current_inputs(inputs).iter_rows(named=True)}
    if all(file.status == UNCHANGED for file in planned):
        return accounts(planned, before, {}, {})
    world = _World(
        lake, vault, inputs, inputs_seen, before, planned, sources, params, mask, probe or _local_probe(place, planned)
    )
    harvest = _Harvest()
    if any(file.status == READ for file in planned):
        delivered = read_tables(planned, place, params, mask)
        harvest.tallies |= delivered.tallies
        harvest.rejects.append(delivered.rejects)
        harvest.raw_rejects.append(delivered.raw_rejects)
        for kind, dropped in delivered.dropped.items():
            harvest.settled[kind] = Counter(dropped)
        _store_calls(world, harvest, delivered)
        _store_contacts(world, harvest, delivered)
        _store_customers(world, harvest, delivered)
        _store_word_lists(world, harvest, delivered)
        _store_extra_records(world, harvest, delivered)
        _store_rejects(world, harvest)
    _store_inputs(world, harvest)
    return accounts(planned, before, harvest.tallies, harvest.settled)


def _local_probe(place: Inbox, planned: Sequence[Planned]) -> Probe:
    """Probe files of a folder; one that changed since the inbox was listed is still being written."""
    root = place.root if isinstance(place, LocalInbox) else Path()
    listed = {file.entry.path: file.entry for file in planned}

    def probe(path: str) -> AudioInfo:
        then, now = listed[path], (root / path).stat()
        if (now.st_size, now.st_mtime_ns) != (then.size_bytes, then.mtime_ns):
            raise BadAudio("still_being_written", found=f"{then.size_bytes:,} → {now.st_size:,} bytes")
        return guarded_decoder().probe(root / path)

    return probe


def _store_calls(world: _World, harvest: _Harvest, delivered: Delivered) -> None:
    """Store recordings and the call log; the contacts of both are gathered.

    The call log goes before the contacts: it holds the id of a call's contact while the contact moves from
    one partition to another.
    """
    lake = world.lake
    stored = stored_calls(lake.scan("contacts"), lake.scan("call_log"))
    records = delivered.records.get(_CALLS, no_records(_CALLS))
    early_calls = delivered.early.get(_CALLS, no_records(_CALLS))
    calls = stored.index.filter(pl.col("source") == "call")
    gone = calls.filter(pl.col("source_file").is_in(world.read_again))
    for told in (records, early_calls):
        gone = gone.join(told, on="source_id", how="anti")
    stored = stored.without(gone)
    records = _settled(harvest, _CALLS, records, _provenance(world, calls), ["source_id"])
    names = current_names(world.planned, world.before)
    told = told_by_names(names["path"], world.recording_feed, world.params)
    files = names.join(told, on="path", validate="1:1", maintain_order="left")
    links = find_links(records, stored, files)
    early = early_recordings(early_calls, links, files, world.params.since)
    known = lake.read("recordings")
    sound = read_recordings(world.planned, world.inputs, known, early, world.probe, full=world.params.full)
    harvest.tallies |= sound.tallies
    harvest.settled[RECORDINGS] = Counter(sound.counts)
    rejects, raw = reject_tables(sound.rejects)
    harvest.rejects.append(rejects)
    harvest.raw_rejects.append(raw)
    about = pl.concat([known.join(sound.recordings, on="audio_sha256", how="anti"), sound.recordings]).select(
        "audio_sha256", "duration_s", (pl.col("state") == "readable").alias("readable")
    )
    files = files.join(about, on="audio_sha256", validate="m:1", maintain_order="left")
    records, rows = call_rows(records, stored, links, files, world.mask)
    lake.replace("recordings", sound.recordings, scope=sound.recordings.select("audio_sha256"))
    gone_calls = gone.select(pl.col("source_id").alias("call_id"))
    lake.replace("call_log", rows.call_log, scope=pl.concat([rows.call_ids, gone_calls]))
    harvest.contacts.append(rows.contacts)
    harvest.contact_ids += [rows.contact_ids, gone.select("contact_id")]
    harvest.documents.append(to_documents(records))
    harvest.document_ids += [records.select("contact_id"), gone.select("contact_id")]


def _store_contacts(world: _World, harvest: _Harvest, delivered: Delivered) -> None:
    """Store all contacts, and what was written in them.

    What a file held by an older mapping and holds no longer goes; what an older content of it held stays.
    """
    columns = ("contact_id", "content_key", "source_file", "source_row")
    for kind in _WRITTEN:
        if kind not in delivered.records:
            continue
        records = with_contact_id(delivered.records[kind], kind)
        told_again = world.lake.scan_matching("contacts", records.select("contact_id"))
        stored = told_again.select(columns).collect()
        records = _settled(harvest, kind, records, _provenance(world, stored), ["contact_id"])
        harvest.contacts.append(to_contacts(records, kind, world.mask))
        harvest.contact_ids.append(records.select("contact_id"))
        harvest.documents.append(to_documents(records))
        harvest.document_ids.append(records.select("contact_id"))
    early = [with_contact_id(records, kind) for kind, records in delivered.early.items() if kind in _WRITTEN]
    told = pl.concat([*harvest.contact_ids, *(records.select("contact_id") for records in early)])
    written = pl.col("source").is_in([SOURCE_OF[kind] for kind in _WRITTEN])
    from_these = world.told_by_read_again(world.lake, "contacts").filter(written)
    gone = from_these.select("contact_id").collect().join(told, on="contact_id", how="anti")
    contact_ids = pl.concat([*harvest.contact_ids, gone]).unique()
    # Words before contacts: another run that sees a contact finds what was said in it.
    world.vault.replace("documents", pl.concat(harvest.documents), scope=pl.concat([*harvest.document_ids, gone]))
    world.lake.replace("contacts", pl.concat(harvest.contacts), scope=contact_ids)


def _store_customers(world: _World, harvest: _Harvest, delivered: Delivered) -> None:
    key = ["customer_key", "as_of"]
    scan = world.lake.scan("customers").select(*key, "content_key", "source_file", "source_row")
    records = delivered.records.get(CUSTOMERS, no_records(CUSTOMERS))
    stored = scan.join(records.lazy().select(key), on=key, how="semi").collect()
    from_these = world.told_by_read_again(world.lake, "customers").select(key)
    gone = from_these.join(records.lazy().select(key), on=key, how="anti").collect()
    records = _settled(harvest, CUSTOMERS, records, _provenance(world, stored), key)
    world.lake.replace("customers", to_customers(records), scope=pl.concat([records.select(key), gone]))


def _store_word_lists(world: _World, harvest: _Harvest, delivered: Delivered) -> None:
    """Make each word list what its files tell now; a file that cannot be read as a table tells what it told before."""
    for kind in WORD_LISTS:
        if kind not in delivered.records:
            continue
        table = world.lake.read(kind)
        key = list(world.lake.tables[kind].key)
        records = delivered.records[kind]
        stored = _provenance(world, table.select(*key, "content_key", "source_file", "source_row"))
        # Every file is read, so that none is superseded by what a file told that is gone.
        told = stored.with_columns(pl.lit(0, pl.Int64).alias("stored_delivery"))
        records = _settled(harvest, kind, records, told, key)
        broken = delivered.rejects.filter((pl.col("source") == kind) & (pl.col("row") == 0))
        held = table.join(broken, left_on="source_file", right_on="file", how="semi").join(records, on=key, how="anti")
        world.lake.replace_all(kind, pl.concat([to_word_list(records, kind), held]))


def _store_extra_records(world: _World, harvest: _Harvest, delivered: Delivered) -> None:
    key = ["kind", "record_key"]
    found = []
    for kind in optional_kinds():
        if kind not in delivered.records:
            continue
        records = delivered.records[kind]
        rows = to_extra_records(records, kind)
        keyed = rows.select(
            *key,
            "values",
            pl.col("values").alias("content_key"),
            pl.col("source_file").alias("file"),
            pl.col("source_row").alias("row"),
        ).with_columns(records["delivery"])
        scan = world.vault.scan("extra_records").join(rows.lazy().select(key), on=key, how="semi")
        stored = _provenance(world, scan.rename({"values": "content_key"}).collect())
        settled = _settled(harvest, kind, keyed, stored, key)
        found.append(
            settled.select(*key, "values", pl.col("file").alias("source_file"), pl.col("row").alias("source_row"))
        )
    frame = pl.concat([VAULT_TABLES["extra_records"].empty(), *found])
    told = frame.lazy().select(key)
    from_these = world.told_by_read_again(world.vault, "extra_records")
    gone = from_these.select(key).join(told, on=key, how="anti").collect()
    world.vault.replace("extra_records", frame, scope=pl.concat([frame.select(key), gone]))


def _store_rejects(world: _World, harvest: _Harvest) -> None:
    """Replace the rejects of the files that were read; those that later stages made of older content go too."""
    read = [file for file in world.planned if file.status == READ]
    fresh = [file.entry.path for file in read if file.fresh]
    later = world.lake.scan("rejects").filter(pl.col("file").is_in(fresh)).select("file", "stage").collect()
    files = pl.DataFrame({"file": [file.entry.path for file in read]}, schema={"file": pl.String})
    scope = pl.concat([files.with_columns(pl.lit(STAGE).alias("stage")), later]).unique()
    world.lake.replace("rejects", pl.concat([LAKE_TABLES["rejects"].empty(), *harvest.rejects]), scope=scope)
    raw = pl.concat([VAULT_TABLES["raw_rejects"].empty(), *harvest.raw_rejects])
    world.vault.replace("raw_rejects", raw, scope=files)


def _store_inputs(world: _World, harvest: _Harvest) -> None:
    """Remember what was read: the commit that ends an ingest."""
    rows: list[dict[str, object]] = []
    for file in world.planned:
        if file.status == TOUCHED:
            rows.append({**world.before[file.entry.path], "mtime_ns": file.entry.mtime_ns})
        elif file.status == READ:
            rows.append(input_row(file, harvest.tallies[file.entry.path]))
    frame = pl.DataFrame(rows, schema=LAKE_TABLES["inputs"].schema)
    world.lake.replace("inputs", frame, scope=frame.select("file", "sha256"), seen=world.inputs_seen)


def _provenance(world: _World, stored: pl.DataFrame) -> pl.DataFrame:
    """Rename the provenance of stored rows for the comparison, and add their delivery."""
    renamed = stored.rename({"content_key": "stored_content", "source_file": "stored_file", "source_row": "stored_row"})
    return renamed.join(world.deliveries, on="stored_file", how="left", validate="m:1")


def _settled(harvest: _Harvest, kind: str, records: pl.DataFrame, stored: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Compare records with what is stored, count what became of them, and keep those that hold."""
    told = stored.select(*key, "stored_content", "stored_file", "stored_row", "stored_delivery")
    compared = against_stored(records, told, key)
    counts = harvest.settled.setdefault(kind, Counter())
    states = dict(compared["state"].value_counts().iter_rows())
    counts["produced"] += states.get("new", 0) + states.get("changed", 0)
    counts["unchanged"] += states.get("unchanged", 0)
    counts[SUPERSEDED] += states.get(SUPERSEDED, 0)
    return compared.filter(pl.col("state") != SUPERSEDED).drop("state")
