"""Write the insight CSVs and their data package."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from voc_mining.errors import ContractBroken, UserError
from voc_mining.export.cells import as_text
from voc_mining.export.files import LIST_SEPARATOR, CsvColumn, CsvFile, FileCatalogue, conform, csv_files, empty_frame
from voc_mining.store.folders import workshop

PACKAGE = "datapackage.json"
_MODE = 0o644
_NOTES = {"list": f"「{LIST_SEPARATOR}」区切り", "datetime": "日本時間（+09:00）"}


def write_export(
    frames: Mapping[str, pl.DataFrame],
    out: Path,
    missing_reasons: Mapping[str, str] | None = None,
    *,
    as_of: date | None = None,
    only: Collection[str] | None = None,
) -> list[Path]:
    """Write every insight CSV and ``datapackage.json``.

    All files are made in a temporary folder beside their place and then moved over the old ones, the data
    package last: no reader ever meets half a file, and a failure before the first move changes nothing. Of two
    writers of one folder the second waits, so the files are always those of one of them.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Frames by the name of their file without ``.csv``; files without a frame are written with their
        header alone.
    out : Path
        Folder; made if need be.
    missing_reasons : mapping of str to str, optional
        Why a frame is missing or empty, in Japanese, by the same names; told in the data package. Without
        one, the package tells what the file needs.
    as_of : date, optional
        Date of the figures, told in the data package.
    only : collection of str, optional
        Names of the files to write; if it is not given, all but those that only ``voc mine`` has frames for.

    Returns
    -------
    list of Path
        The CSVs in the order of the contract, then the data package.

    Raises
    ------
    ContractBroken
        If a frame does not keep its file's contract, or no file has its name.
    UserError
        If the folder cannot be written.
    """
    every = csv_files()
    unknown = sorted({*frames, *(missing_reasons or {})} - set(every.files))
    if unknown:
        raise ContractBroken(f"no insight CSV is called {unknown}; there are {sorted(every.files)}")
    usual = [name for name, file in every.files.items() if name in frames or not file.mined]
    wanted = usual if only is None else only
    catalogue = replace(every, files={name: file for name, file in every.files.items() if name in wanted})
    reasons = {
        name: catalogue.no_rows.format(needs=file.needs) if name in frames else catalogue.not_yet
        for name, file in catalogue.files.items()
    } | dict(missing_reasons or {})
    conformed = {
        name: conform(frames[name], file) if name in frames else empty_frame(file)
        for name, file in catalogue.files.items()
    }
    try:
        with workshop(out) as making:
            for name, file in catalogue.files.items():
                _write_csv(conformed[name], file, making / file.name)
            package = _data_package(catalogue, conformed, making, reasons, as_of)
            (making / PACKAGE).write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
            return [_move(making / name, out) for name in [*(f.name for f in catalogue.files.values()), PACKAGE]]
    except OSError as trouble:
        raise UserError("export.unwritable", path=out, problem=trouble) from trouble


def _write_csv(frame: pl.DataFrame, file: CsvFile, target: Path) -> None:
    """Write one CSV: UTF-8 with BOM, CRLF, RFC 4180."""
    cells = frame.select(as_text(column) for column in file.columns)
    cells.write_csv(target, include_bom=True, line_terminator="\r\n", quote_style="necessary")


def _move(made: Path, out: Path) -> Path:
    """Move a file to its place, over the old one."""
    made.chmod(_MODE)
    return made.replace(out / made.name)


def _data_package(
    catalogue: FileCatalogue,
    frames: Mapping[str, pl.DataFrame],
    folder: Path,
    reasons: Mapping[str, str],
    as_of: date | None,
) -> dict[str, Any]:
    """Describe the files as a Frictionless Data Package."""
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "voc-insights",
        "title": catalogue.title,
        "description": catalogue.description,
        "schema_version": catalogue.schema_version,
    }
    if as_of is not None:
        package["as_of"] = as_of.isoformat()
    package["resources"] = [
        _resource(file, folder / file.name, frames[name].height, reasons[name])
        for name, file in catalogue.files.items()
    ]
    return package


def _resource(file: CsvFile, path: Path, rows: int, reason: str) -> dict[str, Any]:
    """Describe one file: its Table Schema, size and SHA-256, and why it is empty if it is."""
    resource: dict[str, Any] = {
        "profile": "tabular-data-resource",
        "name": file.stem,
        "path": file.name,
        "title": file.title,
        "description": file.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "bytes": path.stat().st_size,
        "hash": f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}",
        "rows": rows,
        "schema": _table_schema(file),
    }
    if not rows:
        resource["empty_reason"] = reason
    return resource


def _table_schema(file: CsvFile) -> dict[str, Any]:
    """Table Schema of a file; the key is named where none of its cells may be empty."""
    schema: dict[str, Any] = {"fields": [_field(column) for column in file.columns], "missingValues": [""]}
    required = {column.name for column in file.columns if column.required}
    if file.key and required.issuperset(file.key):
        schema["primaryKey"] = list(file.key)
    return schema


def _field(column: CsvColumn) -> dict[str, Any]:
    """Field descriptor of a column."""
    note = _NOTES.get(column.type)
    field: dict[str, Any] = {
        "name": column.name,
        "type": "string" if column.type == "list" else column.type,
        "title": column.title,
        "description": f"{column.description}（{note}）" if note else column.description,
    }
    if column.type == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.values:
        constraints["enum"] = list(column.values)
    return field | ({"constraints": constraints} if constraints else {})
