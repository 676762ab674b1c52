"""Tells cheaply where an expression cannot match, so that it is tried on few texts only.

Python's expressions try every alternative at every place; RE2 runs all of them as one automaton, a tenth of the cost, but
knows no looks around. Without these, and without anchors, an expression matches wherever it did and more: what the sieve
holds back, the expression would not have found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import re2

_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:=|!|<=|<!)|[()^$]|[^\\\[()^$]+", re.DOTALL)
_LOOK = re.compile(r"\(\?(?:=|!|<=|<!)")
_AT = frozenset({"\\b", "\\B", "\\A", "\\Z", "^", "$"})
_SPACE = r"\s\pZ\x{0b}\x{1c}-\x{1f}\x{85}"
_WIDER = {"\\s": _SPACE, "\\d": r"\p{Nd}", "\\w": r"\pL\pM\pN\p{Pc}"}
"""Classes of ASCII in RE2 as wide as Python has them, or wider."""
_UNKNOWN = re.compile(r"\\[1-9uUNx]|\{,|\(\?P=|\[\^[^\]]*\\[SDW]|\(\?[a-zA-Z]+[:)]|\(\?[#(>]|[*+?}]\+")
_QUIET = re2.Options()
_QUIET.log_errors = False


class Sieve:
    """Expressions that are asked for at once; those of which RE2 knows no looser form always pass.

    Parameters
    ----------
    patterns : sequence of re.Pattern
        Expressions over text.
    """

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._filter = re2.Filter()
        self._places: list[int] = []
        self._always: list[int] = []
        for place, pattern in enumerate(patterns):
            try:
                self._filter.Add(looser(pattern), _QUIET)
            except (ValueError, re2.error):
                self._always.append(place)
            else:
                self._places.append(place)
        if self._places:
            self._filter.Compile()

    def passing(self, text: str) -> list[int]:
        """Places, in order, of the expressions that may match somewhere in a text: of the others none does."""
        found = [self._places[n] for n in self._filter.Match(text) or ()] if self._places else []
        return sorted(found + self._always) if self._always else found


class Sieved:
    """An expression that is tried only where its looser form matches."""

    def __init__(self, pattern: str) -> None:
        self._expression = re.compile(pattern)
        self._sieve = Sieve([self._expression])

    def search(self, text: str) -> re.Match[str] | None:
        """First match in a text."""
        return self._expression.search(text) if self._sieve.passing(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches in a text."""
        return self._expression.finditer(text) if self._sieve.passing(text) else iter(())


def looser(pattern: re.Pattern[str]) -> str:
    """Write an expression in RE2's way without what looks around, so that it matches wherever it did.

    Raises
    ------
    ValueError
        If the expression has flags, or what RE2 lacks or reads otherwise.

    Examples
    --------
    >>> looser(re.compile(r"(?<!ご)住所(?:は|$)"))
    '(?:)住所(?:は|)'
    """
    if pattern.flags != re.UNICODE or _UNKNOWN.search(pattern.pattern):
        raise ValueError(f"no sieve for {pattern.pattern!r}")
    parts = _PART.findall(pattern.pattern)
    if "".join(parts) != pattern.pattern:
        raise ValueError(f"no sieve for {pattern.pattern!r}")
    kept: list[str] = []
    depth = 0
    for part in parts:
        if depth:
            depth += part.startswith("(") - (part == ")")
        elif _LOOK.fullmatch(part):
            depth = 1
            kept.append("(?:)")
        elif part not in _AT:
            kept.append(_wider(part))
    return "".join(kept)


def _wider(part: str) -> str:
    if part in _WIDER:
        return f"[{_WIDER[part]}]"
    if part.startswith("[") and not part.startswith("[^"):
        return "".join(_WIDER.get(sign, sign) for sign in re.findall(r"\\.|.", part, re.DOTALL))
    return part
