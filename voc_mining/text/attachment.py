"""Which predicate a noun belongs to, by light rules over particles and clauses.

A noun with a particle belongs to the next predicate that can take it: topics pass over clauses before a noun and
subordinate clauses, other nouns over an adjective or a clause that describes another noun. What stands before a noun
is said of it, but where the noun only names the clause (変更する方法). Where two readings are open none is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voc_mining.text import lexicon
from voc_mining.text.phrases import NOUN, PREDICATE, Phrase
from voc_mining.text.tokens import Token

_CASES = frozenset({"が", "は", "を", "に", "も", "で", "と", "へ", "から", "まで", "って", "とか", "より", "だけ", "しか", "ばかり",
                    "や", "など", "なんか", "さえ", "すら"})  # fmt: skip
_JOINING = frozenset({"と", "や", "とか", "か"})
_TOPIC = frozenset({"は", "って"})
_TARGETS = frozenset({"に", "から", "と", "で", "まで", "へ", "より"})
_NEAR = frozenset(
    {"近い", "遠い", "強い", "弱い", "詳しい", "厳しい", "優しい", "必要", "親切", "同じ", "うるさい", "甘い"}
)
_SUBORDINATING = frozenset(
    {"と", "ば", "ので", "のに", "から", "たら", "なら", "ても", "でも", "ながら", "つつ", "ため", "よう", "って"}
)
_GIVING_REASONS = frozenset({"ので", "から", "のに"})
_SUBJECTS = frozenset({"が", "も", "は"})
_BECOMING = frozenset({"なる", "する", "ない", "ならない", "しない"})
_FORMAL = frozenset(
    {
        "こと",
        "とき",
        "時",
        "ため",
        "よう",
        "の",
        "ところ",
        "はず",
        "もの",
        "際",
        "場合",
        "前",
        "後",
        "ほう",
        "方",
        "わけ",
        "まま",
        "ほど",
        "くらい",
    }
)
_ADNOMINAL_ENDS = frozenset("うくぐすつぬぶむるただいなん")
_ALWAYS = frozenset(row["noun"] for row in lexicon.rows("outer_nouns") if row["kind"] == "always")
_WHERE_TOLD = frozenset(row["noun"] for row in lexicon.rows("outer_nouns") if row["kind"] == "told")
_FARTHEST, _FARTHEST_TOPIC = 12, 24


class Sentence:
    """The phrases of a sentence and how they hang together.

    Parameters
    ----------
    tokens : sequence of Token
        Its words.
    chain : sequence of Phrase
        Its phrases in order.
    """

    def __init__(self, tokens: Sequence[Token], chain: Sequence[Phrase]) -> None:
        self._tokens = tokens
        self._chain = chain
        self._marks = [self._mark(phrase.end) if phrase.kind == NOUN else ("", False) for phrase in chain]

    def links(self) -> Iterator[tuple[int, int]]:
        """Places in the chain of each noun and its predicate, in the order of the nouns' words."""
        for place, phrase in enumerate(self._chain):
            if phrase.kind == NOUN:
                target = self._target(place)
                if target is not None:
                    yield place, target
            elif self.adnominal(place) and self._described(place):
                yield place + 1, place

    def adnominal(self, place: int) -> bool:
        """Whether a predicate stands right before a noun phrase and describes it."""
        phrase = self._chain[place]
        if phrase.kind != PREDICATE or place + 1 >= len(self._chain) or self._chain[place + 1].start != phrase.end:
            return False
        if self._is_formal(phrase.end):
            return False
        last = self._tokens[phrase.end - 1]
        adverbial = last.surface.endswith("く") and last.lemma.endswith("い")
        return last.surface[-1] in _ADNOMINAL_ENDS and not adverbial

    def _mark(self, end: int) -> tuple[str, bool]:
        """Particle after a noun phrase that ends there, the topic's where there are several, and whether a comma follows."""
        particles: list[str] = []
        while end < len(self._tokens) and self._tokens[end].pos.startswith("助詞"):
            particles.append(self._tokens[end].surface)
            end += 1
        comma = end < len(self._tokens) and self._tokens[end].surface in {"、", ","}
        if len(particles) > 1 and particles[-1] == "の":
            return "", comma
        topic = next((each for each in particles if each in _TOPIC), "")
        return topic or (particles[0] if particles else ""), comma

    def _is_formal(self, index: int) -> bool:
        """Whether a word that only closes a clause stands there: こと, とき, ため, よう, の."""
        return index < len(self._tokens) and self._tokens[index].surface in _FORMAL

    def _target(self, place: int) -> int | None:
        """Find the predicate that a noun belongs to."""
        mark, comma = self._marks[place]
        following = self._chain[place + 1] if place + 1 < len(self._chain) else None
        direct = following is not None and following.kind == PREDICATE and following.start == self._chain[place].end
        if following is None or not (direct or mark in _CASES or mark == "の"):
            return None
        if mark == "の":
            return place + 1 if self._subject_with_no(place) else None
        if mark in {"を", "が"} and self._told_by_noun(place + 1):
            return place + 1
        if mark in _JOINING and following.kind == NOUN and following.start <= self._chain[place].end + 1:
            return self._target(place + 1)
        topic = mark in _TOPIC or (mark == "も" and not self._next_to(place))
        return self._main(place) if topic else self._nearest(place, mark, comma=comma)

    def _told_by_noun(self, place: int) -> bool:
        """Whether a noun ends a note in place of a verb: 折り返しを希望。, 手続きが面倒 at the end."""
        phrase = self._chain[place]
        if phrase.kind != NOUN or self._chain[place - 1].end + 1 != phrase.start:
            return False
        return phrase.end == len(self._tokens) or self._tokens[phrase.end].surface in {"。", "、", "し"}

    def _next_to(self, place: int) -> bool:
        """Whether nothing but particles is between a noun and the predicate after it."""
        following = self._chain[place + 1]
        between = self._tokens[self._chain[place].end : following.start]
        return following.kind == PREDICATE and all(token.pos.startswith("助詞") for token in between)

    def _subject_with_no(self, place: int) -> bool:
        """Whether の marks the subject of a clause before a noun: 電波の届かない部屋."""
        following = self._chain[place + 1]
        after = following.start == self._chain[place].end + 1
        return after and following.kind == PREDICATE and not following.noun and self._before_noun(place + 1)

    def _before_noun(self, place: int) -> bool:
        phrase = self._chain[place]
        follows = place + 1 < len(self._chain) and self._chain[place + 1].start == phrase.end
        return follows and self._chain[place + 1].kind == NOUN and self.adnominal(place)

    def _nearest(self, place: int, mark: str, *, comma: bool) -> int | None:
        noun = self._chain[place]
        for other in range(place + 1, len(self._chain)):
            phrase = self._chain[other]
            if phrase.start - noun.end > _FARTHEST:
                return None
            if phrase.kind == PREDICATE and not self._passes_over(place, other, mark, comma=comma):
                return other
        return None

    def _passes_over(self, place: int, other: int, mark: str, *, comma: bool) -> bool:
        """Whether a noun with this mark belongs to something beyond the predicate."""
        phrase = self._chain[other]
        if self._adverbial(other):
            return True
        if not self.adnominal(other):
            return False
        if comma:
            return True
        nearby = self._next_to(place) and other == place + 1
        if self._descriptive(other):
            base = phrase.noun or phrase.text
            return (
                mark == "を" or (mark in _TARGETS and not (nearby and base in _NEAR)) or (mark == "が" and not nearby)
            )
        return any(self._marks[between][0] == mark for between in range(place + 1, other) if self._is_noun(between))

    def _adverbial(self, place: int) -> bool:
        """Whether it is an adjective in く before another predicate: 早く終わる, 赤く点滅する."""
        phrase = self._chain[place]
        last = self._tokens[phrase.end - 1]
        if not (
            last.surface.endswith("く") and last.lemma.endswith("い") and last.pos.startswith(("形容詞", "助動詞"))
        ):
            return False
        following = self._chain[place + 1] if place + 1 < len(self._chain) else None
        return following is not None and following.start == phrase.end and following.text not in _BECOMING

    def _descriptive(self, place: int) -> bool:
        """Whether it is an adjective or a noun with な."""
        phrase = self._chain[place]
        first = self._tokens[phrase.start]
        return first.pos.startswith("形容詞") or self._tokens[phrase.end - 1].surface == "な"

    def _is_noun(self, place: int) -> bool:
        return self._chain[place].kind == NOUN

    def _main(self, place: int) -> int | None:
        """Find the predicate of a topic: the first that is neither before a noun nor subordinate."""
        noun = self._chain[place]
        for other in range(place + 1, len(self._chain)):
            phrase = self._chain[other]
            if phrase.start - noun.end > _FARTHEST_TOPIC:
                return None
            if phrase.kind != PREDICATE or self._adverbial(other) or self._subordinate(other):
                continue
            rivals = [
                each for each in range(place + 1, other) if self._is_noun(each) and self._marks[each][0] in _SUBJECTS
            ]
            return None if any(self._target(each) == other for each in rivals) else other
        return None

    def _subordinate(self, place: int) -> bool:
        phrase = self._chain[place]
        if self.adnominal(place) or (self._is_formal(phrase.end) and not self._explaining(phrase.end)):
            return True
        if phrase.end >= len(self._tokens):
            return False
        following = self._tokens[phrase.end]
        if following.surface in _GIVING_REASONS and self._tokens[phrase.start].pos.startswith(("形容詞", "形状詞")):
            return False
        if following.surface in _SUBORDINATING and following.pos.startswith("助詞"):
            return True
        again = self._tokens[phrase.end + 1] if phrase.end + 1 < len(self._tokens) else None
        conceding = following.surface in {"て", "で"} and again is not None and again.surface in {"も", "から", "は"}
        return conceding or self._tokens[phrase.end - 1].surface in {"たら", "なら", "だら", "れば"}

    def _explaining(self, index: int) -> bool:
        """Whether の only explains: のだ, のですが, のか."""
        again = self._tokens[index + 1] if index + 1 < len(self._tokens) else None
        return self._tokens[index].surface == "の" and (again is None or again.surface not in _CASES)

    def _described(self, place: int) -> bool:
        """Whether a clause is said of the noun after it, and not only named by it."""
        head = self._chain[place + 1]
        if head.kind != NOUN and not head.noun:
            return False
        name = head.noun or head.text
        if self._descriptive(place):
            return True
        if name in _ALWAYS or name.endswith(("方", "後", "前", "時")):
            return False
        slots = {self._marks[each][0] for each in range(place) if self._is_noun(each) and self._target(each) == place}
        arguments = slots & {"が", "を", "の", "と"}
        if name in _WHERE_TOLD and arguments:
            return False
        return not {"が", "を"} <= slots
