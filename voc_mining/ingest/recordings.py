"""Recordings: what they are, which call they belong to, and those that have no call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import polars as pl

from voc_mining.errors import BadAudio
from voc_mining.faults import as_stored
from voc_mining.ids import contact_id, orphan_contact_id, row_digest
from voc_mining.ingest.cells import parse_cells, trimmed, value_type
from voc_mining.ingest.contacts import conformed, dated
from voc_mining.ingest.kinds import catalogue
from voc_mining.ingest.params import IngestParams
from voc_mining.ingest.sources import Feed, recording_fields

ABOUT = {
    "audio_sha256": pl.String, "size_bytes": pl.Int64, "duration_s": pl.Float64, "channels": pl.Int8,
    "sample_rate": pl.Int32, "codec": pl.String, "state": pl.String, "reason": pl.String, "faults": pl.String,
}  # fmt: skip
"""Columns of :func:`examine`."""


class AudioInfo(Protocol):
    """What a probe tells of a file."""

    @property
    def duration_s(self) -> float | None:
        """Length in seconds, where the file tells it."""

    @property
    def channels(self) -> int:
        """Audio channels."""

    @property
    def sample_rate(self) -> int:
        """Samples a second."""

    @property
    def codec(self) -> str:
        """Codec."""


Probe = Callable[[str], AudioInfo]
"""Tells about the recording at a path within the inbox, or raises BadAudio."""


def examine(files: Sequence[tuple[str, str, int]], probe: Probe) -> pl.DataFrame:
    """Probe recordings given as path, SHA-256 and size; one row each, with the reason where unreadable."""
    rows: list[dict[str, object]] = []
    for path, sha256, size in files:
        row: dict[str, object] = {"audio_sha256": sha256, "size_bytes": size}
        try:
            about = probe(path)
        except BadAudio as trouble:
            row |= {"state": "unreadable", "reason": trouble.fault.code, "faults": as_stored([trouble.fault])}
        else:
            row |= {"state": "readable", "duration_s": about.duration_s, "channels": about.channels,
                    "sample_rate": about.sample_rate, "codec": about.codec}  # fmt: skip
        rows.append(row)
    return pl.DataFrame(rows, schema=ABOUT)


def link_calls(calls: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """Find the recording of each call.

    A recording is found, in this order, by the path that the log names (relative to ``recordings/``, whatever
    its slashes and case), by that path without its extension, by its file name and by that without its
    extension where only one recording has it, by the ``call_id`` that a file-name pattern tells, and by a
    file name that is the call_id itself.

    Parameters
    ----------
    calls : DataFrame
        call_id, recording (as named; null where none is).
    files : DataFrame
        path, audio_sha256, call_id (told by the path, or null).

    Returns
    -------
    DataFrame
        The calls, in order, with path and audio_sha256 (null where none was found).
    """
    named = calls.select("call_id", _path(pl.col("recording")).alias("named"), _folded(pl.col("call_id")).alias("id"))
    known = files.select(
        "path", "audio_sha256", _path(pl.col("path")).alias("named"), _folded(pl.col("call_id")).alias("id")
    )
    ways = (
        ("named", _same, False),
        ("named", _stem, False),
        ("named", _name, True),
        ("named", lambda path: _stem(_name(path)), True),
    )
    found = named.with_columns(pl.lit(None, pl.String).alias("path"), pl.lit(None, pl.String).alias("audio_sha256"))
    for column, shape, alone in ways:
        found = _take(found, known.with_columns(shape(pl.col(column)).alias("on")), shape(pl.col(column)), alone=alone)
    found = _take(found, known.with_columns(pl.col("id").alias("on")), pl.col("id"), alone=False)
    stems = known.with_columns(_stem(_name(pl.col("named"))).alias("on"))
    found = _take(found, stems, pl.col("id"), alone=True)
    return calls.with_columns(found["path"], found["audio_sha256"])


def told_by_names(paths: pl.Series, feed: Feed, params: IngestParams) -> pl.DataFrame:
    """Read what the file-name patterns tell of recordings: one row per path, null where nothing is told."""
    groups = [feed.named_in(path) for path in paths]
    columns = [paths.alias("path")]
    for name, field in recording_fields().items():
        cells = trimmed(pl.Series(name, [group.get(name) for group in groups], dtype=pl.String))
        values, _ = parse_cells(cells, field, feed, phone_secret=params.phone_secret)
        to = {"call_id": "call_id", "started_at": "started_at"}.get(name, field.to)
        columns.append(values.cast(value_type(field)).alias(to))
    return pl.DataFrame(columns)


def orphan_contacts(orphans: pl.DataFrame, taken: frozenset[str]) -> pl.DataFrame:
    """Contacts of recordings that belong to no call.

    Parameters
    ----------
    orphans : DataFrame
        One row per content: path, audio_sha256, duration_s, and what its name tells.
    taken : frozenset of str
        Ids that calls hold: a call that once took over a recording's id keeps it.
    """
    ids = []
    for sha256 in orphans["audio_sha256"]:
        own = orphan_contact_id(sha256)
        ids.append(contact_id("recording", sha256) if own in taken else own)
    told = [name for name in orphans.columns if name not in ("path", "audio_sha256", "contact_id")]
    keys = [row_digest(row) for row in orphans.select("path", "audio_sha256", *sorted(told)).iter_rows()]
    frame = orphans.with_columns(
        pl.Series("contact_id", ids, dtype=pl.String),
        pl.Series("content_key", keys, dtype=pl.String),
        pl.lit("recording").alias("source"),
        pl.lit("phone").alias("channel"),
        pl.col("path").alias("source_id"),
        pl.col("path").alias("recording_path"),
        pl.col("path").alias("source_file"),
        pl.lit(0, pl.Int64).alias("source_row"),
    )
    return conformed(dated(frame))


def _take(found: pl.DataFrame, known: pl.DataFrame, key: pl.Expr, *, alone: bool) -> pl.DataFrame:
    """Fill the calls not yet found from recordings whose ``on`` equals the call's key."""
    known = known.filter(pl.col("on").is_not_null() & (pl.col("on") != ""))
    if alone:
        known = known.filter(pl.col("audio_sha256").n_unique().over("on") == 1)
    first = (
        known.sort("path")
        .unique("on", keep="first")
        .select("on", pl.col("path").alias("p"), pl.col("audio_sha256").alias("s"))
    )
    joined = found.with_columns(key.alias("on")).join(first, on="on", how="left", validate="m:1", maintain_order="left")
    hit = pl.col("path").is_null() & pl.col("p").is_not_null()
    return joined.with_columns(
        pl.when(hit).then("p").otherwise("path").alias("path"),
        pl.when(hit).then("s").otherwise("audio_sha256").alias("audio_sha256"),
    ).drop("on", "p", "s")


def _folded(cells: pl.Expr) -> pl.Expr:
    return cells.str.normalize("NFKC").str.strip_chars().str.to_lowercase()


def _path(cells: pl.Expr) -> pl.Expr:
    forward = _folded(cells).str.replace_all(r"[\\¥]", "/")
    return forward.str.replace(r"^(?:\./|/)+", "").str.replace("^recordings/+", "").str.replace_all("/+", "/")


def _same(path: pl.Expr) -> pl.Expr:
    return path


def _stem(path: pl.Expr) -> pl.Expr:
    return path.str.replace(r"\.(?:" + "|".join(catalogue().audio_extensions) + ")$", "")


def _name(path: pl.Expr) -> pl.Expr:
    return path.str.extract(r"([^/]*)$")
