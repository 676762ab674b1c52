"""Coding rules read into trees; what is wrong with one is told with its place and what to do."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken
from lark.exceptions import UnexpectedInput, VisitError

from voc_mining.coding_rules.tree import All, Any, Condition, Facet, Literal, Near, Not, Pair, Place, Word
from voc_mining.faults import Fault

LONGEST = 2_000
DEEPEST = 30
USUAL_DISTANCE = 5
FARTHEST = 100
_QUOTES = str.maketrans(dict.fromkeys("“”„‟＂『』「」", '"'))
_ARROW = re.compile(r"\s*(?:→|->)\s*")
_SHOWN = 12
_OPERANDS = frozenset({"WORD", "LITERAL", "PAIR", "FACET", "_NEAR", "_LPAR", "_NOT"})


class RuleFault(Exception):
    """A rule that cannot be read.

    Attributes
    ----------
    fault : Fault
        What is wrong, where, and what to do.
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.told("en"))
        self.fault = fault


def parse_rule(written: str) -> Condition:
    """Read a coding rule.

    Widths do not matter, nor does the case of AND, OR and NOT; literal text stands in "…" or 「…」.

    Raises
    ------
    RuleFault
        If the rule cannot be read.

    >>> parse_rule("請求 AND NOT（領収書 | *明細）")
    All(parts=(Word(pattern='請求'), Not(part=Any(parts=(Word(pattern='領収書'), Word(pattern='*明細'))))))
    >>> parse_rule("パスワード→届かない")
    Pair(noun='パスワード', predicate='届かない')
    """
    rule = unicodedata.normalize("NFKC", written.translate(_QUOTES)).translate(_QUOTES)
    _check_frame(rule, written)
    try:
        return cast("Condition", _parser().parse(rule))
    except UnexpectedInput as trouble:
        raise RuleFault(_told(trouble, rule)) from trouble
    except VisitError as trouble:
        if isinstance(trouble.orig_exc, RuleFault):
            raise trouble.orig_exc from trouble
        raise


class _Tree(Transformer[Token, Condition]):
    """Makes conditions of what the grammar finds, from the inside out."""

    def start(self, parts: list[Condition]) -> Condition:
        return parts[0]

    def any(self, parts: list[Condition]) -> Condition:
        return Any(tuple(parts))

    def all(self, parts: list[Condition]) -> Condition:
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def negated(self, parts: list[Condition]) -> Condition:
        (part,) = parts
        return part.part if isinstance(part, Not) else Not(part)

    def near(self, parts: list[Condition | None]) -> Condition:
        first, second, distance = parts
        if isinstance(first, Word) is not isinstance(second, Word):
            raise RuleFault(Fault("rule_near_mixed"))
        return Near(cast("Place", first), cast("Place", second), _distance(distance))

    def WORD(self, token: Token) -> Condition:  # noqa: N802 - named as the grammar names it
        return Word(_word(str(token)))

    def LITERAL(self, token: Token) -> Condition:  # noqa: N802
        return Literal(str(token)[1:-1])

    def PAIR(self, token: Token) -> Condition:  # noqa: N802
        noun, predicate = _ARROW.split(str(token))
        return Pair(_word(noun), _word(predicate))

    def FACET(self, token: Token) -> Condition:  # noqa: N802
        name, value = (part.strip() for part in str(token).split(":"))
        return _facet(name, value)


def _distance(given: object) -> int:
    if given is None:
        return USUAL_DISTANCE
    assert isinstance(given, Word)
    if not (given.pattern.isascii() and given.pattern.isdigit() and 1 <= int(given.pattern) <= FARTHEST):
        raise RuleFault(Fault("rule_distance", value=given.pattern, allowed=str(FARTHEST)))
    return int(given.pattern)


def _word(pattern: str) -> str:
    if not pattern.strip("*"):
        raise RuleFault(Fault("rule_any_word"))
    return pattern


def _facet(name: str, value: str) -> Facet:
    names, values = _facets()
    facet = names.get(name.lower())
    if facet is None:
        raise RuleFault(Fault("rule_facet", name=name, allowed=sorted(values)))
    found = values[facet].get(value.lower())
    if found is None:
        raise RuleFault(Fault("rule_facet_value", name=name, value=value, allowed=sorted(set(values[facet].values()))))
    return Facet(facet, found)


@cache
def _facets() -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Facet by each of its names; by facet, value by each of its words."""
    lines = [line for line in _data("facets.csv").splitlines() if line and not line.startswith("#")]
    names: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(lines):
        known = values.setdefault(row["facet"], {})
        own, target = (row["value"], known) if row["value"] else (row["facet"], names)
        target.update(dict.fromkeys([own, *filter(None, row["also"].lower().split(";"))], own))
    return names, values


@cache
def _parser() -> Lark:
    grammar = _data("rule.lark")
    return Lark(grammar, parser="lalr", lexer="basic", transformer=_Tree(), maybe_placeholders=True)


def _data(name: str) -> str:
    return (files("voc_mining.coding_rules") / "data" / name).read_text(encoding="utf-8")


def _check_frame(rule: str, written: str) -> None:
    """Look at what can be told before the rule is read: length, quotes, parentheses."""
    if not rule.strip():
        raise RuleFault(Fault("rule_empty"))
    if len(written) > LONGEST:
        raise RuleFault(Fault("rule_long", allowed=str(LONGEST)))
    if rule.count('"') % 2:
        last = rule.rindex('"')
        raise RuleFault(Fault("rule_quote", at=_nth(last), around=_around(rule, last)))
    open_at: list[int] = []
    for at, sign in enumerate(re.sub('"[^"]*"', lambda quoted: "x" * len(quoted[0]), rule)):
        if sign == "(":
            open_at.append(at)
        elif sign == ")":
            if not open_at:
                raise RuleFault(Fault("rule_unopened", at=_nth(at)))
            open_at.pop()
        if len(open_at) > DEEPEST:
            raise RuleFault(Fault("rule_deep", allowed=str(DEEPEST)))
    if open_at:
        raise RuleFault(Fault("rule_unclosed", at=_nth(open_at[-1]), around=_around(rule, open_at[-1])))


def _told(trouble: UnexpectedInput, rule: str) -> Fault:
    if isinstance(trouble, UnexpectedCharacters):
        at = trouble.pos_in_stream or 0
        return Fault("rule_sign", sign=rule[at], at=_nth(at), around=_around(rule, at))
    if not isinstance(trouble, UnexpectedToken) or trouble.token.type == "$END":
        return Fault("rule_ends_early")
    at, expected = trouble.token.start_pos or 0, trouble.accepts or trouble.expected
    if "_COMMA" in expected <= {"_COMMA", "_RPAR"} or expected <= {"WORD", "LITERAL"}:
        return Fault("rule_near", at=_nth(at), around=_around(rule, at))
    if trouble.token.type in _OPERANDS:
        return Fault("rule_no_operator", at=_nth(at), around=_around(rule, at))
    return Fault("rule_no_operand", at=_nth(at), around=_around(rule, at))


def _nth(at: int) -> str:
    """Count letters from 1, as people do."""
    return str(at + 1)


def _around(rule: str, at: int) -> str:
    return rule[at : at + _SHOWN]
