"""Step: read an inbox into the lake and the vault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipelines.steps.ingest_relations import store_extra_records, store_relations
from pipelines.steps.ingest_threads import add_threads, store_messages
from pipelines.steps.ingest_world import Harvest, Mask, World, provenance, settled
from voc_mining.accounts import Account
from voc_mining.contracts import LAKE_TABLES, VAULT_TABLES
from voc_mining.errors import BadAudio
from voc_mining.ingest.calls import call_rows, early_recordings, find_links, stored_calls
from voc_mining.ingest.contacts import (
    SOURCE_OF,
    to_contacts,
    to_documents,
    to_word_list,
    with_contact_id,
)
from voc_mining.ingest.inbox import Inbox, LocalInbox, list_inbox
from voc_mining.ingest.kinds import RECORDINGS, WORD_LISTS
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.plan import READ, TOUCHED, UNCHANGED, Planned, current_inputs, plan_reading, read_together
from voc_mining.ingest.recordings import AudioInfo, Probe, told_by_names
from voc_mining.ingest.records import no_records
from voc_mining.ingest.sound_files import current_names, read_recordings
from voc_mining.ingest.sources import Sources
from voc_mining.ingest.stage import (
    STAGE,
    Delivered,
    accounts,
    input_row,
    read_tables,
    reject_tables,
)
from voc_mining.ingest.threads import THREAD_ALONE
from voc_mining.store.conflicts import again_if_overtaken
from voc_mining.store.delta import DeltaStore
from voc_mining.transcribe.guarded_decoder import guarded_decoder

_CALLS = "call_log"
_WRITTEN = tuple(kind for kind in SOURCE_OF if kind != _CALLS)


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
    world = World(
        lake, vault, inputs, inputs_seen, before, planned, sources, params, mask, probe or _local_probe(place, planned)
    )
    harvest = Harvest()
    if any(file.status == READ for file in planned):
        delivered = read_tables(planned, place, params, mask)
        harvest.tallies |= delivered.tallies
        harvest.rejects.append(delivered.rejects)
        harvest.raw_rejects.append(delivered.raw_rejects)
        for kind, dropped in delivered.dropped.items():
            harvest.settled[kind] = Counter(dropped)
        _store_calls(world, harvest, delivered)
        _store_contacts(world, harvest, delivered)
        _store_word_lists(world, harvest, delivered)
        store_relations(world, harvest, delivered)
        store_extra_records(world, harvest, delivered)
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


def _store_calls(world: World, harvest: Harvest, delivered: Delivered) -> None:
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
    records = settled(harvest, _CALLS, records, provenance(world, calls), ["source_id"])
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


def _store_contacts(world: World, harvest: Harvest, delivered: Delivered) -> None:
    """Store all contacts, and what was written in them.

    What a file held by an older mapping and holds no longer goes; what an older content of it held stays.
    """
    columns = ("contact_id", "content_key", "source_file", "source_row")
    threads = store_messages(world, harvest, delivered)
    for kind in _WRITTEN:
        if kind not in delivered.records:
            continue
        records = with_contact_id(delivered.records[kind], kind)
        told_again = world.lake.scan_matching("contacts", records.select("contact_id"))
        stored = told_again.select(columns).collect()
        stored = stored.filter(pl.col("content_key") != THREAD_ALONE)
        records = settled(harvest, kind, records, provenance(world, stored), ["contact_id"])
        harvest.contacts.append(to_contacts(records, kind, world.mask, world.params.phone_secret))
        harvest.contact_ids.append(records.select("contact_id"))
        harvest.documents.append(to_documents(records))
        harvest.document_ids.append(records.select("contact_id"))
    early = [with_contact_id(records, kind) for kind, records in delivered.early.items() if kind in _WRITTEN]
    told = pl.concat([*harvest.contact_ids, *(records.select("contact_id") for records in early)])
    written = pl.col("source").is_in([SOURCE_OF[kind] for kind in _WRITTEN])
    from_these = world.told_by_read_again(world.lake, "contacts").filter(written)
    gone = from_these.select("contact_id").collect().join(told, on="contact_id", how="anti")
    contacts, exchanged = add_threads(world, delivered, pl.concat(harvest.contacts), threads, gone)
    contact_ids = pl.concat([*harvest.contact_ids, gone, exchanged]).unique()
    # Words before contacts: another run that sees a contact finds what was said in it.
    world.vault.replace("documents", pl.concat(harvest.documents), scope=pl.concat([*harvest.document_ids, gone]))
    world.lake.replace("contacts", contacts, scope=contact_ids)


def _store_word_lists(world: World, harvest: Harvest, delivered: Delivered) -> None:
    """Make each word list what its files tell now; a file that cannot be read as a table tells what it told before."""
    for kind in WORD_LISTS:
        if kind not in delivered.records:
            continue
        table = world.lake.read(kind)
        key = list(world.lake.tables[kind].key)
        records = delivered.records[kind]
        stored = provenance(world, table.select(*key, "content_key", "source_file", "source_row"))
        # Every file is read, so that none is superseded by what a file told that is gone.
        told = stored.with_columns(pl.lit(0, pl.Int64).alias("stored_delivery"))
        records = settled(harvest, kind, records, told, key)
        broken = delivered.rejects.filter((pl.col("source") == kind) & (pl.col("row") == 0))
        held = table.join(broken, left_on="source_file", right_on="file", how="semi").join(records, on=key, how="anti")
        world.lake.replace_all(kind, pl.concat([to_word_list(records, kind), held]))


def _store_rejects(world: World, harvest: Harvest) -> None:
    """Replace the rejects of the files that were read; those that later stages made of older content go too."""
    read = [file for file in world.planned if file.status == READ]
    fresh = [file.entry.path for file in read if file.fresh]
    later = world.lake.scan("rejects").filter(pl.col("file").is_in(fresh)).select("file", "stage").collect()
    files = pl.DataFrame({"file": [file.entry.path for file in read]}, schema={"file": pl.String})
    scope = pl.concat([files.with_columns(pl.lit(STAGE).alias("stage")), later]).unique()
    world.lake.replace("rejects", pl.concat([LAKE_TABLES["rejects"].empty(), *harvest.rejects]), scope=scope)
    raw = pl.concat([VAULT_TABLES["raw_rejects"].empty(), *harvest.raw_rejects])
    world.vault.replace("raw_rejects", raw, scope=files)


def _store_inputs(world: World, harvest: Harvest) -> None:
    """Remember what was read: the commit that ends an ingest."""
    rows: list[dict[str, object]] = []
    for file in world.planned:
        if file.status == TOUCHED:
            rows.append({**world.before[file.entry.path], "mtime_ns": file.entry.mtime_ns})
        elif file.status == READ:
            rows.append(input_row(file, harvest.tallies[file.entry.path]))
    frame = pl.DataFrame(rows, schema=LAKE_TABLES["inputs"].schema)
    world.lake.replace("inputs", frame, scope=frame.select("file", "sha256"), seen=world.inputs_seen)
