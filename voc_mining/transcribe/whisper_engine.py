"""Whisper through faster-whisper (CTranslate2): from a local folder or a hub's name alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment as RawSegment
from faster_whisper.utils import download_model
from faster_whisper.vad import VadOptions, get_speech_timestamps
from huggingface_hub.errors import LocalEntryNotFoundError

from voc_mining.errors import EngineTrouble, UserError
from voc_mining.ids import digest
from voc_mining.transcribe.audio import SAMPLE_RATE, Samples
from voc_mining.transcribe.transcriber import Hearing, Segment, Word

_HEARING = 1  # raised whenever the same model and options would give other words or times
_WEIGHTS = "model.bin"
_MODEL_FILES = (
    _WEIGHTS,
    "config.json",
    "tokenizer.json",
    "vocabulary.txt",
    "vocabulary.json",
    "preprocessor_config.json",
)


@dataclass(frozen=True, slots=True)
class WhisperOptions:
    """Options of the engine.

    Parameters
    ----------
    model : str
        A model's folder, or its name on a hub.
    hub_revision : str or None, default None
        Pinned revision of a hub model.
    cache : str or None, default None
        Folder for models from a hub; the hub's own by default.
    offline : bool, default False
        Never ask a hub: take its models from the cache only. The cache comes first in any case.
    device : str, default "cpu"
        ``cpu``, ``cuda`` or ``auto``.
    compute_type : str, default "int8"
        Arithmetic: ``int8``, ``int8_float16``, ``float16``, ``float32`` …
    cpu_threads : int, default 1
        Threads of one model on a CPU; more than the cores at hand are slower than one.
    beam_size : int, default 5
        Hypotheses followed.
    language : str, default "ja"
        Language spoken.
    vad_threshold : float, default 0.3
        Speech probability from which a 32 ms frame counts as speech, 0-1. At the detector's own 0.5
        narrow-band speech is lost; at 0.3 noise, tones, ringing and music still are none.
    vad_silence_s : float, default 0.5
        Silence that parts two stretches of speech, seconds.
    vad_pad_s : float, default 0.4
        Sound kept before and after each stretch, seconds.
    """

    model: str
    hub_revision: str | None = None
    cache: str | None = None
    offline: bool = False
    device: str = "cpu"
    compute_type: str = "int8"
    cpu_threads: int = 1
    beam_size: int = 5
    language: str = "ja"
    vad_threshold: float = 0.3
    vad_silence_s: float = 0.5
    vad_pad_s: float = 0.4


# What says where and how fast, not what is heard.
_WITHOUT_EFFECT = {"model", "hub_revision", "cache", "offline", "device", "cpu_threads"}


class WhisperTranscriber:
    """A transcriber on faster-whisper; the model is loaded when the first channel is heard.

    Decoding is greedy in temperature (0 only): sampling at higher ones would make a repeated run differ.
    Windows do not see the text of earlier ones, so that a loop cannot spread. Segments the model itself
    thinks silent are kept, for the guards to flag.

    Parameters
    ----------
    options : WhisperOptions
        Model, device and decoding.
    """

    def __init__(self, options: WhisperOptions) -> None:
        self.options = options

    @cached_property
    def folder(self) -> Path:
        """Folder of the model.

        Raises
        ------
        UserError
            If there is no such folder or hub model at hand.
        """
        here = Path(self.options.model)
        if not here.is_dir():
            try:
                here = self._cached_or_downloaded()
            except Exception as trouble:  # hubs raise errors of many libraries
                raise UserError(
                    "models.no_whisper", model=self.options.model, problem=type(trouble).__name__
                ) from trouble
        if not (here / _WEIGHTS).is_file():
            raise UserError("models.no_weights", folder=here, file=_WEIGHTS)
        return here

    def _cached_or_downloaded(self) -> Path:
        options = self.options

        def fetch(*, from_cache: bool) -> Path:
            folder = download_model(
                options.model, revision=options.hub_revision, cache_dir=options.cache, local_files_only=from_cache
            )
            return Path(folder)

        try:
            return fetch(from_cache=True)
        except LocalEntryNotFoundError:
            if options.offline:
                raise
            return fetch(from_cache=False)

    @cached_property
    def revision(self) -> str:
        """Digest of the model's files and of every option that changes what is heard."""
        effects = {name: value for name, value in asdict(self.options).items() if name not in _WITHOUT_EFFECT}
        return digest("whisper", _HEARING, model_digest(self.folder), *(f"{k}={v}" for k, v in sorted(effects.items())))

    @cached_property
    def _model(self) -> WhisperModel:
        options = self.options
        try:
            return WhisperModel(
                str(self.folder),
                device=options.device,
                compute_type=options.compute_type,
                cpu_threads=options.cpu_threads,
                local_files_only=True,
            )
        except ValueError as trouble:  # a device or arithmetic this machine does not have
            raise UserError(
                "models.device", device=options.device, compute_type=options.compute_type, problem=trouble
            ) from trouble
        except (RuntimeError, OSError) as trouble:
            raise EngineTrouble(f"loading Whisper from {self.folder} failed: {trouble}") from trouble

    def hear(self, sounds: Iterable[Samples]) -> Iterator[Hearing | EngineTrouble]:
        """Hear channels one after the other, each for itself."""
        for samples in sounds:
            try:
                hearing: Hearing | EngineTrouble = self._hear(samples)
            except (RuntimeError, ValueError, MemoryError) as trouble:
                hearing = EngineTrouble(f"Whisper failed: {trouble}")
            yield hearing

    def _hear(self, samples: Samples) -> Hearing:
        options = self.options
        vad = VadOptions(
            threshold=options.vad_threshold,
            min_silence_duration_ms=round(options.vad_silence_s * 1000),
            speech_pad_ms=round(options.vad_pad_s * 1000),
        )
        if not len(samples):
            return Hearing((), ())
        speech = get_speech_timestamps(samples, vad)
        if not speech:
            return Hearing((), ())
        stretches = tuple((stretch["start"] / SAMPLE_RATE, stretch["end"] / SAMPLE_RATE) for stretch in speech)
        segments, _ = self._model.transcribe(
            samples,
            language=options.language,
            beam_size=options.beam_size,
            temperature=[0.0],
            condition_on_previous_text=False,
            no_speech_threshold=None,
            word_timestamps=True,
            vad_filter=True,
            vad_parameters=vad,
        )
        return Hearing(tuple(_segment(segment) for segment in segments), stretches)


def model_digest(folder: Path) -> str:
    """SHA-256 over the names and contents of a model folder's files, wherever the folder is."""
    total = hashlib.sha256()
    for name in sorted(_MODEL_FILES):
        path = folder / name
        if path.is_file():
            with path.open("rb") as file:
                total.update(f"{name}\n{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()


def _segment(raw: RawSegment) -> Segment:
    words: list[Any] = raw.words or []
    heard = tuple(Word(word.start, word.end, word.word, word.probability) for word in words)
    if not heard:  # alignment found no words: the segment's own times have to do
        heard = (Word(raw.start, raw.end, raw.text, 0.0),)
    return Segment(heard, raw.no_speech_prob)
