"""Cutting what was heard into utterances, so that each statement has its own second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.speakers import SpeakerTurn
from voc_mining.transcribe.transcriber import Segment, Word

_SENTENCE_ENDS = "。？！?!"  # not the full stop: 3.5
_CLOSERS = "」』）)\"'”’"
_COMMAS = "、，,"
# Words carry times to about a fifth of a second, turns to about half a second: within this distance of a change a
# sentence's end, a comma or a pause is the likelier place for it.
_REACH_S = 0.6
_SENTENCE_WORTH_S = 0.6
_COMMA_WORTH_S = 0.3


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words that belong together, with the ``no_speech`` of the segment they come from and who says them."""

    words: tuple[Word, ...]
    no_speech: float
    speaker: int | None = None

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
    def word_times(self) -> list[tuple[int, float, float]]:
        """Each word's first character in the text and its seconds, to a hundredth."""
        said = "".join(word.text for word in self.words)
        position = len(said.lstrip()) - len(said)
        times: list[tuple[int, float, float]] = []
        for word in self.words:
            if word.text.strip():
                times.append((max(0, position), round(word.start_s, 2), round(max(word.start_s, word.end_s), 2)))
            position += len(word.text)
        return times

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


def by_speaker(cut: Sequence[Utterance], turns: Sequence[SpeakerTurn]) -> list[Utterance]:
    """Cut utterances where the speaker changes, and say of each who speaks.

    A cut lies between two words near the change, at a sentence's end, a comma or a pause rather than elsewhere.
    A piece has the speaker whose turns cover most of it; none where undecided turns do, or no turn at all.

    Parameters
    ----------
    cut : sequence of Utterance
        Of one channel, in order.
    turns : sequence of SpeakerTurn
        Of the same channel, in order; where there are none the utterances stay as they are.
    """
    if not turns:
        return list(cut)
    changes = [turn.start_s for before, turn in pairwise(turns) if before.speaker != turn.speaker]
    return [piece for utterance in cut for piece in _told_apart(utterance, changes, turns)]


def _told_apart(utterance: Utterance, changes: Sequence[float], turns: Sequence[SpeakerTurn]) -> Iterator[Utterance]:
    words = utterance.words
    inside = [change for change in changes if utterance.start_s < change < utterance.end_s]
    places = sorted({0, len(words), *(_place(words, change) for change in inside)})
    said: list[Utterance] = []
    for start, end in pairwise(places):
        piece = Utterance(words[start:end], utterance.no_speech, _speaker(words[start:end], turns))
        if said and (said[-1].speaker == piece.speaker or not piece.text):
            said[-1] = replace(said[-1], words=said[-1].words + piece.words)
        else:
            said.append(piece)
    yield from said


def _place(words: Sequence[Word], change: float) -> int:
    """Choose the number of words that come before a change."""

    def worth(place: int) -> float:
        if place in {0, len(words)}:
            edge = words[0].start_s if place == 0 else words[-1].end_s
            return _COMMA_WORTH_S - abs(edge - change)
        before, after = words[place - 1], words[place]
        text = before.text.rstrip().rstrip(_CLOSERS)
        mark = _SENTENCE_WORTH_S if text.endswith(tuple(_SENTENCE_ENDS)) else 0.0
        mark = _COMMA_WORTH_S if text.endswith(tuple(_COMMAS)) else mark
        middle = (before.end_s + after.start_s) / 2
        pause = max(0.0, after.start_s - before.end_s)
        distance = abs(middle - change)
        return (mark + min(pause, _REACH_S) if distance <= _REACH_S else 0.0) - distance

    return max(range(len(words) + 1), key=worth)


def _speaker(words: Sequence[Word], turns: Sequence[SpeakerTurn]) -> int | None:
    """Say whose turns cover most of some words."""
    start, end = words[0].start_s, max(words[0].start_s + 0.01, words[-1].end_s)
    covered: defaultdict[int | None, float] = defaultdict(float)
    for turn in turns:
        covered[turn.speaker] += max(0.0, min(end, turn.end_s) - max(start, turn.start_s))
    return max(covered, key=lambda speaker: covered[speaker]) if any(covered.values()) else None
