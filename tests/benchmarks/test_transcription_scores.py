from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.transcription_scores import difference, error_rate, errors_of, plain, read_terms, recall, term_counts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("はい、そうです。", "はいそうです"),
        ("Ｗｉ－Ｆｉ が「切れる」", "wifiが切れる"),
        ("二十三台", "23台"),
        ("１２，３００円", "12300円"),
        ("一万二千三百円", "12300円"),
        ("千五百", "1500"),
        ("三億二十", "300000020"),
        ("〇九〇の一二三四", "090の1234"),
        ("五万", "50000"),
        ("3千", "3000"),
        ("一番と二番", "1番と2番"),
        ("", ""),
    ],
)
def test_transcripts_are_compared_in_one_form(text: str, expected: str) -> None:
    assert plain(text) == expected
    assert plain(plain(text)) == plain(text)


def test_errors_are_counted_by_channel() -> None:
    told = errors_of(["解約したいです。", "はい。"], ["契約したいです", "はい、はい"])
    assert (told.errors, told.characters) == (1 + 2, 9)
    assert errors_of(["あ", ""], ["あ", "ご視聴ありがとう"]).errors == 8, "invented on a silent channel"
    assert errors_of(["あい", "う"], ["あい"]).errors == 1, "a channel that was not heard"
    assert error_rate([told, told]) == pytest.approx(3 / 9)


def test_difference_of_equal_and_of_clearly_worse_systems() -> None:
    good = [errors_of(["あいうえお" * 4], ["あいうえお" * 4]) for _ in range(50)]
    bad = [errors_of(["あいうえお" * 4], ["あいうえか" * 4]) for _ in range(50)]
    same = difference(good, good)
    assert (same.measured, same.low, same.upper, same.high) == (0, 0, 0, 0)
    worse = difference(bad, good)
    assert worse.measured == pytest.approx(0.2)
    assert worse.low <= worse.measured <= worse.upper <= worse.high


def test_recall_of_terms(tmp_path: Path) -> None:
    path = tmp_path / "glossary.csv"
    path.write_text(
        "# terms\nterm,reading,aliases,category\n契約,,,b\n再契約,,,b\n二段階認証,,2段認証|二要素,b\n", encoding="utf-8"
    )
    terms = read_terms(path)
    assert term_counts("再契約と契約、２段階認証と二要素。", terms) == {"再契約": 1, "契約": 1, "二段階認証": 2}
    assert recall(["契約と契約", "再契約"], ["契約と解約", "契約"], terms) == (1, 3)
    assert recall(["契約"], [], terms) == (0, 1)
    assert term_counts("何もない", {}) == {}
