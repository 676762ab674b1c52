from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from voc_mining.contracts import LAKE_TABLES, VAULT_TABLES
from voc_mining.export.dictionary import data_dictionary, type_name
from voc_mining.export.files import csv_files

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "data_dictionary.md"


def test_the_committed_dictionary_is_current():
    assert COMMITTED.read_text(encoding="utf-8") == data_dictionary(), (
        "run: python -m voc_mining.export.dictionary docs/data_dictionary.md"
    )


def test_it_names_every_table_and_file():
    text = data_dictionary()
    for name in [*LAKE_TABLES, *VAULT_TABLES, *(file.name for file in csv_files().files.values())]:
        assert f"### {name}" in text


@pytest.mark.parametrize("table", [*LAKE_TABLES.values(), *VAULT_TABLES.values()], ids=lambda table: table.name)
def test_every_type_has_a_name(table):
    assert all(type_name(column.dtype) for column in table.columns)


def test_nested_types_are_spelled_out():
    assert (
        type_name(pl.List(pl.Struct({"start": pl.Int32, "type": pl.String}))) == "list of (start: integer, type: text)"
    )
