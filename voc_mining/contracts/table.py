"""What a contract is and how a frame is held to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from voc_mining.errors import ContractBroken

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

UTC_TIME = pl.Datetime("us", "UTC")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, Polars type and meaning; ``optional`` cells may be null."""

    name: str
    dtype: PolarsDataType
    meaning: str
    optional: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One stored table.

    Parameters
    ----------
    name : str
        Folder name under the lake or vault root.
    meaning : str
        What one row is.
    key : tuple of str
        Columns that identify a row; unique and never null.
    columns : tuple of Column
        In stored order.
    partition : str or None
        Column by which the files are split, if any.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    partition: str | None = None

    @property
    def schema(self) -> pl.Schema:
        """Polars schema in stored order."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    def empty(self) -> pl.DataFrame:
        """Return a frame of no rows that keeps the contract."""
        return pl.DataFrame(schema=self.schema)

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Order and cast the columns; absent optional columns become null.

        Raises
        ------
        ContractBroken
            If a column is missing or unknown, or a value does not cast.
        """
        optional = {column.name for column in self.columns if column.optional}
        missing = [c.name for c in self.columns if c.name not in frame.columns and c.name not in optional]
        unknown = [name for name in frame.columns if name not in self.schema]
        if missing or unknown:
            raise ContractBroken(
                f"{self.name}: missing columns {missing}, unknown columns {unknown}; has {frame.columns}"
            )
        wanted = [
            (pl.col(c.name) if c.name in frame.columns else pl.lit(None)).cast(c.dtype).alias(c.name)
            for c in self.columns
        ]
        try:
            return frame.select(wanted)
        except pl.exceptions.PolarsError as trouble:
            raise ContractBroken(f"{self.name}: {trouble}") from trouble

    def check(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the frame as it is if it keeps the contract.

        Raises
        ------
        ContractBroken
            If columns or types differ, a required cell is null, a value is not among the allowed
            ones, or the key is not unique.
        """
        if frame.schema != self.schema:
            raise ContractBroken(f"{self.name}: schema is {dict(frame.schema)}, the contract says {dict(self.schema)}")
        for column in self.columns:
            if not column.optional and frame[column.name].null_count():
                raise ContractBroken(f"{self.name}.{column.name}: {frame[column.name].null_count()} null cells")
            if column.values:
                strange = frame[column.name].drop_nulls().unique().sort().to_list()
                strange = [value for value in strange if value not in column.values]
                if strange:
                    raise ContractBroken(f"{self.name}.{column.name}: {strange[:5]} not among {column.values}")
        if frame.height and frame.select(pl.struct(self.key).n_unique()).item() != frame.height:
            raise ContractBroken(f"{self.name}: key {self.key} is not unique")
        return frame


def text_column(name: str, meaning: str, *, optional: bool = True, values: tuple[str, ...] = ()) -> Column:
    """Describe a column of text; ``values`` are the only ones there are."""
    return Column(name, pl.String, meaning, optional=optional, values=values)


def seconds_column(name: str, meaning: str) -> Column:
    """Describe a column of seconds that may be unknown."""
    return Column(name, pl.Float64, f"{meaning}, seconds", optional=True)
