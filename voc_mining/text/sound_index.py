"""Words by how they sound, found also where some sounds differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from voc_mining.text.sounds import Mora, dropped, unlike

_MOST_STATES = 50_000
_DECIMALS = 6


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
        self._budgets = [0.0]
        self._ends: dict[int, list[tuple[int, float]]] = {}
        for word, (sound, budget) in enumerate(words):
            node = 0
            self._budgets[0] = max(self._budgets[0], budget)
            for mora in sound:
                node = self._children[node].setdefault(mora, len(self._children))
                if node == len(self._children):
                    self._children.append({})
                    self._budgets.append(0.0)
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
        if self._found[state] is None:
            self._found[state] = [
                Sounding(word, cost)
                for node, cost in self._states[state]
                for word, budget in self._ends.get(node, ())
                if cost <= budget
            ]
        return self._found[state] or ()

    def _forget(self) -> None:
        self._states: list[tuple[tuple[int, float], ...]] = []
        self._found: list[list[Sounding] | None] = []
        self._numbers: dict[tuple[tuple[int, float], ...], int] = {}
        self._steps: dict[tuple[int, Mora], int | None] = {}
        self._number(self._with_missing({0: 0.0}))

    def _number(self, places: Mapping[int, float]) -> int | None:
        state = tuple(sorted(places.items()))
        if not state:
            return None
        if state not in self._numbers:
            self._numbers[state] = len(self._states)
            self._states.append(state)
            self._found.append(None)
        return self._numbers[state]

    def _step(self, places: Iterable[tuple[int, float]], heard: Mora) -> dict[int, float]:
        reached: dict[int, float] = {}
        excess = dropped(heard)
        for node, cost in places:
            self._reach(reached, node, cost + excess)
            for meant, child in self._children[node].items():
                self._reach(reached, child, cost + unlike(heard, meant))
        return self._with_missing(reached)

    def _with_missing(self, reached: dict[int, float]) -> dict[int, float]:
        """Go on to where morae of a word were not heard."""
        waiting = list(reached)
        while waiting:
            node = waiting.pop()
            for meant, child in self._children[node].items():
                if self._reach(reached, child, reached[node] + dropped(meant)):
                    waiting.append(child)
        return reached

    def _reach(self, reached: dict[int, float], node: int, cost: float) -> bool:
        cost = round(cost, _DECIMALS)
        if cost > self._budgets[node] or cost >= reached.get(node, cost + 1):
            return False
        reached[node] = cost
        return True
