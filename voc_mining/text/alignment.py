"""Where each character of a changed text stood before it was changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self


class Edit(NamedTuple):
    """What stood at ``[start:end]`` of a text becomes ``text``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Aligned:
    """A text with the place of each of its characters in the source it was made from.

    Parameters
    ----------
    text : str
        As it is now.
    starts, ends : tuple of int
        For each character of ``text`` the stretch of the source that it stands for; in order.
    source_length : int
        Characters of the source.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    source_length: int

    @classmethod
    def of(cls, source: str) -> Self:
        """Take a text as its own source."""
        length = len(source)
        return cls(source, tuple(range(length)), tuple(range(1, length + 1)), length)

    def edited(self, edits: Iterable[Edit]) -> Aligned:
        """Change the text at some places, in order and apart.

        A replacement as long as what it replaces stands for it character by character; any other stands for
        the whole of it.
        """
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        position = 0
        for start, end, text in edits:
            same = len(text) == end - start
            pieces += (self.text[position:start], text)
            starts += self.starts[position : end if same else start]
            ends += self.ends[position : end if same else start]
            if not same:
                source_start, source_end = self.span(start, end)
                starts += [source_start] * len(text)
                ends += [source_end] * len(text)
            position = end
        pieces.append(self.text[position:])
        return Aligned(
            "".join(pieces),
            (*starts, *self.starts[position:]),
            (*ends, *self.ends[position:]),
            self.source_length,
        )

    def cut(self, start: int, end: int) -> Aligned:
        """Keep a stretch of the text; its source stays what it was."""
        return Aligned(self.text[start:end], self.starts[start:end], self.ends[start:end], self.source_length)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Stretch of the source that ``text[start:end]`` stands for; an empty one where ``start == end``.

        >>> Aligned.of("㌔です").edited([Edit(0, 1, "キロ")]).span(0, 2)
        (0, 1)
        """
        if start < end:
            return self.starts[start], self.ends[end - 1]
        place = self.starts[start] if start < len(self.starts) else self.source_length
        return place, place
