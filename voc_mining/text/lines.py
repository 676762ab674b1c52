"""Masks lines of text, one out per line in: the body of ``voc mask``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from voc_mining.text.mask import Masker

_LONGEST = 1000
"""Longer lines are masked piece by piece: time and memory stay in proportion, whatever comes in."""
_BREAKS = ("。！？\n", "、,; 　")


def mask_lines(lines: Iterable[str], masker: Masker) -> Iterator[str]:
    """Masked lines without line ends, exactly one for each line that comes in.

    Parameters
    ----------
    lines : iterable of str
        With or without line ends.
    masker : Masker
        Does the masking.
    """
    for line in lines:
        yield "".join(masker.mask(piece).text.replace("\n", " ") for piece in _pieces(line))


def _pieces(line: str) -> Iterator[str]:
    """Cut a long line after the end of a sentence, else after another mark or a space."""
    position = 0
    while len(line) - position > _LONGEST:
        last = position + _LONGEST
        ends = (max(line.rfind(sign, position, last) for sign in signs) + 1 for signs in _BREAKS)
        end = next((end for end in ends if end > position), last)
        yield line[position:end]
        position = end
    yield line[position:]
