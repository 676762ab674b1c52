"""Whisper through faster-whisper (CTranslate2): from a local folder or a hub's name alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from ctranslate2 import get_cuda_device_count, get_supported_compute_types  # type: ignore[attr-defined]
from faster_whisper import WhisperModel
from faster_whisper.utils import download_model
from huggingface_hub.errors import LocalEntryNotFoundError

from voc_mining.errors import EngineTrouble, UserError
from voc_mining.ids import digest
from voc_mining.transcribe.audio import SAMPLE_RATE, Samples
from voc_mining.transcribe.batching import hear_in_batches
from voc_mining.transcribe.decoding_engine import WindowDecoder
from voc_mining.transcribe.speech import SpeechParams, stretches
from voc_mining.transcribe.transcriber import Hearing, Segment
from voc_mining.transcribe.vad_engine import detector_digest, speech_probabilities
from voc_mining.transcribe.windows import Window, pack

_HEARING = 3  # raised whenever the same model and options would give other words or times
_GPU_BATCH = 16
_GPU_ARITHMETIC = ("float16", "int8_float16", "int8", "float32")
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
    compute_type : str, default "auto"
        Arithmetic: ``int8``, ``int8_float16``, ``float16``, ``float32`` …; ``auto`` takes int8 on a CPU, and on a GPU
        float16, or what it can do instead.
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
    window_s : float, default 28
        Speech of one channel that goes through the model at once, seconds.
    batch_size : int or None, default None
        Windows decoded at once; by default 1 on a CPU, which gains nothing by more, and 16 on a GPU.
    hotwords : tuple of str, default ()
        Words that the model is told to expect.
    """

    model: str
    hub_revision: str | None = None
    cache: str | None = None
    offline: bool = False
    device: str = "cpu"
    compute_type: str = "auto"
    cpu_threads: int = 1
    beam_size: int = 5
    language: str = "ja"
    vad_threshold: float = 0.3
    vad_silence_s: float = 0.5
    vad_pad_s: float = 0.4
    window_s: float = 28.0
    batch_size: int | None = None
    hotwords: tuple[str, ...] = ()


# What says where and how fast, not what is heard.
_WITHOUT_EFFECT = {"model", "hub_revision", "cache", "offline", "device", "cpu_threads", "batch_size", "hotwords"}


class WhisperTranscriber:
    """A transcriber on faster-whisper; the model is loaded when the first channel is heard.

    A channel's speech is joined into windows, which are decoded for themselves: they do not see the text
    of earlier ones, so that a loop cannot spread, nor other channels, so that nobody's words change.
    Nothing is sampled, which would make a repeated run differ. What the model itself thinks silent is
    kept, for the guards to flag.

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
                    "models.not_at_hand",
                    model=self.options.model,
                    revision=self.options.hub_revision or "main",
                    problem=_root(trouble),
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

        with suppress(LocalEntryNotFoundError):
            return fetch(from_cache=True)
        return fetch(from_cache=options.offline)

    @cached_property
    def revision(self) -> str:
        """Digest of the model's files, of the speech detector and of every option that changes what is heard."""
        options = asdict(self.options) | {"compute_type": self.compute_type}
        effects = {name: value for name, value in options.items() if name not in _WITHOUT_EFFECT}
        models = (model_digest(self.folder), detector_digest())
        return digest("whisper", _HEARING, *models, *(f"{k}={v}" for k, v in sorted(effects.items())))

    @cached_property
    def _model(self) -> WhisperModel:
        options = self.options
        try:
            return WhisperModel(
                str(self.folder),
                device=options.device,
                compute_type=self.compute_type,
                cpu_threads=1,
                num_workers=self._workers,
                local_files_only=True,
            )
        except ValueError as trouble:  # a device or arithmetic this machine does not have
            raise UserError(
                "models.device", device=options.device, compute_type=self.compute_type, problem=trouble
            ) from trouble
        except (RuntimeError, OSError) as trouble:
            raise EngineTrouble(f"loading Whisper from {self.folder} failed: {trouble}") from trouble

    def windows(self, samples: Samples) -> list[Window]:
        """Windows that a channel is heard in; none where nobody speaks."""
        options = self.options
        params = SpeechParams(options.vad_threshold, options.vad_silence_s, options.vad_pad_s, options.window_s)
        found = stretches(speech_probabilities(samples), len(samples), params)
        return pack(found, round(options.window_s * SAMPLE_RATE))

    def hear(self, sounds: Iterable[Samples]) -> Iterator[Hearing | EngineTrouble]:
        """Hear channels, each for itself, windows of several at once; results in the order of the channels.

        Reading ahead is bounded: by half an hour of sound, or one channel where that is longer.
        """
        return hear_in_batches(sounds, self.windows, self._decode, size=self._batch_size, workers=self._workers)

    def _decode(self, windows: Sequence[tuple[Samples, Window]]) -> list[list[Segment]]:
        return self.decoder.decode(windows)

    @cached_property
    def _on_gpu(self) -> bool:
        device = self.options.device
        return device == "cuda" or (device == "auto" and get_cuda_device_count() > 0)

    @cached_property
    def compute_type(self) -> str:
        """Arithmetic in use: what the options name, or what suits the device."""
        if self.options.compute_type != "auto":
            return self.options.compute_type
        if not self._on_gpu:
            return "int8"
        able = get_supported_compute_types("cuda")
        return next(each for each in _GPU_ARITHMETIC if each in able)

    @property
    def _workers(self) -> int:
        """Batches decoded at once: on a CPU, several of one thread each are faster than one of several."""
        return 1 if self._on_gpu else self.options.cpu_threads

    @property
    def _batch_size(self) -> int:
        return self.options.batch_size or (_GPU_BATCH if self._on_gpu else 1)

    @cached_property
    def decoder(self) -> WindowDecoder:
        """The loaded model, ready to decode windows."""
        return WindowDecoder(self._model, self.options.language, self.options.beam_size, self.options.hotwords)


def _root(trouble: BaseException) -> str:
    """First line of what lies at the bottom of an error: no network, no such model; not that no cache holds it."""
    said = type(trouble).__name__
    below: BaseException | None = trouble
    while below is not None:
        if not isinstance(below, LocalEntryNotFoundError):
            said = str(below).strip().partition("\n")[0] or type(below).__name__
        below = below.__cause__ or below.__context__
    return said


def model_digest(folder: Path) -> str:
    """SHA-256 over the names and contents of a model folder's files, wherever the folder is."""
    total = hashlib.sha256()
    for name in sorted(_MODEL_FILES):
        path = folder / name
        if path.is_file():
            about = path.stat()
            total.update(f"{name}\n{_file_digest(path, about.st_size, about.st_mtime_ns)}\n".encode())
    return total.hexdigest()


@lru_cache(maxsize=2 * len(_MODEL_FILES))
def _file_digest(path: Path, size: int, changed: int) -> str:  # noqa: ARG001 - another size or time, another file
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
