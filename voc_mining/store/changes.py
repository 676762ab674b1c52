"""What came and went since a step last had nothing left to do.

A step that decides over whole tables keeps, in the log of a table it writes, the versions of the tables it decided
on and numbers of the rules it decided by: its basis. That these versions were decided is a fact that no later commit
undoes, so that whatever is to be decided anew is among the differences since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from voc_mining.store.differences import Differences
from voc_mining.store.reader import DeltaReader


def changes(
    store: DeltaReader, kept_in: str, basis: Mapping[str, int], columns: Mapping[str, Sequence[str]]
) -> dict[str, Differences] | None:
    """Find what came and went of the tables of a basis since the one that was kept.

    Parameters
    ----------
    store : DeltaReader
        Tables.
    kept_in : str
        Table whose log keeps the basis.
    basis : mapping of str to int
        Present versions of tables, and numbers that have to be the same as then, such as that of the rules.
    columns : mapping of str to sequence of str
        For each of the tables, the columns that the decision rests on.

    Returns
    -------
    dict of str to Differences, or None
        By table; None where everything has to be looked at: there is no basis, its rules are others, or its
        versions can no longer be read.
    """
    kept = store.basis(kept_in, list(basis))
    if kept is None or any(kept[part] != number for part, number in basis.items() if part not in columns):
        return None
    found = {}
    for table, names in columns.items():
        since_then = store.differences(table, kept[table], names)
        if since_then is None:
            return None
        found[table] = since_then
    return found


def rows_matching(store: DeltaReader, table: str, keys: pl.DataFrame) -> pl.LazyFrame:
    """Scan the rows that match one of some keys; a key that is null matches none, and without keys nothing is read."""
    wanted = keys.drop_nulls().unique()
    return store.tables[table].empty().lazy() if wanted.is_empty() else store.scan_matching(table, wanted)
