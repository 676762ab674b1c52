"""Masking of personal data: what is found, and the text with placeholders in its place."""

from voc_mining.text.mask.masker import Masker, MaskRules
from voc_mining.text.mask.spans import Found, Masked, Span

__all__ = ["Found", "MaskRules", "Masked", "Masker", "Span"]
