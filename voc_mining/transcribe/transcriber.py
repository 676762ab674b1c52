"""What the stage needs of a transcriber, and what it hears."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from voc_mining.errors import EngineTrouble
from voc_mining.transcribe.audio import Samples


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording by its content.

    Parameters
    ----------
    audio_sha256 : str
        SHA-256 of the file.
    paths : tuple of str
        Names it was delivered under, relative to the inbox, sorted; at least one.
    size_bytes : int or None, default None
        Size of the file when it was taken in, where that is known.
    """

    audio_sha256: str
    paths: tuple[str, ...]
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a part of one, with its time.

    Parameters
    ----------
    start_s, end_s : float
        Seconds from the beginning of the channel.
    text : str
        As decoded; joined without a separator the words make the segment's text.
    probability : float
        Mean token probability, 0-1.
    """

    start_s: float
    end_s: float
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech as the model cut it.

    Parameters
    ----------
    words : tuple of Word
        In order; at least one.
    no_speech : float
        Probability that the model's window holds no speech, 0-1.
    """

    words: tuple[Word, ...]
    no_speech: float


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard in one channel.

    Parameters
    ----------
    segments : tuple of Segment
        In order of time; none where nobody speaks.
    stretches : tuple of (float, float)
        Stretches of speech found, start and end in seconds, in order and apart.
    """

    segments: tuple[Segment, ...]
    stretches: tuple[tuple[float, float], ...]

    @property
    def speech_s(self) -> float:
        """Seconds of speech."""
        return sum(end - start for start, end in self.stretches)


class Transcriber(Protocol):
    """Turns sound into words with times."""

    @property
    def revision(self) -> str:
        """Digest of the model and of every option that changes its words; known without loading the model."""
        ...

    def hear(self, sounds: Iterable[Samples]) -> Iterator[Hearing | EngineTrouble]:
        """Hear channels, each for itself.

        Parameters
        ----------
        sounds : iterable of float32 arrays
            Channels at 16 kHz. It may read ahead, to batch windows of several channels.

        Yields
        ------
        Hearing or EngineTrouble
            One per channel, in order; a function of that channel alone, equal at every repetition.
        """
        ...
