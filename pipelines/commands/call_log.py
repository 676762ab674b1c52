"""What a call log tells of recordings that are transcribed without a lake."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from voc_mining.errors import UserError
from voc_mining.ingest import encoding
from voc_mining.ingest.kinds import catalogue, fold

_CHANNELS = ("0", "1")
_TELLING = ("agent_channel", "direction")


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A row of the log, as far as it tells who is the agent.

    Parameters
    ----------
    agent_channel : int or None
        The agent's channel.
    direction : str or None
        ``inbound`` or ``outbound``; None where the log says neither.
    """

    agent_channel: int | None = None
    direction: str | None = None


def logged_calls(log: Path) -> dict[str, LoggedCall]:
    """Read a call log, its recordings by their path with forward slashes; directions in the words that a run accepts.

    Parameters
    ----------
    log : Path
        Call log with the columns ``recording`` and ``agent_channel`` or ``direction`` or both, UTF-8 or CP932.

    Raises
    ------
    UserError
        If the log cannot be read or lacks its columns.
    """
    try:
        raw = log.read_bytes()
    except OSError as trouble:
        raise UserError("error.unreadable", path=log, problem=trouble) from trouble
    rows = csv.DictReader(io.StringIO(encoding.decode(raw).text, newline=""))
    names = list(rows.fieldnames or ())
    missing = {"recording"} - set(names)
    if not set(_TELLING) & set(names):
        missing |= set(_TELLING)
    if missing:
        raise UserError("error.log_columns", path=log, missing=sorted(missing), found=names)
    directions = catalogue().synonyms["direction"]
    calls = {}
    for row in rows:
        recording, channel = (row.get(name) or "" for name in ("recording", "agent_channel"))
        if recording.strip():
            calls[recording.strip().replace("\\", "/")] = LoggedCall(
                int(channel.strip()) if channel.strip() in _CHANNELS else None,
                directions.get(fold(row.get("direction") or "")),
            )
    return calls


def logged_call(path: Path, calls: Mapping[str, LoggedCall]) -> LoggedCall:
    """Find the log's row of a file: its name ends in the path that the log gives, the longest such one."""
    full = path.resolve().as_posix()
    named = [recording for recording in calls if full.endswith("/" + recording.lstrip("./"))]
    return calls[max(named, key=len)] if named else LoggedCall()
