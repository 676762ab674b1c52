"""The codes of analysts as the lake holds them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.steps.wording import stored_wording
from voc_mining.coding_rules.parsing import RuleFault, parse_rule
from voc_mining.coding_rules.tree import with_words, words_of_rule
from voc_mining.contracts.wording import Wording
from voc_mining.faults import Fault
from voc_mining.insight.coding import Code
from voc_mining.store.delta import DeltaStore
from voc_mining.text.wording import TERMS, reworded

_ORDER = ("source_file", "source_row", "name")


@dataclass(frozen=True, slots=True)
class StoredCodes:
    """Codes with a rule, in the order of their files and rows.

    Attributes
    ----------
    codes : tuple of Code
        Those whose rule can be read, in the words that stand for synonyms.
    unreadable : mapping of str to Fault
        By name: rules that were taken in by another version of the program and that this one cannot read.
    """

    codes: tuple[Code, ...]
    unreadable: dict[str, Fault]


def stored_codes(lake: DeltaStore) -> StoredCodes:
    """Read the codes that have a rule."""
    rows = lake.read("codes").sort(*_ORDER).drop_nulls("rule").select("name", "heading", "rule")
    read, unreadable = [], {}
    for name, heading, written in rows.iter_rows():
        try:
            read.append(Code(name, heading, written, parse_rule(written)))
        except RuleFault as trouble:
            unreadable[name] = trouble.fault
    return StoredCodes(_reworded(read, stored_wording(lake)), unreadable)


def _reworded(codes: list[Code], wording: Wording) -> tuple[Code, ...]:
    """Put synonyms to the words of rules; words with ``*`` and stop words stay as they are."""
    words = sorted({word for code in codes for word in words_of_rule(code.rule) if "*" not in word})
    frame = pl.DataFrame({TERMS: [[word] for word in words]}, schema={TERMS: pl.List(pl.String)})
    stands_for = {
        word: found[0] if found else word
        for word, (found,) in zip(words, reworded(frame, wording).iter_rows(), strict=True)
    }
    return tuple(
        Code(code.name, code.heading, code.written, with_words(code.rule, lambda word: stands_for.get(word, word)))
        for code in codes
    )
