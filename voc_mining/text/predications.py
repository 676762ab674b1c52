"""What is said of what in a statement: predicates in plain form with the noun phrases before them, and noun phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from voc_mining.contracts.clause import Clause
from voc_mining.text import conjugation
from voc_mining.text.phrases import NOUN, PREDICATE, Phrase, phrases
from voc_mining.text.tokens import PLACEHOLDER_POS, Token

_NO_COUNTER = 4
"""Characters from which a noun after a number is more than its counter: 二段階認証, not 10名."""

CASES = frozenset({"が", "を", "に", "で", "と", "へ", "から", "まで", "より"})
_HIDING = frozenset({"は", "も", "って", "しか", "さえ", "だけ", ""})
_PASSED_OVER = (
    "副詞",
    "感動詞",
    "補助記号-読点",
    "名詞-数詞",
    "接尾辞-名詞的",
    "連体詞",
    "名詞-普通名詞",
    "接頭辞",
    "形状詞",
)
_IF = frozenset({"と", "ば"})
_IF_ENDS = frozenset({"たら", "だら", "なら", "れば", "ければ"})
_FAVOUR = frozenset(
    {"くれる", "くださる", "もらう", "もらえる", "いただく", "いただける", "頂ける", "貰える", "下さる"}
)
_PLEASE = frozenset({"ください", "下さい", "くれ"})
_WELCOME = frozenset({"ありがたい", "うれしい", "助かる", "良い", "幸い", "便利", "楽", "理想", "ベスト"})
"""What makes of a condition a wish: 知らせてもらえると助かる, 一覧があればいい."""
_PASSED_BY = ("副詞", "補助記号-読点")
_BECOMING = frozenset({"なる", "する"})
_CLOSING = frozenset(
    {"が", "けど", "けれど", "し", "ので", "から", "のに", "ん", "の", "よ", "ね", "よね", "な", "か", "です"}
)
_NAMES = "名詞-固有名詞-人名"
_STEM = re.compile(r"[一-龯々]+[ぁ-ん]")
"""A noun that is the stem of a verb: 調べ, 探し, 伝え."""
_DO = "する"
_LINKING = frozenset({"て", "で"})
_AFTER_LINKING = frozenset({"済む", "すむ", "いい", "良い", "よい", "助かる", "も", "は", "から"})
"""What makes of a clause in て a wish, a leave or a reason: 聞かなくて済む, 使わなくてもいい."""
_HOW = frozenset({"を", "は", "も"})
LIGHT = frozenset({"する", "なる", "ある", "いる", "言う", "思う"})
_JOINED_TO = frozenset({"が", "けど", "けれど", "けれども", "ので", "から", "のに", "し", "て", "で"})


class Predication(NamedTuple):
    """A predicate with the noun phrases right before it, the nearest last."""

    predicate: str
    stem: str
    plain: str
    arguments: tuple[Argument, ...]
    start: int
    end: int
    condition: bool
    stands: bool
    asks: bool
    built: bool
    wished: bool


class Argument(NamedTuple):
    """A noun phrase with its particle, with and without what の joins to it; the particle is empty where none was said.

    ``modifier`` is the predicate right before it that describes it, as it was said, and its term (知らせる機能); else empty.
    """

    text: str
    head: str
    words: tuple[str, ...]
    particle: str
    start: int
    modifier: tuple[str, str] = ("", "")


class StatementParts:
    """The phrases of a text, what is said of what, and the noun phrases that stand in it."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._chain = phrases(tokens)
        self.said = list(self._predicates())
        self.names = [name for place in range(len(self._chain)) for name in self._noun_phrases(place)]

    def _predicates(self) -> Iterator[Predication]:
        for place, phrase in enumerate(self._chain):
            if phrase.kind != PREDICATE or not self._sayable(phrase) or self._courteous(phrase):
                continue
            before, plain = place, self._plain(phrase)
            if phrase.text in _BECOMING and place and self._adverbial(place):
                before = place - 1
                first = self._chain[before]
                plain = f"{self._surface(first)}{plain}"
            wished = self._wished(phrase)
            if wished and plain == phrase.noun:
                plain = f"{plain}だ"
            arguments = tuple(self._arguments(before))
            if before == place and self._odd(phrase, arguments):
                continue
            yield Predication(
                self._chain[before].text,
                phrase.noun or self._tokens[phrase.start].lemma,
                plain,
                arguments,
                arguments[0].start if arguments else self._chain[before].start,
                phrase.end,
                self._conditional(phrase),
                self._stands(phrase.end),
                self._asks(phrase.end) and not plain.endswith((_DO, "ほしい", "たい")),
                bool(phrase.noun) and plain not in {phrase.noun, f"{phrase.noun}{_DO}", f"{phrase.noun}だ"},
                wished,
            )

    def _odd(self, phrase: Phrase, arguments: Sequence[Argument]) -> bool:
        """Whether it is no clause: 確認をする (確認する is one), 担当とする, 催促を電話で; a question how something is done."""
        nearest = arguments[-1].particle if arguments else ""
        if phrase.text in _BECOMING:
            return nearest in {"を", "と"} if phrase.text == _DO else nearest != "に"
        doing = self._doing(phrase)
        noun_alone = phrase.noun == phrase.text and not doing
        return (noun_alone and nearest == "を") or (
            doing and phrase.noun == phrase.text and self._asks(phrase.end) and not self._favour(phrase)
        )

    def _courteous(self, phrase: Phrase) -> bool:
        """Whether a verb is clad in お…する: お調べする is no 調べする, and there is no 調べ."""
        clad = "お" in {self._tokens[place].surface for place in (phrase.start - 1, phrase.start) if place >= 0}
        return clad and bool(_STEM.fullmatch(phrase.noun or "")) and self._doing(phrase)

    def _doing(self, phrase: Phrase) -> bool:
        said = self._tokens[phrase.start : phrase.end]
        return bool(phrase.noun) and any(token.lemma in {"する", "致す", "いたす"} for token in said)

    def _favour(self, phrase: Phrase) -> str:
        """Give the verb of favour in a predicate: 送っていただけますか."""
        said = self._tokens[phrase.start : phrase.end]
        return next((each.surface for each in said if each.lemma in _FAVOUR and each.pos.startswith("動詞")), "")

    def _plain(self, phrase: Phrase) -> str:
        """Give the dictionary form; a favour that is asked for is a wish."""
        favour = self._favour(phrase)
        asked = bool(favour) and (favour in _PLEASE or self._asks(phrase.end) or self._wished(phrase))
        doing = self._doing(phrase) and phrase.text == phrase.noun
        if asked and not phrase.negated:
            if doing:
                return f"{phrase.noun}してほしい"
            if phrase.text == self._tokens[phrase.start].lemma and not phrase.noun:
                form = conjugation.verb(phrase.text, self._tokens[phrase.start].surface)
                return conjugation.request(form).base
            return phrase.text
        return f"{phrase.noun}{_DO}" if doing else phrase.text

    def _asks(self, index: int) -> bool:
        """Whether a question ends here: か, の か, でしょう か."""
        while index < len(self._tokens) and self._tokens[index].lemma in {"です", "ます", "の", "だ"}:
            index += 1
        return index < len(self._tokens) and self._tokens[index].surface == "か" and self._closes(index)

    def _stands(self, index: int) -> bool:
        """Whether a clause ends here that could be a sentence: at the end, before が, けど, ので, のに, and after て."""
        if self._closes(index):
            return True
        while index < len(self._tokens) and self._tokens[index].pos.startswith("助動詞"):
            index += 1
        following = self._tokens[index]
        again = self._tokens[index + 1].lemma if index + 1 < len(self._tokens) else ""
        if following.surface in _LINKING and again in _AFTER_LINKING:
            return False
        explained = following.surface in {"ん", "の"} and again in {"です", "だ"}
        return explained or (following.surface in _JOINED_TO and following.pos == "助詞-接続助詞")

    def _closes(self, index: int) -> bool:
        """Whether nothing but courtesy and particles of the end follow, up to the end of the sentence."""
        while index < len(self._tokens):
            token = self._tokens[index]
            if token.pos.startswith("補助記号"):
                return True
            if token.surface not in _CLOSING and not token.pos.startswith("助動詞"):
                return False
            index += 1
        return True

    def _conditional(self, phrase: Phrase) -> bool:
        following = self._tokens[phrase.end] if phrase.end < len(self._tokens) else None
        if self._tokens[phrase.end - 1].surface in _IF_ENDS:
            return True
        if following is None:
            return False
        return following.surface in _IF_ENDS or (following.surface in _IF and following.pos == "助詞-接続助詞")

    def _wished(self, phrase: Phrase) -> bool:
        """Whether it would be welcome if it were so: 残せるとありがたい; not どうすればよいか."""
        ended = self._tokens[phrase.end - 1].surface in _IF_ENDS
        index = phrase.end
        if index < len(self._tokens) and self._tokens[index].surface in _IF | _IF_ENDS:
            index, ended = index + 1, True
        while ended and index < len(self._tokens) and self._tokens[index].pos.startswith(_PASSED_BY):
            index += 1
        if not ended or index >= len(self._tokens) or self._tokens[index].lemma not in _WELCOME:
            return False
        return not self._asks(index + 1)

    def _adverbial(self, place: int) -> bool:
        """Whether the phrase before is an adjective in く that belongs to it: 眠くなる."""
        before = self._chain[place - 1]
        last = self._tokens[before.end - 1]
        adjective = last.pos.startswith("形容詞") and last.surface.endswith("く")
        return before.end == self._chain[place].start and before.kind == PREDICATE and adjective

    def _arguments(self, place: int) -> Iterator[Argument]:
        """Noun phrases right before a predicate, in order; at most two."""
        found: list[Argument] = []
        end = self._chain[place].start
        before = place - 1
        while before >= 0 and len(found) < 2:  # two are as much as a name carries
            phrase = self._chain[before]
            particle = self._between(phrase.end, end)
            if phrase.kind != NOUN or particle is None or not self._sayable(phrase) or (found and not particle):
                break
            first, text, words = self._chained(before)
            start = self._chain[first].start
            found.append(Argument(text, self._noun(phrase), words, particle, start, self._described(first)))
            end = self._chain[first].start
            before = first - 1
        yield from reversed(found)

    def _described(self, place: int) -> tuple[str, str]:
        """Predicate right before a noun phrase, as it was said, and its term."""
        before = self._chain[place - 1] if place else None
        if before is None or before.kind != PREDICATE or before.end != self._chain[place].start:
            return "", ""
        return (self._surface(before), before.text) if self._sayable(before) else ("", "")

    def _between(self, start: int, end: int) -> str | None:
        """Particle between a noun and what follows, adverbs and amounts passed over; None where more stands there."""
        between = self._tokens[start:end]
        particles: list[str] = []
        for token in between:
            if token.pos.startswith("助詞") and len(particles) < 2:  # には, からは
                particles.append(token.surface)
            elif not token.pos.startswith(_PASSED_OVER):
                return None
        if not between or not particles:
            return "" if not between else None
        if "の" in particles:
            return None
        case = next((each for each in particles if each in CASES), None)
        return case if case is not None else (particles[0] if particles[0] in _HIDING else None)

    def _noun_phrases(self, place: int) -> Iterator[Clause]:
        """Give the noun phrases that may stand alone: compound, or chained by の; a verbal noun with its object."""
        phrase = self._chain[place]
        if not self._sayable(phrase) or self._courteous(phrase):
            return
        if phrase.kind == NOUN:
            first, text, words = self._chained(place)
            yield Clause(self._noun(phrase), (phrase.text,))
            if first != place:
                yield Clause(text, words)
        elif phrase.noun and phrase.text == phrase.noun:
            object_of = list(self._arguments(place))
            wanted = _HOW if self._asks(phrase.end) else {"を"}
            if object_of and object_of[-1].particle in wanted and self._doing(phrase):
                nearest = object_of[-1]
                yield Clause(f"{nearest.head}の{phrase.noun}", (nearest.words[-1], phrase.noun), phrase.noun)

    def _chained(self, place: int) -> tuple[int, str, tuple[str, ...]]:
        """First place, text and words of a noun phrase with one that の joins to it."""
        phrase = self._chain[place]
        before = self._chain[place - 1] if place else None
        joined = (
            before is not None
            and before.kind == NOUN
            and before.end + 1 == phrase.start
            and self._tokens[before.end].surface == "の"
            and self._sayable(before)
        )
        if before is None or not joined:
            return place, self._noun(phrase), (phrase.text,)
        return place - 1, f"{self._noun(before)}の{phrase.text}", (before.text, phrase.text)

    def _surface(self, phrase: Phrase) -> str:
        return "".join(token.surface for token in self._tokens[phrase.start : phrase.end])

    def _sayable(self, phrase: Phrase) -> bool:
        """Whether a phrase holds neither a masked place nor a name of a person, and is no counted amount."""
        counted = (
            phrase.kind == PREDICATE or len(phrase.text) < _NO_COUNTER or len(self._tokens[phrase.start].surface) == 1
        )
        if self._numeral(phrase) and counted:
            return False
        return not any(
            token.pos == PLACEHOLDER_POS
            or token.pos.startswith(_NAMES)
            or any(sign.isdecimal() for sign in token.surface)
            for token in self._tokens[phrase.start : phrase.end]
        )

    def _numeral(self, phrase: Phrase) -> str:
        """Give the number right before a phrase, which its term leaves out: 二 in 二段階認証."""
        before = self._tokens[phrase.start - 1] if phrase.start else None
        return before.surface if before is not None and before.pos == "名詞-数詞" else ""

    def _noun(self, phrase: Phrase) -> str:
        return f"{self._numeral(phrase)}{phrase.text}"
