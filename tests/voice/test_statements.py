"""Which utterances become statements, and how pieces of speech are joined."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.voice.frames import said, utterances, wrote
from voc_mining.voice.rules import VoiceRules
from voc_mining.voice.statements import left_out, pieces, statements_of

RULES = VoiceRules()
NOTES = Path(__file__).parents[1] / "cases" / "voice" / "notes.csv"


def texts(*rows: dict) -> list[str]:
    return statements_of(pieces(utterances(c=list(rows)), RULES))["text"].to_list()


def reasons(*rows: dict) -> list[tuple[int, str]]:
    return left_out(pieces(utterances(c=list(rows)), RULES)).select("no", "reason").rows()


def test_open_pieces_of_speech_are_one_statement() -> None:
    found = statements_of(
        pieces(utterances(c=[said("昨日からアプリが", 0, 2), said("開かなくて困っています", 2.3, 4)]), RULES)
    )
    assert found.select("text", "first_no", "last_no", "start_s", "end_s").rows() == [
        ("昨日からアプリが開かなくて困っています", 0, 1, 0.0, 4.0)
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (said("アプリが開きません", 0, 2), said("請求書も届きません", 2.1, 4)),
        (said("昨日からアプリが", 0, 2), said("請求書も届きません", 2.7, 4)),
        (said("アプリが開かないんですけど", 0, 2), said("請求書も届きません", 2.4, 4)),
        (said("昨日からアプリが", 0, 2), said("請求書も届きません", 2.1, 4, channel=0)),
        (said("昨日からアプリが", 0, 2), said("請求書も届きません", 2.1, 4, role="unknown")),
    ],
    ids=["final ending", "pause", "weak ending and pause", "other channel", "other role"],
)
def test_pieces_that_stay_apart(first: dict, second: dict) -> None:
    assert texts(first, second) == [first["text"], second["text"]]


def test_the_agents_back_channel_does_not_cut_a_statement() -> None:
    agent = said("はい", 1.9, 2.2, channel=0, role="agent")
    assert texts(said("昨日からアプリが", 0, 2), agent, said("開きません", 2.3, 3)) == ["昨日からアプリが開きません"]


def test_a_filler_does_not_cut_a_statement_and_is_left_out() -> None:
    rows = (said("昨日からアプリが", 0, 2), said("えーっと", 2.2, 2.6), said("開きません", 2.8, 4))
    assert texts(*rows) == ["昨日からアプリが開きません"]
    assert reasons(*rows) == [(1, "filler")]


def test_suspicious_pieces_are_never_joined_to_what_was_said() -> None:
    leaked = said("そうですねとは", 2.0, 2.3, flags=["silence_text"])
    rows = statements_of(
        pieces(utterances(c=[said("昨日からアプリが", 0, 2), leaked, said("開きません", 2.4, 3)]), RULES)
    )
    assert rows.select("text", "flags").rows() == [
        ("昨日からアプリが開きません", []),
        ("そうですねとは", ["silence_text"]),
    ]


def test_no_statement_is_joined_of_more_pieces_than_allowed() -> None:
    rows = [said("それが", n, n + 0.9) for n in range(14)]
    assert [len(text) // 3 for text in texts(*rows)] == [6, 6, 2]


def test_speech_is_cut_at_full_stops_with_its_share_of_the_seconds() -> None:
    frame = utterances(c=[said("アプリが開きません。請求書も届きません。", 10, 20)])
    rows = statements_of(pieces(frame, RULES)).select("text", "start_s", "end_s").rows()
    assert rows == [("アプリが開きません。", 10.0, 15.0), ("請求書も届きません。", 15.0, 20.0)]


def test_greetings_and_fillers_are_cut_from_the_front() -> None:
    assert texts(said("もしもし、えーっと、アプリが開きません", 0, 3)) == ["アプリが開きません"]


def test_agents_phrases_are_left_out_where_both_speak_on_one_channel() -> None:
    rows = [
        said("お電話ありがとうございます、サポートの［氏名］でございます", 0, 3, role="unknown", channel=0),
        said("アプリが開きません", 4, 6, role="unknown", channel=0),
        said("かしこまりました", 7, 8, role="unknown", channel=0),
    ]
    assert texts(*rows) == ["アプリが開きません"]
    assert reasons(*rows) == [(0, "agent_phrase"), (2, "agent_phrase")]


def test_a_subject_speaks_only_where_the_body_does_not() -> None:
    subject = wrote("解約について", "subject")
    assert texts(subject, wrote("手数料が高いです。")) == ["手数料が高いです。"]
    assert texts(subject, wrote("よろしくお願いいたします。")) == ["解約について"]
    assert reasons(subject, wrote("手数料が高いです。")) == [(0, "subject")]


def test_flags_of_the_text_stage_are_believed() -> None:
    assert reasons(said("ごきげんよう", 0, 1, flags=["greeting"])) == [(0, "greeting")]


def test_every_utterance_made_a_statement_or_is_left_out() -> None:
    rows = [
        said("お電話ありがとうございます", 0, 1, role="agent", channel=0),
        said("はい。アプリが", 1, 2),
        said("開きません", 2.2, 3),
        said("ありがとうございました", 5, 6),
        wrote("「解約したい」とのこと、料金を案内。", "note", "writer"),
        wrote("本人確認済み。", "note", "writer"),
    ]
    told = pieces(utterances(c=rows), RULES)
    made = told.filter(pl.col("group").is_not_null()).select("no").unique()["no"].to_list()
    assert sorted([*made, *left_out(told)["no"]]) == list(range(len(rows)))
    assert left_out(told)["reason"].to_list() == ["agent", "greeting", "writer"]


def test_notes_split_into_the_customers_and_the_writers_words() -> None:
    cases = pl.read_csv(NOTES, comment_prefix="#", infer_schema=False)
    assert cases.height >= 40
    frame = utterances(**{f"c{n:02}": [wrote(text, "note", "writer")] for n, text in enumerate(cases["note"])})
    found = statements_of(pieces(frame, RULES)).with_columns(
        line=pl.concat_str("role", "text", separator="|"), n=pl.col("contact_id").str.slice(1).cast(pl.UInt32)
    )
    lines = found.group_by("n").agg(pl.col("line").str.join("/"))
    told = (
        cases.with_row_index("n").join(lines, on="n", how="left").with_columns(pl.col("line", "expected").fill_null(""))
    )
    assert told.filter(pl.col("line") != pl.col("expected")).select("note", "expected", "line").rows() == []
    assert found.filter(pl.col("quoted") != (pl.col("role") == "customer")).is_empty()


def test_a_quotation_broken_over_two_lines_loses_its_brackets() -> None:
    rows = [wrote("「アプリが重い。", "note", "writer"), wrote("速くしてほしい」とのこと。", "note", "writer")]
    assert texts(*rows) == ["アプリが重い", "速くしてほしい"]


def test_input_is_not_changed_and_order_does_not_matter() -> None:
    frame = utterances(c=[said("昨日からアプリが", 0, 2), said("開きません", 2.3, 4)], d=[wrote("高いです。")])
    before = frame.clone()
    shuffled = statements_of(pieces(frame.reverse(), RULES))
    assert frame.equals(before)
    assert statements_of(pieces(frame, RULES)).equals(shuffled)


def asks(text: str, start: float) -> dict:
    return said(text, start, start + 1, role="agent", channel=0)


@pytest.mark.parametrize(
    ("agent", "customer", "reason"),
    [
        ("ランプは何色でしょうか", "赤です", "answer"),
        ("お支払いは携帯電話会社経由でしょうか", "そうです", "back_channel"),
        ("給湯器の画面に数字は出ていますか", "百四十って出てる", "answer"),
        ("ご利用の感想はいかがでしょうか", "まあまあ早い", None),
        ("ランプは何色でしょうか", "赤なんですけどずっと点滅していて困っています", None),
        ("お調べいたします", "赤です", None),
        ("二点ございますがいかがなさいますか", "じゃあ二つお願いします", "steering"),
        ("五時までにはお電話いたします", "まあ頼みますよ", "steering"),
        ("変更は無料でございます", "じゃあ解約でお願いします", None),
        ("本日中にお電話いたします", "何時ですか", "steering"),
        ("日程の変更でしたら無料で承れます", "変更ですか", "steering"),
        ("設定の画面を開きます", "え、設定の画面ですか", "steering"),
        ("設定の画面を開きます", "設定の画面がありません", None),
        ("メールは届いていますか", "まだ来ていません", "answer"),
        ("お調べいたします", "メールがまだ来ていません", None),
        ("窓口までお越しください", "何時までやってて駐車場はあるんですか", None),
    ],
)
def test_answers_and_steering_are_no_statements(agent: str, customer: str, reason: str | None) -> None:
    found = reasons(asks(agent, 0), said(customer, 2, 4))
    assert found == [(0, "agent"), *([(1, reason)] if reason else [])]


def after_the_matter(turn: str) -> list[str]:
    return texts(said("洗濯機から水が漏れてるんです", 0, 3), asks("明日伺います", 4), said(turn, 7, 9))[1:]


@pytest.mark.parametrize(
    "turn",
    [
        "じゃあ四時で",
        "まあそうしてもらえれば",
        "もう結構です",
        "どのくらいかかるの",
        "いま届きました",
        "次からは気を付けてください",
    ],
)
def test_what_only_reacts_to_the_agent_is_no_statement_once_the_matter_was_told(turn: str) -> None:
    assert after_the_matter(turn) == []


@pytest.mark.parametrize("turn", ["じゃあ解約します", "もう三回目ですよ", "説明が全然足りないです"])
def test_what_tells_more_than_a_reaction_is_a_statement(turn: str) -> None:
    assert after_the_matter(turn) == [turn]


def test_a_turn_with_two_ideas_makes_two_statements_with_their_seconds() -> None:
    frame = utterances(c=[said("アプリが開かないんですけどあとそれと請求書が届きません", 0, 26)])
    rows = statements_of(pieces(frame, RULES)).select("text", "start_s", "end_s").rows()
    assert [row[0] for row in rows] == ["アプリが開かないんですけど", "あとそれと請求書が届きません"]
    assert rows[0][2] == rows[1][1] == pytest.approx(12.5, abs=1)
    assert texts(said("あと三日で満期なんですけど手続きを教えてください", 0, 9)) == [
        "あと三日で満期なんですけど手続きを教えてください"
    ]


def test_an_open_piece_goes_on_after_the_agents_back_channel() -> None:
    rows = (said("昨日からアプリが", 0, 2), asks("はい", 2.1), said("開きません", 3.5, 5))
    assert texts(*rows) == ["昨日からアプリが開きません"]
    assert texts(rows[0], asks("お調べします", 2.1), rows[2]) == ["昨日からアプリが", "開きません"]
