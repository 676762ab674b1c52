"""Which transcript of a recording counts, and which recordings an operator may have heard again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from voc_mining.ids import digest
from voc_mining.store.changes import rows_matching
from voc_mining.store.delta import DeltaStore
from voc_mining.transcribe.transcriber import Recording

FIRST_TURN = 1


@dataclass(frozen=True, slots=True)
class Rehearing:
    """Which recordings are heard again, though they have a transcript.

    Those whose transcript another transcriber made, or one that was told other words; never those whose file is gone.

    Parameters
    ----------
    inbox : Path
        Where the files are.
    told : str or None
        Of :func:`told_digest`: what the transcriber is told now.
    since : date, optional
        Only recordings of contacts from this day on; those without a day are left.
    """

    inbox: Path
    told: str | None = None
    since: date | None = None


def told_digest(hotwords: Sequence[str]) -> str | None:
    """Digest of the words that a transcriber is told; None where it is told none."""
    return digest("hotwords", *hotwords) if hotwords else None


def in_force(lake: DeltaStore, by: str, sounds: pl.DataFrame | None = None) -> pl.LazyFrame:
    """Rows of ``transcriptions`` that count, one per recording; ``sounds`` (audio_sha256) asks for some alone.

    A recording's transcript is that of the transcriber in use; where it has not heard the recording, the latest by
    another one. So a new model takes no words away before it has heard them itself.
    """
    order = [pl.col("transcriber_id") == by, pl.col("turn").fill_null(FIRST_TURN), pl.col("transcriber_id")]
    of_these = lake.scan("transcriptions") if sounds is None else rows_matching(lake, "transcriptions", sounds)
    return of_these.sort("audio_sha256", *order, descending=[False, True, True, False]).unique(
        "audio_sha256", keep="first", maintain_order=True
    )


def with_turn(lake: DeltaStore, done: pl.DataFrame, by: str) -> pl.DataFrame:
    """Give new transcripts a turn after those that other transcribers made of the same recordings."""
    others = (
        lake.scan("transcriptions")
        .filter(pl.col("audio_sha256").is_in(done["audio_sha256"].implode()), pl.col("transcriber_id") != by)
        .group_by("audio_sha256")
        .agg(pl.col("turn").fill_null(FIRST_TURN).max() + 1)
        .collect()
    )
    return (
        done.drop("turn", strict=False)
        .join(others, on="audio_sha256", how="left", validate="m:1", maintain_order="left")
        .with_columns(pl.col("turn").fill_null(FIRST_TURN))
    )


def pending_recordings(lake: DeltaStore, vault: DeltaStore, by: str, again: Rehearing | None = None) -> list[Recording]:
    """Readable recordings that are to be heard, in the order of their first path.

    They are those that nobody has heard, those whose words are missing from the vault and those that failed before;
    beside them, if asked for, those that would be heard otherwise now.
    """
    readable = (
        lake.scan("recordings").filter(pl.col("state") == "readable").select("audio_sha256", "paths", "size_bytes")
    )
    counting = in_force(lake, by)
    key = ["audio_sha256", "transcriber_id"]
    spoken = vault.scan("transcripts").select(key).unique()
    silent = counting.filter(pl.col("n_utterances") == 0)
    whole = pl.concat([silent, counting.filter(pl.col("n_utterances") != 0).join(spoken, on=key, how="semi")])
    rows = readable.join(whole, on="audio_sha256", how="anti").collect()
    recordings = [Recording(sha256, tuple(paths), size) for sha256, paths, size in rows.iter_rows()]
    if again is not None:
        otherwise = readable.join(_otherwise(lake, whole, by, again), on="audio_sha256", how="semi").collect()
        recordings += [
            Recording(sha256, tuple(paths), size)
            for sha256, paths, size in otherwise.iter_rows()
            if any((again.inbox / path).is_file() for path in paths)
        ]
    return sorted(recordings, key=lambda recording: (recording.paths, recording.audio_sha256))


def heard_otherwise(lake: DeltaStore, by: str, told: str | None) -> int:
    """Count the recordings that another transcriber has heard, or one that was told other words."""
    return in_force(lake, by).filter(_differs(by, told)).select(pl.len()).collect().item()  # type: ignore[no-any-return]


def _differs(by: str, told: str | None) -> pl.Expr:
    return (pl.col("transcriber_id") != by) | pl.col("glossary").ne_missing(pl.lit(told, pl.String))


def _otherwise(lake: DeltaStore, whole: pl.LazyFrame, by: str, again: Rehearing) -> pl.LazyFrame:
    """Find what would be heard otherwise now, from the day on."""
    rows = whole.filter(_differs(by, again.told))
    if again.since is None:
        return rows
    late = lake.scan("contacts").filter(pl.col("business_date") >= again.since).select("audio_sha256")
    return rows.join(late, on="audio_sha256", how="semi")
