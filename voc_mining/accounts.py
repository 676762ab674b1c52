"""Accounts: what became of every input of a stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from voc_mining.errors import ContractBroken


@dataclass(frozen=True, slots=True)
class Account:
    """Every input of a stage ends in exactly one of produced, unchanged, dropped or rejected.

    Parameters
    ----------
    stage : str
        Name of the stage, or ``stage.kind`` where a stage takes inputs of several kinds.
    inputs : int
        Input records.
    produced : int
        Inputs that gave at least one output in this run.
    unchanged : int
        Inputs whose output was there already.
    dropped : mapping of str to int
        Inputs left out on purpose, by reason.
    rejected : int
        Inputs that could not be used; each is a row of ``rejects``.
    """

    stage: str
    inputs: int = 0
    produced: int = 0
    unchanged: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    rejected: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every input is accounted for."""
        return self.inputs == self.produced + self.unchanged + sum(self.dropped.values()) + self.rejected

    def verify(self) -> Account:
        """Return the account itself.

        Raises
        ------
        ContractBroken
            If it does not add up.
        """
        if not self.balanced:
            raise ContractBroken(f"account of {self.stage} does not add up: {self}")
        return self

    def __add__(self, other: Account) -> Account:
        """Add two accounts of the same stage, as of two batches.

        >>> (Account("text", 2, 2) + Account("text", 1, 0, dropped={"empty": 1})).inputs
        3
        """
        dropped = {
            reason: self.dropped.get(reason, 0) + other.dropped.get(reason, 0)
            for reason in sorted({*self.dropped, *other.dropped})
        }
        return Account(
            self.stage,
            self.inputs + other.inputs,
            self.produced + other.produced,
            self.unchanged + other.unchanged,
            dropped,
            self.rejected + other.rejected,
        )


def total(stage: str, accounts: list[Account]) -> Account:
    """Add up the accounts of a stage's batches."""
    return reduce(lambda left, right: left + right, accounts, Account(stage))


def totals(accounts: Sequence[Account]) -> list[Account]:
    """Add up the accounts of each stage, in the order in which the stages come first."""
    stages = dict.fromkeys(account.stage for account in accounts)
    return [total(stage, [account for account in accounts if account.stage == stage]) for stage in stages]
