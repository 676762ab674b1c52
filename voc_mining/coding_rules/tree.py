"""A coding rule as a tree of conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Word:
    """A term of the statement; ``*`` stands for any letters, so that ``*メール`` is any compound that ends with it."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Literal:
    """Letters that stand in the statement as they are, but for the case of Latin ones."""

    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A noun and what is said of it, each as in :class:`Word`."""

    noun: str
    predicate: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A column of the statement that has a value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Near:
    """Two words with at most ``distance`` − 1 other terms between them, or two literals at most so many letters apart."""

    first: Place
    second: Place
    distance: int


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class All:
    """Conditions that must all hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Conditions of which one must hold."""

    parts: tuple[Condition, ...]


Place = Word | Literal
Condition = Word | Literal | Pair | Facet | Near | Not | All | Any


def conditions(rule: Condition) -> Iterator[Condition]:
    """Go through the conditions that a rule is made of, those within others last."""
    yield rule
    for part in _parts(rule):
        yield from conditions(part)


def words_of_rule(rule: Condition) -> tuple[str, ...]:
    """List the words of a rule, those of pairs and of :class:`Near` too, each once in their order.

    >>> words_of_rule(All((Word("請求"), Pair("メール", "届かない"), Not(Word("請求")))))
    ('請求', 'メール', '届かない')
    """
    found = []
    for each in conditions(rule):
        if isinstance(each, Word):
            found.append(each.pattern)
        elif isinstance(each, Pair):
            found += [each.noun, each.predicate]
    return tuple(dict.fromkeys(found))


def with_words(rule: Condition, change: Callable[[str], str]) -> Condition:
    """Change the words of a rule, as synonyms do."""
    if isinstance(rule, Word):
        return Word(change(rule.pattern))
    if isinstance(rule, Pair):
        return Pair(change(rule.noun), change(rule.predicate))
    if isinstance(rule, Near):
        return Near(_place(rule.first, change), _place(rule.second, change), rule.distance)
    if isinstance(rule, Not):
        return Not(with_words(rule.part, change))
    if isinstance(rule, All | Any):
        return replace(rule, parts=tuple(with_words(part, change) for part in rule.parts))
    return rule


def _place(place: Place, change: Callable[[str], str]) -> Place:
    return Word(change(place.pattern)) if isinstance(place, Word) else place


def _parts(rule: Condition) -> tuple[Condition, ...]:
    if isinstance(rule, Not):
        return (rule.part,)
    if isinstance(rule, Near):
        return (rule.first, rule.second)
    return rule.parts if isinstance(rule, All | Any) else ()
