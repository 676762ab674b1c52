"""Frozen rules of the text stage."""

from __future__ import annotations

from dataclasses import dataclass, field

from voc_mining.ids import digest
from voc_mining.text.mask import MaskRules

_EDITION = 2
"""Raised when the same rules and data give other utterances."""


@dataclass(frozen=True, slots=True)
class TextRules:
    """How raw text becomes utterances.

    Parameters
    ----------
    mask : MaskRules
        What is masked.
    letter_parts : tuple of str, default ("body",)
        Parts of a contact that are letters: quoted replies and signatures are told apart in them.
    """

    mask: MaskRules = field(default_factory=MaskRules)
    letter_parts: tuple[str, ...] = ("body",)

    @property
    def key(self) -> str:
        """Digest of the rules, of the language data and of the edition of the code."""
        return digest("text", _EDITION, self.mask.key, *self.letter_parts)
