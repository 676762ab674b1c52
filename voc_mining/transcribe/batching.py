"""Windows of many channels, decoded several at once, in bounded memory."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock, Semaphore
from typing import Self

from voc_mining.errors import EngineTrouble
from voc_mining.transcribe.audio import SAMPLE_RATE, Samples
from voc_mining.transcribe.transcriber import Hearing, Segment
from voc_mining.transcribe.windows import Window

Decode = Callable[[Sequence[tuple[Samples, Window]]], list[list[Segment]]]
"""Decodes windows of equal context, each with its channel's samples: the segments of each."""

_MOST_HELD = 1800 * SAMPLE_RATE
# Batches that wait for each worker: none of them idles while the next channels are read and results are written.
_READY = 4


def hear_in_batches(
    sounds: Iterable[Samples],
    windows_of: Callable[[Samples], list[Window]],
    decode: Decode,
    *,
    size: int,
    workers: int,
) -> Iterator[Hearing | EngineTrouble]:
    """Hear channels, each for itself; windows of equal context share batches.

    Parameters
    ----------
    sounds : iterable of float32 arrays
        Channels at 16 kHz. Reading ahead is bounded: by half an hour of sound, or one channel where that is longer.
    windows_of : callable
        Windows of a channel.
    decode : callable
        Decodes a batch, in threads of its own.
    size : int
        Windows of a batch.
    workers : int
        Batches decoded at once.

    Yields
    ------
    Hearing or EngineTrouble
        One per channel, in order.
    """
    line: deque[_Channel] = deque()
    with _Batches(decode, size, workers) as batches:
        for samples in sounds:
            channel = _channel(samples, windows_of)
            line.append(channel)
            batches.add(channel)
            while sum(len(each.samples) for each in line) > _MOST_HELD:
                batches.finish(line[0])
                yield line.popleft().hearing()
            while line and line[0].done:
                yield line.popleft().hearing()
        batches.longest_first()
        while line:
            batches.finish(line[0])
            yield line.popleft().hearing()


def _channel(samples: Samples, windows_of: Callable[[Samples], list[Window]]) -> _Channel:
    try:
        return _Channel(samples, windows_of(samples))
    except (RuntimeError, ValueError, MemoryError) as trouble:
        return _Channel(samples, [], trouble=str(trouble))


@dataclass(slots=True)
class _Channel:
    """A channel whose windows are with the model."""

    samples: Samples
    windows: list[Window]
    trouble: str = ""
    heard: dict[int, list[Segment]] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return len(self.heard) == len(self.windows)

    def hearing(self) -> Hearing | EngineTrouble:
        """Put together what was heard in it."""
        if self.trouble:
            return EngineTrouble(f"Whisper failed: {self.trouble}")
        segments = [segment for number in range(len(self.windows)) for segment in self.heard[number]]
        stretches = [stretch for window in self.windows for stretch in window.stretches]
        return Hearing(tuple(segments), tuple((start / SAMPLE_RATE, end / SAMPLE_RATE) for start, end in stretches))


@dataclass(frozen=True, slots=True)
class _Place:
    """A window of a channel."""

    channel: _Channel
    number: int

    @property
    def window(self) -> Window:
        return self.channel.windows[self.number]


class _Batches:
    """Windows of equal context, gathered into batches and decoded while further channels are read."""

    def __init__(self, decode: Decode, size: int, workers: int) -> None:
        self._decode = decode
        self._size = size
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="whisper")
        self._waiting: defaultdict[float, list[_Place]] = defaultdict(list)
        self._ready: deque[list[_Place]] = deque()
        self._changing = Lock()
        self._room = Semaphore(workers * _READY)
        self._submitted: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def add(self, channel: _Channel) -> None:
        """Take in a channel's windows; start what is a full batch by now."""
        for number, window in enumerate(channel.windows):
            context_s = window.context_s()
            self._waiting[context_s].append(_Place(channel, number))
            if len(self._waiting[context_s]) == self._size:
                self._start(self._waiting.pop(context_s))

    def longest_first(self) -> None:
        """Nothing will be added: start what is left, and have the longest decoded first, so that all end together."""
        self._start_partial()
        with self._changing:
            self._ready = deque(sorted(self._ready, key=lambda batch: -batch[0].window.context_s()))

    def finish(self, channel: _Channel) -> None:
        """Wait until a channel's windows are decoded, in batches however small."""
        if not channel.done:
            self._start_partial()
        while not channel.done:
            self._submitted.popleft().result()

    def _start_partial(self) -> None:
        for context_s in sorted(self._waiting, reverse=True):
            self._start(self._waiting.pop(context_s))

    def _start(self, batch: list[_Place]) -> None:
        """Put a batch in line, once there is room."""
        self._room.acquire()
        while self._submitted and self._submitted[0].done():
            self._submitted.popleft().result()
        with self._changing:
            self._ready.append(batch)
        self._submitted.append(self._pool.submit(self._hear_next))

    def _hear_next(self) -> None:
        with self._changing:
            batch = self._ready.popleft()
        self._room.release()
        self._hear(batch)

    def _hear(self, places: Sequence[_Place]) -> None:
        """Decode a batch into its channels; if that fails, window by window, to blame only the one at fault."""
        try:
            heard = self._decode([(place.channel.samples, place.window) for place in places])
        except (RuntimeError, ValueError, MemoryError) as trouble:
            if len(places) == 1:
                places[0].channel.trouble = f"{trouble}"
                heard = [[]]
            else:
                for place in places:
                    self._hear([place])
                return
        for place, segments in zip(places, heard, strict=True):
            place.channel.heard[place.number] = segments
