"""What follows a predicate and changes what it says: voice, ability, wish, negation, excess, duty, possibility."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from voc_mining.text import conjugation
from voc_mining.text.conjugation import Form
from voc_mining.text.tokens import Token

_NEGATIONS = frozenset({"ない", "ぬ", "ん", "ず"})
_VOICE = {"れる": conjugation.passive, "られる": conjugation.passive, "せる": conjugation.causative,
          "させる": conjugation.causative}  # fmt: skip
_EASY = frozenset({"やすい", "易い"})
_EASE = frozenset({"にくい", "難い", "づらい", "辛い", "がたい"}) | _EASY
_EXCESS = frozenset({"過ぎる", "すぎる"})
_JOINED = frozenset({"終わる", "終える", "忘れる", "直す", "間違える", "損ねる", "切れる", "合う", "きれる"})
_ASPECTS = frozenset({"てる", "とる", "ちゃう", "ちまう", "てく", "続ける", "始める"})
_COURTESY = frozenset({"ます", "です", "た", "だ"})
_SUPPORT = frozenset({"いる", "おる", "くれる", "くださる", "もらう", "もらえる", "いただく", "いただける", "しまう", "みる", "おく", "くる",
                      "来る", "いく", "行く", "ある", "見る", "置く", "頂ける", "貰える", "下さる"})  # fmt: skip
_FAVOUR = frozenset(
    {"くれる", "くださる", "もらう", "もらえる", "いただく", "いただける", "頂ける", "貰える", "下さる"}
)
_RECEIVED = frozenset({"もらう", "いただく", "貰う", "頂く"})
_WANTED = frozenset({"ほしい", "欲しい"})
_DUTY = frozenset({"なる", "いける", "行ける", "だめ", "駄目", "いけない", "ならない"})
_BE = frozenset({"ある", "ござる", "御座る"})
_LIKE = "よう"


class Tail(NamedTuple):
    """A predicate with what follows it: its form, where it ends, whether it is denied."""

    form: Form
    end: int
    negated: bool


def tail(tokens: Sequence[Token], index: int, form: Form) -> Tail:
    """Follow auxiliaries after a predicate, keeping what changes its meaning."""
    negated = favour = False
    while index < len(tokens):
        token = tokens[index]
        if token.lemma != _LIKE and not _adds(token.pos):
            break
        changed = _changed(token, form)
        wanted = _wanted(tokens, index, form)
        if changed:
            form = changed
        elif wanted:
            form, index = wanted.form, wanted.end - 1
        elif _is_negation(token, form):
            if _duty(tokens, index):
                return _maybe(tokens, Tail(conjugation.duty(form), _duty_end(tokens, index), negated=False))
            if not negated and not _asked(tokens, index) and not (favour and form.kind == "adjective"):
                form, negated = conjugation.negative(form), True
        elif _supported(tokens, index):
            favour = tokens[index + 1].lemma in _FAVOUR
            index += 1
        elif not _passed_over(token, form, negated=negated):
            break
        index += 1
    return _maybe(tokens, _able(tokens, Tail(form, index, negated)))


@cache
def _adds(pos: str) -> bool:
    """Whether a part of speech can add to a predicate at all."""
    return pos.startswith(("動詞", "助動詞")) or pos in {"接尾辞-形容詞的", "助詞-接続助詞", "形容詞-非自立可能"}


def denied(tokens: Sequence[Token], index: int) -> bool:
    """Whether it is said that something is not there, and not only asked politely."""
    return index < len(tokens) and _is_nothing(tokens, index) and not _asked(tokens, index)


def denied_end(tokens: Sequence[Token], index: int) -> int:
    """Where ない, なかった or ありません ends."""
    end = index + (1 if tokens[index].lemma == "ない" else 3)
    while end < len(tokens) and tokens[end].pos == "助動詞" and tokens[end].lemma in _COURTESY:
        end += 1
    return end


def _changed(token: Token, form: Form) -> Form | None:
    """Passive, causative, wish, ease or excess that a token adds to a predicate."""
    if token.lemma in _EXCESS and token.pos == "動詞-非自立可能":
        return conjugation.excess(form)
    if form.kind == "adjective":
        return None
    if token.lemma in _JOINED and token.pos.startswith("動詞"):
        return conjugation.compound(form, token.lemma, token.surface)
    if token.pos == "助動詞":
        return _VOICE[token.lemma](form) if token.lemma in _VOICE else _wish(token, form)
    if token.pos == "接尾辞-形容詞的" and token.lemma in _EASE:
        return conjugation.ease(form, "やすい" if token.lemma in _EASY else "にくい")
    return None


def _wish(token: Token, form: Form) -> Form | None:
    return conjugation.desire(form) if token.lemma == "たい" else None


def _wanted(tokens: Sequence[Token], index: int, form: Form) -> Tail | None:
    """Find a request of someone else: てほしい, てもらいたい, ていただきたい, ようにしてほしい."""
    first = tokens[index] if index < len(tokens) else None
    if first is None or (first.lemma != _LIKE and (first.pos != "助詞-接続助詞" or first.lemma not in {"て", "で"})):
        return None
    lemmas = [token.lemma for token in tokens[index : index + 5]]
    if lemmas[:3] == [_LIKE, "だ", "する"]:
        inner = _wanted(tokens, index + 3, Form("する", "suru"))
        return (
            Tail(Form(f"{form.base}ように{inner.form.base}", "adjective"), inner.end, negated=False) if inner else None
        )
    if first.lemma == _LIKE or len(lemmas) == 1:
        return None
    verb_or_denied = form.kind != "adjective" or form.base.endswith("ない")
    if verb_or_denied and lemmas[1] in _WANTED:
        return Tail(conjugation.request(form), index + 2, negated=False)
    if verb_or_denied and lemmas[1] in _RECEIVED and lemmas[2:3] == ["たい"]:
        return Tail(conjugation.request(form), index + 3, negated=False)
    return None


def _able(tokens: Sequence[Token], told: Tail) -> Tail:
    """Fold ことができる into ability, and give たことがない its own form."""
    if told.end + 2 >= len(tokens) or tokens[told.end].surface != "こと":
        return told
    rest = tokens[told.end : told.end + 3]
    if rest[1].surface not in {"が", "は", "も"} or told.negated:
        return told
    past = tokens[told.end - 1].surface in {"た", "だ"}
    if rest[2].lemma == "できる" and not past and told.form.kind != "adjective":
        return tail(tokens, told.end + 3, conjugation.potential(told.form))
    if past and denied(tokens, told.end + 2):
        form = Form(f"{conjugation.past(told.form)}ことがない", "adjective")
        return Tail(form, denied_end(tokens, told.end + 2), negated=True)
    return told


def _maybe(tokens: Sequence[Token], told: Tail) -> Tail:
    """Add かもしれない."""
    if told.end >= len(tokens) or tokens[told.end].surface != "か":
        return told
    rest = tokens[told.end : told.end + 3]
    if [token.surface for token in rest[:2]] != ["か", "も"] or (len(rest) == 3 and rest[2].pos.startswith("名詞")):
        return told
    end = told.end + 2
    if len(rest) == 3 and rest[2].lemma in {"しれる", "知れる"}:
        end += 1
        while end < len(tokens) and tokens[end].pos == "助動詞":
            end += 1
    return Tail(Form(f"{told.form.base}かもしれない", "adjective"), end, told.negated)


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


def _duty_end(tokens: Sequence[Token], index: int) -> int:
    """Where the duty ends: after ならない, いけません, だめ and their courtesy."""
    end = index + 1
    for place in range(index + 1, min(index + 5, len(tokens))):
        if tokens[place].lemma in _DUTY:
            end = place + 1
            break
    while end < len(tokens) and tokens[end].pos == "助動詞":
        end += 1
    return end


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
    if token.lemma not in _BE or not token.pos.startswith("動詞"):
        return False
    rest = [each.lemma for each in tokens[index + 1 : index + 3]]
    return rest[:2] in (["ます", "ぬ"], ["ます", "ん"], ["ます", "ず"])
