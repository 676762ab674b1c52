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
_EASY = frozenset({"やすい", "易い"})
_EASE = frozenset({"にくい", "難い", "づらい", "辛い"}) | _EASY
_ASPECTS = frozenset({"てる", "とる", "ちゃう", "ちまう", "てく", "続ける", "始める", "過ぎる", "すぎる"})
_COURTESY = frozenset({"ます", "です", "た", "だ"})
_SUPPORT = frozenset({"いる", "おる", "くれる", "くださる", "もらう", "もらえる", "いただく", "いただける", "しまう", "みる", "おく", "くる",
                      "来る", "いく", "行く", "ある", "見る", "置く", "頂ける", "貰える", "下さる"})  # fmt: skip
_FAVOUR = frozenset(
    {"くれる", "くださる", "もらう", "もらえる", "いただく", "いただける", "頂ける", "貰える", "下さる"}
)
_DUTY = frozenset({"なる", "いける", "行ける", "だめ", "駄目", "いけない", "ならない"})
_PREFIXES_LEFT_OUT = frozenset({"お", "ご", "御"})
_PREFIXES_KEPT = frozenset({"不", "未", "無", "非", "再", "新", "旧", "初", "最", "全", "各", "多", "高", "低"})
_DOING = frozenset({"する", "致す", "いたす", "できる"})


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
        or (
            end > first
            and tokens[end].pos == "接尾辞-名詞的"
            and tokens[end].surface not in {"様", "さん", "氏", "さま", "達", "たち"}
        )
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
    if end == len(tokens):
        return None
    following = tokens[end]
    if following.pos.startswith("動詞") and following.lemma in _DOING:
        able = following.lemma == "できる"
        form = Form(f"{text}できる", "ichidan") if able else Form(f"{text}する", "suru")
        tail = _tail(tokens, end + 1, form)
        return Phrase(
            PREDICATE, text if tail.form == form else tail.form.base, start, tail.end, text, negated=tail.negated
        )
    if following.surface in {"で", "じゃ", "では"} and following.pos != "助詞-接続助詞":
        place = end + 1 + (end + 1 < len(tokens) and tokens[end + 1].surface in {"は", "も"})
        if _denied(tokens, place):
            return Phrase(PREDICATE, f"{text}ではない", start, _nothing_end(tokens, place), text, negated=True)
    if following.pos == "助動詞" and following.lemma in {"だ", "です"}:
        return Phrase(PREDICATE, text, start, end + 1, text)
    place = end + (following.surface in {"が", "は", "も"} and following.pos.startswith("助詞"))
    if _denied(tokens, place):
        return Phrase(PREDICATE, f"{text}がない", start, _nothing_end(tokens, place), text, negated=True)
    return None


def _denied(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and _is_nothing(tokens, index) and not _asked(tokens, index)


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
        changed = _changed(token, form)
        if changed:
            form = changed
        elif _is_negation(token, form):
            if _duty(tokens, index):
                return _Tail(form, index + 1, negated=False)
            if not negated and not _asked(tokens, index) and not (favour and form.kind == "adjective"):
                form, negated = conjugation.negative(form), True
        elif _supported(tokens, index):
            favour = tokens[index + 1].lemma in _FAVOUR
            index += 1
        elif not _passed_over(token, form, negated=negated):
            break
        index += 1
    return _Tail(form, index, negated)


def _changed(token: Token, form: Form) -> Form | None:
    """Passive, causative, wish or ease that a token adds to a verb."""
    if form.kind == "adjective":
        return None
    if token.pos == "助動詞":
        return _VOICE[token.lemma](form) if token.lemma in _VOICE else _wish(token, form)
    if token.pos == "接尾辞-形容詞的" and token.lemma in _EASE:
        return conjugation.ease(form, "やすい" if token.lemma in _EASY else "にくい")
    return None


def _wish(token: Token, form: Form) -> Form | None:
    return conjugation.desire(form) if token.lemma == "たい" else None


def _is_negation(token: Token, form: Form) -> bool:
    if token.lemma not in _NEGATIONS:
        return False
    return token.pos == "助動詞" or (token.pos == "形容詞-非自立可能" and form.kind == "adjective")


def _passed_over(token: Token, form: Form, *, negated: bool) -> bool:
    """Whether a token after a predicate says nothing new: politeness, past, aspect."""
    if token.pos == "助動詞":
        copula = token.lemma == "だ" and form.kind != "adjective"
        return token.lemma in _ASPECTS or (token.lemma in _COURTESY and not copula)
    become = negated and token.lemma in {"なる", "成る"}
    return token.pos == "動詞-非自立可能" and (become or token.lemma in _ASPECTS)


def _supported(tokens: Sequence[Token], index: int) -> bool:
    """Whether て and a verb of aspect or favour follow: 届いて＋いる."""
    if tokens[index].pos != "助詞-接続助詞" or tokens[index].surface not in {"て", "で"} or index + 1 == len(tokens):
        return False
    return tokens[index + 1].pos == "動詞-非自立可能" and tokens[index + 1].lemma in _SUPPORT


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
