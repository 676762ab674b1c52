"""Noun phrases and predicates of a sentence by rule over parts of speech."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from voc_mining.text import conjugation
from voc_mining.text.conjugation import Form
from voc_mining.text.tokens import Token

NOUN = "noun"
PREDICATE = "predicate"
_NEGATIONS = frozenset({"ない", "ぬ", "ん", "ず"})
_VOICE = {"れる": conjugation.passive, "られる": conjugation.passive, "せる": conjugation.causative,
          "させる": conjugation.causative}  # fmt: skip
_EASE = frozenset({"にくい", "難い", "づらい", "辛い", "やすい", "易い"})
_COURTESY = frozenset({"ます", "です", "た", "だ"})
_SUPPORT = frozenset({"いる", "おる", "くれる", "くださる", "もらう", "もらえる", "いただく", "いただける", "しまう", "みる", "おく", "くる",
                      "来る", "いく", "行く", "ある", "見る", "置く", "頂ける", "貰える", "下さる"})  # fmt: skip
_FAVOUR = frozenset({"くれる", "くださる", "もらう", "もらえる", "いただく", "いただける", "頂ける", "貰える", "下さる"})
_DUTY = frozenset({"なる", "いける", "行ける", "だめ", "駄目", "いけない", "ならない"})
_PREFIXES_LEFT_OUT = frozenset({"お", "ご", "御"})
_PREFIXES_KEPT = frozenset({"不", "未", "無", "非", "再", "新", "旧", "初", "最", "全", "各", "多", "高", "低"})
_LINKS = frozenset({"が", "は", "も", "の", "って"})


class Phrase(NamedTuple):
    """A noun phrase or a predicate.

    Parameters
    ----------
    kind : str
        ``noun`` or ``predicate``.
    text : str
        Dictionary form, negation, ability and wish kept.
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


class _Tail(NamedTuple):
    form: Form
    end: int
    negated: bool


def phrases(tokens: Sequence[Token]) -> list[Phrase]:
    """Noun phrases and predicates in order."""
    found: list[Phrase] = []
    index = 0
    while index < len(tokens):
        phrase = _noun(tokens, index) or _verb(tokens, index) or _adjective(tokens, index)
        if phrase is None:
            index += 1
            continue
        found.append(phrase)
        index = max(phrase.end, index + 1)
    return found


def is_noun(token: Token) -> bool:
    """Whether a token can stand in a compound noun."""
    return token.pos.startswith(("名詞-普通名詞", "名詞-固有名詞", "形状詞-一般"))


def _noun(tokens: Sequence[Token], start: int) -> Phrase | None:
    first = start
    if tokens[first].pos == "接頭辞":
        if tokens[first].surface in _PREFIXES_LEFT_OUT | _PREFIXES_KEPT and first + 1 < len(tokens):
            first += tokens[first].surface in _PREFIXES_LEFT_OUT
        else:
            return None
    end = first
    while end < len(tokens) and (
        is_noun(tokens[end])
        or (end == first and tokens[end].surface in _PREFIXES_KEPT and tokens[end].pos == "接頭辞")
        or (end > first and tokens[end].pos == "接尾辞-名詞的" and tokens[end].surface not in {"様", "さん", "氏", "さま", "達", "たち"})
        or (end > first and tokens[end].pos == "名詞-数詞" and tokens[end - 1].surface.isascii())
        or (end > first and _hyphen(tokens, end))
    ):
        end += 1
    if not any(is_noun(token) for token in tokens[first:end]):
        return None
    single = end - first == 1
    text = tokens[first].lemma if single else "".join(token.surface for token in tokens[first:end])
    return _verbal(tokens, start, end, text) or Phrase(NOUN, text, start, end)


def _hyphen(tokens: Sequence[Token], index: int) -> bool:
    """Whether a hyphen joins two Latin words, as in Wi-Fi."""
    if tokens[index].surface != "-" or index + 1 >= len(tokens):
        return False
    return tokens[index - 1].surface.isascii() and tokens[index + 1].surface.isascii() and is_noun(tokens[index + 1])


def _verbal(tokens: Sequence[Token], start: int, end: int, text: str) -> Phrase | None:
    """Noun with する or できる, noun with (が) ない, noun with です: what is said of something."""
    following = tokens[end].lemma if end < len(tokens) else ""
    if following in {"する", "致す", "いたす", "できる", "くださる"} and tokens[end].pos.startswith("動詞"):
        form = Form(text + ("できる" if following == "できる" else "する"), "ichidan" if following == "できる" else "suru")
        tail = _tail(tokens, end + 1, form)
        plain = tail.form.base == form.base
        return Phrase(PREDICATE, text if plain else tail.form.base, start, tail.end, text, tail.negated)
    if following in {"だ", "です"} and tokens[end].pos == "助動詞":
        place = end + 1
        place += place < len(tokens) and tokens[place].surface in {"は", "も"}
        if tokens[end].surface in {"で", "じゃ"} and place < len(tokens) and _is_nothing(tokens, place) and not _asked(tokens, place):
            return Phrase(PREDICATE, f"{text}ではない", start, _nothing_end(tokens, place), text, negated=True)
        return Phrase(PREDICATE, text, start, end + 1, text)
    place = end
    if place < len(tokens) and tokens[place].surface in {"じゃ", "では"}:
        place += 1
        if place < len(tokens) and _is_nothing(tokens, place) and not _asked(tokens, place):
            return Phrase(PREDICATE, f"{text}ではない", start, _nothing_end(tokens, place), text, negated=True)
        return None
    place += place < len(tokens) and tokens[place].surface in {"が", "は", "も"} and tokens[place].pos.startswith("助詞")
    if place < len(tokens) and _is_nothing(tokens, place) and not _asked(tokens, place):
        return Phrase(PREDICATE, f"{text}がない", start, _nothing_end(tokens, place), text, negated=True)
    return None


def _verb(tokens: Sequence[Token], start: int) -> Phrase | None:
    token = tokens[start]
    if not token.pos.startswith("動詞"):
        return None
    tail = _tail(tokens, start + 1, conjugation.verb(token.lemma, token.surface))
    return Phrase(PREDICATE, tail.form.base, start, tail.end, "", tail.negated)


def _adjective(tokens: Sequence[Token], start: int) -> Phrase | None:
    token = tokens[start]
    if not token.pos.startswith("形容詞"):
        return None
    tail = _tail(tokens, start + 1, Form(token.lemma, "adjective"))
    return Phrase(PREDICATE, tail.form.base, start, tail.end, "", tail.negated)


def _tail(tokens: Sequence[Token], index: int, form: Form) -> _Tail:
    """Follow auxiliaries after a predicate, keeping what changes its meaning."""
    negated = favour = False
    while index < len(tokens):
        token = tokens[index]
        lemma, pos = token.lemma, token.pos
        if pos == "助動詞" and lemma in _VOICE and form.kind != "adjective":
            form = _VOICE[lemma](form)
        elif pos == "助動詞" and lemma == "たい" and form.kind != "adjective":
            form = conjugation.desire(form)
        elif pos == "接尾辞-形容詞的" and lemma in _EASE and form.kind != "adjective":
            form = conjugation.ease(form, "やすい" if lemma in {"やすい", "易い"} else "にくい")
        elif lemma in _NEGATIONS and pos in {"助動詞", "形容詞-非自立可能"} and not (pos == "形容詞-非自立可能" and form.kind != "adjective"):
            if _duty(tokens, index):
                return _Tail(form, index + 1, negated=False)
            if not negated and not _asked(tokens, index) and not (favour and form.kind == "adjective"):
                form, negated = conjugation.negative(form), True
        elif pos == "助詞-接続助詞" and token.surface in {"て", "で"} and _supported(tokens, index):
            favour = tokens[index + 1].lemma in _FAVOUR
            index += 1
        elif pos == "動詞-非自立可能" and lemma in {"てる", "とる", "ちゃう", "続ける", "始める", "過ぎる", "すぎる", "なる", "成る"} and (
            negated or lemma not in {"なる", "成る"}
        ):
            pass
        elif pos == "助動詞" and lemma in {"てる", "とる", "ちゃう", "ちまう", "てく"}:
            pass
        elif not (pos == "助動詞" and lemma in _COURTESY and not (lemma == "だ" and form.kind != "adjective")):
            break
        index += 1
    return _Tail(form, index, negated)


def _supported(tokens: Sequence[Token], index: int) -> bool:
    return index + 1 < len(tokens) and tokens[index + 1].pos == "動詞-非自立可能" and tokens[index + 1].lemma in _SUPPORT


def _duty(tokens: Sequence[Token], index: int) -> bool:
    """Whether a negative is half of a duty: なければならない, ないといけない."""
    rest = [token.lemma for token in tokens[index + 1 : index + 4]]
    if tokens[index].surface in {"なきゃ", "なくちゃ"}:
        return True
    return bool(rest) and rest[0] in {"ば", "て", "と", "は"} and any(lemma in _DUTY for lemma in rest[1:])


def _asked(tokens: Sequence[Token], index: int) -> bool:
    """Whether a negative only makes a question polite: ませんか, ないでしょうか."""
    rest = [token.surface for token in tokens[index + 1 : index + 4]]
    while rest and rest[0] in {"でしょう", "です", "ん", "ませ", "だろう"}:
        rest = rest[1:]
    return bool(rest) and rest[0] == "か"


def _is_nothing(tokens: Sequence[Token], index: int) -> bool:
    """ない, なかった or ありません on its own."""
    token = tokens[index]
    if token.lemma == "ない" and token.pos.startswith(("形容詞", "助動詞")):
        return True
    if token.lemma not in {"ある", "ござる", "御座る"} or not token.pos.startswith("動詞"):
        return False
    rest = [each.lemma for each in tokens[index + 1 : index + 3]]
    return rest[:2] in (["ます", "ぬ"], ["ます", "ん"], ["ます", "ず"])


def _nothing_end(tokens: Sequence[Token], index: int) -> int:
    end = index + (1 if tokens[index].lemma == "ない" else 3)
    while end < len(tokens) and tokens[end].pos == "助動詞" and tokens[end].lemma in _COURTESY:
        end += 1
    return end
