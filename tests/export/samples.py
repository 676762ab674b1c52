"""Frames that keep the contract of a file, for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from voc_mining.export.files import CsvColumn, CsvFile

_VALUES = {
    "string": "値",
    "integer": 3,
    "number": 0.25,
    "boolean": True,
    "date": date(2026, 10, 31),
    "datetime": datetime(2026, 10, 30, 15, 30, tzinfo=UTC),
    "list": ["a", "b"],
}


def cell(column: CsvColumn) -> object:
    return column.values[0] if column.values else _VALUES[column.type]


def one_row(file: CsvFile, **changed: object) -> pl.DataFrame:
    """A frame of one row in which every cell is filled."""
    row = {column.name: cell(column) for column in file.columns} | changed
    return pl.DataFrame([row], schema=file.schema)
