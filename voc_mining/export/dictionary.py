"""The data dictionary: every stored table and every insight CSV, from their contracts.

``python -m voc_mining.export.dictionary docs/data_dictionary.md`` writes it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from voc_mining.contracts import LAKE_TABLES, VAULT_TABLES, Column, Table
from voc_mining.export.files import CsvColumn, CsvFile, csv_files

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

_INTRODUCTION = """# データ辞書 / Data dictionary

この文書は契約（`voc_mining/contracts`、`voc_mining/export/data/files.toml`）から自動生成されています。
直すときは契約を直し、`python -m voc_mining.export.dictionary docs/data_dictionary.md` を実行してください。

Generated from the contracts; edit those, not this file.

- [インサイトCSV / Insight CSVs](#インサイトcsv--insight-csvs)
- [レイク / Lake](#レイク--lake)
- [保管庫 / Vault](#保管庫--vault)
"""
_CSV_NOTES = """リストは `;` 区切りです（要素の中の `;` は `；` と書きます）。
表計算ソフトが数式とみなす文字（`=` `+` `-` `@` とその全角、タブ、改行）で始まる文章の先頭には `'` を付けます。
空欄は「値がない」ことを表します。数値は有効数字10桁までです。"""
_LAKE_NOTES = """Delta Lake tables; nothing here holds raw words, names or numbers. Times are UTC; `business_date` is the
date in Asia/Tokyo. A column marked ? may be empty."""
_VAULT_NOTES = (
    """Delta Lake tables in a root of their own, readable by their owner only: the one place with raw words."""
)


def data_dictionary() -> str:
    """Return the whole dictionary as Markdown."""
    catalogue = csv_files()
    parts = [
        _INTRODUCTION,
        f"## インサイトCSV / Insight CSVs\n\nschema_version {catalogue.schema_version}。{catalogue.description}\n\n{_CSV_NOTES}\n",
        *(_file_section(file) for file in catalogue.files.values()),
        f"## レイク / Lake\n\n{_LAKE_NOTES}\n",
        *(_table_section(table) for table in LAKE_TABLES.values()),
        f"## 保管庫 / Vault\n\n{_VAULT_NOTES}\n",
        *(_table_section(table) for table in VAULT_TABLES.values()),
    ]
    return "\n".join(parts)


def _file_section(file: CsvFile) -> str:
    """Describe one CSV, in Japanese."""
    key = f"\n\n主キー: {_code(file.key)}" if file.key else ""
    needs = f"\n\n必要な入力: {file.needs}"
    rows = _rows(
        ("列", "型", "必須", "見出し", "説明"),
        ((f"`{c.name}`", c.type, "○" if c.required else "", c.title, _csv_meaning(c)) for c in file.columns),
    )
    return f"### {file.name}（{file.title}）\n\n{file.description}。{needs}{key}\n\n{rows}\n"


def _table_section(table: Table) -> str:
    """Describe one stored table, in English."""
    partition = f" Partitioned by {_code([table.partition])}." if table.partition else ""
    rows = _rows(
        ("column", "type", "meaning"),
        ((f"`{c.name}`{'?' if c.optional else ''}", type_name(c.dtype), _meaning(c)) for c in table.columns),
    )
    return f"### {table.name}\n\nOne row: {table.meaning}. Key: {_code(table.key)}.{partition}\n\n{rows}\n"


def type_name(dtype: PolarsDataType) -> str:
    """Name a Polars type for readers.

    >>> type_name(pl.List(pl.Float32))
    'list of number'
    """
    if isinstance(dtype, pl.List):
        return f"list of {type_name(dtype.inner)}"
    if isinstance(dtype, pl.Struct):
        return "(" + ", ".join(f"{field.name}: {type_name(field.dtype)}" for field in dtype.fields) + ")"
    if isinstance(dtype, pl.Datetime):
        return f"time ({dtype.time_zone})"
    if dtype.is_integer():
        return "integer"
    if dtype.is_float():
        return "number"
    return {"String": "text", "Boolean": "boolean", "Date": "date"}[str(dtype)]


def _csv_meaning(column: CsvColumn) -> str:
    """Meaning and values of a CSV column, values only where the description does not explain them."""
    unexplained = [value for value in column.values if value not in column.description]
    return f"{column.description}（{'、'.join(unexplained)}）" if unexplained else column.description


def _meaning(column: Column) -> str:
    """Meaning and values of a stored column."""
    return f"{column.meaning}: {', '.join(column.values)}" if column.values else column.meaning


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Lay out a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _code(names: Iterable[str]) -> str:
    """Set names as code."""
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(data_dictionary(), encoding="utf-8")
