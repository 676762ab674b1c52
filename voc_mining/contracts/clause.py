"""Clauses cut out of real statements: what a topic may be called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple


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
