"""The masker: every finder over a text, the surest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voc_mining.ids import digest
from voc_mining.text import lexicon
from voc_mining.text.digits import has_run
from voc_mining.text.mask.address import find_addresses, find_buildings
from voc_mining.text.mask.asked import find_answer
from voc_mining.text.mask.companies import find_companies
from voc_mining.text.mask.dates import find_birth_dates
from voc_mining.text.mask.mail import find_mails
from voc_mining.text.mask.names import find_names
from voc_mining.text.mask.numbers import find_dictated, find_numbers
from voc_mining.text.mask.spans import Found, Masked, beyond, replace, without_overlaps
from voc_mining.text.mask.tagger import find_tagged, tagger_id
from voc_mining.text.normalize import normalize
from voc_mining.text.tokens import PLACEHOLDER, Token, Tokenizer

_SIGNS = re.compile("[0-9]|[年生市区町村〒]|番号|丁目|番地|がつ")
"""A text with none of these and no run of spoken digits holds no number, date or address."""


_TELLING = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class MaskRules:
    """What is masked beyond the built-in kinds.

    Parameters
    ----------
    patterns : tuple of (str, str)
        Kind as in placeholders.csv (``member_number``, ``contract_number`` …) and a regular expression
        over normalized text. A group named ``value`` is masked, else the whole match.
    names : bool, default True
        Whether names of people are masked.
    companies : bool, default False
        Whether names of firms are masked.
    """

    patterns: tuple[tuple[str, str], ...] = ()
    names: bool = True
    companies: bool = False

    @property
    def key(self) -> str:
        """Digest of the rules and of the language data."""
        return digest(
            *(part for pair in self.patterns for part in pair),
            self.names,
            self.companies,
            lexicon.data_digest(),
            tagger_id(),
        )


class Masker:
    """Masks personal data in text.

    Parameters
    ----------
    tokenizer : Tokenizer
        Tells names from other words.
    rules : MaskRules
        Own patterns.
    """

    def __init__(self, tokenizer: Tokenizer, rules: MaskRules | None = None) -> None:
        self.tokenizer = tokenizer
        self.rules = rules or MaskRules()
        self._patterns = [(kind, re.compile(pattern)) for kind, pattern in self.rules.patterns]

    def mask(self, text: str) -> Masked:
        """Normalize a text and put placeholders in place of personal data.

        Masking masked text again gives the same text and spans.
        """
        normal = normalize(text)
        return replace(normal, self.find(normal))

    def find(
        self, text: str, tokens: Sequence[Token] | None = None, *, spoken: bool = False, asked: Sequence[str] = ()
    ) -> list[Found]:
        """Places of personal data in a normalized text, not overlapping, in order.

        Parameters
        ----------
        text : str
            Normalized text.
        tokens : sequence of Token, optional
            Its tokens, if they are at hand.
        spoken : bool, default False
            An utterance of a call: if it is digits alone, it is a part of a longer number.
        asked : sequence of str, default none
            Kinds that the turn before asked for, as :func:`~voc_mining.text.mask.asked.asks` tells them.
        """
        if not text:
            return []
        if tokens is None:
            tokens = self.tokenizer.tokenize(text)
        by_rule = without_overlaps(self._all(text, tokens, spoken=spoken, asked=asked))
        tagged = find_tagged(text, tokens, spoken=spoken, asked=asked)
        names = self.rules.names
        further = (place for place in beyond(text, by_rule, tagged) if names or place.type != "name")
        found = [
            place for place in without_overlaps((*by_rule, *further)) if _TELLING.search(text, place.start, place.end)
        ]
        return found or (without_overlaps(find_dictated(text)) if spoken else [])

    def _all(self, text: str, tokens: Sequence[Token], *, spoken: bool, asked: Sequence[str]) -> Iterator[Found]:
        yield from _placeholders(text)
        for kind, pattern in self._patterns:
            for own in pattern.finditer(text):
                start, end = own.span("value" if "value" in pattern.groupindex else 0)
                if start < end:
                    yield Found(start, end, kind)
        yield from find_mails(text)
        if self.rules.companies:
            yield from find_companies(text)
        if _SIGNS.search(text) or has_run(text):
            yield from find_birth_dates(text)
            yield from find_numbers(text, spoken=spoken)
            yield from find_addresses(text)
            yield from find_buildings(text)
        if self.rules.names:
            yield from find_names(text, tokens)
        kinds = frozenset(asked if self.rules.names else set(asked) - {"name"})
        if kinds:
            yield from find_answer(text, tokens, [kind for kind in asked if kind in kinds])


def _placeholders(text: str) -> Iterator[Found]:
    """Find placeholders of an earlier masking."""
    if "［" in text:
        types = lexicon.mapping("placeholders", "label", "type")
        for there in PLACEHOLDER.finditer(text):
            yield Found(there.start(), there.end(), types[there[0][1:-1].rstrip("0123456789")])
