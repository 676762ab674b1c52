"""Clauses of a statement in plain form: a noun phrase, its particle and its predicate, or a noun phrase alone.

再設定メールがまだ届いていません becomes 再設定メールが届かない: adverbs, courtesy and the past go; negation, ability, wish and request
stay; what would be welcome (残せるとありがたい) is said as a wish (残せるとよい). A particle that hides the case (は, も) or was left out in speech is put back as it is said most of the same noun and
predicate, or of the predicate, in the texts at hand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from voc_mining.contracts.clause import Clause
from voc_mining.text.predications import CASES, LIGHT, Argument, Predication, StatementParts
from voc_mining.text.tokens import Tokenizer, tokenize_masked

LONGEST = 20
"""Characters of the longest clause: more is no name."""
_WISH = "とよい"
_WISHED = ("ほしい", "たい")
_WANTED = frozenset({"ほしい", "欲しい"})
_CORE = frozenset({"が", "を"})
_BESIDE = frozenset({"で", "に", "から", "まで"})


class ClauseFinder:
    """Finds the clauses of masked texts.

    Parameters
    ----------
    tokenizer : Tokenizer
        Engine.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenize = tokenizer.tokenize

    def __call__(self, texts: Sequence[str]) -> list[list[Clause]]:
        """Cut the clauses of each text; particles are put back by all of them."""
        sentences = [StatementParts(tokenize_masked(text, self._tokenize)) for text in texts]
        particles = _Particles(sentence.said for sentence in sentences)
        return [list(dict.fromkeys(_clauses(sentence, particles))) for sentence in sentences]


class _Particles:
    """How often each particle stands between a noun and a predicate, or what it is built on."""

    def __init__(self, texts: Iterator[list[Predication]]) -> None:
        self._counts: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for said in (each for text in texts for each in text):
            for argument in said.arguments[-1:]:
                if argument.particle in CASES:
                    for key in self._keys(argument, said):
                        self._counts[key][argument.particle] += 1

    def usual(self, argument: Argument, said: Predication) -> str:
        """Particle to write: the one that was said, else the one said most; as it was said where none is known."""
        if argument.particle in CASES:
            return argument.particle
        for key in self._keys(argument, said):
            if counts := self._counts[key]:
                return min(counts, key=lambda particle: (-counts[particle], particle))
        return "は" if argument.particle in {"って", "も"} else argument.particle

    @staticmethod
    def _keys(argument: Argument, said: Predication) -> Iterator[tuple[str, ...]]:
        noun = argument.words[-1]
        yield noun, said.predicate
        yield noun, said.stem, "stem"
        yield (said.predicate,)


def _clauses(cut: StatementParts, particles: _Particles) -> Iterator[Clause]:
    """Give the clauses of one text that are short enough, the predicate's first."""
    for said in cut.said:
        if said.wished:
            wishes = (_wish(clause) for clause in _worded(said, particles))
            yield from (clause for clause in wishes if len(clause.text) <= LONGEST)
        if said.condition or said.wished or not said.stands:
            continue
        whole = list(_worded(said, particles))
        yield from (clause for clause in whole if len(clause.text) <= LONGEST)
        before = next((each for each in reversed(cut.said) if each.end <= said.start), None)
        if before is None or before.wished or not before.condition or before.predicate in LIGHT:
            continue
        for cause in _worded(before, particles):
            for effect in whole:
                text = f"{cause.text}と{effect.text}"
                if len(text) <= LONGEST and cause.text != effect.text:
                    yield Clause(text, tuple(dict.fromkeys((*cause.words, *effect.words))), effect.predicate)
    yield from (clause for clause in cut.names if len(clause.text) <= LONGEST)


def _wish(clause: Clause) -> Clause:
    """Say of what would be welcome that it would: 一覧があればいい becomes 一覧があるとよい; what wishes by itself stays."""
    return clause if clause.text.endswith(_WISHED) else clause._replace(text=f"{clause.text}{_WISH}")


def _worded(said: Predication, particles: _Particles) -> Iterator[Clause]:
    """Give a predicate alone, with the noun before it, with two."""
    if not said.asks:
        yield Clause(said.plain, (said.predicate,), said.predicate, said.built)
    if said.arguments and len(said.arguments[-1].words) > 1:
        nearest = said.arguments[-1]
        simple = nearest._replace(text=nearest.head, words=nearest.words[-1:])
        yield _joined(said, [(simple, particles.usual(nearest, said))])
    # Where the predicate says little, what is wanted stands before the noun: 知らせる機能がほしい.
    if said.arguments and said.arguments[-1].modifier[0] and (said.wished or said.predicate in LIGHT | _WANTED):
        nearest = said.arguments[-1]
        modifier, word = nearest.modifier
        described = nearest._replace(text=f"{modifier}{nearest.text}", words=(word, *nearest.words))
        yield _joined(said, [(described, particles.usual(nearest, said))])
    told = [(argument, particles.usual(argument, said)) for argument in reversed(said.arguments)]
    if len(told) > 1 and told[0][1] in _BESIDE and told[1][1] in _CORE and said.predicate not in LIGHT:
        yield _joined(said, told[1:])
    for count in range(1, len({particle for _, particle in told}) + 1):
        yield _joined(said, told[:count])


def _joined(said: Predication, arguments: Sequence[tuple[Argument, str]]) -> Clause:
    """Put noun phrases with their particles before a predicate, the nearest first."""
    text, words = said.plain, [said.predicate]
    for argument, particle in arguments:
        text, words = f"{argument.text}{particle}{text}", [*argument.words, *words]
    return Clause(f"{text}か" if said.asks else text, tuple(words), said.predicate)
