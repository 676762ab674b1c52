"""How a piece of a contact is split: speech stays whole, writing is cut into sentences."""

from __future__ import annotations

from voc_mining.text.letters import Line, letter_sentences
from voc_mining.text.sentences import sentences, unwrap

SPOKEN, WRITTEN, LETTER = "spoken", "written", "letter"


def split(normal: str, form: str) -> list[Line]:
    """Split a normalized piece into what becomes its utterances.

    Parameters
    ----------
    normal : str
        Normalized words.
    form : str
        ``spoken``, ``written`` or ``letter``.
    """
    if form == SPOKEN:
        return [Line(normal.replace("\n", " "), "")] if normal else []
    if form == LETTER:
        return letter_sentences(normal)
    return [Line(sentence, "") for line in unwrap(normal.split("\n")) for sentence in sentences(line)]
