"""Transcripts as JSON lines, with the roles that a call log tells."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import polars as pl

from voc_mining.errors import UserError
from voc_mining.ingest import encoding
from voc_mining.text.corrections import Corrected
from voc_mining.transcribe.guarded_decoder import guarded_decoder
from voc_mining.transcribe.openings import Reader
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.roles import RoleRules, with_roles
from voc_mining.transcribe.speakers import VoiceEncoder
from voc_mining.transcribe.stage import Failure, Transcript, transcribe
from voc_mining.transcribe.transcriber import Recording, Transcriber

_STEREO = 2
_CHANNELS = ("0", "1")


def as_heard(text: str) -> Corrected:
    """Leave a text as it was heard."""
    return Corrected(text, ())


@dataclass(frozen=True, slots=True)
class FilesTranscribed:
    """What became of the files.

    Parameters
    ----------
    files : int
        Files transcribed.
    utterances : int
        Lines written.
    failed : tuple of (Path, Failure)
        Files that could not be, and why.
    """

    files: int
    utterances: int
    failed: tuple[tuple[Path, Failure], ...]


def transcribe_to_jsonl(  # noqa: PLR0913, PLR0917 - what to hear, with what, and where it goes
    paths: Sequence[Path],
    agents: Mapping[str, int],
    transcriber: Transcriber,
    out: TextIO,
    encoder: VoiceEncoder | None = None,
    put_right: Callable[[str], Corrected] = as_heard,
    reads: Reader | None = None,
) -> FilesTranscribed:
    """Write one JSON object per utterance: its place, role, text, confidence, flags and corrections.

    Utterances come file by file in the order given, within a file by time. Each correction keeps its place in the
    text, in characters, and what stood there. The role is agent or customer by the
    channel where the log names the agent's, else by what each of two speakers says; unknown where that is not clear.

    Parameters
    ----------
    paths : sequence of Path
        Recordings.
    agents : mapping of str to int
        The agent's channel of recordings, as :func:`agent_channels` reads it; empty where no log is at hand.
    transcriber : Transcriber
        The engine.
    out : text stream
        Where the lines go; each file's at once when it is done.
    encoder : VoiceEncoder, optional
        Tells voices on one channel apart.
    put_right : callable, optional
        Puts words of a glossary right in what was heard.
    reads : callable, optional
        Reads a text in katakana: announcements are known by their sound, too.
    """
    # Without a lake nothing is looked up by content: the name alone identifies the file.
    recordings = [Recording(hashlib.sha256(str(path).encode()).hexdigest(), (str(path),)) for path in paths]
    written = 0
    failed: list[tuple[Path, Failure]] = []
    results = transcribe(
        recordings,
        transcriber,
        TranscribeParams(),
        lambda recording: guarded_decoder().decode(Path(recording.paths[0])),
        encoder,
    )
    for path, result in zip(paths, results, strict=True):
        if isinstance(result, Failure):
            failed.append((path, result))
            continue
        stereo = result.transcription["channels"][0] == _STEREO
        agent = _agent_of(path, agents) if stereo else None
        for row in _with_roles(result, agent, reads).sort("start_s", "channel", "no").iter_rows(named=True):
            text, corrections = put_right(row["text"])
            line = {
                "file": str(path),
                "channel": row["channel"],
                "speaker": row["speaker"],
                "role": row["role"],
                "start": row["start_s"],
                "end": row["end_s"],
                "text": text,
                "confidence": row["confidence"],
                "flags": row["flags"],
                "corrections": [correction._asdict() for correction in corrections],
            }
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
            written += 1
        out.flush()
    return FilesTranscribed(len(paths) - len(failed), written, tuple(failed))


def _with_roles(result: Transcript, agent_channel: int | None, reads: Reader | None) -> pl.DataFrame:
    """Add roles; without a lake nothing is known of who called whom."""
    rows = result.utterances.with_columns(
        pl.col("audio_sha256").alias("contact_id"),
        pl.lit(None, pl.String).alias("direction"),
        pl.lit(agent_channel, pl.Int8).alias("agent_channel"),
        pl.lit(result.transcription["channels"][0], pl.Int8).alias("channels"),
    )
    return with_roles(rows, RoleRules(), reads)


def agent_channels(log: Path) -> dict[str, int]:
    """Read the agent's channel of each recording a call log names, by its path with forward slashes.

    Parameters
    ----------
    log : Path
        Call log with the columns ``recording`` and ``agent_channel``, UTF-8 or CP932.

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
    missing = {"recording", "agent_channel"} - set(rows.fieldnames or ())
    if missing:
        raise UserError("error.log_columns", path=log, missing=sorted(missing), found=list(rows.fieldnames or ()))
    return {
        row["recording"].strip().replace("\\", "/"): int(row["agent_channel"])
        for row in rows
        if row["recording"] and (row["agent_channel"] or "").strip() in _CHANNELS
    }


def _agent_of(path: Path, agents: Mapping[str, int]) -> int | None:
    """Find the log's row of a file: its name ends in the path that the log gives, the longest such one."""
    full = path.resolve().as_posix()
    named = [recording for recording in agents if full.endswith("/" + recording.lstrip("./"))]
    return agents[max(named, key=len)] if named else None
