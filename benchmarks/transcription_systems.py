"""The systems that the transcription benchmark compares, each served by a process of its own.

    python benchmarks/transcription_systems.py SYSTEM --model FOLDER --threads 2

reads one JSON object a line, ``{"files": [...]}``, and answers with one: ``heard`` (for each file the text of each
channel; under ``kept`` that without utterances whose flags keep them from being counted as voice) and ``wall_s`` from the first file's opening to the last text.
The model is loaded, and warmed up on the first request's first file, before the clock starts. This file needs nothing
of the project but for the systems ``ours`` and ``ours+glossary``, so that an environment which holds only another system can run it.
"""

# ruff: noqa: PLC0415 - each process imports its own system only
from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Heard = dict[str, dict[str, list[str]]]
Transcribe = Callable[[list[str]], Heard]
_RATE = 16_000
_GLOSSARY = Path(__file__).parent / "data" / "glossary_ja.csv"


def _channels(path: str) -> list[Any]:
    """Decode a file as a user of faster-whisper does who wants channels apart."""
    import av
    from faster_whisper.audio import decode_audio

    with av.open(path) as container:
        stereo = container.streams.audio[0].codec_context.channels == 2
    return list(decode_audio(path, _RATE, split_stereo=True)) if stereo else [decode_audio(path, _RATE)]


def defaults(model: str, threads: int) -> Transcribe:
    """faster-whisper as its README shows it, channel by channel."""
    from faster_whisper import WhisperModel

    whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=threads)

    def transcribe(files: list[str]) -> Heard:
        heard: Heard = {}
        for path in files:
            texts = []
            for samples in _channels(path):
                segments, _ = whisper.transcribe(samples, language="ja", beam_size=5, vad_filter=True)
                texts.append("".join(segment.text for segment in segments))
            heard[path] = {"heard": texts}
        return heard

    return transcribe


def batched(model: str, threads: int) -> Transcribe:
    """faster-whisper's own batching of one channel's windows."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=threads)
    pipeline = BatchedInferencePipeline(whisper)

    def transcribe(files: list[str]) -> Heard:
        heard: Heard = {}
        for path in files:
            texts = []
            for samples in _channels(path):
                segments, _ = pipeline.transcribe(samples, language="ja", beam_size=5, batch_size=8)
                texts.append("".join(segment.text for segment in segments))
            heard[path] = {"heard": texts}
        return heard

    return transcribe


def whisperx(model: str, threads: int) -> Transcribe:
    """whisperX's recognition (voice activity by its bundled pyannote model, batches of 8), without alignment."""
    import torch
    import whisperx as peer

    torch.set_num_threads(threads)
    pipeline = peer.load_model(model, "cpu", compute_type="int8", language="ja", threads=threads, vad_method="pyannote")

    def transcribe(files: list[str]) -> Heard:
        heard: Heard = {}
        for path in files:
            found = [pipeline.transcribe(samples, batch_size=8, language="ja") for samples in _channels(path)]
            heard[path] = {"heard": ["".join(part["text"] for part in each["segments"]) for each in found]}
        return heard

    return transcribe


def with_glossary(model: str, threads: int) -> Transcribe:
    """Run the whole step told the first terms of the benchmark's glossary, and put words right afterwards."""
    import csv

    from voc_mining.contracts.glossary import glossary_of

    lines = [line for line in _GLOSSARY.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = [
        (row["term"], row["reading"], tuple(filter(None, row["aliases"].split("|"))), row["category"])
        for row in csv.DictReader(lines)
    ]
    return ours(model, threads, glossary_of(rows))


def ours(model: str, threads: int, glossary: Any = None) -> Transcribe:
    """Run the whole step: opening and checking of files, the stage with its engine, and storing."""
    import hashlib

    from pipelines import engines
    from pipelines.settings import Settings
    from pipelines.steps.transcribe import transcribe_step
    from voc_mining.store.delta import open_lake, open_vault
    from voc_mining.transcribe.params import TranscribeParams
    from voc_mining.transcribe.transcriber import Recording
    from voc_mining.voice.statements import UNCOUNTED_FLAGS

    settings = Settings(whisper_model=model, threads=threads, device="cpu")
    told = () if glossary is None else glossary.first(settings.hotwords)
    transcriber, encoder = engines.transcriber(settings, told), engines.voice_encoder(settings)
    right = _as_heard if glossary is None else _put_right(glossary)
    _ = transcriber.revision  # digests the model's files, once a process

    def transcribe(files: list[str]) -> Heard:
        with tempfile.TemporaryDirectory() as folder:
            lake, vault = open_lake(f"{folder}/lake"), open_vault(f"{folder}/vault")
            recordings = [
                Recording(hashlib.sha256(Path(path).read_bytes()).hexdigest(), (str(Path(path).resolve()),))
                for path in files
            ]
            params = TranscribeParams()
            transcribe_step(lake, vault, recordings, transcriber, params, Path("/"), encoder=encoder, last_try=True)
            rows = vault.read("transcripts").sort("audio_sha256", "channel", "no").to_dicts()
            channels = dict(lake.read("transcriptions").select("audio_sha256", "channels").iter_rows())
        texts: dict[str, list[tuple[int, str, list[str]]]] = {}
        for row in rows:
            texts.setdefault(row["audio_sha256"], []).append((row["channel"], right(row["text"]), row["flags"]))
        heard: Heard = {}
        for path, recording in zip(files, recordings, strict=True):
            said = texts.get(recording.audio_sha256, [])
            numbers = range(channels.get(recording.audio_sha256, 1))
            heard[path] = {
                "heard": ["".join(text for place, text, _ in said if place == number) for number in numbers],
                "kept": [
                    "".join(
                        text for place, text, flags in said if place == number and not set(flags) & set(UNCOUNTED_FLAGS)
                    )
                    for number in numbers
                ],
            }
        return heard

    return transcribe


def _as_heard(text: str) -> str:
    return text


def _put_right(glossary: Any) -> Callable[[str], str]:
    from pipelines import engines
    from voc_mining.text.corrections import Corrector
    from voc_mining.text.normalize import normalize
    from voc_mining.text.stage import put_right

    masker = engines.masker()
    corrector = Corrector(masker.tokenizer, glossary)

    def right(text: str) -> str:
        worked = put_right(normalize(text).replace("\n", " "), masker, corrector)
        return worked.text if worked.corrections else text

    return right


SYSTEMS: dict[str, Callable[[str, int], Transcribe]] = {
    "ours": ours,
    "ours+glossary": with_glossary,
    "defaults": defaults,
    "batched": batched,
    "whisperx": whisperx,
}


def serve(system: str, model: str, threads: int) -> None:
    """Answer requests until there are none; what libraries print goes to the error stream."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    transcribe = SYSTEMS[system](model, threads)
    warm = False
    for line in sys.stdin:
        files = json.loads(line)["files"]
        if not warm:
            transcribe(files[:1])
            warm = True
        print(json.dumps({"started": True}), file=answers, flush=True)
        began = time.perf_counter()
        heard = transcribe(files)
        wall_s = time.perf_counter() - began
        print(json.dumps({"heard": heard, "wall_s": wall_s}), file=answers, flush=True)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("system", choices=SYSTEMS)
    options.add_argument("--model", required=True)
    options.add_argument("--threads", type=int, required=True)
    given = options.parse_args()
    serve(given.system, given.model, given.threads)
