"""Scores of transcripts: error rate over characters, recall of terms, and what chance does to a difference."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jiwer
import numpy as np
from numpy.typing import NDArray

_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")}
_SMALL, _LARGE = {"十": 10, "百": 100, "千": 1000}, {"万": 10_000, "億": 100_000_000}
_NUMERALS = re.compile("[〇一二三四五六七八九十百千万億0-9]+")
_RESAMPLES = 10_000


def plain(text: str) -> str:
    """Bring a text to the form in which transcripts are compared.

    Unicode NFKC, lower case, no space or punctuation, numerals in Arabic digits (二十三 and ２３ are 23). Words are
    treated alike on both sides, so that 一番 becoming 1番 costs nothing.

    >>> plain("はい、Ｗｉ－Ｆｉが二十三台、千五百円です。")
    'はいwifiが23台1500円です'
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    signs = "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LN")
    return _NUMERALS.sub(lambda found: _arabic(found[0]), signs)


def _arabic(numerals: str) -> str:
    """Read a numeral; a row of bare digits keeps its noughts, as numbers read out one by one do."""
    digits = "".join(str(_DIGITS.get(sign, sign)) for sign in numerals)
    if digits.isdecimal():
        return digits
    total = group = number = 0
    for sign in digits:
        if sign.isdecimal():
            number = number * 10 + int(sign)
        elif sign in _SMALL:
            group, number = group + (number or 1) * _SMALL[sign], 0
        else:
            total, group, number = total + (group + number or 1) * _LARGE[sign], 0, 0
    return str(total + group + number)


@dataclass(frozen=True, slots=True)
class Errors:
    """Character errors of one recording, and the characters of its reference."""

    errors: int
    characters: int


def errors_of(reference: Sequence[str], heard: Sequence[str]) -> Errors:
    """Count the errors of a recording, channel by channel; a channel without speech counts what was invented on it."""
    errors = characters = 0
    for number, words in enumerate(reference):
        truth, found = plain(words), plain(heard[number] if number < len(heard) else "")
        characters += len(truth)
        if truth:
            told = jiwer.process_characters(truth, found)
            errors += told.substitutions + told.deletions + told.insertions
        else:
            errors += len(found)
    return Errors(errors, characters)


def error_rate(scores: Sequence[Errors]) -> float:
    """Errors per character of the reference."""
    return sum(each.errors for each in scores) / sum(each.characters for each in scores)


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of error rates: measured, its two-sided 95 % interval and its one-sided upper 95 % bound."""

    measured: float
    low: float
    high: float
    upper: float


def difference(ours: Sequence[Errors], theirs: Sequence[Errors], seed: int = 0) -> Difference:
    """Resample recordings in pairs (percentile bootstrap): how much worse ours may be than theirs."""
    own, other = (np.array([each.errors for each in scores], dtype=float) for scores in (ours, theirs))
    characters = np.array([each.characters for each in ours], dtype=float)
    drawn = np.random.default_rng(seed).integers(len(own), size=(_RESAMPLES, len(own)))
    spread: NDArray[np.float64] = (own[drawn] - other[drawn]).sum(axis=1) / characters[drawn].sum(axis=1)
    low, upper, high = np.quantile(spread, [0.025, 0.95, 0.975])
    return Difference(float((own - other).sum() / characters.sum()), float(low), float(high), float(upper))


def read_terms(path: Path) -> dict[str, tuple[str, ...]]:
    """Read a glossary: each term with its other spellings (``aliases``, parted by |), in plain form."""
    lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line and not line.startswith("#")]
    terms = {}
    for row in csv.DictReader(lines):
        aliases = (row.get("aliases") or "").split("|")
        forms = [plain(word) for word in (row["term"], *aliases)]
        terms[row["term"]] = tuple(form for form in forms if form)
    return terms


def term_counts(text: str, terms: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """How often each term stands in a text; a stretch that belongs to a longer term is that term's alone."""
    owners = {form: term for term, forms in terms.items() for form in forms}
    if not owners:
        return {}
    any_form = re.compile("|".join(re.escape(form) for form in sorted(owners, key=len, reverse=True)))
    counts: dict[str, int] = {}
    for found in any_form.finditer(plain(text)):
        counts[owners[found[0]]] = counts.get(owners[found[0]], 0) + 1
    return counts


def recall(reference: Sequence[str], heard: Sequence[str], terms: Mapping[str, tuple[str, ...]]) -> tuple[int, int]:
    """Occurrences of terms that were heard on their channel, and those that were spoken."""
    hits = spoken = 0
    for number, words in enumerate(reference):
        truth = term_counts(words, terms)
        found = term_counts(heard[number] if number < len(heard) else "", terms)
        spoken += sum(truth.values())
        hits += sum(min(n, found.get(term, 0)) for term, n in truth.items())
    return hits, spoken
