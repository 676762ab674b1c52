from __future__ import annotations

from voc_mining.text.tokenizer_engine import FugashiTokenizer
from voc_mining.text.tokens import PLACEHOLDER_POS, Token, offsets, tokenize_masked


def test_lemma_keeps_ability_and_loses_notes(tokenizer: FugashiTokenizer) -> None:
    lemmas = [token.lemma for token in tokenizer.tokenize("私のアプリは繋がらず使えません")]
    assert lemmas == ["私", "の", "アプリ", "は", "つながる", "ぬ", "使える", "ます", "ぬ"]


def test_names_are_told_apart(tokenizer: FugashiTokenizer) -> None:
    assert tokenizer.tokenize("田中様")[0] == Token("田中", "田中", "名詞-固有名詞-人名-姓", "タナカ")


def test_unknown_words_keep_their_surface(tokenizer: FugashiTokenizer) -> None:
    assert tokenizer.tokenize("Qzx7")[0] == Token("Qzx", "Qzx", "名詞-普通名詞", "Qzx")


def test_a_placeholder_is_one_token(tokenizer: FugashiTokenizer) -> None:
    tokens = tokenize_masked("［氏名］様の［電話番号］", tokenizer.tokenize)
    assert [token.surface for token in tokens] == ["［氏名］", "様", "の", "［電話番号］"]
    assert tokens[0].pos == PLACEHOLDER_POS


def test_offsets_skip_spaces(tokenizer: FugashiTokenizer) -> None:
    text = "田中 太郎です"
    assert offsets(text, tokenizer.tokenize(text)) == [0, 3, 5]


def test_name_tells_engine_and_dictionary(tokenizer: FugashiTokenizer) -> None:
    assert tokenizer.name.startswith("fugashi ")
    assert "unidic-lite" in tokenizer.name


def test_a_text_too_long_for_the_dictionary_is_cut(tokenizer: FugashiTokenizer) -> None:
    told = "電話は田中です。" * 60_000
    assert "".join(token.surface for token in tokenizer.tokenize(told)) == told
