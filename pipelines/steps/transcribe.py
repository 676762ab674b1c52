"""Step: transcribe the recordings that are to be heard."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from threadpoolctl import threadpool_limits

from pipelines.memory import give_back_freed_memory
from pipelines.steps.hearing import told_digest, with_turn
from voc_mining.accounts import Account
from voc_mining.errors import BadAudio, EngineTrouble
from voc_mining.faults import as_stored
from voc_mining.store.delta import DeltaStore
from voc_mining.transcribe.audio import Audio
from voc_mining.transcribe.guarded_decoder import guarded_decoder
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.speakers import VoiceEncoder
from voc_mining.transcribe.stage import Failure, Transcript, transcribe, transcriber_id
from voc_mining.transcribe.transcriber import Recording, Transcriber

# A commit costs a file and a version; a killed run loses what was not committed.
_COMMIT_RECORDINGS = 8
_COMMIT_SOUND_S = 300.0


def settled_recordings(lake: DeltaStore, pending: Sequence[Recording]) -> Account:
    """Account of the readable recordings that need no work; the batches' accounts are added to it."""
    readable = lake.scan("recordings").filter(pl.col("state") == "readable").select(pl.len()).collect().item()
    settled = readable - len(pending)
    return Account("transcribe", inputs=settled, unchanged=settled)


def transcribe_step(  # noqa: PLR0913, PLR0917 - two stores, what to do, with what, from where
    lake: DeltaStore,
    vault: DeltaStore,
    recordings: Sequence[Recording],
    transcriber: Transcriber,
    params: TranscribeParams,
    inbox: Path,
    *,
    encoder: VoiceEncoder | None = None,
    hotwords: Sequence[str] = (),
    last_try: bool = False,
) -> list[Account]:
    """Transcribe a batch of recordings and store what was heard.

    Every few recordings are committed, the vault first: a recording counts as done once the lake has
    its row of ``transcriptions``, so a killed run goes on after the last commit and nothing is stored
    twice. A recording that cannot be decoded becomes a reject; where the engine failed on some, the
    others are still finished and stored.

    Parameters
    ----------
    lake, vault : DeltaStore
        Where rows go.
    recordings : sequence of Recording
        The batch.
    transcriber : Transcriber
        The engine.
    params : TranscribeParams
        How utterances are cut and flagged.
    inbox : Path
        Folder that the recordings' paths are relative to.
    encoder : VoiceEncoder, optional
        Tells voices on one channel apart.
    hotwords : sequence of str, default none
        Words that the transcriber was told; their digest is stored with what it heard. They are no part of its
        id: whether another glossary has recordings heard again, the operator says.
    last_try : bool, default False
        Whether recordings that the engine fails on become rejects with the reason ``engine_trouble``; the next run
        tries them again.

    Returns
    -------
    list of Account
        One account over the batch.

    Raises
    ------
    EngineTrouble
        If the engine failed on a recording or the store on a commit; done work is stored, so a further
        call with the recordings still pending does only the rest.
    """
    by = transcriber_id(transcriber, params, encoder)
    troubles: list[str] = []
    waiting: list[Transcript | Failure] = []
    rejected = 0
    sound_s = 0.0
    heard = transcribe(recordings, transcriber, params, lambda recording: open_recording(inbox, recording), encoder)
    # Each product of matrices would wake a thread on every core, which then spins for hundredths of a second beside the
    # model's; and with one thread, sums do not depend on the number of cores.
    with threadpool_limits(limits=1, user_api="blas"):
        for result in heard:
            if isinstance(result, Failure) and result.passing and not last_try:
                troubles.append(f"{result.recording.paths[0]}: {result.fault.values['found']}")
                continue
            waiting.append(result)
            if isinstance(result, Failure):
                rejected += 1
            else:
                sound_s += result.transcription["duration_s"][0]
            if len(waiting) >= _COMMIT_RECORDINGS or sound_s >= _COMMIT_SOUND_S:
                _commit(lake, vault, waiting, by, hotwords)
                waiting, sound_s = [], 0.0
                give_back_freed_memory()
    _commit(lake, vault, waiting, by, hotwords)
    if troubles:
        raise EngineTrouble("; ".join(troubles))
    produced = len(recordings) - rejected
    return [Account("transcribe", inputs=len(recordings), produced=produced, rejected=rejected).verify()]


def open_recording(inbox: Path, recording: Recording) -> Audio:
    """Decode a recording from whichever of its files still holds it.

    Raises
    ------
    BadAudio
        If no file does, or the sound cannot be decoded. A file that has grown is still being written.
    """
    there, grown = False, 0
    for name in recording.paths:
        path = inbox / name
        try:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
        except OSError:
            continue
        there = True
        if content == recording.audio_sha256:
            return guarded_decoder().decode(path)
        if recording.size_bytes is not None:
            grown = max(grown, size - recording.size_bytes)
    if grown:
        raise BadAudio("still_being_written", found=f"+{grown:,} bytes")
    if there:
        raise BadAudio("changed_file")
    raise BadAudio("missing_file")


def _commit(
    lake: DeltaStore, vault: DeltaStore, results: Sequence[Transcript | Failure], by: str, hotwords: Sequence[str]
) -> None:
    """Store what a transcriber heard; rejects of these recordings from an earlier try are replaced."""
    if not results:
        return
    transcripts = [result for result in results if isinstance(result, Transcript)]
    if transcripts:
        done = pl.concat([transcript.transcription for transcript in transcripts]).with_columns(
            pl.lit(told_digest(hotwords), pl.String).alias("glossary")
        )
        done = lake.tables["transcriptions"].conform(with_turn(lake, done, by))
        key = done.select("audio_sha256", "transcriber_id")
        vault.replace("transcripts", pl.concat([transcript.utterances for transcript in transcripts]), scope=key)
        lake.replace("sound_events", pl.concat([transcript.events for transcript in transcripts]), scope=key)
        lake.replace("transcriptions", done, scope=key)
    rejects = [_reject(result) for result in results if isinstance(result, Failure)]
    files = pl.DataFrame({"file": [result.recording.paths[0] for result in results]}, schema={"file": pl.String})
    scope = files.with_columns(source=pl.lit("recordings"), stage=pl.lit("transcribe"))
    lake.replace("rejects", pl.DataFrame(rejects, schema=lake.tables["rejects"].schema), scope=scope)
    _forgive(lake, [result.recording for result in results if isinstance(result, Failure)], by)


def _forgive(lake: DeltaStore, failed: Sequence[Recording], by: str) -> None:
    """Take back the rejects of recordings that another run, from another inbox, has heard meanwhile."""
    if not failed:
        return
    heard = set(lake.scan("transcriptions").filter(pl.col("transcriber_id") == by).collect()["audio_sha256"])
    files = [recording.paths[0] for recording in failed if recording.audio_sha256 in heard]
    scope = pl.DataFrame({"file": files}, schema={"file": pl.String}).with_columns(
        source=pl.lit("recordings"), stage=pl.lit("transcribe")
    )
    lake.replace("rejects", lake.tables["rejects"].empty(), scope=scope)


def _reject(failure: Failure) -> dict[str, object]:
    return {
        "source": "recordings",
        "file": failure.recording.paths[0],
        "row": 0,
        "stage": "transcribe",
        "reason": failure.fault.code,
        "faults": as_stored([failure.fault]),
    }
