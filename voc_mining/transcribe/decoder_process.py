"""The process that decodes recordings for :mod:`voc_mining.transcribe.guarded_decoder`, and may die of them.

Requests and answers are JSON objects, one a line. Decoded channels go to files of 32-bit floats, so that neither side
holds a long recording in memory. What the system may do to this process is bounded: it is ended after some seconds
without progress, and refused memory beyond what a decoder may need.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from voc_mining.errors import BadAudio
from voc_mining.transcribe.audio import SAMPLE_RATE, Samples
from voc_mining.transcribe.audio_engine import decode_into, probe

PATIENCE_S = 60
"""Seconds after which a decoder without progress is ended; good ones need milliseconds."""
ROOM_MB = 1024
"""Memory a decoder may take beyond what it starts with."""
_PROGRESS_SAMPLES = 60 * SAMPLE_RATE


class ChannelFiles:
    """Takes decoded pieces into one file per channel.

    Parameters
    ----------
    folder : Path
        Where ``0`` and ``1`` go.
    files : ExitStack
        Closes them.
    """

    def __init__(self, folder: Path, files: ExitStack) -> None:
        self._folder = folder
        self._files = files
        self._channels: list[BinaryIO] = []
        self._since = 0

    @property
    def channels(self) -> int:
        """Number of channels so far."""
        return len(self._channels)

    def take(self, piece: Samples) -> None:
        """Write a piece; a minute of sound is progress."""
        if not self._channels:
            self._channels = [
                self._files.enter_context((self._folder / str(number)).open("wb")) for number in range(len(piece))
            ]
        for file, samples in zip(self._channels, piece, strict=True):
            file.write(samples.tobytes())
        self._since += piece.shape[1]
        if self._since >= _PROGRESS_SAMPLES:
            self._since = 0
            signal.alarm(PATIENCE_S)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Probe or decode the file of a request: what it is, or why it is no recording."""
    path = Path(request["path"])
    try:
        if request["folder"] is None:
            return {"info": asdict(probe(path))}
        with ExitStack() as files:
            channels = ChannelFiles(Path(request["folder"]), files)
            info, damaged = decode_into(path, channels.take, longest_s=request["longest_s"])
            return {"info": asdict(info), "channels": channels.channels, "damaged": damaged}
    except BadAudio as trouble:
        return {"bad": [trouble.fault.code, trouble.fault.values]}
    except OSError as trouble:  # no room for the decoded sound, for one
        return {"trouble": str(trouble)}


def serve() -> None:
    """Answer requests from the standard input until there are none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; its end is ours
    _bound_memory(ROOM_MB << 20)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin:
        signal.alarm(PATIENCE_S)
        told = answer(json.loads(line))
        signal.alarm(0)
        print(json.dumps(told), flush=True)  # noqa: T201 - the answer


def _bound_memory(room: int) -> None:
    """Refuse memory beyond what is mapped now and ``room`` bytes; systems without ``/proc`` stay unbounded."""
    mapped = Path("/proc/self/statm")
    if mapped.exists():
        size = int(mapped.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + room, size + room))
