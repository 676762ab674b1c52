"""Delta Lake tables under one root, each held to its contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl
from deltalake import CommitProperties, DeltaTable, Schema, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from voc_mining.contracts import LAKE_TABLES, VAULT_TABLES, Table
from voc_mining.errors import EngineTrouble, UserError
from voc_mining.store.conflicts import Conflict, Overtaken, again_after_conflict
from voc_mining.store.differences import rows_that_differ
from voc_mining.store.reader import DeltaReader

_PRIVATE = 0o700
_SMALL_FILES = 16
_CHECKPOINT_EVERY = 20


@dataclass(frozen=True, slots=True)
class _Premises:
    """What a replacement was decided on."""

    seen: int | None
    basis: Mapping[str, int]


class DeltaStore(DeltaReader):
    """A set of Delta tables under one root: a local folder or an object-store URL.

    Parameters
    ----------
    uri : str
        Root of the tables.
    tables : mapping of str to Table
        Contracts by table name; no other table can be read or written.
    """

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

    def note(self, name: str, basis: Mapping[str, int], *, seen: int) -> bool:
        """Keep a basis with a table that has nothing to write, and tell whether that was done.

        Parameters
        ----------
        name : str
            Table.
        basis : mapping of str to int
            As for :meth:`replace`. The version of the table itself, that of this commit, is kept under its name.
        seen : int
            Version of the table, from :meth:`seen`, that was looked at: where it was written since, nothing is kept.
        """
        snapshot = self._open(name)
        if snapshot is None or snapshot.version() != seen:
            return False
        try:
            snapshot.create_write_transaction(
                [],
                mode="append",
                schema=snapshot.schema(),
                partition_by=self.tables[name].partition,
                commit_properties=_on_top({**basis, name: seen + 1}),
            )
        except CommitFailedError:
            return False
        except (DeltaError, OSError) as trouble:
            raise EngineTrouble(f"writing {self.uri}/{name} failed: {trouble}") from trouble
        return True

    def compact(self, *, small_files: int = _SMALL_FILES) -> None:
        """Join the small files of partitions that have many of them: each file costs every look-up an opening.

        Raises
        ------
        EngineTrouble
            If the store refuses it.
        """
        for name, contract in self.tables.items():
            table = self._open(name)
            if table is None or (many := _with_many_files(table, contract, small_files)) == []:
                continue
            try:
                table.optimize.compact(many)
            except CommitFailedError:  # another writer was quicker: the next run sees to it
                continue
            except (DeltaError, OSError) as trouble:
                raise EngineTrouble(f"compacting {self.uri}/{name} failed: {trouble}") from trouble

    # What follows reads a snapshot, decides, and commits on top of that very snapshot: where another
    # writer was quicker, the commit is refused and the whole decision is made again.

    @again_after_conflict
    def _append_new(self, contract: Table, rows: pl.DataFrame) -> int:
        snapshot = self._open_or_make(contract)
        there = self._scan(contract.name, snapshot).select(contract.key)
        known = there.join(rows.lazy().select(contract.key), on=contract.key, how="semi").collect()
        fresh = rows.join(known, on=contract.key, how="anti")
        if fresh.height:
            self._commit(contract, fresh, snapshot, mode="append")
        return fresh.height

    @again_after_conflict
    def _replace(self, contract: Table, rows: pl.DataFrame, scope: pl.DataFrame, premises: _Premises) -> int:
        if rows.is_empty() and self._open(contract.name) is None:
            return 0
        snapshot = self._open_or_make(contract)
        if premises.seen is not None and snapshot.version() != premises.seen:
            raise Overtaken(f"{self.uri}/{contract.name}: written since version {premises.seen}")
        every = self._scan(contract.name, snapshot)
        stored = self._matching(contract, every, scope).collect()
        changed = rows_that_differ(contract, stored, rows)
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

    @again_after_conflict
    def _replace_all(self, contract: Table, rows: pl.DataFrame) -> int:
        if rows.is_empty() and self._open(contract.name) is None:
            return 0
        snapshot = self._open_or_make(contract)
        changed = rows_that_differ(contract, self._scan(contract.name, snapshot).collect(), rows)
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
        on_this_snapshot = _on_top(basis or {})
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
            raise Conflict(f"{place}: another writer was quicker") from trouble
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
                configuration={
                    "delta.dataSkippingStatsColumns": ",".join(contract.key),
                    # A log is read from its latest checkpoint on, at every opening.
                    "delta.checkpointInterval": str(_CHECKPOINT_EVERY),
                },
            )
        except (DeltaError, OSError) as trouble:
            if self._open(contract.name) is not None:
                raise Conflict(f"{self.uri}/{contract.name}: another writer made the table") from trouble
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


def _on_top(basis: Mapping[str, int]) -> CommitProperties:
    """Commit on top of the snapshot that was read, or not at all."""
    return CommitProperties(
        max_commit_retries=0, app_transactions=[Transaction(part, number) for part, number in basis.items()]
    )


def _with_many_files(table: DeltaTable, contract: Table, few: int) -> list[tuple[str, str, list[str]]] | None:
    """Filter for the partitions with more files than these, none where there is none; None for a whole table."""
    files = pl.DataFrame(table.get_add_actions(flatten=True))
    if contract.partition is None:
        return None if files.height > few else []
    per_part = files.group_by(pl.col(f"partition.{contract.partition}").alias("part")).len()
    many = per_part.filter(pl.col("len") > few)["part"].sort().to_list()
    return [(contract.partition, "in", many)] if many else []
