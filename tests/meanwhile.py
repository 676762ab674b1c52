"""A store in which another run does something just before a write."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from voc_mining.store.delta import DeltaStore


class Meanwhile(DeltaStore):
    """Before the first write to ``table``, ``happening`` happens, once."""

    def __init__(self, store: DeltaStore, table: str, happening: Callable[[], object]) -> None:
        super().__init__(store.uri, store.tables)
        self.table = table
        self.happening = [happening]

    def append_new(self, name: str, frame: pl.DataFrame) -> int:
        self._now(name)
        return super().append_new(name, frame)

    def replace(
        self,
        name: str,
        frame: pl.DataFrame,
        *,
        scope: pl.DataFrame,
        seen: int | None = None,
        basis: Mapping[str, int] | None = None,
    ) -> int:
        self._now(name)
        return super().replace(name, frame, scope=scope, seen=seen, basis=basis)

    def replace_all(self, name: str, frame: pl.DataFrame) -> int:
        self._now(name)
        return super().replace_all(name, frame)

    def _now(self, name: str) -> None:
        if name == self.table and self.happening:
            self.happening.pop()()
