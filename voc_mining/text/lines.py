"""Masks lines of text, one out per line in: the body of ``voc mask``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from voc_mining.text.mask import Masker


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
        yield masker.mask(line).text.replace("\n", " ")
