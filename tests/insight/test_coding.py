"""Coding rules put to statements: against one statement at a time, cases, counts and reach."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.insight import worlds
from voc_mining.coding_rules.parsing import parse_rule
from voc_mining.coding_rules.tree import All, Any, Condition, Facet, Literal, Near, Not, Pair, Word
from voc_mining.export.files import conform, csv_files
from voc_mining.ids import code_id
from voc_mining.insight.coding import SHOWN, Code, code_columns, coded, words_not_said
from voc_mining.insight.coding_table import coding_table, coding_topics_table
from voc_mining.insight.contrast import contrast_table
from voc_mining.insight.facts import contact_facts, statement_facts

FIELDS = ("kind", "polarity", "urgency", "channel", "origin", "silence")
TERMS = ["請求", "請求書", "二重", "届かない", "メール", "再設定メール", "CSV", "a+b"]
NOUNS = ["メール", "請求書", "再設定メール"]
PREDICATES = ["届かない", "遅い"]
WORDS = st.sampled_from([*TERMS, "請求*", "*メール", "*設定*", "*求*書", "csv", "ない語"])
LITERALS = st.sampled_from(["届か", "csv", "二重に", "+", "。"])
ATOMS = st.one_of(
    st.builds(Word, WORDS),
    st.builds(Literal, LITERALS),
    st.builds(Pair, st.sampled_from([*NOUNS, "*メール", "*"]), st.sampled_from([*PREDICATES, "*"])),
    st.builds(Facet, st.just("kind"), st.sampled_from(["complaint", "inquiry"])),
    st.builds(Facet, st.just("silence"), st.sampled_from(["quiet", "unknown"])),
    st.builds(Near, st.builds(Word, WORDS), st.builds(Word, WORDS), st.integers(1, 4)),
    st.builds(Near, st.builds(Literal, LITERALS), st.builds(Literal, LITERALS), st.integers(1, 6)),
)
RULES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Any, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
STATEMENTS = st.fixed_dictionaries(
    {
        "text": st.sampled_from(
            ["メールが届かない。", "二重に請求された", "CSVが、あの、二重に出る", "a+bと届かず", ""]
        ),
        "plain_text": st.sampled_from([None, "CSVが二重に出る"]),
        "kind": st.sampled_from(["complaint", "inquiry"]),
        "silence": st.sampled_from(["quiet", "unknown"]),
        "terms": st.lists(st.sampled_from(TERMS), max_size=5, unique=True),
        "pairs": st.lists(
            st.builds("{}→{}".format, st.sampled_from(NOUNS), st.sampled_from(PREDICATES)), max_size=3, unique=True
        ),
    }
)


def like(pattern: str, word: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.lower().split("*"))), word.lower()) is not None


def judged(rule: Condition, one: dict) -> tuple[bool, set[str]]:
    """Whether a rule holds for one statement, and why: said once more, a statement at a time."""
    if isinstance(rule, All | Any):
        parts = [judged(part, one) for part in rule.parts]
        holds = (all if isinstance(rule, All) else any)(part[0] for part in parts)
        return holds, {word for part in parts if part[0] for word in part[1]} if holds else set()
    if isinstance(rule, Not):
        return not judged(rule.part, one)[0], set()
    if isinstance(rule, Facet):
        return one[rule.name] == rule.value, set()
    found = found_words(rule, one)
    return bool(found), found


def found_words(rule: Condition, one: dict) -> set[str]:
    said = [text.lower() for text in (one["text"], one["plain_text"]) if text is not None]
    if isinstance(rule, Word):
        return {term for term in one["terms"] if like(rule.pattern, term)}
    if isinstance(rule, Pair):
        parts = {pair: pair.split("→") for pair in one["pairs"]}
        return {p for p, (a, b) in parts.items() if like(rule.noun, a) and like(rule.predicate, b)}
    if isinstance(rule, Literal):
        return {rule.text} if any(rule.text.lower() in text for text in said) else set()
    assert isinstance(rule, Near)
    if isinstance(rule.first, Word) and isinstance(rule.second, Word):
        places = list(enumerate(one["terms"]))
        near = [
            (a, b)
            for i, a in places
            for j, b in places
            if like(rule.first.pattern, a) and like(rule.second.pattern, b) and 1 <= abs(i - j) <= rule.distance
        ]
        return {word for each in near for word in each}
    one_text, other = re.escape(rule.first.text.lower()), re.escape(rule.second.text.lower())
    gap = f".{{0,{rule.distance}}}"
    for text in said:
        if match := re.search(f"{one_text}{gap}{other}|{other}{gap}{one_text}", text):
            return {match[0]}
    return set()


def framed(given: list[dict]) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows = [dict.fromkeys(FIELDS, "x") | one | {"voc_id": f"v{nth}"} for nth, one in enumerate(given)]
    schema = {"voc_id": pl.String, "text": pl.String, "plain_text": pl.String, **dict.fromkeys(FIELDS, pl.String),
              "terms": pl.List(pl.String), "pairs": pl.List(pl.String)}  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.drop("terms", "pairs"), frame.select("voc_id", "terms", "pairs").reverse()


@settings(max_examples=150, deadline=None)
@given(st.lists(STATEMENTS, min_size=1, max_size=6), st.lists(RULES, min_size=1, max_size=3))
def test_all_statements_at_once_are_judged_as_one_at_a_time(given_statements: list[dict], rules: list) -> None:
    codes = [Code(f"コード{nth}", None, "", rule) for nth, rule in enumerate(rules)]
    found = coded(*framed(given_statements), codes)
    expected = {
        (f"v{nth}", code.code_id): judged(code.rule, one)[1]
        for code in codes
        for nth, one in enumerate(given_statements)
        if judged(code.rule, one)[0]
    }
    assert {(voc, code): set(words) for voc, code, words in found.iter_rows()} == expected
    assert found.select("voc_id", "code_id").is_unique().all()


def code(name: str, rule: str, heading: str | None = None) -> Code:
    return Code(name, heading, rule, parse_rule(rule))


ONE = {"text": "パスワードの再設定メールが全然届かないんですけど。", "plain_text": None, "kind": "complaint",
       "terms": ["パスワード", "再設定メール", "全然", "届かない"], "pairs": ["再設定メール→届かない"]}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "evidence"),
    [
        ("パスワード AND 届かない", ["パスワード", "届かない"]),
        ("パスワード OR 届かない OR 解約", ["パスワード", "届かない"]),
        ("メール", None),
        ("届く", None),
        ("*メール", ["再設定メール"]),
        ("*メール→届かない", ["再設定メール→届かない"]),
        ("near(パスワード, 届かない, 3)", ["パスワード", "届かない"]),
        ("near(パスワード, 届かない, 2)", None),
        ("「届かないんです」 AND NOT 解約", ["届かないんです"]),
        ("種類:不満", []),
        ("種類:質問 OR (解約 AND パスワード)", None),
        ("届かない OR (解約 AND パスワード)", ["届かない"]),
        ("near(「パスワード」, 「全然」, 8)", ["パスワードの再設定メールが全然"]),
    ],
)
def test_why_a_statement_has_a_code(rule: str, evidence: list[str] | None) -> None:
    found = coded(*framed([ONE]), [code("コード", rule)])
    assert found["evidence"].to_list() == ([] if evidence is None else [evidence])


def test_codes_of_a_statement_stand_side_by_side() -> None:
    codes = [code("不達", "*メール→届かない"), code("不満", "種類:不満"), code("ほか", "解約")]
    shown = code_columns(coded(*framed([ONE, ONE | {"kind": "x"}]), codes), codes, "ja").sort("voc_id")
    assert shown.rows() == [
        ("v0", ["不達", "不満"], ["不達: 再設定メール→届かない"]),
        ("v1", ["不達"], ["不達: 再設定メール→届かない"]),
    ]
    assert code_columns(coded(*framed([ONE]), []), [], "ja").schema == SHOWN


def test_words_that_nobody_says_are_told() -> None:
    codes = [code("一", "届く AND NOT (*メール OR メール) OR 再設定メール→届けない"), code("二", "パスワード")]
    words = framed([ONE])[1]
    assert words_not_said(words, codes) == {
        code_id("一"): ["届く", "メール", "届けない"],
        code_id("二"): [],
    }


def test_counts_and_reach_of_codes() -> None:
    day = datetime(2026, 9, 1, 3, tzinfo=UTC)
    contacts = [
        ("c1", "reactive", "vocal", "k1"),
        ("c2", "proactive", "quiet", "k2"),
        ("c3", "reactive", "vocal", "k3"),
        ("c4", "reactive", "unknown", None),
    ]
    dated = [{"contact_id": c, "customer_key": k, "started_at": day} for c, _, _, k in contacts]
    states = [{"contact_id": c, "origin": o, "silence": s} for c, o, s, _ in contacts]
    said = [
        ("c1", "請求が二重", "complaint"),
        ("c2", "請求の件", "inquiry"),
        ("c3", "画面の件", "inquiry"),
        ("c4", "請求", "other"),
    ]
    voc = [{"voc_id": f"v-{c}", "contact_id": c, "text": text, "kind": kind} for c, text, kind in said]
    facts = statement_facts(
        worlds.rows("voc", *voc),
        contact_facts(worlds.rows("contacts", *dated), worlds.rows("segments", *states), worlds.PARAMS),
        worlds.assigned({"請求が二重": "A", "請求の件": "A", "画面の件": "B"}),
    )
    words = pl.DataFrame({"voc_id": [f"v-{c[0]}" for c in contacts], "terms": [["請求"], ["請求"], ["画面"], ["請求"]],
                          "pairs": pl.Series([[]] * 4, dtype=pl.List(pl.String))})  # fmt: skip
    codes = [code("請求の声", "請求", "料金"), code("不満の請求", "請求 AND 種類:不満"), code("解約", "解約")]
    found = coded(facts, words, codes)
    table = coding_table(facts, found, codes, words_not_said(words, codes), worlds.profiles(), worlds.PARAMS)
    columns = ["name", "heading", "n_voc", "n_customers", "n_reactive", "n_proactive", "n_quiet", "reactive_customers"]
    assert table.select(*columns, "reactive_heard", "reactive_reach", "quiet_reach", "words_not_said").rows() == [
        ("請求の声", "料金", 3, 2, 2, 1, 1, 1, 2, 0.5, 1.0, []),
        ("不満の請求", None, 1, 1, 1, 0, 0, 1, 2, 0.5, 0.0, []),
        ("解約", None, 0, 0, 0, 0, 0, 0, 2, 0.0, 0.0, ["解約"]),
    ]
    crossed = coding_topics_table(facts, found, codes, worlds.topics("A", "B"))
    assert crossed.select("name", "topic_id", "n", "share_of_code", "share_of_topic").rows() == [
        ("請求の声", "A", 2, 0.666667, 1.0),
        ("請求の声", None, 1, 0.333333, 1.0),
        ("不満の請求", "A", 1, 1.0, 0.5),
    ]
    files = csv_files().files
    for name, frame in (("coding", table), ("coding_topics", crossed)):
        assert conform(frame, files[name]).columns == list(files[name].schema)


def test_the_sides_of_a_code_are_compared_as_those_of_a_topic():
    said = worlds.said({"reactive": [["A"]] * 45 + [["B"]] * 35, "proactive": [["A"]] * 20 + [["B"]] * 60})
    codes = [code("甲", "甲"), code("乙", "乙")]
    found = pl.concat(
        said.filter(pl.col("topic_id") == topic).select(
            "voc_id", pl.lit(each.code_id).alias("code_id"), pl.lit([], pl.List(pl.String)).alias("evidence")
        )
        for topic, each in zip("AB", codes, strict=True)
    )
    table = coding_table(said, found, codes, {each.code_id: [] for each in codes}, worlds.profiles(), worlds.PARAMS)
    contrasted = contrast_table(said, worlds.topics("A", "B"), worlds.profiles(), worlds.PARAMS).sort("topic_id")
    sure = ["reactive_reach", "proactive_reach", "log_odds", "side", "quiet_log_odds", "quiet_side"]
    assert table.select(sure).equals(contrasted.select(sure))
    drawn = ["ci_low", "ci_high", "quiet_ci_low", "quiet_ci_high"]  # which draws a code gets depends on its id
    assert table.select(drawn).to_numpy() == pytest.approx(contrasted.select(drawn).to_numpy(), abs=0.4)
    low, reach, high = table.select("reactive_low", "reactive_reach", "reactive_high").row(0)
    assert low < reach < high
