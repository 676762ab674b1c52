"""One delivered file into typed records and rejects."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import polars as pl

from voc_mining.business_time import tokyo_date
from voc_mining.faults import Fault, as_stored
from voc_mining.ids import digest
from voc_mining.ingest import rejects as rejecting
from voc_mining.ingest.cells import parse_cells, parse_identities, trimmed, unreadable_cell, value_type
from voc_mining.ingest.csv_records import Split, raw_text, split
from voc_mining.ingest.encoding import decode
from voc_mining.ingest.kinds import Kind, catalogue, fold, optional_kinds
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.signatures import other_than_text
from voc_mining.ingest.sources import Feed

UNREADABLE = "unreadable"
_ALWAYS_LENIENT = ("phone", "mail")
_START = ("offered_at", "started_at")
_MAX_RAW_HEADER = 2_000
_LONGEST_HEADER = 200


@dataclass(frozen=True, slots=True)
class FileRecords:
    """What a file holds.

    Attributes
    ----------
    records : DataFrame
        Good records: the kind's columns by their ``to`` names, ``attributes`` (JSON text, raw in optional
        inputs, masked in the others), ``content_key``, ``early`` (before the first day taken in), ``row``.
    rejects : DataFrame
        row, reason, faults (masked), content (raw).
    rows : int
        Records found; a file that cannot be read as a table counts as one.
    dropped : mapping of str to int
        Records left out, by reason.
    """

    records: pl.DataFrame
    rejects: pl.DataFrame
    rows: int
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Cells of one column with one fault; ``fault`` makes it of the column as the file names it and the cell."""

    rows: pl.Series
    column: str
    values: pl.Series
    fault: Callable[[str, str], Fault]
    unreadable: bool = False


def read_records(raw: bytes, path: str, feed: Feed, params: IngestParams, mask: Callable[[str], str]) -> FileRecords:
    """Read a file of a tabular kind; whatever is wrong with it becomes rejects.

    Parameters
    ----------
    raw : bytes
        Content.
    path : str
        Path within the inbox: it may tell missing columns, and its suffix the delimiter.
    feed : Feed
        How the file is to be read.
    params : IngestParams
        First day taken in, key of pseudonyms.
    mask : callable
        Masks personal data in free text.
    """
    kind = catalogue().kinds[feed.kind]
    if other := other_than_text(raw):
        return _whole_file(kind, rejecting.file_reject(Fault("not_a_table", found=other)))
    decoded = decode(raw, feed.encoding)
    delimiter = feed.delimiter or ("\t" if path.lower().endswith(".tsv") else ",")
    table = split(decoded, delimiter)
    if table is None:
        return _whole_file(kind, rejecting.file_reject(Fault("empty_file")))
    given = {**feed.defaults, **feed.named_in(path)}
    places, trouble = _places(feed, table, given, mask)
    if trouble is not None:
        return _whole_file(kind, trouble)
    cells = _cells(table)
    values, problems = _values(feed, cells, places, given, params)
    forgiven = _forgiven(kind, feed, problems)
    problems = [problem for problem in problems if problem not in forgiven] + _between_columns(kind, values)
    spans = table.spans
    attributes = _attributes(table, cells, places, forgiven)
    if kind.name not in optional_kinds():
        attributes = {name: rejecting.masked_words(words, mask) for name, words in attributes.items()}
        free = [column.to for column in kind.fields if column.type == "masked"]
        values = {name: rejecting.masked_words(v, mask) if name in free else v for name, v in values.items()}
    frame = pl.DataFrame(values).with_columns(
        json_object(attributes, len(spans)).alias("attributes"),
        pl.Series("row", [span[0] for span in spans], dtype=pl.Int64),
    )
    frame = frame.with_columns(content_key(frame, [*values, "attributes"]), _early(frame, params.since))
    named = {name: table.header[place] for name, place in places.items()}
    rejected = _rejected(problems, table, named, mask)
    return FileRecords(
        frame.filter(~pl.col("row").is_in(rejected["row"].implode())),
        rejected,
        len(spans) + len(table.bad) + table.empty,
        {"empty_row": table.empty} if table.empty else {},
    )


def no_records(kind: str) -> pl.DataFrame:
    """Return a frame of no records of a kind."""
    columns = {column.to: value_type(column) for column in catalogue().kinds[kind].fields}
    more = {"attributes": pl.String, "row": pl.Int64, "content_key": pl.String, "file": pl.String, "delivery": pl.Int64}
    return pl.DataFrame(schema={**columns, **more})


def content_key(frame: pl.DataFrame, columns: list[str]) -> pl.Series:
    """Digest of each row's content, to tell a changed record from a re-delivered one."""
    texts = [pl.col(name).cast(pl.String).fill_null("\0") for name in sorted(columns)]
    joined = frame.select(pl.concat_str(texts, separator="\x1f")).to_series()
    return pl.Series("content_key", [digest("row", text) for text in joined], dtype=pl.String)


def json_object(columns: Mapping[str, pl.Series], height: int) -> pl.Series:
    """JSON object of each row's filled cells; null where all are empty.

    >>> json_object({"a": pl.Series(["x", None]), "b": pl.Series([None, None], dtype=pl.String)}, 2).to_list()
    ['{"a":"x"}', None]
    """
    if not columns:
        return pl.repeat(None, height, dtype=pl.String, eager=True)
    parts = []
    for number, (name, values) in enumerate(columns.items()):
        encoded = values.to_frame("v").select(pl.struct(pl.col("v").alias(name)).struct.json_encode()).to_series()
        inner = encoded.str.slice(1, encoded.str.len_chars() - 2)
        parts.append(inner.set(values.is_null(), None).alias(str(number)))
    joined = pl.DataFrame(parts).select(
        pl.when(pl.any_horizontal(pl.all().is_not_null())).then(
            pl.concat_str([pl.lit("{"), pl.concat_str(pl.all(), separator=",", ignore_nulls=True), pl.lit("}")])
        )
    )
    return joined.to_series().alias("json")


def folded_header(name: str) -> str:
    """Fold a column name: width, case, outer spaces; inner spaces become underscores."""
    return re.sub(r"\s+", "_", fold(name))


def _places(
    feed: Feed, table: Split, given: Mapping[str, str], mask: Callable[[str], str]
) -> tuple[dict[str, int], pl.DataFrame | None]:
    """Find the position of each of our columns in the file, or make the reject of the file."""
    header = [folded_header(name) for name in table.header]
    times = Counter(header)
    places: dict[str, int] = {}
    missing = []
    for column in catalogue().kinds[feed.kind].fields:
        names = [folded_header(name) for name in (*feed.columns.get(column.name, ()), column.name)]
        taken = [name for name in names if name in times and header.index(name) not in places.values()]
        if taken and times[taken[0]] > 1:
            twice = table.header[header.index(taken[0])]
            return {}, rejecting.file_reject(Fault("duplicate_header", column=twice), content=_header_line(table))
        if taken:
            places[column.name] = header.index(taken[0])
        elif column.need and column.name not in feed.optional and column.name not in given:
            missing.append(" / ".join(dict.fromkeys((*feed.columns.get(column.name, ()), column.name))))
    if missing:
        shown = rejecting.shortened(mask(", ".join(table.header)), _LONGEST_HEADER)
        fault = Fault("missing_column", columns=missing, header=shown)
        return {}, rejecting.file_reject(fault, content=_header_line(table))
    return places, None


def _header_line(table: Split) -> str:
    return raw_text(table.lines[:1])[:_MAX_RAW_HEADER]


def _whole_file(kind: Kind, reject: pl.DataFrame) -> FileRecords:
    return FileRecords(
        no_records(kind.name).drop("file", "delivery").with_columns(pl.lit(False).alias("early")), reject, 1
    )


def _cells(table: Split) -> list[pl.Series]:
    columns = zip(*table.records, strict=True) if table.records else ([] for _ in table.header)
    return [trimmed(pl.Series("cell", list(column), dtype=pl.String)) for column in columns]


def _values(
    feed: Feed,
    cells: list[pl.Series],
    places: Mapping[str, int],
    given: Mapping[str, str],
    params: IngestParams,
) -> tuple[dict[str, pl.Series], list[_Problem]]:
    height = len(cells[0]) if cells else 0
    values: dict[str, pl.Series] = {}
    problems = []
    for column in catalogue().kinds[feed.kind].fields:
        found = (
            cells[places[column.name]]
            if column.name in places
            else pl.repeat(None, height, dtype=pl.String, eager=True)
        )
        if column.name in given:
            found = found.fill_null(given[column.name])
        if column.type == "identity":
            parsed, unreadable = parse_identities(found, values["kind"], secret=params.phone_secret)
        else:
            parsed, unreadable = parse_cells(found, column, feed, phone_secret=params.phone_secret)
        values[column.to] = parsed.cast(value_type(column)).alias(column.to)
        if unreadable.any():
            rows = unreadable.arg_true()
            why = partial(unreadable_cell, column)
            problems.append(_Problem(rows, column.name, found.gather(rows), why, unreadable=True))
        if column.need and column.name not in feed.optional:
            rows = (parsed.is_null() & ~unreadable).arg_true()
            problems.append(_Problem(rows, column.name, found.gather(rows), _missing))
    return values, problems


def _forgiven(kind: Kind, feed: Feed, problems: list[_Problem]) -> list[_Problem]:
    """Return the unreadable cells that are left empty instead of rejecting their row."""

    def forgiven(problem: _Problem) -> bool:
        column = kind.field(problem.column)
        optional = not column.need or column.name in feed.optional
        return problem.unreadable and (column.type in _ALWAYS_LENIENT or (feed.lenient and optional))

    return [problem for problem in problems if forgiven(problem)]


def _between_columns(kind: Kind, values: Mapping[str, pl.Series]) -> list[_Problem]:
    """Problems that no cell has alone: times running backwards, one of several columns needed."""
    problems = []
    latest: pl.Series | None = None
    for name in kind.order:
        times = values[kind.field(name).to]
        if latest is not None:
            rows = (times < latest).fill_null(False).arg_true()
            problems.append(_Problem(rows, name, times.gather(rows).cast(pl.String), _too_early))
        latest = times if latest is None else _later(latest, times)
    if kind.any_of:
        frame = pl.DataFrame({name: values[kind.field(name).to] for name in kind.any_of})
        rows = frame.select(pl.all_horizontal(pl.all().is_null())).to_series().arg_true()
        nothing = pl.repeat(None, len(rows), dtype=pl.String, eager=True)
        problems.append(_Problem(rows, " / ".join(kind.any_of), nothing, _missing))
    return problems


def _later(latest: pl.Series, times: pl.Series) -> pl.Series:
    return pl.DataFrame({"a": latest, "b": times}).select(pl.max_horizontal("a", "b")).to_series()


def _attributes(
    table: Split, cells: list[pl.Series], places: Mapping[str, int], forgiven: list[_Problem]
) -> dict[str, pl.Series]:
    """Further columns of the file, and cells that could not be read, by name."""
    used = set(places.values())
    found: dict[str, pl.Series] = {}
    for position, name in enumerate(table.header):
        if position in used:
            continue
        free, nth = name, 1
        while free in found:
            nth += 1
            free = f"{name}_{nth}"
        found[free] = cells[position]
    for problem in forgiven:
        nothing = pl.repeat(None, len(table.records), dtype=pl.String, eager=True)
        found[f"{UNREADABLE}:{problem.column}"] = nothing.scatter(problem.rows, problem.values)
    return found


def _early(frame: pl.DataFrame, since: date | None) -> pl.Expr:
    start = next((name for name in _START if name in frame.columns), None)
    if since is None or start is None:
        return pl.lit(False).alias("early")
    return (tokyo_date(pl.col(start)) < since).fill_null(False).alias("early")


def _rejected(
    problems: list[_Problem], table: Split, named: Mapping[str, str], mask: Callable[[str], str]
) -> pl.DataFrame:
    """One reject per record: the reason of its first problem, the faults of all."""
    found: dict[int, list[Fault]] = {}
    for problem in problems:
        column = named.get(problem.column, problem.column)
        values = rejecting.quoted(problem.values, mask)
        for row, value in zip(problem.rows.to_list(), values.to_list(), strict=True):
            found.setdefault(row, []).append(problem.fault(column, value or ""))
    rows = [
        (table.spans[row][0], faults[0].code, as_stored(faults), table.raw(table.spans[row]))
        for row, faults in found.items()
    ]
    rows += [(bad.line, bad.fault.code, as_stored([bad.fault]), bad.raw) for bad in table.bad]
    return pl.DataFrame(sorted(rows), schema=rejecting.SCHEMA, orient="row")


def _missing(column: str, _: str) -> Fault:
    return Fault("missing_value", column=column)


def _too_early(column: str, _: str) -> Fault:
    return Fault("bad_order", column=column)
