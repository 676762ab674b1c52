"""What the tagger of personal data sees of a word: its kind, its neighbours, the lists it stands in, and what the text is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from voc_mining.text import lexicon
from voc_mining.text.mask.name_words import (
    CITIES,
    KANA,
    NOT_ALONE,
    NOT_NAMES,
    PLACES,
    PREFECTURES,
    RARE_SURNAMES,
    SURNAMES,
    is_full_name,
    is_given_name,
    is_latin_name,
    may_be_surname,
)
from voc_mining.text.tokens import Token


def _words(kind: str) -> frozenset[str]:
    return frozenset(row["word"] for row in lexicon.rows("tagger_words") if row["list"] == kind)


_UNITS = _words("unit")
_DIVISIONS = _words("division")
_BUILDINGS = frozenset(word for word in lexicon.column("buildings", "word") if word.isalpha())
_DIGIT_WORDS = frozenset(row["spelling"] for row in lexicon.rows("digits") if "spelling" in row)
_LETTER_WORDS = frozenset(lexicon.column("spoken_letters", "word"))
_MAIL_WORDS = _words("mail")
_ERAS = _words("era")
_KIN = _words("kin")
_SHAPES = (
    ("d", re.compile("[0-9]+")), ("n", re.compile("[〇零一二三四五六七八九十百千]+")), ("k", re.compile("[ァ-ヺー・]+")), ("h", re.compile("[ぁ-ゖー]+")),
    ("l", re.compile("[a-z]+")), ("L", re.compile("[A-Za-z]+")), ("c", re.compile("[一-鿿々ヶ]+")),
)  # fmt: skip
_KANA_NUMBER = "(?:じゅう|ひゃく|びゃく|ぴゃく|せん|ぜん|いち|にい?|さん|よん|よ|し|ごお?|ろく|ろっ|なな|しち|はち|はっ|きゅう|く|いっ|がん|ぜろ|れい|まる)"
_KANA_DATE = re.compile(
    f"{_KANA_NUMBER}{{1,8}}(?:ねん|がつ|にち|ちょうめ|ばんち|ばん|ごう)|ついたち|ふつか|みっか|よっか|いつか|むいか|なのか|ようか|ここのか|とおか|はつか"
)
_KANA_SIGNS = re.compile("ねん|がつ|ちょうめ|ばん")
_ABOUT = {
    "name": re.compile("名前|名字|苗字|氏名|名義|姓|宛名|フルネーム|フリガナ|ふりがな|漢字|読み|お名"),
    "addr": re.compile(
        "住所|番地|届け先|送り先|送付先|配送先|自宅|引っ越し先|転居先|マンション|アパート|建物|実家|住まい|郵便|〒|住ん"
    ),
    "birth": re.compile("生年月日|誕生|生まれ|うまれ|DOB|birth|生年"),
    "mail": re.compile("メール|メアド|アドレス|アット|@|mail"),
    "role": re.compile("担当|対応|オペレーター|受付|窓口|営業|配達員|スタッフ"),
}
_PLAIN_POS = (
    "助詞",
    "助動詞",
    "動詞",
    "補助記号",
    "感動詞",
    "代名詞",
    "接尾辞",
    "接頭辞",
    "副詞",
    "接続詞",
    "形容詞",
    "連体詞",
    "名詞-普通名詞",
    "記号",
    "形状詞",
    "名詞-助動詞語幹",
)
_LONGEST, _MOST_TOKENS = 10, 5


class _Own(NamedTuple):
    """What is seen of a token by itself, and the features that this gives its neighbours."""

    pos: str
    word: str
    lists: str
    shape: str
    here: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    before_that: tuple[str, ...]
    after_that: tuple[str, ...]


def _seen(pos: str, word: str, lists: str, shape: str) -> _Own:
    return _Own(
        pos, word, lists, shape,
        ("p0=" + pos, "w0=" + word, "l0=" + lists, "s0=" + shape), ("p-=" + pos, "w-=" + word, "l-=" + lists), ("p+=" + pos, "w+=" + word, "l+=" + lists),
        ("q-=" + pos, "v-=" + word), ("q+=" + pos, "v+=" + word),
    )  # fmt: skip


@lru_cache(100_000)
def _own(token: Token) -> _Own:
    """Part of speech, word, lists and shape of a token."""
    surface = token.surface
    shape = next((sign for sign, pattern in _SHAPES if pattern.fullmatch(surface)), "x")
    pos = token.pos.replace("名詞-固有名詞", "固").replace("名詞-普通名詞", "普")
    length = min(len(surface), 5 if shape in "dn" else 4)
    word = surface if token.pos.startswith(_PLAIN_POS) and shape not in "dn" else ""
    unread = "?" if shape == "c" and token.reading == surface else ""
    return _seen(pos, word, _lists(surface, shape), f"{shape}{length}{unread}")


def _lists(surface: str, shape: str) -> str:
    """Name the lists that hold a word, a letter each."""
    flags = ""
    if surface in SURNAMES:
        flags += "S"
    elif surface in RARE_SURNAMES:
        flags += "r" if RARE_SURNAMES[surface] else "R"
    elif shape in "kh" and len(surface) > 1 and may_be_surname(surface):
        flags += "K"
    if shape in "ckh" and is_given_name(surface):
        flags += "g" if len(surface) == 1 else "G"
    if shape in "lL" and is_latin_name(surface):
        flags += "A"
    for sign, words in (("P", PLACES), ("F", PREFECTURES), ("C", CITIES), ("x", NOT_NAMES), ("a", NOT_ALONE), ("u", _UNITS), ("v", _DIVISIONS), ("B", _BUILDINGS), ("D", _DIGIT_WORDS), ("E", _LETTER_WORDS), ("M", _MAIL_WORDS), ("e", _ERAS), ("k", _KIN)):  # fmt: skip
        if surface in words:
            flags += sign
    return flags


@lru_cache(100_000)
def _match(word: str) -> str:
    """Tell whether the lists hold a word as a full name, a surname or a given name; empty for nothing."""
    if word in NOT_NAMES:
        return ""
    if is_full_name(word):
        return "full"
    if may_be_surname(word):
        return "sur"
    return "given" if len(word) > 1 and is_given_name(word) else ""


class _Run(NamedTuple):
    """A row of tokens that the lists hold."""

    first: int
    end: int
    kind: str


def _matches(text: str, tokens: Sequence[Token], starts: Sequence[int]) -> tuple[list[str], list[_Run]]:
    """For each token, its place in the longest row of tokens from the left that the lists hold, and these rows."""
    told = ["O"] * len(tokens)
    runs = []
    at = 0
    while at < len(tokens):
        last = min(len(tokens), at + _MOST_TOKENS)
        for end in range(last, at, -1):
            word = text[starts[at] : starts[end - 1] + len(tokens[end - 1].surface)]
            if len(word) > _LONGEST or (end - at == 1 and len(word) == 1):
                continue
            if kind := _match(word):
                if KANA.fullmatch(word):
                    kind += "-k"
                for place in range(at, end):
                    side = "S" if end - at == 1 else "B" if place == at else "E" if place == end - 1 else "I"
                    told[place] = f"{side}-{kind}"
                runs.append(_Run(at, end, kind))
                at = end - 1
                break
        at += 1
    return told, runs


def features(text: str, tokens: Sequence[Token], starts: Sequence[int], *, spoken: bool) -> list[list[str]]:
    """Features of each token of a normalized text, as the tagger was trained on them.

    Parameters
    ----------
    text : str
        Normalized text.
    tokens : sequence of Token
        Its tokens.
    starts : sequence of int
        Where each begins.
    spoken : bool
        Whether it was said in a call.
    """
    owns = [_BEGIN, _BEGIN, *map(_own, tokens), _END, _END]
    of_tokens, runs = _matches(text, tokens, starts)
    matches = ["^", *of_tokens, "$"]
    about = [name for name, pattern in _ABOUT.items() if pattern.search(text)]
    about.append("spoken" if spoken else "written")
    counted = frozenset(
        place
        for found in (_KANA_DATE.finditer(text) if _KANA_SIGNS.search(text) else ())
        for place in range(*found.span())
    )
    rows = []
    for at, (b2, b1, own, n1, n2) in enumerate(zip(owns, owns[1:], owns[2:], owns[3:], owns[4:], strict=False)):
        match, shape, before, after = matches[at + 1], own.shape, b1.word, n1.word
        row = [
            *own.here, *b1.before, *n1.after, *b2.before_that, *n2.after_that,
            "m0=" + match, "m-=" + matches[at], "m+=" + matches[at + 2],
            f"a={b2.word}|{before}", f"b={after}|{n2.word}", f"c={b1.shape}|{shape}|{n1.shape}", f"d={match}|{after}", f"e={match}|{before}",
            f"f={own.pos}|{after}", f"g={own.pos}|{before}", f"h={before}|{shape}|{after}", f"i={b1.pos}|{own.pos}|{n1.pos}", f"j={match}|{after}|{n2.word}", f"k={own.lists}|{after}", f"l={own.lists}|{before}",
        ]  # fmt: skip
        for each in about:
            row += (f"{each}|{match}", f"{each}|{shape}")
        if starts[at] in counted:
            row.append("counted")
        if starts[at] and text[starts[at] - 1] in " \n":
            row.append("gap" if text[starts[at] - 1] == " " else "line")
        rows.append(row)
    for first, end, kind in runs:
        left2, left, right, right2 = (owns[at].word for at in (first, first + 1, end + 2, end + 3))
        around = (f"r={left}|{kind}|{right}", f"s={left2}|{left}|{kind}", f"t={kind}|{right}|{right2}")
        for place in range(first, end):
            rows[place] += around
    return rows


_BEGIN, _END = _seen("^", "^", "", "^"), _seen("$", "$", "", "$")
