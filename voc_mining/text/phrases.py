"""Noun phrases and predicates of a sentence by rule over parts of speech."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from voc_mining.text import conjugation
from voc_mining.text.conjugation import Form
from voc_mining.text.predicates import denied, denied_end, tail
from voc_mining.text.tokens import Token

NOUN = "noun"
PREDICATE = "predicate"
_PREFIXES_LEFT_OUT = frozenset({"お", "ご", "御"})
_PREFIXES_KEPT = frozenset({"不", "未", "無", "非", "再", "新", "旧", "初", "最", "全", "各", "多", "高", "低"})
_PERSONS = frozenset({"様", "さん", "氏", "さま", "達", "たち"})
_DOING = frozenset({"する", "致す", "いたす", "できる"})
_COPULA = frozenset({"だ", "です"})
_AFTER_VERBS = frozenset({"方", "時間", "場所", "先", "物", "手", "口", "機", "料", "込み"})
_EXCESS = frozenset({"過ぎる", "すぎる"})


class Phrase(NamedTuple):
    """A noun phrase or a predicate.

    Parameters
    ----------
    kind : str
        ``noun`` or ``predicate``.
    text : str
        Dictionary form; negation, ability, wish and what else changes the meaning kept.
    start, end : int
        Tokens it covers.
    noun : str
        The verbal noun or noun a predicate is built on (``ログイン`` in ログインできない), else empty.
    negated : bool
        Whether it is in the negative.
    """

    kind: str
    text: str
    start: int
    end: int
    noun: str = ""
    negated: bool = False


def phrases(tokens: Sequence[Token]) -> list[Phrase]:
    """Noun phrases and predicates in order."""
    found: list[Phrase] = []
    index = 0
    while index < len(tokens):
        opened = _opened(tokens[index].pos)
        phrase = None
        if opened == "名詞":
            phrase = _noun(tokens, index)
        elif opened == "動詞":
            phrase = _named(tokens, index) or _verb(tokens, index)
        elif opened == "形容詞":
            phrase = _adjective(tokens, index)
        if phrase is None:
            index += 1
            continue
        found.append(phrase)
        index = max(phrase.end, index + 1)
    return found


def is_noun(token: Token) -> bool:
    """Whether a token can stand in a compound noun."""
    return _in_noun(token.pos)


@cache
def _in_noun(pos: str) -> bool:
    return pos.startswith(("名詞-普通名詞", "名詞-固有名詞", "形状詞-一般"))


@cache
def _opened(pos: str) -> str:
    """Name what a part of speech begins: 名詞, 動詞, 形容詞 or nothing."""
    if pos.startswith(("名詞", "形状詞-一般", "接頭辞")):
        return "名詞"
    return "動詞" if pos.startswith("動詞") else "形容詞" if pos.startswith("形容詞") else ""


def _named(tokens: Sequence[Token], start: int) -> Phrase | None:
    """Noun phrase that begins with a verb: 待ち時間, 書き方."""
    if start + 1 == len(tokens) or tokens[start + 1].surface not in _AFTER_VERBS:
        return None
    if tokens[start].surface != conjugation.stem(conjugation.verb(tokens[start].lemma, tokens[start].surface)):
        return None
    end = start + 2
    while end < len(tokens) and (is_noun(tokens[end]) or tokens[end].pos == "接尾辞-名詞的"):
        end += 1
    text = "".join(token.surface for token in tokens[start:end])
    return _verbal(tokens, start, end, text) or Phrase(NOUN, text, start, end)


def _noun(tokens: Sequence[Token], start: int) -> Phrase | None:
    first = start
    if tokens[first].pos == "接頭辞":
        if tokens[first].surface in _PREFIXES_LEFT_OUT | _PREFIXES_KEPT and first + 1 < len(tokens):
            first += tokens[first].surface in _PREFIXES_LEFT_OUT
        else:
            return None
    end, parts, nouns = first, [], False
    while end < len(tokens):
        token = tokens[end]
        if _in_noun(token.pos):
            # Each part in its everyday spelling, so that サーバ障害 and サーバー障害 are one.
            parts.append(token.lemma)
            nouns = True
        elif _goes_on(tokens, first, end):
            parts.append(token.surface)
        else:
            break
        end += 1
    if not nouns or _amount(tokens, first, end):
        return None
    text = "".join(parts)
    return _verbal(tokens, start, end, text) or Phrase(NOUN, text, start, end)


def _goes_on(tokens: Sequence[Token], first: int, end: int) -> bool:
    """Whether what is no noun is a part of the compound: a prefix, a suffix, a figure, a hyphen."""
    token = tokens[end]
    if end == first:
        return token.pos == "接頭辞" and token.surface in _PREFIXES_KEPT
    if token.pos == "接尾辞-名詞的":
        return token.surface not in _PERSONS or _hyphen(tokens, end)
    return (token.pos == "名詞-数詞" and tokens[end - 1].surface.isascii()) or _hyphen(tokens, end)


def _amount(tokens: Sequence[Token], first: int, end: int) -> bool:
    """Whether the noun only counts: 二時間, 3部屋."""
    return end - first == 1 and first > 0 and tokens[first - 1].pos == "名詞-数詞"


def _hyphen(tokens: Sequence[Token], index: int) -> bool:
    """Whether a hyphen joins two Latin words, as in Wi-Fi."""
    if tokens[index].surface != "-" or index + 1 >= len(tokens):
        return False
    return tokens[index - 1].surface.isascii() and tokens[index + 1].surface.isascii() and is_noun(tokens[index + 1])


def _verbal(tokens: Sequence[Token], start: int, end: int, text: str) -> Phrase | None:
    """Noun with する or できる, noun with (が) ない, noun with です or すぎる: what is said of something."""
    if end == len(tokens):
        return None
    following = tokens[end]
    done = _done(tokens, start, end, text)
    if done:
        return done
    if following.surface in {"で", "じゃ", "では"} and following.pos != "助詞-接続助詞":
        place = end + 1 + (end + 1 < len(tokens) and tokens[end + 1].surface in {"は", "も"})
        if denied(tokens, place):
            return Phrase(PREDICATE, f"{text}ではない", start, denied_end(tokens, place), text, negated=True)
    linked = following.surface == "で" and tokens[end - 1].pos == "形状詞-一般"
    if linked or (following.pos == "助動詞" and following.lemma in _COPULA):
        return Phrase(PREDICATE, text, start, end + 1, text)
    place = end + (following.surface in {"が", "は", "も"} and following.pos.startswith("助詞"))
    if denied(tokens, place):
        return Phrase(PREDICATE, f"{text}がない", start, denied_end(tokens, place), text, negated=True)
    return None


def _done(tokens: Sequence[Token], start: int, end: int, text: str) -> Phrase | None:
    """Noun with する, できる or すぎる."""
    lemma = tokens[end].lemma
    if not tokens[end].pos.startswith("動詞"):
        return None
    if lemma in _EXCESS:
        told = tail(tokens, end + 1, Form(f"{text}すぎる", "ichidan"))
        return Phrase(PREDICATE, told.form.base, start, told.end, text, told.negated)
    if lemma not in _DOING:
        return None
    form = Form(f"{text}できる", "ichidan") if lemma == "できる" else Form(f"{text}する", "suru")
    told = tail(tokens, end + 1, form)
    plain = told.form == form and form.kind == "suru"
    return Phrase(PREDICATE, text if plain else told.form.base, start, told.end, text, told.negated)


def _verb(tokens: Sequence[Token], start: int) -> Phrase:
    token = tokens[start]
    told = tail(tokens, start + 1, conjugation.verb(token.lemma, token.surface))
    return Phrase(PREDICATE, told.form.base, start, told.end, "", told.negated)


def _adjective(tokens: Sequence[Token], start: int) -> Phrase:
    told = tail(tokens, start + 1, Form(tokens[start].lemma, "adjective"))
    return Phrase(PREDICATE, told.form.base, start, told.end, "", told.negated)
