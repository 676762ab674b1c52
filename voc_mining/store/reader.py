"""Reading Delta Lake tables under one root."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from voc_mining.contracts import Table
from voc_mining.errors import UserError
from voc_mining.store.differences import Differences


class DeltaReader:
    """What is read of a set of Delta tables under one root: their rows, and what their logs tell."""

    def __init__(self, uri: str, tables: Mapping[str, Table]) -> None:
        self.uri = uri.rstrip("/")
        self.tables = tables

    def version(self, name: str) -> int | None:
        """Version of a table; None where it was never written."""
        table = self._open(name)
        return None if table is None else table.version()

    def seen(self, *names: str) -> tuple[int, ...]:
        """Versions of some tables as :meth:`replace` compares them; a table never written is as one just made."""
        return tuple(self.version(name) or 0 for name in names)

    def versions(self) -> dict[str, int]:
        """Versions of all tables that exist."""
        found = {name: self.version(name) for name in self.tables}
        return {name: version for name, version in found.items() if version is not None}

    def scan(self, name: str) -> pl.LazyFrame:
        """Scan a table lazily; one that was never written is empty."""
        return self._scan(name, self._open(name))

    def read(self, name: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Read a table, or some of its columns, in no particular order."""
        scan = self.scan(name)
        return (scan if columns is None else scan.select(columns)).collect()

    def count(self, name: str) -> int:
        """Count the rows of a table, as its log tells them."""
        table = self._open(name)
        if table is None:
            return 0
        rows = pl.DataFrame(table.get_add_actions(flatten=True))["num_records"]
        return self.scan(name).select(pl.len()).collect().item() if rows.has_nulls() else int(rows.sum())

    def scan_matching(self, name: str, keys: pl.DataFrame) -> pl.LazyFrame:
        """Scan the rows that match one of ``keys`` (values of some columns), in no particular order.

        Of a partitioned table only the partitions that hold such rows are read, so that a batch of contacts
        costs the same in a large archive as in a small one. Which partitions these are is looked up in the
        key columns alone when this is called.
        """
        return self._matching(self.tables[name], self.scan(name), keys)

    def differences(self, name: str, since: int, columns: Sequence[str]) -> Differences | None:
        """Find the rows, of some columns, that came and that went since a version of the table.

        Only files that are not in both versions are read, so that it costs what was written since, not what
        there is. None where the older version can no longer be read: its log or its files were cleared away.
        """
        contract, now = self.tables[name], self._open(name)
        if now is None or now.version() == since:
            nothing = contract.empty().select(columns)
            return Differences(nothing, nothing)
        try:
            there = {*now.file_uris()}
            before = {*DeltaTable(now.table_uri, version=since).file_uris()}
            came, gone = (
                self._scan_files(contract, files).select(columns).collect()
                for files in (there - before, before - there)
            )
        except (DeltaError, OSError, pl.exceptions.PolarsError):
            return None
        return Differences(
            came.join(gone, on=columns, how="anti", nulls_equal=True),
            gone.join(came, on=columns, how="anti", nulls_equal=True),
        )

    def basis(self, name: str, parts: Sequence[str]) -> dict[str, int] | None:
        """Return the numbers that the latest commit with a basis kept; None where one is not there."""
        table = self._open(name)
        kept = {} if table is None else {part: table.transaction_version(part) for part in parts}
        found = {part: number for part, number in kept.items() if number is not None}
        return found if len(found) == len(parts) else None

    def _open(self, name: str) -> DeltaTable | None:
        if name not in self.tables:
            raise KeyError(f"no table {name!r}; there are {sorted(self.tables)}")
        try:
            return DeltaTable(f"{self.uri}/{name}")
        except TableNotFoundError:
            return None

    def _scan(self, name: str, snapshot: DeltaTable | None) -> pl.LazyFrame:
        if snapshot is None:
            return self.tables[name].empty().lazy()
        return self._as_contracted(self.tables[name], pl.scan_delta(snapshot))

    def _scan_files(self, contract: Table, files: Collection[str]) -> pl.LazyFrame:
        if not files:
            return contract.empty().lazy()
        by_part = contract.partition is not None
        stored = pl.scan_parquet(
            sorted(files),
            hive_partitioning=by_part,
            hive_schema={str(contract.partition): pl.String} if by_part else None,
            missing_columns="insert",
            schema=contract.schema,
        )
        return stored.select(contract.schema.names())

    def _as_contracted(self, contract: Table, stored: pl.LazyFrame) -> pl.LazyFrame:
        """Give a table written by an older version its later optional columns, empty."""
        there = stored.collect_schema().names()
        lacking = [column for column in contract.columns if column.name not in there]
        required = [column.name for column in lacking if not column.optional]
        if required:
            raise UserError("store.other_version", table=contract.name, uri=self.uri, missing=required)
        empty = [pl.lit(None, column.dtype).alias(column.name) for column in lacking]
        return stored.with_columns(empty).select(contract.schema.names())

    def _matching(self, contract: Table, every: pl.LazyFrame, keys: pl.DataFrame) -> pl.LazyFrame:
        """Rows that match; nulls match nulls."""
        wanted = keys.lazy()
        if contract.partition is not None and contract.partition not in keys.columns:
            found = every.select(*keys.columns, contract.partition).join(
                wanted, on=keys.columns, how="semi", nulls_equal=True
            )
            parts = found.select(pl.col(contract.partition).unique()).collect()[contract.partition]
            every = every.filter(pl.col(contract.partition).is_in(parts.to_list()))
        return every.join(wanted, on=keys.columns, how="semi", nulls_equal=True)
