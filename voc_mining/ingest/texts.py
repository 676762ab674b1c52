"""Any table with a column of texts into contacts and documents, for a look at it without an inbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from voc_mining.accounts import Account
from voc_mining.contracts import VAULT_TABLES
from voc_mining.errors import UserError
from voc_mining.faults import Fault, as_stored
from voc_mining.ids import contact_id
from voc_mining.ingest.cells import trimmed
from voc_mining.ingest.contacts import conformed, dated
from voc_mining.ingest.csv_records import Split, split
from voc_mining.ingest.encoding import decode
from voc_mining.ingest.records import folded_header
from voc_mining.ingest.rejects import SCHEMA, masked_words
from voc_mining.ingest.signatures import other_than_text
from voc_mining.ingest.stage import reject_tables

SOURCE, CHANNEL = "file", "text"
STAGE = "ingest.texts"


@dataclass(frozen=True, slots=True)
class TextColumns:
    """Which columns of a table are meant, by their headings: the texts, and if there are any ids and groups."""

    text: str
    id: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of texts, read.

    Attributes
    ----------
    contacts, documents : DataFrame
        Rows of the tables of these names, one contact for each row with a text.
    groups : DataFrame
        ``contact_id``, ``group``: value of the column of groups, masked; null where the cell is empty.
    rejects : DataFrame
        Rows of ``rejects``.
    account : Account
        What became of every row.
    """

    contacts: pl.DataFrame
    documents: pl.DataFrame
    groups: pl.DataFrame
    rejects: pl.DataFrame
    account: Account


def read_text_table(raw: bytes, name: str, columns: TextColumns, mask: Callable[[str], str]) -> TextTable:
    """Read a delimited file in whatever encoding; bad rows become rejects, rows without a text are counted.

    Where several rows have one id each is a contact of its own. Without a column of ids a row is known by its line.

    Parameters
    ----------
    raw : bytes
        Content of the file.
    name : str
        Its name; ``.tsv`` is split at tabs.
    columns : TextColumns
        Which columns are meant.
    mask : callable
        Masks personal data in the names of groups.

    Raises
    ------
    UserError
        If the file is no table, or lacks a column.
    """
    if other_than_text(raw):
        raise UserError("mine.no_table", file=name)
    decoded = decode(raw)
    table = split(decoded, "\t" if name.lower().endswith(".tsv") else ",")
    if table is None:
        raise UserError("mine.no_table", file=name)
    rows = pl.DataFrame(
        {
            "row": pl.Series([first for first, _ in table.spans], dtype=pl.Int64),
            "text": _cells(table, columns.text, name),
            "source_id": _ids(table, columns.id, name),
            "group": _cells(table, columns.group, name) if columns.group else _nothing(table),
        }
    )
    nameless = rows.filter(pl.col("text").is_not_null() & pl.col("source_id").is_null())
    texts = rows.drop_nulls(["text", "source_id"]).with_columns(
        pl.struct("source_id", pl.int_range(pl.len()).over("source_id").alias("nth")).alias("key")
    )
    keys = [contact_id(SOURCE, f"{key['source_id']}\x1f{key['nth']}") for key in texts["key"]]
    texts = texts.drop("key").with_columns(
        pl.Series("contact_id", keys, dtype=pl.String),
        pl.lit(None, pl.Datetime("us", "UTC")).alias("started_at"),
        pl.lit(SOURCE).alias("source"),
        pl.lit(CHANNEL).alias("channel"),
        pl.lit(name).alias("source_file"),
        pl.col("row").alias("source_row"),
        pl.Series("content_key", keys, dtype=pl.String),
    )
    texts = dated(texts)
    rejects = _rejects(table, nameless, columns, name)
    textless = rows["text"].null_count()
    dropped = {"empty_row": table.empty, "no_text": textless}
    return TextTable(
        conformed(texts),
        texts.select("contact_id", pl.lit("body").alias("part"), "text", "month").select(
            VAULT_TABLES["documents"].schema.names()
        ),
        texts.select("contact_id", masked_words(texts["group"], mask)),
        rejects,
        Account(
            STAGE,
            inputs=rows.height + len(table.bad) + table.empty,
            produced=texts.height,
            dropped={reason: n for reason, n in dropped.items() if n},
            rejected=rejects.height,
        ).verify(),
    )


def _cells(table: Split, column: str, file: str) -> pl.Series:
    """Return the trimmed cells of the column of a heading; width and case of the heading do not matter."""
    header = [folded_header(name) for name in table.header]
    wanted = folded_header(column)
    if wanted not in header:
        raise UserError("mine.no_column", file=file, column=column, columns=table.header)
    if header.count(wanted) > 1:
        raise UserError("mine.several_columns", file=file, column=column)
    place = header.index(wanted)
    return trimmed(pl.Series("cell", [record[place] for record in table.records], dtype=pl.String))


def _ids(table: Split, column: str | None, file: str) -> pl.Series:
    if column is not None:
        return _cells(table, column, file)
    return pl.Series("source_id", [str(first) for first, _ in table.spans], dtype=pl.String)


def _nothing(table: Split) -> pl.Series:
    return pl.repeat(None, len(table.records), dtype=pl.String, eager=True)


def _rejects(table: Split, nameless: pl.DataFrame, columns: TextColumns, file: str) -> pl.DataFrame:
    faults = [(row, Fault("missing_value", column=columns.id or "")) for row in nameless["row"]]
    faults += [(bad.line, bad.fault) for bad in table.bad]
    listed = [(row, fault.code, as_stored([fault]), "") for row, fault in sorted(faults, key=lambda found: found[0])]
    frame = pl.DataFrame(listed, schema=SCHEMA, orient="row")
    return reject_tables(frame.with_columns(pl.lit(SOURCE).alias("source"), pl.lit(file).alias("file")))[0]
