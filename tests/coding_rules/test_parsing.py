"""Coding rules as analysts write them, and what is wrong with those that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_mining.coding_rules.parsing import DEEPEST, LONGEST, RuleFault, parse_rule
from voc_mining.coding_rules.tree import All, Any, Condition, Facet, Literal, Near, Not, Pair, Word, words_of_rule

LINES = (Path(__file__).parents[1] / "cases" / "coding_rules" / "rules.tsv").read_text("utf-8").splitlines()
CASES = [line.split("\t") for line in LINES if not line.startswith("#")]


def short(rule: Condition) -> str:
    if isinstance(rule, All | Any):
        sign = " & " if isinstance(rule, All) else " | "
        return f"({sign.join(map(short, rule.parts))})"
    if isinstance(rule, Near):
        return f"near({short(rule.first)}, {short(rule.second)}, {rule.distance})"
    if isinstance(rule, Not):
        return f"not {short(rule.part)}"
    return _short_atom(rule)


def _short_atom(rule: Condition) -> str:
    match rule:
        case Word(pattern):
            return pattern
        case Literal(text):
            return f'"{text}"'
        case Pair(noun, predicate):
            return f"{noun}→{predicate}"
        case Facet(name, value):
            return f"{name}={value}"
    raise AssertionError(rule)


@pytest.mark.parametrize(("written", "expected", "at"), [(*case, "")[:3] for case in CASES])
def test_a_rule(written: str, expected: str, at: str) -> None:
    if not expected.startswith("rule_"):
        assert short(parse_rule(written)) == expected
        return
    with pytest.raises(RuleFault) as trouble:
        parse_rule(written)
    assert trouble.value.fault.code == expected
    assert trouble.value.fault.values.get("at", "") == at
    for lang in ("ja", "en"):
        told = trouble.value.fault.told(lang)
        assert "{" not in told
        assert at in told


def test_a_rule_may_not_be_endless() -> None:
    for rule, code in [("あ" * (LONGEST + 1), "rule_long"), ("(" * 900 + "あ" + ")" * 900, "rule_deep")]:
        with pytest.raises(RuleFault) as trouble:
            parse_rule(rule)
        assert trouble.value.fault.code == code
    assert parse_rule("(" * DEEPEST + "あ" + ")" * DEEPEST) == Word("あ")
    assert parse_rule("!" * 1001 + "あ") == Not(Word("あ"))


def test_words_of_a_rule() -> None:
    rule = parse_rule("請求 AND near(*明細, 遅い) AND NOT (請求 OR メール→届かない OR 「文字」)")
    assert words_of_rule(rule) == ("請求", "*明細", "遅い", "メール", "届かない")


@given(st.text(alphabet='ab請求*()&|!",→:＊（）「」 ANDORTnear', max_size=30))
def test_whatever_is_written_is_read_or_told(written: str) -> None:
    try:
        rule = parse_rule(written)
    except RuleFault:
        return
    assert parse_rule(short(rule).replace("=", ":")) == rule
