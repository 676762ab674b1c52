from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from voc_mining.contracts.clause import Clause, NameSource
from voc_mining.ids import text_hash
from voc_mining.topics.labels import label_topics, weighted
from voc_mining.topics.params import NamingParams

_SAID = {
    "再設定メールが届かない": Clause("再設定メールが届かない", ("再設定メール", "届かない"), "届かない"),
    "メール": Clause("メール", ("メール",)),
    "請求書の再発行": Clause("請求書の再発行", ("請求書", "再発行"), "再発行"),
    "請求書を知りたい": Clause("請求書を知りたい", ("請求書", "知りたい"), "知りたい"),
    "先月の請求書": Clause("先月の請求書", ("先月", "請求書")),
    "解約したい": Clause("解約したい", ("解約したい",), "解約したい", built=True),
    "変更したい": Clause("変更したい", ("変更したい",), "変更したい", built=True),
    "臭いがする": Clause("臭いがする", ("臭い", "する"), "する"),
} | {
    f"{noun}を変更したい": Clause(f"{noun}を変更したい", (noun, "変更したい"), "変更したい")
    for noun in ("住所", "宛て名", "名義")
}


def _cut(texts):
    return [[_SAID[part] for part in text.split("。") if part in _SAID] for text in texts]


def _named(rows, *, taken=(), params=None, weights=None):
    frame = pl.DataFrame(
        [(topic, f"{text}。{no}", list(terms)) for no, (topic, text, terms) in enumerate(rows)],
        schema={"topic_id": pl.String, "text": pl.String, "terms": pl.List(pl.String)},
        orient="row",
    ).with_columns(pairs=pl.lit([], pl.List(pl.String)))
    frame = frame.with_columns(pl.Series("text_hash", [text_hash(text) for text in frame["text"]]))
    members = frame.drop_nulls("topic_id").select("topic_id", "text_hash")
    if weights:
        members = members.with_columns(pl.Series("weight", weights))
    turned = label_topics(members.reverse(), frame.reverse(), taken=taken, names=NameSource(_cut), naming=params)
    named = label_topics(members, frame, taken=taken, names=NameSource(_cut), naming=params)
    assert named.equals(turned), "names depend on the order"
    return {row["topic_id"]: (row["label"], json.loads(row["candidates"])) for row in named.iter_rows(named=True)}


_MAIL = ("A", "再設定メールが届かない。メール", ("再設定メール", "メール", "届かない"))
_INVOICE = ("B", "請求書の再発行。請求書を知りたい。先月の請求書", ("請求書", "再発行", "知りたい", "先月"))


def test_the_clause_that_tells_most_names_the_topic():
    named = _named([_MAIL] * 5 + [_INVOICE] * 4)
    label, candidates = named["A"]
    assert label == "再設定メールが届かない"
    assert [each["name"] for each in candidates] == ["再設定メールが届かない", "メールに関すること"]
    best = candidates[0]
    assert best["source"] == "clause"
    made = (best["telling"] * best["coverage"] ** 0.5) ** 0.5 * best["typical"] ** 2 * best["form"]
    assert best["score"] == pytest.approx(made, abs=1e-3)


def test_asking_and_times_make_no_name():
    label, candidates = _named([_MAIL] * 5 + [_INVOICE] * 4)["B"]
    assert label == "請求書の再発行"
    assert [each["name"] for each in candidates] == ["請求書の再発行"]


def test_a_light_predicate_needs_its_noun():
    named = _named([("A", "臭いがする", ("臭い",))] * 4 + [_INVOICE] * 4)
    assert named["A"][0] == "臭いがする"


def test_no_name_is_given_twice_nor_one_of_the_same_meaning():
    named = _named([_MAIL] * 5 + [("C", *_MAIL[1:])] * 4 + [(None, "解約したい", ("解約したい",))] * 9)
    assert named["A"][0] == "再設定メールが届かない"
    assert named["C"][0] == "メールに関すること"
    assert named["C"][1][0]["name"] == "メールに関すること"
    assert _named([_MAIL] * 5 + [_INVOICE] * 4, taken=("再設定メールが届かない",))["A"][0] == "メールに関すること"


def test_a_bare_predicate_is_spelled_out_with_the_nouns_it_stands_with():
    rows = [("A", f"{noun}を変更したい。変更したい", (noun, "変更したい")) for noun in ("住所", "宛て名", "名義")]
    assert _named([*rows * 2, *[_INVOICE] * 9])["A"][0] == "住所や名義を変更したい"


def test_the_name_nearest_to_the_middle_of_its_topic_and_far_from_others_is_chosen():
    here, there = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    names = {"再設定メールが届かない": 0.6 * here + 0.8 * there, "メールに関すること": here}
    texts = pl.DataFrame(
        [(f"{_MAIL[1]}。{no}", list(_MAIL[2]), here.tolist(), "A") for no in range(5)]
        + [(f"{_INVOICE[1]}。{no}", list(_INVOICE[2]), there.tolist(), "B") for no in range(5)],
        schema=["text", "terms", "vector", "topic_id"],
        orient="row",
    ).with_columns(pl.lit([], pl.List(pl.String)).alias("pairs"), pl.col("text").alias("text_hash"))
    source = NameSource(_cut, lambda wanted: np.array([names.get(name, there) for name in wanted], dtype=np.float32))
    named = label_topics(texts.select("topic_id", "text_hash"), texts.drop("topic_id"), names=source)
    assert named["label"].to_list() == ["メールに関すること", "請求書の再発行"]


def test_without_a_clause_terms_make_the_name():
    label, candidates = _named([("A", "…", ("画面", "遅い"))] * 4 + [_INVOICE] * 4)["A"]
    assert label == "画面・遅い"
    assert candidates == [{"name": "画面・遅い", "source": "terms"}]


def test_what_more_contacts_say_weighs_more():
    rows = [
        ("A", "再設定メールが届かない", ("再設定メール", "届かない")),
        ("A", "解約したい", ("解約したい",)),
        *[_INVOICE] * 6,
    ]
    often = _named(rows, weights=[9.0, 1.0, *[1.0] * 6])["A"][1]
    seldom = _named(rows, weights=[1.0, 9.0, *[1.0] * 6])["A"][1]
    covered = [next(each["coverage"] for each in of if each["name"].startswith("再")) for of in (often, seldom)]
    assert covered[0] > covered[1]


def test_contacts_are_counted_once():
    members = pl.DataFrame({"topic_id": ["A", "A"], "text_hash": ["x", "y"]})
    mentions = pl.DataFrame({"text_hash": ["x", "x", "x"], "contact_id": ["1", "1", "2"], "proactive": [True] * 3})
    assert weighted(members, mentions)["weight"].to_list() == [2.0, 1.0]


def test_only_the_best_are_kept():
    _, candidates = _named([_MAIL] * 5 + [_INVOICE] * 4, params=NamingParams(kept=1))["A"]
    assert len(candidates) == 1
