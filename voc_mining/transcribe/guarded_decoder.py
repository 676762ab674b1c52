"""Decoding at arm's length: native code that crashes, hangs or eats memory costs one recording, not the run."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import voc_mining
from voc_mining.errors import BadAudio, EngineTrouble
from voc_mining.transcribe.audio import Audio, AudioInfo, Samples

LONGEST_S = 6 * 3600.0
"""Longest recording taken, in seconds."""
_TRIES = 2
_ROOT = Path(voc_mining.__file__).parent.parent
_SERVE = (
    f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from voc_mining.transcribe.decoder_process import serve; serve()"
)


class GuardedDecoder:
    """Probes and decodes recordings in a process of its own, which is started when it is first needed.

    One process serves many recordings; one that dies is replaced. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def probe(self, path: Path) -> AudioInfo:
        """Read what a file says about its sound, as :func:`voc_mining.transcribe.audio_engine.probe` does.

        Raises
        ------
        BadAudio
            If the file is no recording, or the decoder died of it.
        """
        return AudioInfo(**self._told(path)["info"])

    def decode(self, path: Path, *, longest_s: float = LONGEST_S) -> Audio:
        """Decode a recording, as :func:`voc_mining.transcribe.audio_engine.decode` does.

        The channels are files that the system maps into memory as they are read, and drops when it needs the room;
        they are gone with the arrays.

        Raises
        ------
        BadAudio
            If the file cannot be decoded, or the decoder died of it.
        EngineTrouble
            If there is no room for the decoded sound in the system's folder for temporary files.
        """
        with TemporaryDirectory(prefix="voc-sound-") as folder:
            told = self._told(path, folder=folder, longest_s=longest_s)
            channels = tuple(_mapped(Path(folder) / str(number)) for number in range(told["channels"]))
        return Audio(AudioInfo(**told["info"]), channels, told["damaged"])

    def close(self) -> None:
        """End the process; it is started again when it is needed."""
        with self._lock:
            process, self._process = self._process, None
            if process is not None:
                process.communicate()

    def _told(self, path: Path, *, folder: str | None = None, longest_s: float = LONGEST_S) -> dict[str, Any]:
        """Ask the process; a file that it dies of is tried once more by a fresh one."""
        request = json.dumps({"path": str(path), "folder": folder, "longest_s": longest_s})
        ended = 0
        for _ in range(_TRIES):
            with self._lock:
                line = self._ask(request)
                ended = 0 if line or self._process is None else self._buried()
            if line:
                break
        else:
            found = "timeout" if ended == -signal.SIGALRM else f"exit {ended}"
            raise BadAudio("decoder_failed", found=found)
        told: dict[str, Any] = json.loads(line)
        if "bad" in told:
            code, values = told["bad"]
            raise BadAudio(code, **values)
        if "trouble" in told:
            raise EngineTrouble(f"decoding failed: {told['trouble']}")
        return told

    def _ask(self, request: str) -> str:
        """Send a request; the answer is empty where the process died."""
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own code by our own interpreter
                [sys.executable, "-c", _SERVE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="ascii",
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            print(request, file=self._process.stdin, flush=True)
        except BrokenPipeError:  # it died since the last answer
            return ""
        return self._process.stdout.readline()

    def _buried(self) -> int:
        """Forget a process that died: its exit code."""
        assert self._process is not None
        process, self._process = self._process, None
        process.communicate()
        return process.returncode


def guarded_decoder() -> GuardedDecoder:
    """Return the decoder that all of this process share."""
    return _decoder_of(os.getpid())


@lru_cache(maxsize=1)
def _decoder_of(pid: int) -> GuardedDecoder:  # noqa: ARG001 - a forked process must not talk to its parent's decoder
    decoder = GuardedDecoder()
    atexit.register(decoder.close)
    return decoder


def _mapped(file: Path) -> Samples:
    """Map a file of 32-bit floats into memory; what is written to the array stays in memory."""
    return np.asarray(np.memmap(file, dtype=np.float32, mode="c"))
