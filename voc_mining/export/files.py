"""Contracts of the insight CSVs, read from ``data/files.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from voc_mining.contracts.table import UTC_TIME
from voc_mining.errors import ContractBroken

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

_DATA = Path(__file__).parent / "data" / "files.toml"
LIST_SEPARATOR = ";"
_TYPES: dict[str, PolarsDataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "datetime": UTC_TIME,
    "list": pl.List(pl.String),
}


@dataclass(frozen=True, slots=True)
class CsvColumn:
    """One column of a file: name, type of ``files.toml``, Japanese title and description, and what may stand in it."""

    name: str
    type: str
    title: str
    description: str
    required: bool = False
    values: tuple[str, ...] = ()

    @property
    def dtype(self) -> PolarsDataType:
        """Polars type before writing."""
        return _TYPES[self.type]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """One insight CSV.

    Parameters
    ----------
    name : str
        File name, as ``voc.csv``.
    title, description : str
        In Japanese.
    needs : str
        What has to be in the inbox for the file to have rows, in Japanese.
    columns : tuple of CsvColumn
        In the order they are written.
    key : tuple of str
        Columns that together identify a row; empty where nothing does.
    mined : bool
        Whether only ``voc mine`` writes it.
    """

    name: str
    title: str
    description: str
    needs: str
    columns: tuple[CsvColumn, ...]
    key: tuple[str, ...] = ()
    mined: bool = False

    @property
    def stem(self) -> str:
        """Name of the frame that becomes this file."""
        return self.name.removesuffix(".csv")

    @property
    def schema(self) -> pl.Schema:
        """Polars schema before writing."""
        return pl.Schema({column.name: column.dtype for column in self.columns})


@dataclass(frozen=True, slots=True)
class FileCatalogue:
    """All insight CSVs by the name of their frame, and what the data package says of them together.

    ``not_yet`` says why a file without a frame is empty, ``no_rows`` why one with an empty frame is.
    """

    schema_version: str
    title: str
    description: str
    not_yet: str
    no_rows: str
    files: Mapping[str, CsvFile]


@cache
def csv_files() -> FileCatalogue:
    """Read the contracts of all files."""
    content = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    files = [_csv_file(raw, content["common"]) for raw in content["file"]]
    return FileCatalogue(
        schema_version=content["schema_version"],
        title=content["title"],
        description=content["description"],
        not_yet=content["not_yet"],
        no_rows=content["no_rows"],
        files={file.stem: file for file in files},
    )


def empty_frame(file: CsvFile) -> pl.DataFrame:
    """Return a frame of no rows that keeps the contract."""
    return pl.DataFrame(schema=file.schema)


def conform(frame: pl.DataFrame, file: CsvFile) -> pl.DataFrame:
    """Hold a frame to the contract of its file: order and cast the columns; absent optional ones become null.

    A list may come as a list, or as text that is already joined. Empty text and empty lists become null: a
    CSV cannot tell them apart. Times without a zone are refused.

    Raises
    ------
    ContractBroken
        If a column is missing or unknown, a value does not cast, a required cell is empty, a number is not
        finite, a value is not among the allowed ones, or the key is not unique.
    """
    optional = {column.name for column in file.columns if not column.required}
    missing = [c.name for c in file.columns if c.name not in frame.columns and c.name not in optional]
    unknown = [name for name in frame.columns if name not in file.schema]
    if missing or unknown:
        raise ContractBroken(f"{file.name}: missing columns {missing}, unknown columns {unknown}; has {frame.columns}")
    try:
        cast = frame.select(_cast(column, frame) for column in file.columns)
    except pl.exceptions.PolarsError as trouble:
        raise ContractBroken(f"{file.name}: {trouble}") from trouble
    for column in file.columns:
        _check(cast[column.name], column, file)
    if file.key and cast.height and cast.select(pl.struct(file.key).n_unique()).item() != cast.height:
        raise ContractBroken(f"{file.name}: key {file.key} is not unique")
    return cast


def _cast(column: CsvColumn, frame: pl.DataFrame) -> pl.Expr:
    """Bring a column to its type."""
    if column.name not in frame.columns:
        return pl.lit(None, dtype=column.dtype).alias(column.name)
    given = frame.schema[column.name]
    if column.type == "datetime" and isinstance(given, pl.Datetime) and given.time_zone is None:
        raise ContractBroken(f"{column.name} holds times without a zone; convert them to UTC")
    cells = pl.col(column.name)
    if column.type == "list":
        if given == pl.String:
            cells = pl.when(cells != "").then(cells).str.split(LIST_SEPARATOR)
        listed = cells.cast(column.dtype)
        return pl.when(listed.list.len() > 0).then(listed).alias(column.name)
    if column.type == "string":
        text = cells.cast(pl.String)
        return pl.when(text != "").then(text).alias(column.name)
    return cells.cast(column.dtype)


def _check(cells: pl.Series, column: CsvColumn, file: CsvFile) -> None:
    """Check the cells of one column."""
    where = f"{file.name}, {column.name}"
    if column.required and cells.null_count():
        raise ContractBroken(f"{where}: {cells.null_count()} empty cells")
    if column.type == "number" and not cells.drop_nulls().is_finite().all():
        raise ContractBroken(f"{where}: a number is infinite or not a number; leave such cells empty")
    if column.values:
        strange = [value for value in cells.drop_nulls().unique().sort().to_list() if value not in column.values]
        if strange:
            raise ContractBroken(f"{where}: {strange[:5]} not among {column.values}")


def _csv_file(raw: Mapping[str, Any], common: Mapping[str, Mapping[str, Any]]) -> CsvFile:
    """Read one file's contract."""
    columns = [common.get(column["name"], {}) | column for column in raw["columns"]]
    return CsvFile(
        raw["name"],
        raw["title"],
        raw["description"],
        raw["needs"],
        tuple(CsvColumn(**{**column, "values": tuple(column.get("values", ()))}) for column in columns),
        tuple(raw.get("key", ())),
        raw.get("mined", False),
    )
