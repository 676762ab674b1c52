from __future__ import annotations

import polars as pl

from voc_mining.topics.generic import generic_terms, says_something, telling
from voc_mining.topics.labels import keyness, label_topics


def _texts(rows: list[tuple[str, list[str], list[str]]]) -> pl.DataFrame:
    frame = pl.DataFrame(
        rows,
        schema={"topic_id": pl.String, "terms": pl.List(pl.String), "pairs": pl.List(pl.String)},
        orient="row",
    )
    return frame.with_columns(text_hash=pl.int_range(pl.len()).cast(pl.String))


def _labels(texts: pl.DataFrame, taken: tuple[str, ...] = ()) -> dict[str, str]:
    members = texts.drop_nulls("topic_id").select("topic_id", "text_hash")
    named = label_topics(members, texts, taken=taken)
    return dict(zip(named["topic_id"], named["label"], strict=True))


def test_negation_tells_two_topics_apart():
    texts = _texts(
        [("A", ["電話", "つながる", "嬉しい"], ["電話→つながる"])] * 6
        + [("B", ["電話", "つながらない"], ["電話→つながらない"])] * 6
    )
    assert _labels(texts) == {"A": "電話・つながる", "B": "電話・つながらない"}


def test_a_pair_names_a_topic_before_single_terms():
    texts = _texts(
        [("A", ["パスワード", "再設定", "メール", "届かない"], ["メール→届かない"])] * 5
        + [("B", ["請求書", "再発行", "する"], ["請求書→再発行する"])] * 5
    )
    assert _labels(texts)["A"] == "メール・届かない"


def test_no_two_topics_have_the_same_label():
    texts = _texts(
        [("A", ["画面", "遅い", "朝"], ["画面→遅い"])] * 6
        + [("B", ["画面", "遅い", "検索"], ["画面→遅い"])] * 5
        + [(None, ["住所", "変更"], [])] * 20
    )
    labels = _labels(texts)
    assert labels["A"] == "画面・遅い"
    assert labels["B"] != labels["A"]
    assert _labels(texts, taken=("画面・遅い",))["A"] != "画面・遅い"


def test_identical_topics_still_get_labels_of_their_own():
    texts = _texts([("A", ["遅い"], [])] * 3 + [("B", ["遅い"], [])] * 3 + [(None, ["速い"], [])] * 3)
    labels = _labels(texts)
    assert labels["A"] == "遅い"
    assert labels["B"] == "遅い・B"


def test_a_topic_without_telling_terms_is_called_by_its_id():
    texts = _texts([("A", ["お願い", "［氏名］"], [])] * 3 + [(None, ["遅い"], [])])
    assert _labels(texts) == {"A": "A"}


def test_frequent_everywhere_is_no_key_term():
    texts = _texts(
        [("A", ["アプリ", "落ちる"], [])] * 5 + [("B", ["アプリ", "遅い"], [])] * 5 + [(None, ["アプリ"], [])] * 5
    )
    members = texts.drop_nulls("topic_id").select("topic_id", "text_hash")
    scored = keyness(members, texts, "terms")
    assert scored.select("topic_id", "entry").rows() == [("A", "落ちる"), ("B", "遅い")]
    assert scored["share"].to_list() == [1.0, 1.0]


def test_generic_terms_and_masked_places_tell_nothing():
    frame = pl.DataFrame(
        {
            "text": [
                "お願いします",
                "［氏名］です",
                "解約お願いします",
                "そうです",
                "2人です",
                "［電話番号］の1です",
                "三泊で",
                "一緒に",
            ],
            "terms": [["お願い", "する"], ["［氏名］"], ["解約", "お願い"], [], None, [], [], []],
        },
        schema={"text": pl.String, "terms": pl.List(pl.String)},
    )
    told = frame.select(told=says_something(pl.col("terms"), pl.col("text")))["told"]
    assert told.to_list() == [False, False, True, False, True, False, True, False]
    assert frame.select(telling(pl.col("terms")))["terms"].to_list()[2] == ["解約"]
    assert not {"つながらない", "届かない", "待つ", "解約"} & generic_terms()
