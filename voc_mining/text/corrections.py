"""Words of the glossary that were heard right and written wrong: put right, and on record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from typing import NamedTuple

from voc_mining.contracts.glossary import Glossary, GlossaryTerm
from voc_mining.ids import digest
from voc_mining.text.heard import Heard, heard_words
from voc_mining.text.mask.spans import Found
from voc_mining.text.normalize import normalize
from voc_mining.text.sound_index import SoundIndex
from voc_mining.text.sounds import Mora, is_kana, morae
from voc_mining.text.tokens import Token, Tokenizer, offsets

ALIAS, READING, NEAR = "alias", "reading", "near"

_EDITION = 1
# Ordinary nouns that stand in for names the dictionary cannot know, one a thing and one an action.
_STAND_INS = ("商品", "連絡")
_OF_NOUNS = ("名詞", "接頭辞", "接尾辞", "形状詞", "動詞", "形容詞")
# A longer term is preferred to one it begins with, unless it is much less like what was heard.
_DIFFERENCE_WEIGHS = 4.0
_FIGURE = re.compile("[0-9]")
_NUMBER = re.compile("[0-9〇一二三四五六七八九十百千]")
_UNBROKEN = "ァ-ヺーa-zA-Z0-9"


@dataclass(frozen=True, slots=True)
class CorrectionRules:
    """When a stretch of speech is taken for a word of the glossary.

    Costs are the dictionary's own (about 5,000 is a word too many); gains are what the text gets cheaper by.

    Parameters
    ----------
    least_morae : int, default 3
        Shorter terms are replaced as aliases only.
    near_morae : int, default 5
        From this length a reading may differ a little.
    nearest : float, default 0.13
        By how much at most, a mora.
    gain : int, default 2000
        Least gain where the reading is the same.
    word_gain : int, default 5000
        The same where what stands there is a word of the dictionary.
    near_gain : int, default 3000
        Least gain where the reading differs.
    """

    least_morae: int = 3
    near_morae: int = 5
    nearest: float = 0.13
    gain: int = 2000
    word_gain: int = 5000
    near_gain: int = 3000

    @property
    def key(self) -> str:
        """Digest of the rules and of the edition of the code."""
        return digest("corrections", _EDITION, *astuple(self))


class Correction(NamedTuple):
    """A word that was put right.

    Parameters
    ----------
    start, end : int
        Where the term stands now, in characters.
    original : str
        What stood there.
    term : str
        The term.
    kind : str
        ``alias``, ``reading`` (sounds the same) or ``near``.
    score : float
        Likeness of the sounds, 0-1; 1 for an alias.
    """

    start: int
    end: int
    original: str
    term: str
    kind: str
    score: float


class Corrected(NamedTuple):
    """A text and what was put right in it, in order."""

    text: str
    corrections: tuple[Correction, ...]


class _Term(NamedTuple):
    term: str
    morae: int
    invented: bool
    single: bool


class _Proposal(NamedTuple):
    start: int
    end: int
    term: str
    kind: str
    score: float
    weight: float


class Corrector:
    """Puts words of the glossary right in what transcribers wrote.

    Parameters
    ----------
    tokenizer : Tokenizer
        Tells readings, and whether words go together.
    glossary : Glossary
        The terms.
    rules : CorrectionRules, optional
        When a stretch is taken for a term.
    """

    def __init__(self, tokenizer: Tokenizer, glossary: Glossary, rules: CorrectionRules | None = None) -> None:
        self._tokenizer = tokenizer
        self._rules = rules or CorrectionRules()
        terms = [_normal(term) for term in glossary.terms]
        self._meant = {alias: term.term for term in terms for alias in term.aliases if alias and alias != term.term}
        self._aliases = _any_of(self._meant)
        self._verbatim = _any_of(term.term for term in terms)
        sounding = [(term, morae(term_reading(term, tokenizer))) for term in terms]
        sounding = [(term, sound) for term, sound in sounding if len(sound) >= self._rules.least_morae]
        self._sounding = [self._described(term, sound) for term, sound in sounding]
        self._index = SoundIndex([(sound, self._budget(len(sound))) for _, sound in sounding])

    def replace_aliases(self, text: str) -> Corrected:
        """Put terms in place of their aliases, wherever these stand, the longest first.

        An alias that begins or ends with katakana, Latin letters or figures stands there only if these do not
        go on.
        """
        if not self._meant:
            return Corrected(text, ())
        found = [
            _Proposal(*match.span(), self._meant[match[0]], ALIAS, 1.0, 0.0) for match in self._aliases.finditer(text)
        ]
        return _applied(text, found)

    def correct(
        self, text: str, tokens: Sequence[Token], masked: Sequence[Found] = (), before: Sequence[Correction] = ()
    ) -> Corrected:
        """Put terms in place of words that sound like them and make no sense where they stand.

        What stands there makes no sense if the text becomes much more likely, by the dictionary, with the term
        in its place. So ordinary words stay: 公園 is not made 講演, 契約 never 解約, as their sounds differ. What would
        be masked stays too.

        Parameters
        ----------
        text : str
            Normalized text.
        tokens : sequence of Token
            Its tokens.
        masked : sequence of Found
            Personal data in it.
        before : sequence of Correction
            What was put right in it already; it stays.

        Returns
        -------
        Corrected
            The text with all corrections, those made before among them.
        """
        heard = heard_words(text, tokens, self._tokenizer.readings, self._index) if self._sounding else ()
        closed: list[Found | Correction] = [*masked, *before]
        there = [match.span() for match in self._verbatim.finditer(text)] if heard else []
        open_ones = [one for one in heard if not self._settled(text, one, there, closed)]
        if not open_ones:
            return Corrected(text, tuple(before))
        starts = offsets(text, tokens)
        cost = self._tokenizer.cost(text)
        proposals = [self._judged(text, one, _within(one, starts, tokens), cost) for one in open_ones]
        return _applied(text, _apart(proposal for proposal in proposals if proposal is not None), before)

    def _budget(self, length: int) -> float:
        return self._rules.nearest * length if length >= self._rules.near_morae else 0.0

    def _described(self, term: GlossaryTerm, sound: Sequence[Mora]) -> _Term:
        tokens = self._tokenizer.tokenize(term.term)
        ordinary = all(token.pos.startswith(_OF_NOUNS) and self._tokenizer.knows(token.surface) for token in tokens)
        return _Term(term.term, len(sound), not ordinary, len(tokens) == 1)

    def _settled(
        self, text: str, one: Heard, there: Sequence[tuple[int, int]], closed: Sequence[Found | Correction]
    ) -> bool:
        """Whether a stretch holds the term already, takes away from one that stands there, or must stay as it is.

        A figure stands for a number: it is no part of a term that has none.
        """
        term, surface = self._sounding[one.word].term, text[one.start : one.end]
        if term in surface or (_FIGURE.search(surface) and not _NUMBER.search(term)):
            return True
        touched = [(start, end) for start, end in there if start < one.end and one.start < end]
        if any(start < one.start or one.end < end or (start, end) == (one.start, one.end) for start, end in touched):
            return True
        return any(place.start < one.end and one.start < place.end for place in closed)

    def _judged(self, text: str, one: Heard, words: Sequence[Token], before: int) -> _Proposal | None:
        """Make a proposal of a stretch if the words that stand there make less sense than the term."""
        rules, meant = self._rules, self._sounding[one.word]
        known = self._tokenizer.knows(text[one.start : one.end])
        if known and one.distance:
            return None
        same_word = known and len(words) == 1 and words[0].lemma == meant.term
        least = rules.near_gain if one.distance else rules.word_gain if known else rules.gain
        if not same_word and self._gain(text, one, words, before) < least:
            return None
        score = round(1 - one.distance / meant.morae, 4)
        weight = meant.morae - _DIFFERENCE_WEIGHS * one.distance
        return _Proposal(one.start, one.end, meant.term, NEAR if one.distance else READING, score, weight)

    def _gain(self, text: str, one: Heard, words: Sequence[Token], before: int) -> int:
        """Tell how much cheaper the text is with the term in its place.

        A name that the dictionary does not know is as cheap as an ordinary noun, and so is a long term where the
        sound is the same or a word that stands there is not known.
        """
        meant = self._sounding[one.word]
        strange = not one.distance or not all(self._tokenizer.knows(word.surface) for word in words)
        as_noun = meant.invented or (meant.morae >= self._rules.near_morae and not meant.single and strange)
        instead = (meant.term, *_STAND_INS) if as_noun else (meant.term,)
        return before - min(self._tokenizer.cost(text[: one.start] + word + text[one.end :]) for word in instead)


def _within(one: Heard, starts: Sequence[int], tokens: Sequence[Token]) -> list[Token]:
    """Tokens that a stretch covers, whole or in part."""
    return [
        token
        for start, token in zip(starts, tokens, strict=True)
        if start < one.end and one.start < start + len(token.surface)
    ]


def term_reading(term: GlossaryTerm, tokenizer: Tokenizer) -> str:
    """Read a term: the user's reading, else the dictionary's; empty where neither is there."""
    if term.reading:
        return term.reading
    reading = "".join(token.reading for token in tokenizer.tokenize(term.term))
    return reading if all(map(is_kana, reading)) else ""


def _normal(term: GlossaryTerm) -> GlossaryTerm:
    """Write a term as the texts are written that it is looked for in."""
    return replace(term, term=normalize(term.term), aliases=tuple(map(normalize, term.aliases)))


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of some words, the longest first, where their own script does not go on."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(_bounded(word) for word in ordered))


def _bounded(word: str) -> str:
    unbroken = re.compile(f"[{_UNBROKEN}]")
    before = f"(?<![{_UNBROKEN}])" if unbroken.match(word[0]) else ""
    after = f"(?![{_UNBROKEN}])" if unbroken.match(word[-1]) else ""
    return f"{before}{re.escape(word)}{after}"


def _apart(proposals: Iterable[_Proposal]) -> list[_Proposal]:
    """Of proposals that overlap keep the weightiest: the longest that differs least."""
    kept: list[_Proposal] = []
    for one in sorted(proposals, key=lambda one: (-one.weight, one.start, one.end, one.term)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept)


def _applied(text: str, found: Sequence[_Proposal], before: Sequence[Correction] = ()) -> Corrected:
    """Put terms in their places, and move what was put right before along."""
    pieces: list[str] = []
    corrections = [
        one._replace(start=one.start + shift, end=one.end + shift) for one in before for shift in (_shift(found, one),)
    ]
    position = length = 0
    for one in found:
        between = text[position : one.start]
        start = length + len(between)
        length = start + len(one.term)
        pieces += (between, one.term)
        corrections.append(Correction(start, length, text[one.start : one.end], one.term, one.kind, one.score))
        position = one.end
    return Corrected("".join((*pieces, text[position:])), tuple(sorted(corrections)))


def _shift(found: Sequence[_Proposal], one: Correction) -> int:
    """How far a place moves by what is put right before it."""
    return sum(len(other.term) - (other.end - other.start) for other in found if other.end <= one.start)
