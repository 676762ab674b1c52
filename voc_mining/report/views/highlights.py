"""The words of a statement that a reader should see first: keywords, the words that decided, what was put right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

_SHORTEST_STEM = 2
_BEYOND_HIRAGANA = re.compile(r"[^ぁ-ゟー]")
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Corrected:
    """A word of the glossary that was put right: its place in the statement and what was heard there."""

    start: int
    end: int
    original: str
    term: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a statement's words; ``mark`` is ``corrected``, ``evidence``, ``keyword``, several or empty."""

    text: str
    mark: str = ""


class Highlighter:
    """Marks the keywords of a topic in statements.

    Parameters
    ----------
    keywords : sequence of str
        Words in dictionary form; an inflected form is found by its stem.
    """

    def __init__(self, keywords: Sequence[str] = ()) -> None:
        stems = sorted({stem(word) for word in keywords if word}, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(re.escape, stems)), re.IGNORECASE) if stems else _NOTHING

    def pieces(
        self, text: str, evidence: str | None = None, corrections: Sequence[Corrected] = ()
    ) -> tuple[Piece, ...]:
        """Split a text into marked and plain pieces that together are the text.

        >>> [(piece.text, piece.mark) for piece in Highlighter(["起動しない"]).pieces("急に起動しなくなった")]
        [('急に', ''), ('起動しな', 'keyword'), ('くなった', '')]
        """
        marks = [""] * len(text)
        for found in self._pattern.finditer(text):
            marks[found.start() : found.end()] = ["keyword"] * (found.end() - found.start())
        begin = text.find(evidence) if evidence else -1
        if evidence and begin >= 0:
            end = begin + len(evidence)
            marks[begin:end] = [f"evidence {mark}".strip() for mark in marks[begin:end]]
        for one in corrections:
            marks[one.start : one.end] = [f"corrected {mark}".strip() for mark in marks[one.start : one.end]]
        pairs = zip(text, marks, strict=True)
        return tuple(
            Piece("".join(letter for letter, _ in run), mark) for mark, run in groupby(pairs, lambda pair: pair[1])
        )


def stem(keyword: str) -> str:
    """Cut the last kana of an inflected word, where what is left still says which word it is.

    Only one letter goes, so that a negation stays one.

    >>> stem("届かない"), stem("使う"), stem("つながらない"), stem("アプリ"), stem("いい")
    ('届かな', '使', 'つながらな', 'アプリ', 'いい')
    """
    shorter = keyword[:-1]
    inflected = bool(keyword) and not _BEYOND_HIRAGANA.search(keyword[-1])
    tells = bool(_BEYOND_HIRAGANA.search(shorter)) or len(shorter) > _SHORTEST_STEM
    return shorter if inflected and tells else keyword
