from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voc_mining.transcribe.roles import RoleRules, agents, call_roles, role_phrases, with_roles

CASES = Path(__file__).parent.parent / "cases" / "transcribe" / "roles.csv"
RULES = RoleRules()
SCHEMA = {
    "contact_id": pl.String, "direction": pl.String, "agent_channel": pl.Int8, "channels": pl.Int8, "channel": pl.Int8,
    "speaker": pl.Int8, "start_s": pl.Float64, "text": pl.String, "flags": pl.List(pl.String),
}  # fmt: skip
AGENT, CUSTOMER = "かしこまりました。少々お待ちください。", "解約したいんですけど。"


def cases() -> list[dict[str, str]]:
    lines = [line for line in CASES.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines))


def rows(*said: tuple[object, ...]) -> pl.DataFrame:
    """Utterances of call ``c``: (agent_channel, channels, channel, speaker, text, flags)."""
    told = [("c", None, *each[:4], float(at), each[4], each[5]) for at, each in enumerate(said)]
    return pl.DataFrame(told, schema=SCHEMA, orient="row")


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["case"])
@pytest.mark.parametrize("swapped", [0, 1])
def test_the_agent_is_known_by_what_is_said(case: dict[str, str], swapped: int) -> None:
    said = [(who, text) for who, key in enumerate(("first", "second")) for text in case[key].split("/")]
    order = {text: place for place, (_, text) in enumerate(said)}
    frame = pl.DataFrame(
        {
            "contact_id": "c",
            "direction": case["direction"] or None,
            "party": [who ^ swapped for who, _ in said],
            "start_s": [float(order[text]) for _, text in said],
            "text": [text for _, text in said],
        },
        schema_overrides={"direction": pl.String},
    )
    (found,) = agents(frame, RULES)["agent"].to_list()
    assert found == (int(case["agent"]) ^ swapped if case["agent"] else None)


@pytest.mark.parametrize(
    ("said", "roles"),
    [
        ([(1, 2, 0, None, AGENT, []), (1, 2, 1, None, CUSTOMER, [])], ["customer", "agent"]),
        ([(None, 2, 0, None, AGENT, []), (None, 2, 1, None, CUSTOMER, [])], ["agent", "customer"]),
        ([(None, 1, 0, 0, CUSTOMER, []), (None, 1, 0, 1, AGENT, []), (None, 1, 0, None, "え", [])],
         ["customer", "agent", "unknown"]),
        ([(0, 1, 0, 0, CUSTOMER, []), (0, 1, 0, 1, AGENT, [])], ["customer", "agent"]),
        ([(None, 1, 0, 0, AGENT, []), (None, 1, 0, 0, CUSTOMER, [])], ["unknown", "unknown"]),
        ([(None, 1, 0, None, AGENT, []), (None, 1, 0, None, CUSTOMER, [])], ["unknown", "unknown"]),
        ([(1, 2, 0, None, "ご用件の番号を押してください", ["ivr"]), (1, 2, 1, None, AGENT, [])], ["ivr", "agent"]),
        ([(None, 1, 0, None, "1を押してください。少々お待ちください", ["ivr"]), (None, 1, 0, 0, AGENT, []),
          (None, 1, 0, 1, CUSTOMER, [])], ["ivr", "agent", "customer"]),
    ],
    ids=["log", "no log, two channels", "one channel", "a log's channel says nothing of one channel", "one voice",
         "nobody told apart", "announcement on a channel", "announcement on one channel"],
)  # fmt: skip
def test_roles(said: list[tuple[object, ...]], roles: list[str]) -> None:
    assert with_roles(rows(*said), RULES)["role"].to_list() == roles


def test_calls_do_not_change_each_other() -> None:
    one = rows((None, 1, 0, 0, CUSTOMER, []), (None, 1, 0, 1, AGENT, []))
    other = rows((None, 1, 0, 0, AGENT, []), (None, 1, 0, 1, CUSTOMER, [])).with_columns(contact_id=pl.lit("d"))
    both = with_roles(pl.concat([other, one]), RULES)
    assert both["role"].to_list() == ["agent", "customer", "customer", "agent"]
    assert both.columns == [*SCHEMA, "role"]


def test_nothing_said() -> None:
    assert with_roles(rows(), RULES)["role"].to_list() == []


def test_a_changed_phrase_changes_the_key() -> None:
    assert RULES.key == RoleRules().key
    assert RULES.key != RoleRules(phrases=role_phrases()[1:]).key
    assert RULES.key != RoleRules(least_score=4.0).key


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.text(max_size=12)), max_size=8))
def test_any_text_is_borne(said: list[tuple[int, str]]) -> None:
    found = with_roles(rows(*[(None, 1, 0, who, text, []) for who, text in said]), RULES)
    assert set(found["role"]) <= {"agent", "customer", "unknown"}


def test_why_is_told_by_kind_of_phrase() -> None:
    said = rows((None, 1, 0, 0, CUSTOMER, []), (None, 1, 0, 1, AGENT, [])).with_columns(month=pl.lit("2026-11"))
    (why,) = call_roles(said, RULES).to_dicts()
    assert (why["decided_by"], why["agent"]) == ("words", 1)
    weights = dict(each.split(" ") for each in why["evidence"])
    assert weights["wait"] == "3.0"
    assert sum(map(float, weights.values())) == pytest.approx(why["score"], abs=0.3)
    (logged,) = call_roles(
        said.with_columns(channels=pl.lit(2, pl.Int8), agent_channel=pl.lit(1, pl.Int8)), RULES
    ).to_dicts()
    assert (logged["decided_by"], logged["agent"], logged["score"], logged["evidence"]) == ("log", 1, None, None)
