"""Clauses cut out of real statements: what a topic may be called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Clause(NamedTuple):
    """A short piece of a statement that says something by itself.

    Parameters
    ----------
    text : str
        In plain form, with negation, ability and wish kept: 再設定メールが届かない.
    words : tuple of str
        The terms it is made of, as text analysis writes them: 再設定メール, 届かない.
    predicate : str
        The term it ends with; empty where nothing is said of the noun (パスワードの変更方法).
    built : bool
        Whether the predicate names its matter itself, being built on a noun: 解約したい, ログインできない.
    """

    text: str
    words: tuple[str, ...]
    predicate: str = ""
    built: bool = False


ClauseCutter = Callable[[Sequence[str]], list[list[Clause]]]
"""Gives the clauses of each masked text, in their order; what they say does not depend on the order of the texts."""

TextEncoder = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Gives one row of unit length for each text, in order; a row depends on its text alone."""


@dataclass(frozen=True, slots=True)
class NameSource:
    """Where names of topics come from.

    Parameters
    ----------
    cut : callable
        Cuts clauses out of texts.
    encode : callable, optional
        Gives names vectors that can be compared with those of the texts; without, a name is as typical as the texts that
        have its words.
    """

    cut: ClauseCutter
    encode: TextEncoder | None = None
