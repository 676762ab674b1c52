"""Transcripts as JSON lines, with the roles that a call log tells."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import polars as pl

from pipelines.commands.call_log import LoggedCall, logged_call
from voc_mining.text.corrections import Corrected
from voc_mining.transcribe.guarded_decoder import guarded_decoder
from voc_mining.transcribe.openings import Reader
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.roles import RoleRules, with_roles
from voc_mining.transcribe.speakers import VoiceEncoder
from voc_mining.transcribe.stage import Failure, Transcript, transcribe
from voc_mining.transcribe.transcriber import Recording, Transcriber


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
    calls: Mapping[str, LoggedCall],
    transcriber: Transcriber,
    out: TextIO,
    encoder: VoiceEncoder | None = None,
    put_right: Callable[[str], Corrected] = as_heard,
    reads: Reader | None = None,
) -> FilesTranscribed:
    """Write one JSON object per utterance: its place, role, text, confidence, flags and corrections.

    Utterances come file by file in the order given, within a file by time. Each correction keeps its place in the
    text, in characters, and what stood there. The role is agent or customer as in a run: by the channel where the log
    names the agent's, else by what each of two speakers says, where the log's direction decides what counts; unknown
    where that is not clear.

    Parameters
    ----------
    paths : sequence of Path
        Recordings.
    calls : mapping of str to LoggedCall
        What a log tells of recordings, as :func:`~pipelines.commands.call_log.logged_calls` reads it; empty where none
        is at hand.
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
        for row in (
            _with_roles(result, logged_call(path, calls), reads).sort("start_s", "channel", "no").iter_rows(named=True)
        ):
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


def _with_roles(result: Transcript, call: LoggedCall, reads: Reader | None) -> pl.DataFrame:
    """Add roles, as a run does with what its log tells."""
    rows = result.utterances.with_columns(
        pl.col("audio_sha256").alias("contact_id"),
        pl.lit(call.direction, pl.String).alias("direction"),
        pl.lit(call.agent_channel, pl.Int8).alias("agent_channel"),
        pl.lit(result.transcription["channels"][0], pl.Int8).alias("channels"),
    )
    return with_roles(rows, RoleRules(), reads)
