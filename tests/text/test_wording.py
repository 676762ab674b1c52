"""Synonyms and stop words put to stored terms, and the user's words in the tokenizer."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from voc_mining.contracts.wording import NO_WORDING, DictionaryWord, UserDictionary, Wording, leading_terms
from voc_mining.text.finders import TermFinder
from voc_mining.text.rules import TextRules
from voc_mining.text.terms import pairs, terms
from voc_mining.text.tokenizer_engine import FugashiTokenizer
from voc_mining.text.wording import reworded

WORDING = Wording(
    {"サインイン": "ログイン", "クラッシュする": "落ちる", "代金": "料金"}, frozenset({"サイト", "本当に"})
)


def stored(terms: list[str] | None, pairs: list[str] | None) -> pl.DataFrame:
    words = pl.List(pl.String)
    return pl.DataFrame(
        {"n": [1], "terms": [terms], "pairs": [pairs]}, schema={"n": pl.Int8, "terms": words, "pairs": words}
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((["サインイン", "画面"], []), (["ログイン", "画面"], [])),
        ((["サインインできない"], ["サインイン→できない"]), (["ログインできない"], ["ログイン→できない"])),
        ((["サインインしたい", "サイン"], []), (["ログインしたい", "サイン"], [])),
        ((["画面", "クラッシュ"], ["画面→クラッシュ"]), (["画面", "落ちる"], ["画面→落ちる"])),
        ((["料金", "代金", "高い"], ["料金→高い", "代金→高い"]), (["料金", "高い"], ["料金→高い"])),
        ((["サイト", "見にくい"], ["サイト→見にくい"]), (["見にくい"], [])),
        (([], []), ([], [])),
        ((None, None), (None, None)),
    ],
)
def test_words_are_put_in_place(
    before: tuple[list[str] | None, list[str] | None], after: tuple[list[str] | None, list[str] | None]
) -> None:
    assert reworded(stored(*before), WORDING).equals(stored(*after))


def test_nothing_changes_without_wording_or_columns() -> None:
    frame = stored(["サインイン"], [])
    assert reworded(frame, NO_WORDING) is frame
    assert reworded(frame.select("n"), WORDING).equals(frame.select("n"))


def test_chains_end_at_the_leading_term() -> None:
    assert leading_terms([("丙", ["乙"]), ("甲", ["丙"])]) == {"乙": "甲", "丙": "甲"}


def test_a_stop_word_that_is_none_is_kept(tokenizer: FugashiTokenizer) -> None:
    assert TermFinder(tokenizer).terms(["全部届いた"]) == [["届く"]]
    assert TermFinder(tokenizer, frozenset({"全部"})).terms(["全部届いた"]) == [["全部", "届く"]]


def test_words_of_a_user_are_kept_whole(tokenizer: FugashiTokenizer, tmp_path: Path) -> None:
    words = UserDictionary(
        (
            DictionaryWord("つながるフォン", part_of_speech="固有名詞"),
            DictionaryWord("ﾏﾙっとｻﾎﾟｰﾄ", "マルットサポート"),
            DictionaryWord("追客", part_of_speech="サ変名詞"),
            DictionaryWord("エモめ", part_of_speech="形容動詞"),
            DictionaryWord('a,b"c'),
        )
    )
    text = "つながるフォンが届かない"
    assert terms(tokenizer.tokenize(text)) != ["つながるフォン", "届かない"]
    for own in (FugashiTokenizer(words, tmp_path), FugashiTokenizer(words, tmp_path), FugashiTokenizer(words)):
        found = own.tokenize(text)
        assert (terms(found), pairs(found)) == (["つながるフォン", "届かない"], ["つながるフォン→届かない"])
        assert (found[0].pos, found[0].reading) == ("名詞-固有名詞-一般", "ツナガルフォン")
        assert own.tokenize("マルっとサポート")[0].reading == "マルットサポート"
        assert terms(own.tokenize("追客できない")) == ["追客できない"]
        assert own.tokenize('a,b"cが')[0].surface == 'a,b"c'
        assert own.cost(text) < tokenizer.cost(text)
        assert own.knows("追客")
        assert own.name != tokenizer.name
    assert len(list(tmp_path.iterdir())) == 1


def test_a_short_word_leaves_longer_ones_alone() -> None:
    own = FugashiTokenizer(UserDictionary((DictionaryWord("まる"),)))
    assert own.tokenize("ここにとまる")[-1].surface == "とまる"


def test_only_what_needs_another_look_changes_the_rules() -> None:
    words = UserDictionary((DictionaryWord("追客"),))
    assert TextRules().key == TextRules(kept_words=frozenset()).key != TextRules(kept_words=frozenset({"全部"})).key
    assert words.key == UserDictionary(words.words).key != UserDictionary((DictionaryWord("追客", cost=5),)).key
