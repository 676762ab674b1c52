"""Store the messages of threads, and what they tell of the inquiries they belong to."""

from __future__ import annotations

import polars as pl

from pipelines.steps.ingest_world import Harvest, World, provenance, settled
from voc_mining.contracts import LAKE_TABLES
from voc_mining.ingest.contacts import with_contact_id
from voc_mining.ingest.kinds import MESSAGES
from voc_mining.ingest.records import no_records
from voc_mining.ingest.stage import Delivered
from voc_mining.ingest.threads import THREAD_ALONE, thread_contacts, thread_keys, to_messages, with_inquiry
from voc_mining.store.changes import rows_matching

_INQUIRIES = "inquiries"


def store_messages(world: World, harvest: Harvest, delivered: Delivered) -> pl.DataFrame:
    """Store the messages delivered now; return ``contact_id`` of the threads that they belong to."""
    key = ["contact_id", "seq"]
    records = with_inquiry(delivered.records.get(MESSAGES, no_records(MESSAGES)))
    told = records.lazy().select(key)
    scan = world.vault.scan("messages").select(*key, "content_key", "source_file", "source_row")
    stored = scan.join(told, on=key, how="semi").collect()
    gone = world.told_by_read_again(world.vault, "messages").select(key).join(told, on=key, how="anti").collect()
    records = settled(harvest, MESSAGES, records, provenance(world, stored), key)
    rows = to_messages(records)
    world.vault.replace("messages", rows, scope=pl.concat([rows.select(key), gone]))
    return pl.concat([rows.select("contact_id"), gone.select("contact_id")]).unique()


def add_threads(
    world: World, delivered: Delivered, contacts: pl.DataFrame, threads: pl.DataFrame, gone: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put to contacts what their messages tell.

    Parameters
    ----------
    world, delivered
        What is known, and what is delivered now.
    contacts : DataFrame
        Contacts to be written.
    threads : DataFrame
        ``contact_id`` of threads whose messages came or went.
    gone : DataFrame
        ``contact_id`` of contacts that no file tells any longer.

    Returns
    -------
    contacts, contact_ids : DataFrame
        The contacts, with the digests of their messages, the stored inquiries whose messages changed, and contacts of
        threads that have no row among the inquiries; and the ids of all that these replace.
    """
    inquiries = contacts.filter(pl.col("source") == "inquiry").select("contact_id")
    ids = pl.concat([threads, inquiries, gone]).unique()
    messages = rows_matching(world.vault, "messages", ids).collect()
    keys = thread_keys(messages)
    others = ids.join(contacts, on="contact_id", how="anti")
    stored = rows_matching(world.lake, "contacts", others.join(gone, on="contact_id", how="anti")).collect()
    kept = stored.filter(pl.col("content_key") != THREAD_ALONE)
    told = pl.concat([contacts, kept])
    early = delivered.early.get(_INQUIRIES, no_records(_INQUIRIES))
    elsewhere = pl.concat([told.select("contact_id"), with_contact_id(early, _INQUIRIES).select("contact_id")])
    alone = thread_contacts(messages.join(elsewhere, on="contact_id", how="anti"), world.params.since)
    whole = pl.concat([told, alone]).drop("thread_key").join(keys, on="contact_id", how="left", validate="m:1")
    return whole.select(LAKE_TABLES["contacts"].schema.names()), ids
