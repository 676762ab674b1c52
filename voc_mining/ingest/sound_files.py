"""The recordings of an inbox: contents by name, what was found in them, what became of each file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from voc_mining.contracts import LAKE_TABLES
from voc_mining.faults import Fault, as_stored
from voc_mining.ingest.inbox import Entry
from voc_mining.ingest.kinds import RECORDINGS
from voc_mining.ingest.plan import READ, Planned
from voc_mining.ingest.recordings import Probe, examine
from voc_mining.ingest.rejects import SCHEMA
from voc_mining.ingest.stage import EARLY, Tally

_DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class SoundFiles:
    """What the recordings that were read are.

    Attributes
    ----------
    recordings : DataFrame
        Rows of ``recordings``, older names included.
    rejects : DataFrame
        source, file, row, reason, faults, content.
    tallies : mapping of str to Tally
        By file.
    counts : mapping of str to int
        ``produced``, ``unchanged`` and dropped files by reason.
    """

    recordings: pl.DataFrame
    rejects: pl.DataFrame
    tallies: Mapping[str, Tally]
    counts: Mapping[str, int]


def current_names(planned: Sequence[Planned], before: Mapping[str, Mapping[str, object]]) -> pl.DataFrame:
    """Content of every recording's name, also of files that are no longer in the inbox.

    Returns
    -------
    DataFrame
        path, audio_sha256, and ``place``: the path at which that content lies now, which is another where the
        file was renamed, and the path itself where the content is gone. Sorted by path.
    """
    names = {path: str(row["sha256"]) for path, row in before.items() if row["kind"] == RECORDINGS}
    present: dict[str, str] = {}
    for file in planned:
        names.pop(file.entry.path, None)
        if file.kind == RECORDINGS:
            names[file.entry.path] = file.sha256
            present[file.sha256] = min(file.entry.path, present.get(file.sha256, file.entry.path))
    here = {file.entry.path for file in planned}
    known = sorted(
        (path, sha256, path if path in here else present.get(sha256, path)) for path, sha256 in names.items() if sha256
    )
    return pl.DataFrame(known, schema=dict.fromkeys(("path", "audio_sha256", "place"), pl.String), orient="row")


def read_recordings(  # noqa: PLR0913 - the files, what is known of them, and how to look
    planned: Sequence[Planned],
    inputs: pl.DataFrame,
    stored: pl.DataFrame,
    early: frozenset[str],
    probe: Probe,
    *,
    full: bool = False,
) -> SoundFiles:
    """Probe recordings whose content is not known as readable, and tell what became of each file.

    Parameters
    ----------
    planned : sequence of Planned
        All files of the inbox.
    inputs : DataFrame
        The table ``inputs``: it tells which contents came earlier under other names.
    stored : DataFrame
        The table ``recordings``.
    early : frozenset of str
        Contents that are left out.
    probe : callable
        See :data:`voc_mining.ingest.recordings.Probe`.
    full : bool
        Whether known contents are probed again.
    """
    files = [file for file in planned if file.kind == RECORDINGS and file.status == READ]
    known = {row["audio_sha256"]: row for row in stored.iter_rows(named=True)}
    first_file: dict[str, Entry] = {}
    for file in files:
        again = full or known.get(file.sha256, {}).get("state") != "readable"
        if file.sha256 and again and (file.sha256 not in early or file.sha256 in known):
            first_file.setdefault(file.sha256, file.entry)
    examined = examine([(entry.path, sha256, entry.size_bytes) for sha256, entry in first_file.items()], probe)
    found = {row["audio_sha256"]: row for row in examined.iter_rows(named=True)}
    about = {**known, **found}
    delivered = _deliveries(inputs, files)
    names: dict[str, set[str]] = {}
    rejects: list[tuple[str, str, str]] = []
    tallies: dict[str, Tally] = {}
    counts = {"produced": 0, "unchanged": 0, _DUPLICATE: 0, EARLY: 0}
    for file in files:
        path, sha256 = file.entry.path, file.sha256
        if sha256 not in about:
            if sha256:
                tallies[path] = Tally(1, 0, 0, {EARLY: 1})
                counts[EARLY] += 1
            else:
                tallies[path] = Tally(1, 0, 1, {})
                fault = Fault("unreadable_file", os_error=file.os_error)
                rejects.append((path, fault.code, as_stored([fault])))
            continue
        names.setdefault(sha256, set()).add(path)
        if about[sha256]["state"] != "readable":
            tallies[path] = Tally(1, 0, 1, {})
            rejects.append((path, about[sha256]["reason"], about[sha256]["faults"]))
        elif delivered[sha256] < (file.delivery, path):
            tallies[path] = Tally(1, 0, 0, {_DUPLICATE: 1})
            counts[_DUPLICATE] += 1
        else:
            tallies[path] = Tally(1, 1, 0, {})
            counts["unchanged" if sha256 in known else "produced"] += 1
    rows = [
        {**about[sha256], "paths": sorted(paths | set(known.get(sha256, {}).get("paths", ())))}
        for sha256, paths in sorted(names.items())
    ]
    contract = LAKE_TABLES["recordings"].schema
    table = pl.DataFrame(
        [(RECORDINGS, path, 0, reason, faults, "") for path, reason, faults in rejects],
        schema={"source": pl.String, "file": pl.String, **SCHEMA},
        orient="row",
    )
    return SoundFiles(
        pl.DataFrame([{name: row[name] for name in contract} for row in rows], schema=contract), table, tallies, counts
    )


def _deliveries(inputs: pl.DataFrame, files: Sequence[Planned]) -> dict[str, tuple[int, str]]:
    """First delivery of each content, under any name."""
    told = inputs.filter(pl.col("kind") == RECORDINGS).select("sha256", "delivery", "file")
    first: dict[str, tuple[int, str]] = {}
    rows = [*told.iter_rows(), *((file.sha256, file.delivery, file.entry.path) for file in files)]
    for sha256, delivery, path in rows:
        first[sha256] = min(first.get(sha256, (delivery, path)), (delivery, path))
    return first
