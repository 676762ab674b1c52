"""Store what is known of customers beside their contacts, and rows that no stage needs yet."""

from __future__ import annotations

import polars as pl

from pipelines.steps.ingest_world import Harvest, World, provenance, settled
from voc_mining.contracts import VAULT_TABLES
from voc_mining.ingest.contacts import keyed_relations, record_key, to_extra_records, to_relations
from voc_mining.ingest.kinds import CUSTOMERS, RELATION_KINDS, optional_kinds
from voc_mining.ingest.records import no_records
from voc_mining.ingest.stage import Delivered


def store_relations(world: World, harvest: Harvest, delivered: Delivered) -> None:
    """Store customers, identities, contracts, usage, outreach and self-service, each in its table."""
    for kind in (CUSTOMERS, *RELATION_KINDS):
        key = record_key(kind)
        gone = world.told_by_read_again(world.lake, kind).select(key)
        records = keyed_relations(delivered.records.get(kind, no_records(kind)), kind)
        told = records.lazy().select(key)
        # Where nothing was delivered, the archive is not looked at.
        table = world.lake.scan(kind) if records.height else world.lake.tables[kind].empty().lazy()
        stored = table.select(*key, "content_key", "source_file", "source_row")
        records = settled(
            harvest, kind, records, provenance(world, stored.join(told, on=key, how="semi").collect()), key
        )
        scope = pl.concat([records.select(key), gone.join(told, on=key, how="anti").collect()])
        world.lake.replace(kind, to_relations(records, kind), scope=scope)


def store_extra_records(world: World, harvest: Harvest, delivered: Delivered) -> None:
    """Keep rows of further inputs in the vault as they came."""
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
        stored = provenance(world, scan.rename({"values": "content_key"}).collect())
        kept = settled(harvest, kind, keyed, stored, key)
        found.append(
            kept.select(*key, "values", pl.col("file").alias("source_file"), pl.col("row").alias("source_row"))
        )
    frame = pl.concat([VAULT_TABLES["extra_records"].empty(), *found])
    told = frame.lazy().select(key)
    from_these = world.told_by_read_again(world.vault, "extra_records")
    gone = from_these.select(key).join(told, on=key, how="anti").collect()
    world.vault.replace("extra_records", frame, scope=pl.concat([frame.select(key), gone]))
