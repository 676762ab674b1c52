"""A file of codes read by itself, beside a table of texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from voc_mining.accounts import Account
from voc_mining.ingest.contacts import to_word_list
from voc_mining.ingest.deliveries import SUPERSEDED
from voc_mining.ingest.kinds import CODES
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.records import read_records
from voc_mining.ingest.sources import parse_sources
from voc_mining.ingest.stage import STAGE, reject_tables
from voc_mining.ingest.word_lists import consistent


@dataclass(frozen=True, slots=True)
class CodesFile:
    """What a file of codes holds: rows of ``codes`` and of ``rejects``, and what became of its rows."""

    codes: pl.DataFrame
    rejects: pl.DataFrame
    account: Account


def read_codes(raw: bytes, name: str, mask: Callable[[str], str]) -> CodesFile:
    """Read codes as an ingest does; of two rows with one name the later holds.

    Parameters
    ----------
    raw : bytes
        Content of the file.
    name : str
        Its name; ``.tsv`` is split at tabs.
    mask : callable
        Masks personal data in examples.
    """
    feed = next(feed for feed in parse_sources("").feeds if feed.kind == CODES)
    (found,) = consistent(CODES, [read_records(raw, name, feed, IngestParams(), mask)])
    records = found.records.unique("name", keep="last", maintain_order=True)
    told = found.rejects.with_columns(pl.lit(CODES).alias("source"), pl.lit(name).alias("file"))
    again = found.records.height - records.height
    return CodesFile(
        to_word_list(records.with_columns(pl.lit(name).alias("file")), CODES),
        reject_tables(told)[0],
        Account(
            f"{STAGE}.{CODES}",
            inputs=found.rows,
            produced=records.height,
            dropped={**found.dropped, **({SUPERSEDED: again} if again else {})},
            rejected=found.rejects.height,
        ).verify(),
    )
