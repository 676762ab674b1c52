"""A small linear model of customers' turns: whether one tells a matter, or only reacts to the agent.

Forms of reactions are endless (もう一品足します、十分ねわかりました); what patterns do not know is weighed by runs of characters of the turn
and of the agent's turn before, and its length. The weights are data, one a line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from voc_mining.ids import digest

_BIAS, _LEAST = "<bias>", "<least>"
_LENGTHS = (4, 8, 12, 16, 24)
_LONG = 40
"""Turns are told apart by length up to here."""
_OWN_RUN, _AGENT_RUN = 3, 3
_TRAILING = "。、,.!！?？…ー〜~ "


@dataclass(frozen=True, slots=True)
class TurnModel:
    """Weights of a logistic regression over :func:`turn_features`.

    Parameters
    ----------
    weights : mapping of str to float
        By feature; those that are not there weigh nothing.
    bias : float
        Sum of a turn without features.
    least : float
        Sum (log odds) from which on a turn is taken for a statement.
    key : str
        Digest of all of it.
    """

    weights: Mapping[str, float]
    bias: float
    least: float
    key: str

    def log_odds(self, text: str, before: str) -> float:
        """Weigh a folded turn and the agent's folded turn before: log odds that it is a statement."""
        weight = self.weights.get
        return self.bias + sum(value * weight(name, 0.0) for name, value in turn_features(text, before).items())

    def tells(self, text: str, before: str) -> bool:
        """Decide whether a turn is taken for a statement."""
        return self.log_odds(text, before) >= self.least


def turn_features(text: str, before: str) -> dict[str, float]:
    """List what is weighed of a turn.

    Parameters
    ----------
    text, before : str
        The customer's turn, after the matter was told, and the agent's turn before it, both folded.

    Returns
    -------
    dict of str to float
        Runs of one to three characters of the turn (``^`` and ``$`` are its ends), of two and three of the
        agent's (after ``A:``), bounds of the length; 1 where it is there.
    """
    own = text.rstrip(_TRAILING)
    mark = "?" if text.endswith(("?", "？")) else ""
    found = dict.fromkeys(_runs(f"^{own}{mark}$", 1, _OWN_RUN), 1.0)
    length = len(own) + len(mark)
    found["<length>"] = min(length, _LONG) / _LONG
    found.update((f"<to {bound}>", 1.0) for bound in _LENGTHS if length <= bound)
    if agent := before.rstrip(_TRAILING):
        found.update((f"A:{run}", 1.0) for run in _runs(f"^{agent}$", 2, _AGENT_RUN))
    return found


def read_turn_model(lines: Iterable[str]) -> TurnModel:
    """Read a model from the lines of its CSV (``feature``, ``weight``); lines that begin with ``#`` are comments."""
    rows = [(row["feature"], float(row["weight"])) for row in csv.DictReader(one for one in lines if one[0] != "#")]
    weights = dict(rows)
    key = digest("turns", *(part for row in rows for part in row))
    return TurnModel(weights, weights.pop(_BIAS), weights.pop(_LEAST), key)


def written_turn_model(weights: Mapping[str, float], bias: float, least: float) -> Iterator[tuple[str, str]]:
    """Lay a model out as the rows of its CSV."""
    for name, weight in ((_BIAS, bias), (_LEAST, least), *sorted(weights.items())):
        yield name, f"{weight:.3f}"


@cache
def bundled_turn_model() -> TurnModel:
    """Read the model that comes with the program."""
    text = files("voc_mining.voice").joinpath("data", "turn_weights.csv").read_text(encoding="utf-8")
    return read_turn_model(text.splitlines())


def _runs(text: str, shortest: int, longest: int) -> Iterator[str]:
    for length in range(shortest, longest + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]
