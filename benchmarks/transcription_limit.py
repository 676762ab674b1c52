"""What the model alone needs: encode, generate and align on the very windows that our engine decoded.

The engine runs once with CTranslate2's Whisper watched: every window that goes into the encoder is kept, with the prompts
and options it was decoded with and the frames its words were aligned to. The same windows then go through the same
model in batches of some sizes, as many batches at once as the model has workers. Nothing else is in that time: no
files, speech detection, features, checks or writing. A window that was decoded twice (with care, the second time)
counts twice, since the stage paid for it twice. Processor time counts threads and children alike, the process that
decodes recordings among them: it tells the same on a busy machine, where wall time tells nothing.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np

from benchmarks.transcription import cpu_s
from pipelines import engines
from pipelines.settings import Settings
from pipelines.steps.transcribe import transcribe_step
from voc_mining.store.delta import open_lake, open_vault
from voc_mining.transcribe.audio_engine import decode
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.transcriber import Recording, Transcriber

# Encodings kept at a time: a window is generated and aligned soon after it was encoded.
_KEPT = 32
_Whisper = ctranslate2.models.Whisper


@dataclass(slots=True)
class Window:
    """A window as it was decoded: features, prompt, options; and its alignment, where words were aligned."""

    features: np.ndarray
    prompt: list[int]
    options: dict[str, Any]
    start: list[int] | None = None
    frames: int | None = None
    align_options: dict[str, Any] | None = None


class Watched(_Whisper):  # type: ignore[misc]
    """CTranslate2's Whisper that keeps what goes through it while ``keeping``."""

    windows: list[Window]
    keeping = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        Watched.current = self
        self.windows = []
        self._encoded: OrderedDict[int, tuple[Any, np.ndarray]] = OrderedDict()
        self._decoded: dict[int, list[Window]] = {}
        self._lock = threading.Lock()

    current: Watched

    def encode(self, features: Any, **options: Any) -> Any:
        """Encode, and keep the features with their encoding."""
        found = super().encode(features, **options)
        if self.keeping:
            with self._lock:  # the encoding is held on to, so that no other gets its id
                self._encoded[id(found)] = (found, np.array(features, dtype=np.float32))
                if len(self._encoded) > _KEPT:
                    self._decoded.pop(self._encoded.popitem(last=False)[0], None)
        return found

    def generate(self, features: Any, prompts: Sequence[Any], **options: Any) -> Any:
        """Generate, and keep prompts and options."""
        if self.keeping:
            with self._lock:
                _, rows = self._encoded[id(features)]
                windows = [Window(row, list(prompt), options) for row, prompt in zip(rows, prompts, strict=True)]
                self._decoded[id(features)] = windows
                self.windows += windows
        return super().generate(features, prompts, **options)

    def align(self, features: Any, start: Any, tokens: Any, frames: Any, **options: Any) -> Any:
        """Align, and keep to what."""
        if self.keeping:
            with self._lock:
                windows = self._decoded[id(features)]
                each = frames if isinstance(frames, list | tuple) else [frames] * len(windows)
                for window, length in zip(windows, each, strict=False):
                    window.start, window.frames, window.align_options = list(start), int(length), options
        return super().align(features, start, tokens, frames, **options)

    def let_go(self) -> None:
        """Stop keeping; the windows stay."""
        self.keeping = False
        self._encoded.clear()
        self._decoded.clear()


def measure(
    files: Sequence[Path], model: str, threads: int, rounds: int, batches: Sequence[int]
) -> Iterator[dict[str, Any]]:
    """Time the stage and the model alone at each batch size, in turn, ``rounds`` times."""
    ctranslate2.models.Whisper = Watched
    transcriber = engines.transcriber(Settings(whisper_model=model, threads=threads, device="cpu"))
    _run_stage(files[:1], transcriber)
    watched = Watched.current
    watched.keeping = True
    _run_stage(files, transcriber)
    watched.let_go()
    windows = watched.windows
    seconds = sum(decode(path).duration_s for path in files)
    runs = ["stage", *(f"model, batch {size}" for size in batches)]
    for number in range(rounds):
        for what in [runs[(place + number) % len(runs)] for place in range(len(runs))]:
            if what == "stage":
                wall_s, cpu_s = _run_stage(files, transcriber)
            else:
                wall_s, cpu_s = _replay(watched, windows, int(what.split()[-1]))
            yield {
                "what": what,
                "round": number,
                "windows": len(windows),
                "seconds": seconds,
                "wall_s": wall_s,
                "cpu_s": cpu_s,
                "threads": threads,
                "workers": watched.num_workers,
            }


def _run_stage(files: Sequence[Path], transcriber: Transcriber) -> tuple[float, float]:
    """Run the whole step on files: wall and processor seconds."""
    with tempfile.TemporaryDirectory() as folder:
        lake, vault = open_lake(f"{folder}/lake"), open_vault(f"{folder}/vault")
        recordings = [Recording(hashlib.sha256(path.read_bytes()).hexdigest(), (str(path),)) for path in files]
        began, worked = time.perf_counter(), cpu_s(os.getpid())
        transcribe_step(lake, vault, recordings, transcriber, TranscribeParams(), Path("/"), last_try=True)
        return time.perf_counter() - began, cpu_s(os.getpid()) - worked


def _replay(model: Watched, windows: Sequence[Window], size: int) -> tuple[float, float]:
    """Encode, generate and align all windows in batches of equal options and length: wall and processor seconds."""
    alike: dict[str, list[Window]] = {}
    for window in windows:
        alike.setdefault(
            repr((sorted(window.options.items()), window.start is None, window.features.shape)), []
        ).append(window)
    batches = [group[at : at + size] for group in alike.values() for at in range(0, len(group), size)]
    began, worked = time.perf_counter(), cpu_s(os.getpid())
    with ThreadPoolExecutor(model.num_workers) as workers:
        for _ in workers.map(lambda batch: _decode(model, batch), batches):
            pass
    return time.perf_counter() - began, cpu_s(os.getpid()) - worked


def _decode(model: Watched, batch: Sequence[Window]) -> None:
    features = ctranslate2.StorageView.from_array(np.ascontiguousarray(np.stack([each.features for each in batch])))
    encoded = model.encode(features)
    results = model.generate(encoded, [each.prompt for each in batch], **batch[0].options)
    if batch[0].start is None:
        return
    # Text tokens alone are aligned; end of text, just before the start of transcript, is the first that is none.
    end = batch[0].start[0] - 1
    texts = [[token for token in result.sequences_ids[0] if token < end] for result in results]
    model.align(encoded, batch[0].start, texts, [each.frames or 0 for each in batch], **batch[0].align_options or {})
