"""Delta Lake tables under one root, each held to its contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError, TableNotFoundError

from voc_mining.contracts import LAKE_TABLES, VAULT_TABLES, Table
from voc_mining.errors import EngineTrouble, UserError

_PRIVATE = 0o700


class DeltaStore:
    """A set of Delta tables under one root: a local folder or an object-store URL.

    Parameters
    ----------
    uri : str
        Root of the tables.
    tables : mapping of str to Table
        Contracts by table name; no other table can be read or written.
    """

    def __init__(self, uri: str, tables: Mapping[str, Table]) -> None:
        self.uri = uri.rstrip("/")
        self.tables = tables

    def version(self, name: str) -> int | None:
        """Version of a table; None where it was never written."""
        table = self._open(name)
        return None if table is None else table.version()

    def versions(self) -> dict[str, int]:
        """Versions of all tables that exist."""
        found = {name: self.version(name) for name in self.tables}
        return {name: version for name, version in found.items() if version is not None}

    def scan(self, name: str) -> pl.LazyFrame:
        """Scan a table lazily; one that was never written is empty."""
        table = self._open(name)
        if table is None:
            return self.tables[name].empty().lazy()
        return pl.scan_delta(table).select(self.tables[name].schema.names())

    def read(self, name: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Read a table, or some of its columns, in no particular order."""
        scan = self.scan(name)
        return (scan if columns is None else scan.select(columns)).collect()

    def append_new(self, name: str, frame: pl.DataFrame) -> int:
        """Append the rows whose key is not there yet; return how many were.

        Raises
        ------
        ContractBroken
            If the frame does not keep the table's contract.
        EngineTrouble
            If the store refuses the commit.
        """
        contract = self.tables[name]
        rows = contract.check(contract.conform(frame))
        if rows.is_empty():
            return 0
        there = self.scan(name).join(rows.lazy().select(contract.key), on=contract.key, how="semi")
        fresh = rows.join(there.select(contract.key).collect(), on=contract.key, how="anti")
        if fresh.height:
            self._append(contract, fresh)
        return fresh.height

    def replace(self, name: str, frame: pl.DataFrame, *, scope: pl.DataFrame) -> int:
        """Make the rows that belong to ``scope`` exactly those of ``frame``.

        Nothing is written where the content is the same already. Rows that are only new are appended;
        otherwise the touched partitions (the whole table where it has none) are written again in one
        commit each.

        Parameters
        ----------
        name : str
            Table.
        frame : DataFrame
            Rows after the replacement.
        scope : DataFrame
            Distinct values of some columns, such as ``contact_id``: every stored row that matches one
            of them is replaced.

        Returns
        -------
        int
            Rows removed, added or changed.

        Raises
        ------
        ContractBroken
            If the frame does not keep the table's contract.
        EngineTrouble
            If the store refuses the commit.
        """
        contract = self.tables[name]
        rows = contract.check(contract.conform(frame))
        keys = scope.unique()
        stored = self.scan(name).join(keys.lazy(), on=keys.columns, how="semi", nulls_equal=True).collect()
        changed = _difference(contract, stored, rows)
        if changed.is_empty():
            return 0
        if stored.is_empty():
            self._append(contract, rows)
        elif contract.partition is None:
            kept = self.scan(name).join(keys.lazy(), on=keys.columns, how="anti", nulls_equal=True).collect()
            self._overwrite(contract, pl.concat([kept, rows]))
        else:
            self._replace_partitions(contract, rows, keys, changed[contract.partition].unique().sort().to_list())
        return changed.height

    def replace_all(self, name: str, frame: pl.DataFrame) -> int:
        """Make the table exactly ``frame``, if it is not already; return how many rows differ."""
        contract = self.tables[name]
        rows = contract.check(contract.conform(frame))
        changed = _difference(contract, self.read(name), rows)
        if changed.height:
            self._overwrite(contract, rows)
        return changed.height

    def compact(self, *, small_files: int = 32) -> None:
        """Join the small files of tables that have many of them."""
        for name in self.tables:
            table = self._open(name)
            if table is not None and len(table.file_uris()) > small_files:
                table.optimize.compact()

    def _open(self, name: str) -> DeltaTable | None:
        if name not in self.tables:
            raise KeyError(f"no table {name!r}; there are {sorted(self.tables)}")
        try:
            return DeltaTable(f"{self.uri}/{name}")
        except TableNotFoundError:
            return None

    def _replace_partitions(self, contract: Table, rows: pl.DataFrame, keys: pl.DataFrame, parts: list[str]) -> None:
        assert contract.partition is not None
        for part in parts:
            here = pl.col(contract.partition) == part
            kept = self.scan(contract.name).filter(here).join(keys.lazy(), on=keys.columns, how="anti").collect()
            after = pl.concat([kept, rows.filter(here)])
            self._overwrite(contract, after, predicate=f"{contract.partition} = '{part}'")

    def _append(self, contract: Table, rows: pl.DataFrame) -> None:
        with _store_trouble(contract, self.uri):
            write_deltalake(
                f"{self.uri}/{contract.name}",
                rows.sort(contract.key),
                mode="append",
                partition_by=contract.partition,
                configuration=_configuration(contract),
            )

    def _overwrite(self, contract: Table, rows: pl.DataFrame, *, predicate: str | None = None) -> None:
        with _store_trouble(contract, self.uri):
            write_deltalake(
                f"{self.uri}/{contract.name}",
                rows.sort(contract.key),
                mode="overwrite",
                predicate=predicate,
                partition_by=contract.partition,
                configuration=_configuration(contract),
            )


def _configuration(contract: Table) -> dict[str, str | None]:
    """Keep statistics of key columns only: those of text would keep words in the log after an erasure."""
    return {"delta.dataSkippingStatsColumns": ",".join(contract.key)}


@contextmanager
def _store_trouble(contract: Table, uri: str) -> Iterator[None]:
    try:
        yield
    except (DeltaError, OSError) as trouble:
        raise EngineTrouble(f"writing {contract.name} to {uri} failed: {trouble}") from trouble


def open_lake(uri: str) -> DeltaStore:
    """Open the lake; it is made at the first write."""
    return DeltaStore(uri, LAKE_TABLES)


def open_vault(uri: str) -> DeltaStore:
    """Open the vault of raw words; a local one is readable by its owner only.

    Raises
    ------
    UserError
        If the folder cannot be made.
    """
    if "://" not in uri:
        try:
            Path(uri).mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            Path(uri).chmod(_PRIVATE)
        except OSError as trouble:
            raise UserError(
                f"The vault {uri} cannot be made: {trouble.strerror}.", "Name a folder you own."
            ) from trouble
    return DeltaStore(uri, VAULT_TABLES)


def _difference(contract: Table, stored: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Find the rows that are in one of two frames but not in the other."""
    if stored.is_empty():
        return rows
    left = stored.with_columns(_row_digest(stored))
    right = rows.with_columns(_row_digest(rows))
    on = [*contract.key, "__content"]
    return pl.concat([left.join(right, on=on, how="anti"), right.join(left, on=on, how="anti")]).drop("__content")


def _row_digest(frame: pl.DataFrame) -> pl.Expr:
    """Make each row's content comparable: nested columns as their JSON text."""
    parts = [
        pl.struct(name).struct.json_encode() if dtype.is_nested() else pl.col(name).cast(pl.String)
        for name, dtype in frame.schema.items()
    ]
    return pl.concat_str([part.fill_null("\x00") for part in parts], separator="\x1f").alias("__content")
