"""Cutting what was heard into utterances, so that each statement has its own second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.transcriber import Segment, Word

_SENTENCE_ENDS = "。？！?!"  # not the full stop: 3.5
_CLOSERS = "」』）)\"'”’"
_COMMAS = "、，,"


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words that belong together, with the ``no_speech`` of the segment they come from."""

    words: tuple[Word, ...]
    no_speech: float

    @property
    def text(self) -> str:
        """What was said."""
        return "".join(word.text for word in self.words).strip()

    @property
    def start_s(self) -> float:
        """Second at which it starts."""
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        """Second at which it ends, never before it starts."""
        return max(self.start_s, self.words[-1].end_s)

    @property
    def confidence(self) -> float:
        """Mean probability of the words, weighted by their characters."""
        weights = [max(1, len(word.text.strip())) for word in self.words]
        weighted = sum(word.probability * weight for word, weight in zip(self.words, weights, strict=True))
        return weighted / sum(weights)


def utterances(segments: Iterable[Segment], params: TranscribeParams) -> list[Utterance]:
    """Cut segments at sentence ends and pauses; stretches still too long at their longest pause.

    No word is lost or moved: the utterances' words are those of the segments, in order, but for pieces
    of white space alone.
    """
    cut = [
        Utterance(piece, segment.no_speech)
        for segment in segments
        for sentence in _sentences(segment.words, params)
        for piece in _short(sentence, params.longest_s)
    ]
    return [utterance for utterance in cut if utterance.text]


def _sentences(words: Sequence[Word], params: TranscribeParams) -> Iterator[tuple[Word, ...]]:
    """Cut after a sentence end and before a pause; closing brackets stay with their sentence."""
    current: list[Word] = []
    for word in words:
        if current and not _closes(word) and _ends(current, word, params):
            yield tuple(current)
            current = []
        current.append(word)
    if current:
        yield tuple(current)


def _closes(word: Word) -> bool:
    text = word.text.strip()
    return bool(text) and all(sign in _SENTENCE_ENDS + _CLOSERS + _COMMAS for sign in text)


def _ends(before: Sequence[Word], after: Word, params: TranscribeParams) -> bool:
    """Whether a sentence ends between what was said so far and the next word."""
    text = "".join(word.text for word in before[-3:]).rstrip().rstrip(_CLOSERS)
    if text.endswith(tuple(_SENTENCE_ENDS)):
        return True
    pause = after.start_s - before[-1].end_s
    return pause >= (params.comma_pause_s if text.endswith(tuple(_COMMAS)) else params.pause_s)


def _short(words: tuple[Word, ...], longest_s: float) -> Iterator[tuple[Word, ...]]:
    """Cut at the longest pause, the earliest of equals, until no stretch is too long."""
    waiting = [words]
    while waiting:
        stretch = waiting.pop()
        if len(stretch) == 1 or stretch[-1].end_s - stretch[0].start_s <= longest_s:
            yield stretch
            continue
        pauses = [after.start_s - before.end_s for before, after in pairwise(stretch)]
        # Without any pause in the middle, so that the halves shrink.
        cut = pauses.index(max(pauses)) + 1 if max(pauses) > 0 else len(stretch) // 2
        waiting += [stretch[cut:], stretch[:cut]]
