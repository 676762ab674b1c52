"""The glossary: words of a business that transcripts must get right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from voc_mining.ids import digest


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A word or a name as it is to stand in transcripts.

    Parameters
    ----------
    term : str
        In its right spelling.
    reading : str
        In kana; empty where the dictionary is to tell it.
    aliases : tuple of str
        Spellings that always mean the term, as the user says.
    category : str
        What kind of word it is, in the user's words.
    """

    term: str
    reading: str = ""
    aliases: tuple[str, ...] = ()
    category: str = ""


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms in the order of the user's file, the most important first.

    Parameters
    ----------
    terms : tuple of GlossaryTerm
        Each term once.
    """

    terms: tuple[GlossaryTerm, ...] = ()

    @property
    def key(self) -> str:
        """Digest of everything that decides what is corrected; empty where there are no terms."""
        if not self.terms:
            return ""
        rows = sorted((term.term, term.reading, *term.aliases) for term in self.terms)
        return digest("glossary", *("\x1f".join(row) for row in rows))

    def first(self, most: int) -> tuple[str, ...]:
        """Take the first terms, at most so many."""
        return tuple(term.term for term in self.terms[:most])


NO_GLOSSARY = Glossary()


def glossary_of(rows: Iterable[tuple[str, str | None, Iterable[str] | None, str | None]]) -> Glossary:
    """Make a glossary of rows of term, reading, aliases and category."""
    return Glossary(
        tuple(
            GlossaryTerm(term, reading or "", tuple(aliases or ()), category or "")
            for term, reading, aliases, category in rows
        )
    )
