"""``sources.toml``: how a user's files map onto the columns of the product."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from voc_mining.business_time import TOKYO
from voc_mining.contracts.rules import OriginRules, OwnMasking, SilenceRules
from voc_mining.ids import digest
from voc_mining.ingest.encoding import known_encoding
from voc_mining.ingest.kinds import RECORDINGS, Field, Kind, catalogue
from voc_mining.ingest.source_rules import origin_rules, own_masking, silence_rules
from voc_mining.ingest.times import is_format
from voc_mining.ingest.toml_reader import TomlReader, read_settings

FILE_NAME = "sources.toml"
READER_VERSION = 3
"""Raised whenever the same file and mapping would be read differently: everything is then read again."""

_DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";"}
_RECORDING_GROUPS = (
    "call_id", "started_at", "direction", "queue", "agent_id", "customer_id", "phone", "campaign", "purpose",
    "agent_channel",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Feed:
    """Files of one kind that are read in one way.

    Parameters
    ----------
    kind : str
        Kind of input.
    files : tuple of str
        Patterns within the inbox.
    encoding : str or None
        Fixed encoding; None detects it per file.
    delimiter : str or None
        Between cells; None takes a tab in ``.tsv`` files and a comma elsewhere.
    columns : mapping of str to tuple of str
        Our column to the names it may have in the file; the first that is there is taken.
    defaults : mapping of str to str
        Value of a column where the file lacks it or the cell is empty.
    values : mapping of str to mapping of str to str
        Our column to their word to our word; the word ``*`` stands for every other one.
    optional : tuple of str
        Required columns that may be empty in this feed.
    lenient : bool
        Whether an unreadable cell of an optional column becomes empty instead of rejecting the row.
    time_formats : tuple of str
        Formats in strftime notation, tried before the built-in ones.
    excel_serials : bool
        Whether bare numbers are days since 1899-12-30.
    time_zone : str
        Of times without an offset.
    patterns : tuple of str
        Regular expressions over the path; their named groups fill columns that are missing.
    """

    kind: str
    files: tuple[str, ...]
    encoding: str | None = None
    delimiter: str | None = None
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    lenient: bool = False
    time_formats: tuple[str, ...] = ()
    excel_serials: bool = False
    time_zone: str = TOKYO
    patterns: tuple[str, ...] = ()

    def key(self, *more: object) -> str:
        """Digest of the mapping and of whatever else decides how its files are read."""
        return digest("feed", READER_VERSION, json.dumps(dataclasses.asdict(self), sort_keys=True), *more)

    def named_in(self, path: str) -> dict[str, str]:
        """Columns that the path tells, by the named groups of the first pattern that fits.

        >>> Feed("recordings", (), patterns=(r"(?P<call_id>C[0-9]+)_in",)).named_in("recordings/C7_in.wav")
        {'call_id': 'C7'}
        """
        for pattern in self.patterns:
            if found := re.search(pattern, path):
                return {name: value for name, value in found.groupdict().items() if value}
        return {}


@dataclass(frozen=True, slots=True)
class Sources:
    """All feeds of an inbox and the rules of origin, silence and masking that go with them."""

    feeds: tuple[Feed, ...]
    origin: OriginRules = field(default_factory=OriginRules)
    silence: SilenceRules = field(default_factory=SilenceRules)
    masking: OwnMasking = field(default_factory=OwnMasking)


def default_sources() -> Sources:
    """Return the sources of an inbox without ``sources.toml``: files and columns have the product's own names."""
    return parse_sources("", FILE_NAME)


def read_sources(path: Path, *, phone_secret: str = "") -> Sources:
    """Read ``sources.toml``; where there is none, the defaults apply.

    Raises
    ------
    UserError
        If it cannot be read or a key or value in it is wrong; the message names the key and what is allowed.
    """
    text = read_settings(path)
    return default_sources() if text is None else parse_sources(text, str(path), phone_secret=phone_secret)


def parse_sources(text: str, name: str = FILE_NAME, *, phone_secret: str = "") -> Sources:
    """Parse the text of ``sources.toml``.

    Raises
    ------
    UserError
        If it is not TOML, or a key or value is wrong.
    """
    top = TomlReader.of(text, name)
    kinds = catalogue().kinds
    top.only(("time_zone", "origin", "silence", "masking", RECORDINGS, *kinds))
    zone = _zone(top, TOKYO)
    feeds: list[Feed] = []
    for kind in (*kinds, RECORDINGS):
        tables = top.tables(kind)
        if kind == RECORDINGS and len(tables) > 1:
            raise top.wrong("several", kind)
        feeds += [_feed(kind, table, zone) for table in tables]
    named = {feed.kind for feed in feeds}
    feeds += [_feed(kind, TomlReader(name, kind, {}), zone) for kind in (*kinds, RECORDINGS) if kind not in named]
    return Sources(
        tuple(feeds),
        origin_rules(top.table("origin"), phone_secret),
        silence_rules(top.table("silence")),
        own_masking(top.table("masking")),
    )


def _feed(name: str, table: TomlReader, zone: str) -> Feed:
    shared = ("files", "values", "time_formats", "time_zone")
    if name == RECORDINGS:
        table.only((*shared, "patterns"))
        fields = recording_fields()
        return Feed(
            name,
            table.texts("files", catalogue().recording_files),
            values=_values(table, fields),
            time_formats=_formats(table),
            time_zone=_zone(table, zone),
            patterns=_patterns(table, table.texts("patterns"), tuple(fields)),
        )
    kind = catalogue().kinds[name]
    table.only(
        (
            *shared,
            "encoding",
            "delimiter",
            "columns",
            "defaults",
            "optional",
            "lenient",
            "excel_serials",
            "file_pattern",
        )
    )
    fields = {column.name: column for column in kind.fields}
    pattern = table.text("file_pattern", kind.file_pattern)
    return Feed(
        name,
        table.texts("files", kind.files),
        encoding=_encoding(table),
        delimiter=_delimiter(table),
        columns=table.text_lists("columns", tuple(fields)),
        defaults=table.text_map("defaults", tuple(fields)),
        values=_values(table, fields),
        optional=_optional(table, kind),
        lenient=table.flag("lenient"),
        time_formats=_formats(table),
        excel_serials=table.flag("excel_serials"),
        time_zone=_zone(table, zone),
        patterns=_patterns(table, (pattern,) if pattern else (), tuple(fields)),
    )


def recording_fields() -> dict[str, Field]:
    """Columns that the file name of a recording can tell, by the names of the pattern's groups."""
    log = catalogue().kinds["call_log"]
    renamed = {"started_at": "offered_at"}
    return {name: log.field(renamed.get(name, name)) for name in _RECORDING_GROUPS}


def _zone(table: TomlReader, default: str) -> str:
    zone = table.text("time_zone", default)
    assert zone is not None
    try:
        ZoneInfo(zone)
    except (ValueError, KeyError, OSError) as trouble:
        raise table.wrong("time_zone", "time_zone", value=zone) from trouble
    return zone


def _formats(table: TomlReader) -> tuple[str, ...]:
    formats = table.texts("time_formats")
    for form in formats:
        if not is_format(form):
            raise table.wrong("time_format", "time_formats", value=form)
    return formats


def _encoding(table: TomlReader) -> str | None:
    encoding = table.text("encoding", None)
    if encoding is not None and not known_encoding(encoding):
        raise table.wrong("encoding", "encoding", value=encoding)
    return encoding


def _delimiter(table: TomlReader) -> str | None:
    given = table.text("delimiter", None)
    delimiter = _DELIMITERS.get(given, given) if given is not None else None
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise table.wrong("delimiter", "delimiter", value=given)
    return delimiter


def _patterns(table: TomlReader, patterns: Sequence[str], groups: Sequence[str]) -> tuple[str, ...]:
    key = "patterns" if groups == _RECORDING_GROUPS else "file_pattern"
    for pattern in patterns:
        try:
            named = re.compile(pattern).groupindex
        except re.error as trouble:
            raise table.wrong("pattern", key, value=pattern, problem=trouble) from trouble
        if not named:
            raise table.wrong("no_group", key, value=pattern, allowed=groups)
        if strange := sorted(set(named) - set(groups)):
            raise table.wrong("group", key, value=pattern, found=strange, allowed=groups)
    return tuple(patterns)


def _values(table: TomlReader, fields: Mapping[str, Field]) -> dict[str, dict[str, str]]:
    values = {}
    for column, words in table.text_maps("values", tuple(fields)).items():
        allowed = catalogue().allowed.get(fields[column].type)
        for theirs, ours in words.items():
            if allowed and ours and ours not in allowed:
                raise table.wrong("word", f"values.{column}", theirs=theirs, ours=ours, allowed=allowed)
        values[column] = words
    return values


def _optional(table: TomlReader, kind: Kind) -> tuple[str, ...]:
    can_be = tuple(column.name for column in kind.fields if column.need == "yes")
    names = table.texts("optional")
    strange = [name for name in names if name not in can_be]
    if strange:
        raise table.wrong("optional", "optional", found=strange, allowed=can_be or ("–",))
    return tuple(sorted(names))
