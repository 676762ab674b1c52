"""Words by how they sound, found also where some sounds differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor
from typing import NamedTuple

from voc_mining.text.sounds import Mora, dropped, unlike

_MOST_STATES = 50_000
# Distances are counted in hundredths, so that sums are exact and states compare.
_UNIT = 100
_ROUNDING = 1e-6
_NEVER = 1 << 30
_Places = tuple[tuple[int, int], ...]


class Sounding(NamedTuple):
    """A word that may be meant.

    Parameters
    ----------
    word : int
        Its place among the words of the index.
    distance : float
        How unlike its sound is to what was heard: the sum over its morae, 0 where none differs.
    """

    word: int
    distance: float


class SoundIndex:
    """A trie of words by morae, walked with a bounded number of differences.

    A state holds every place in the trie that what was heard so far may have led to, and how unlike it is to
    what stands there. States are worked out when they are first reached and kept, so that going on by a mora
    mostly costs one look-up.

    Parameters
    ----------
    words : sequence of (tuple of Mora, float)
        Sound of each word, and how unlike something may be to still be taken for it.
    """

    def __init__(self, words: Sequence[tuple[tuple[Mora, ...], float]]) -> None:
        self._children: list[dict[Mora, int]] = [{}]
        self._budgets = [0]
        self._ends: dict[int, list[tuple[int, int]]] = {}
        self._unlike: dict[Mora, dict[Mora, int]] = {}
        self._missing: dict[Mora, int] = {}
        for word, (sound, most) in enumerate(words):
            node, budget = 0, floor(most * _UNIT + _ROUNDING)
            self._missing |= {mora: _hundredths(dropped(mora)) for mora in sound}
            self._budgets[0] = max(self._budgets[0], budget)
            for mora in sound:
                node = self._children[node].setdefault(mora, len(self._children))
                if node == len(self._children):
                    self._children.append({})
                    self._budgets.append(0)
                self._budgets[node] = max(self._budgets[node], budget)
            self._ends.setdefault(node, []).append((word, budget))
        self._forget()

    def begin(self) -> int:
        """State before anything was heard; states of an earlier search must not be used after it."""
        if len(self._states) > _MOST_STATES:
            self._forget()
        return 0

    def after(self, state: int, mora: Mora) -> int | None:
        """State after one more mora; None where no word is left."""
        key = (state, mora)
        if key not in self._steps:
            self._steps[key] = self._number(self._step(self._states[state], mora))
        return self._steps[key]

    def found(self, state: int) -> Sequence[Sounding]:
        """Words that may have been said when a state is reached."""
        known = self._found[state]
        if known is None:
            known = self._found[state] = [
                Sounding(word, cost / _UNIT)
                for node, cost in self._states[state]
                for word, budget in self._ends.get(node, ())
                if cost <= budget
            ]
        return known

    def _forget(self) -> None:
        self._states: list[_Places] = []
        self._found: list[list[Sounding] | None] = []
        self._numbers: dict[_Places, int] = {}
        self._steps: dict[tuple[int, Mora], int | None] = {}
        self._number(self._with_missing({0: 0}))

    def _number(self, places: Mapping[int, int]) -> int | None:
        state = tuple(sorted(places.items()))
        if not state:
            return None
        if state not in self._numbers:
            self._numbers[state] = len(self._states)
            self._states.append(state)
            self._found.append(None)
        return self._numbers[state]

    def _step(self, places: _Places, heard: Mora) -> dict[int, int]:
        """Where one more mora leads: it is in excess, or it stands for the next one of a word."""
        reached: dict[int, int] = {}
        budgets, excess, costs = self._budgets, _hundredths(dropped(heard)), self._costs_of(heard)
        for node, cost in places:
            if cost + excess <= budgets[node] and cost + excess < reached.get(node, _NEVER):
                reached[node] = cost + excess
            for meant, child in self._children[node].items():
                further = cost + costs[meant]
                if further <= budgets[child] and further < reached.get(child, _NEVER):
                    reached[child] = further
        return self._with_missing(reached)

    def _costs_of(self, heard: Mora) -> dict[Mora, int]:
        if heard not in self._unlike:
            self._unlike[heard] = {meant: _hundredths(unlike(heard, meant)) for meant in self._missing}
        return self._unlike[heard]

    def _with_missing(self, reached: dict[int, int]) -> dict[int, int]:
        """Go on to where morae of a word were not heard."""
        waiting = list(reached)
        while waiting:
            node = waiting.pop()
            for meant, child in self._children[node].items():
                further = reached[node] + self._missing[meant]
                if further <= self._budgets[child] and further < reached.get(child, _NEVER):
                    reached[child] = further
                    waiting.append(child)
        return reached


def _hundredths(cost: float) -> int:
    return round(cost * _UNIT)
