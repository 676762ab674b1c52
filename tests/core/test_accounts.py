"""Accounts add up, or the run stops."""

from __future__ import annotations

import pytest

from voc_mining.accounts import Account, total
from voc_mining.errors import ContractBroken


def test_a_balanced_account_passes():
    account = Account("text", inputs=6, produced=2, unchanged=1, dropped={"empty": 2}, rejected=1)
    assert account.verify() is account


def test_an_account_that_loses_something_stops():
    with pytest.raises(ContractBroken, match="does not add up"):
        Account("text", inputs=2, produced=1).verify()


def test_batches_add_up():
    batches = [Account("text", 2, 1, dropped={"empty": 1}), Account("text", 3, 2, dropped={"filler": 1})]
    assert total("text", batches) == Account("text", 5, 3, 0, {"empty": 1, "filler": 1}, 0)
    assert total("text", []) == Account("text")
