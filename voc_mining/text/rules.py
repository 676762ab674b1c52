"""Frozen rules of the text stage."""

from __future__ import annotations

from dataclasses import dataclass, field

from voc_mining.contracts.glossary import NO_GLOSSARY, Glossary
from voc_mining.ids import digest
from voc_mining.text.corrections import CorrectionRules
from voc_mining.text.mask import MaskRules

_EDITION = 6
"""Raised when the same rules and data give other utterances."""


@dataclass(frozen=True, slots=True)
class TextRules:
    """How raw text becomes utterances.

    Parameters
    ----------
    mask : MaskRules
        What is masked.
    letter_parts : tuple of str, default ("body", "message")
        Parts of a contact that are letters: quoted replies and signatures are told apart in them.
    glossary : Glossary, default none
        Words that are put right in what was said; with none of them nothing is.
    corrections : CorrectionRules
        When they are.
    kept_words : frozenset of str, default none
        Words of the built-in list of stop words that are none for this user.
    """

    mask: MaskRules = field(default_factory=MaskRules)
    letter_parts: tuple[str, ...] = ("body", "message")
    glossary: Glossary = NO_GLOSSARY
    corrections: CorrectionRules = field(default_factory=CorrectionRules)
    kept_words: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """Digest of the rules, of the language data and of the edition of the code."""
        glossary = (self.glossary.key, self.corrections.key) if self.glossary.terms else ()
        kept = ("kept", *sorted(self.kept_words)) if self.kept_words else ()
        return digest("text", _EDITION, self.mask.key, *self.letter_parts, *glossary, *kept)
