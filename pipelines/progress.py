"""Progress of a run, told to whoever listens: a terminal's bars, or nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Listener(Protocol):
    """Is told how far a step is."""

    def at(self, step: str, done: int, total: int) -> None:
        """Take note that ``done`` of ``total`` batches of ``step`` are finished."""

    def stopped(self, by: BaseException) -> None:
        """Take note that the run was stopped from outside, and is recorded; may end the process."""


class _Nobody:
    def at(self, step: str, done: int, total: int) -> None:
        """Take no note."""

    def stopped(self, by: BaseException) -> None:
        """Take no note."""


# Flows run their tasks in threads of this process, and a flow's parameters must stay plain values: one listener a process.
_listener: Listener = _Nobody()


def at(step: str, done: int, total: int) -> None:
    """Tell the listener how far a step is."""
    _listener.at(step, done, total)


def stopped(by: BaseException) -> None:
    """Tell the listener that somebody stopped the run."""
    _listener.stopped(by)


@contextmanager
def listened(listener: Listener) -> Iterator[None]:
    """Let ``listener`` be told within the block."""
    global _listener  # noqa: PLW0603 - see above
    before, _listener = _listener, listener
    try:
        yield
    finally:
        _listener = before
