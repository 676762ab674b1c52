"""Announcements at the beginning of calls, known by their sound."""

from __future__ import annotations

import polars as pl
import pytest

from voc_mining.transcribe.openings import OpeningRules, announced_openings
from voc_mining.transcribe.roles import RoleRules, with_roles

RULES = OpeningRules()
# What was heard in place of announcements, and how it reads.
READINGS = {
    "料金の頬は一応シテください": "リョウキンノホオハイチオウシテクダサイ",
    "順番に追つ無義いたしマス": "ジュンバンニオツナギイタシマス",
    "公の通話は録温差せて頂き升": "コノツウワハロクオンサセテイタダキマス",
    "お電話ありがとうございます。窓口の佐藤です。": "オデンワアリガトウゴザイマスマドグチノサトウデス",
    "お電話ありがとうございます。": "オデンワアリガトウゴザイマス",
    "請求書が届きません": "セイキュウショガトドキマセン",
}
SCHEMA = {
    "contact_id": pl.String, "direction": pl.String, "agent_channel": pl.Int8, "channels": pl.Int8, "channel": pl.Int8,
    "speaker": pl.Int8, "start_s": pl.Float64, "text": pl.String, "flags": pl.List(pl.String),
}  # fmt: skip


def utterances(*said: tuple[int, str], start: float = 0.0, call: str = "c", channels: int = 2) -> pl.DataFrame:
    rows = [
        (call, None, 0, channels, channel, None, start + 3.0 * place, text, [])
        for place, (channel, text) in enumerate(said)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def marks(frame: pl.DataFrame) -> list[bool]:
    return announced_openings(frame, RULES, READINGS.__getitem__).to_list()


@pytest.mark.parametrize(
    ("reading", "machine"),
    [
        ("コノツウワハサービスキンシノタメロクオンサセテイタダキマス", True),
        ("ソノタノオトイアワセノホオハサンヲシテクダサイ", True),
        ("タダイマデンワナタイヘンコミアッテオリマス", True),
        ("ショウショウオマチクダサイマセ", False),
        ("オキャクサマバンゴウヲオシエテイタダケマスカ", False),
        ("オデンワアリガトウゴザイマスマドグチノサトウデス", False),
        ("デンワガコミアッテイテツナガラナカッタノデスガ", False),
        ("ロクオンサレマス", False),
    ],
)
def test_readings(reading: str, machine: bool) -> None:  # noqa: FBT001
    assert RULES.sounds(reading) == machine


def test_what_was_misheard_at_the_beginning_is_an_announcement_and_the_agent_is_not() -> None:
    frame = utterances(
        (0, "お電話ありがとうございます。"),
        (0, "公の通話は録温差せて頂き升"),
        (0, "順番に追つ無義いたしマス"),
        (0, "お電話ありがとうございます。窓口の佐藤です。"),
        (1, "請求書が届きません"),
        (0, "公の通話は録温差せて頂き升"),
    )
    assert marks(frame) == [True, True, True, False, False, False], "where another speaks, the beginning is over"


def test_what_goes_before_is_the_machines_on_two_channels_and_perhaps_a_persons_on_one() -> None:
    said = [(0, "請求書が届きません"), (0, "公の通話は録温差せて頂き升")]
    assert marks(utterances(*said)) == [True, True]
    assert marks(utterances(*said, channels=1)) == [False, True]


def test_a_beginning_is_only_so_long_and_each_call_has_its_own() -> None:
    late = utterances((0, "公の通話は録温差せて頂き升"), start=RULES.longest_s)
    other = utterances((1, "請求書が届きません"), (0, "公の通話は録温差せて頂き升"), call="d")
    assert marks(pl.concat([late, other])) == [False, False, False]
    assert marks(late.head(0)) == []


def test_the_role_is_a_machines() -> None:
    frame = utterances((0, "公の通話は録温差せて頂き升"), (1, "請求書が届きません"))
    assert with_roles(frame, RoleRules(), READINGS.__getitem__)["role"].to_list() == ["ivr", "customer"]
    assert with_roles(frame, RoleRules())["role"].to_list() == ["agent", "customer"]


def test_the_key_of_roles_holds_what_is_known_of_openings() -> None:
    assert RoleRules(openings=OpeningRules(least_likeness=80.0)).key != RoleRules().key
