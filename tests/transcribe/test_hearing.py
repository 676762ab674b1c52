"""How the engine hears many channels at once, with a decoder that only counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from voc_mining.errors import EngineTrouble
from voc_mining.transcribe import batching
from voc_mining.transcribe.audio import SAMPLE_RATE, Samples
from voc_mining.transcribe.transcriber import Hearing, Segment, Word
from voc_mining.transcribe.whisper_engine import WhisperOptions, WhisperTranscriber
from voc_mining.transcribe.windows import Window


class Counting:
    """Writes the length of each window; fails on windows of one length."""

    def __init__(self, fails_on: int | None = None) -> None:
        self.batches: list[int] = []
        self.fails_on = fails_on

    def decode(self, windows: Sequence[tuple[Samples, Window]]) -> list[list[Segment]]:
        self.batches.append(len(windows))
        if self.fails_on in {window.length for _, window in windows}:
            raise RuntimeError("out of memory")
        return [[Segment((Word(0.0, 1.0, str(window.length), 1.0),), 0.0)] for _, window in windows]


@pytest.fixture
def hear(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Hearing | EngineTrouble]]:
    """Hear channels of so many windows each: window n of a channel of k has the length 1000 k + n."""

    def windows(_: WhisperTranscriber, samples: Samples) -> list[Window]:
        count = round(float(samples[0]))
        return [Window(((0, 1_000 * count + number),)) for number in range(count)]

    monkeypatch.setattr(WhisperTranscriber, "windows", windows)

    def of(counts: Sequence[int], decoder: Counting, **options: int) -> list[Hearing | EngineTrouble]:
        transcriber = WhisperTranscriber(WhisperOptions("none", **options))  # type: ignore[arg-type]
        transcriber.decoder = decoder  # type: ignore[assignment]
        return list(transcriber.hear(np.full(100, count, dtype=np.float32) for count in counts))

    return of


def texts(hearing: Hearing | EngineTrouble) -> list[str]:
    assert isinstance(hearing, Hearing)
    return [segment.words[0].text for segment in hearing.segments]


@pytest.mark.parametrize(("batch_size", "cpu_threads"), [(1, 1), (1, 3), (4, 1), (4, 3), (64, 2)])
def test_each_channel_gets_its_own_windows_in_order(
    hear: Callable[..., list[Hearing | EngineTrouble]], batch_size: int, cpu_threads: int
) -> None:
    counts = [3, 0, 1, 7, 2, 0, 5, 1, 1, 4]
    decoder = Counting()
    results = hear(counts, decoder, batch_size=batch_size, cpu_threads=cpu_threads)
    assert [texts(result) for result in results] == [
        [str(1_000 * count + number) for number in range(count)] for count in counts
    ]
    assert sum(decoder.batches) == sum(counts)
    assert max(decoder.batches) <= batch_size


def test_a_failing_window_costs_only_its_own_channel(hear: Callable[..., list[Hearing | EngineTrouble]]) -> None:
    results = hear([2, 3, 1], Counting(fails_on=3_001), batch_size=8)
    assert isinstance(results[1], EngineTrouble)
    assert "out of memory" in str(results[1])
    assert texts(results[0]) == ["2000", "2001"]
    assert texts(results[2]) == ["1000"]


def test_reading_ahead_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "_MOST_HELD", 1_000)
    monkeypatch.setattr(WhisperTranscriber, "windows", lambda *_: [Window(((0, 100),))])
    transcriber = WhisperTranscriber(WhisperOptions("none", batch_size=64))
    transcriber.decoder = Counting()  # type: ignore[assignment]
    read = 0

    def sounds() -> Iterator[Samples]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield np.zeros(100, dtype=np.float32)

    for number, _ in enumerate(transcriber.hear(sounds()), start=1):
        assert read - number <= 11


def test_the_last_windows_are_decoded_longest_first() -> None:
    lengths_s = [1, 3, 9, 5, 13]
    read = threading.Event()
    order: list[int] = []

    def sounds() -> Iterator[Samples]:
        yield from (np.zeros(length * SAMPLE_RATE, dtype=np.float32) for length in lengths_s)
        read.set()

    def decode(windows: Sequence[tuple[Samples, Window]]) -> list[list[Segment]]:
        read.wait(10)
        time.sleep(0.02)  # the line is put in order just after the last channel was read
        order.append(len(windows[0][0]) // SAMPLE_RATE)
        return [[]]

    def window(samples: Samples) -> list[Window]:
        return [Window(((0, len(samples)),))]

    assert len(list(batching.hear_in_batches(sounds(), window, decode, size=1, workers=1))) == len(lengths_s)
    assert order == [1, 13, 9, 5, 3]
