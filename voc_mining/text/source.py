"""Back from a place in an utterance to the words as they came, and to the second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from voc_mining.text.alignment import Aligned, Edit
from voc_mining.text.corrections import Correction
from voc_mining.text.mask import Span
from voc_mining.text.normalize import aligned_normal
from voc_mining.text.pieces import SPOKEN, split
from voc_mining.text.seconds import WordTime, heard_within, shares


class Kept(NamedTuple):
    """What is stored of an utterance, as in the contract of ``utterances``.

    Parameters
    ----------
    text : str
        Normalized and masked.
    masked_spans : sequence of Span
        Its placeholders.
    masked_lengths : sequence of int
        Characters of the normalized words that each of them stands for.
    corrections : sequence of Correction
        Words put right.
    start_s, end_s : float or None
        When it was said.
    form : str, default "spoken"
        ``spoken``, ``written`` or ``letter``: how its piece was split.
    line : int, default 0
        Which of the utterances of its piece it is.
    words : sequence of WordTime, default none
        When its words were heard, as the vault's ``transcripts`` hold it.
    """

    text: str
    masked_spans: Sequence[Span] = ()
    masked_lengths: Sequence[int] = ()
    corrections: Sequence[Correction] = ()
    start_s: float | None = None
    end_s: float | None = None
    form: str = SPOKEN
    line: int = 0
    words: Sequence[WordTime] = ()


class SourceSpan(NamedTuple):
    """A stretch of the words as they came, in characters, and the seconds in which it was said."""

    start: int
    end: int
    start_s: float | None
    end_s: float | None


def source_span(raw: str, utterance: Kept, start: int, end: int) -> SourceSpan:
    """Find where ``utterance.text[start:end]`` comes from; see :func:`source_spans`."""
    return source_spans(raw, utterance, [(start, end)])[0]


def source_spans(raw: str, utterance: Kept, places: Iterable[tuple[int, int]]) -> list[SourceSpan]:
    """Find where places in an utterance's text come from.

    A placeholder stands for all that was masked there, a corrected word for what was heard. Seconds are those of the
    words, where their times are known; else they are told by the characters within the utterance, and nobody knows
    where the pauses are.

    Parameters
    ----------
    raw : str
        The piece in the vault: an utterance as it was heard, or a written document.
    utterance : Kept
        What the lake holds of it.
    places : iterable of (int, int)
        Places in the utterance's text.

    Raises
    ------
    ValueError
        If the utterance was not made from these words by the present rules.
    """
    whole = _sentence(raw, utterance.form, utterance.line)
    edits = list(_edits(utterance))
    told = Aligned.of(whole.text)
    if edits and edits[-1].end > len(whole.text):
        raise ValueError("the utterance was made from other words, or by other rules")
    told = told.edited(edits)
    if told.text != utterance.text:
        raise ValueError("the utterance was made from other words, or by other rules")
    return [_spanned(whole, utterance, *told.span(start, end)) for start, end in places]


def _spanned(whole: Aligned, utterance: Kept, first: int, last: int) -> SourceSpan:
    """Source and seconds of a stretch of a whole sentence."""
    start, end = whole.span(first, last)
    if utterance.start_s is None or utterance.end_s is None:
        return SourceSpan(start, end, None, None)
    seconds = heard_within(utterance.words, start, end)
    if seconds is None:
        said, length = shares(whole.text), utterance.end_s - utterance.start_s
        seconds = (utterance.start_s + said[first] * length, utterance.start_s + said[last] * length)
    return SourceSpan(start, end, *seconds)


def _sentence(raw: str, form: str, line: int) -> Aligned:
    """Find one sentence of a piece in its raw words: only white space between lines is lost by splitting."""
    normal = aligned_normal(raw)
    places: list[int] = []
    position = 0
    for sentence in split(normal.text, form)[: line + 1]:
        places = []
        for sign in sentence.text:
            while normal.text[position] != sign and not (sign == " " and normal.text[position] == "\n"):
                position += 1
            places.append(position)
            position += 1
    return Aligned(
        sentence.text,
        tuple(normal.starts[at] for at in places),
        tuple(normal.ends[at] for at in places),
        normal.source_length,
    )


def _edits(utterance: Kept) -> list[Edit]:
    """List what was done to the sentence: words put right and masked, at their places in it."""
    changed = [
        (span.start, span.end, length)
        for span, length in zip(utterance.masked_spans, utterance.masked_lengths, strict=True)
    ]
    changed += [(one.start, one.end, len(one.original)) for one in utterance.corrections]
    edits, shift = [], 0
    for start, end, length in sorted(changed):
        edits.append(Edit(start + shift, start + shift + length, utterance.text[start:end]))
        shift += length - (end - start)
    return edits
