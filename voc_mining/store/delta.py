"""Delta Lake tables under one root, each held to its contract."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl
from deltalake import CommitProperties, DeltaTable, Schema, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random_exponential

from voc_mining.contracts import LAKE_TABLES, VAULT_TABLES, Table
from voc_mining.errors import EngineTrouble, UserError

_PRIVATE = 0o700


_PATIENCE_S = 300


class Overtaken(EngineTrouble):
    """A table was written since the state that a decision rests on; the decision has to be made again."""


class _Conflict(EngineTrouble):
    """Another writer committed to the table since its snapshot was read."""


_again_after_conflict = retry(
    retry=retry_if_exception_type(_Conflict),
    wait=wait_random_exponential(multiplier=0.05, max=5),
    stop=stop_after_delay(_PATIENCE_S),
    reraise=True,
)

again_if_overtaken = retry(
    retry=retry_if_exception_type(Overtaken),
    wait=wait_random_exponential(multiplier=0.05, max=5),
    stop=stop_after_delay(_PATIENCE_S),
    reraise=True,
)
"""Make a decision that spans several tables again, from reading on, where its last commit came too late."""


@dataclass(frozen=True, slots=True)
class Differences:
    """Rows that a table has and had not, and rows that it had and has no more."""

    came: pl.DataFrame
    gone: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Premises:
    """What a replacement was decided on."""

    seen: int | None
    basis: Mapping[str, int]


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
        if now is None:
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
        """Return the numbers that the latest :meth:`replace` with a basis kept; None where one is not there."""
        table = self._open(name)
        kept = {} if table is None else {part: table.transaction_version(part) for part in parts}
        found = {part: number for part, number in kept.items() if number is not None}
        return found if len(found) == len(parts) else None

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
        return 0 if rows.is_empty() else self._append_new(contract, rows)

    def replace(
        self,
        name: str,
        frame: pl.DataFrame,
        *,
        scope: pl.DataFrame,
        seen: int | None = None,
        basis: Mapping[str, int] | None = None,
    ) -> int:
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
        seen : int, optional
            Version of the table, from :meth:`seen`, that the frame was decided on.
        basis : mapping of str to int, optional
            What the table rests on after this commit, such as versions of other tables: kept with it, in the
            same instant, for :meth:`basis`. Where nothing is written, the older basis stays.

        Returns
        -------
        int
            Rows removed, added or changed.

        Raises
        ------
        ContractBroken
            If the frame does not keep the table's contract.
        EngineTrouble
            If the store refuses the commit; ``Overtaken`` if another writer came since ``seen``.
        """
        contract = self.tables[name]
        rows = contract.check(contract.conform(frame))
        return self._replace(contract, rows, scope.unique(), _Premises(seen, basis or {}))

    def replace_all(self, name: str, frame: pl.DataFrame) -> int:
        """Make the table exactly ``frame``, if it is not already; return how many rows differ."""
        contract = self.tables[name]
        return self._replace_all(contract, contract.check(contract.conform(frame)))

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

    # What follows reads a snapshot, decides, and commits on top of that very snapshot: where another
    # writer was quicker, the commit is refused and the whole decision is made again.

    @_again_after_conflict
    def _append_new(self, contract: Table, rows: pl.DataFrame) -> int:
        snapshot = self._open_or_make(contract)
        there = self._scan(contract.name, snapshot).select(contract.key)
        known = there.join(rows.lazy().select(contract.key), on=contract.key, how="semi").collect()
        fresh = rows.join(known, on=contract.key, how="anti")
        if fresh.height:
            self._commit(contract, fresh, snapshot, mode="append")
        return fresh.height

    @_again_after_conflict
    def _replace(self, contract: Table, rows: pl.DataFrame, scope: pl.DataFrame, premises: _Premises) -> int:
        if rows.is_empty() and self._open(contract.name) is None:
            return 0
        snapshot = self._open_or_make(contract)
        if premises.seen is not None and snapshot.version() != premises.seen:
            raise Overtaken(f"{self.uri}/{contract.name}: written since version {premises.seen}")
        every = self._scan(contract.name, snapshot)
        stored = self._matching(contract, every, scope).collect()
        changed = _difference(contract, stored, rows)
        if changed.is_empty():
            return 0
        if stored.is_empty():
            self._commit(contract, rows, snapshot, mode="append", basis=premises.basis)
            return changed.height
        if contract.partition is None:
            others = every.join(scope.lazy(), on=scope.columns, how="anti", nulls_equal=True)
            after = pl.concat([others.collect(), rows])
            self._commit(contract, after, snapshot, mode="overwrite", basis=premises.basis)
            return changed.height
        parts = changed[contract.partition].unique().sort().to_list()
        here = pl.col(contract.partition).is_in(parts)
        kept = every.filter(here).join(scope.lazy(), on=scope.columns, how="anti", nulls_equal=True)
        after = pl.concat([kept.collect(), rows.filter(here)])
        self._commit(contract, after, snapshot, mode="overwrite", parts=parts, basis=premises.basis)
        return changed.height

    @_again_after_conflict
    def _replace_all(self, contract: Table, rows: pl.DataFrame) -> int:
        if rows.is_empty() and self._open(contract.name) is None:
            return 0
        snapshot = self._open_or_make(contract)
        changed = _difference(contract, self._scan(contract.name, snapshot).collect(), rows)
        if changed.height:
            self._commit(contract, rows, snapshot, mode="overwrite")
        return changed.height

    def _commit(  # noqa: PLR0913 - what, where, how
        self,
        contract: Table,
        rows: pl.DataFrame,
        snapshot: DeltaTable,
        *,
        mode: Literal["append", "overwrite"],
        parts: Sequence[str] | None = None,
        basis: Mapping[str, int] | None = None,
    ) -> None:
        place = f"{self.uri}/{contract.name}"
        on_this_snapshot = CommitProperties(
            max_commit_retries=0,
            app_transactions=[Transaction(part, number) for part, number in (basis or {}).items()],
        )
        ordered = rows.sort(contract.key)
        try:
            if mode == "append":
                write_deltalake(
                    snapshot, ordered, mode="append", schema_mode="merge", commit_properties=on_this_snapshot
                )
            else:
                names = ", ".join(f"'{part}'" for part in parts or ())
                where = f"{contract.partition} IN ({names})" if parts else None
                write_deltalake(
                    snapshot,
                    ordered,
                    mode="overwrite",
                    predicate=where,
                    schema_mode="merge",
                    commit_properties=on_this_snapshot,
                )
        except CommitFailedError as trouble:
            raise _Conflict(f"{place}: another writer was quicker") from trouble
        except (DeltaError, OSError) as trouble:
            raise EngineTrouble(f"writing {place} failed: {trouble}") from trouble

    def _open_or_make(self, contract: Table) -> DeltaTable:
        snapshot = self._open(contract.name)
        if snapshot is not None:
            return snapshot
        try:
            return DeltaTable.create(
                f"{self.uri}/{contract.name}",
                Schema.from_arrow(contract.schema),
                partition_by=contract.partition,
                # Statistics of key columns only: those of text would keep words in the log after an erasure.
                configuration={"delta.dataSkippingStatsColumns": ",".join(contract.key)},
            )
        except (DeltaError, OSError) as trouble:
            if self._open(contract.name) is not None:
                raise _Conflict(f"{self.uri}/{contract.name}: another writer made the table") from trouble
            raise EngineTrouble(f"making {self.uri}/{contract.name} failed: {trouble}") from trouble


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
            raise UserError("store.no_vault", uri=uri, problem=trouble) from trouble
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
