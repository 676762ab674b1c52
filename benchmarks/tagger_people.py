"""Made-up people for the tagger's training sentences: names in every script, read out, explained, spelled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from random import Random

from benchmarks.tagger_words import KATAKANA, LETTERS, RADICALS, WORDS, Filler, Person, Piece, katakana
from voc_mining.text import lexicon


class People(Filler):
    """Names of the person at hand; every other slot may tell them otherwise.

    Parameters
    ----------
    random : Random
        Source of chance.
    words : mapping of str to sequence of str
        By kanji, words that hold it, to explain how a name is written.
    """

    def __init__(self, random: Random, words: Mapping[str, Sequence[str]]) -> None:
        super().__init__(random)
        self._words = words
        rows = lexicon.rows("surnames")
        self._surnames = [(row["surname"], row["reading"]) for row in rows]
        self._rare = [
            (row["surname"], row["reading"].split("|")[0])
            for row in lexicon.rows("rare_surnames")
            if row["word"] != "1"
        ]
        self._given = [
            (name, row["reading"]) for row in lexicon.rows("given_names") for name in row["names"].split("|")
        ]
        self._chinese = lexicon.column("foreign_surnames", "surname")
        self._latin = lexicon.column("latin_names", "name")
        self.person = self._person()

    def _person(self) -> Person:
        chance = self.random.random()
        if chance < 0.56:
            # The frequent ones come first in the list.
            surname, kana = self._surnames[int(len(self._surnames) * self.random.random() ** 1.7)]
        elif chance < 0.76:
            surname, kana = self.random.choice(self._rare)
        elif chance < 0.80:
            surname, kana = (
                self._one(self._chinese),
                self._one(("おう", "り", "ちょう", "ちん", "りゅう", "きむ", "ぱく")),
            )
        else:
            one, other = self.random.choice(self._surnames), self.random.choice(self._surnames)
            surname, kana = one[0][0] + other[0][-1], one[1][:2] + other[1][-2:]
        if self._chance(0.15):
            signs = [self.random.choice(self._given)[0] for _ in range(2)]
            given, given_kana = signs[0][0] + signs[1][-1], self.random.choice(self._given)[1]
        else:
            given, given_kana = self.random.choice(self._given)
        return Person(surname, kana, given, given_kana)

    def _script(self, written: str, kana: str) -> str:
        """Write a name as the style does: speech has kana more often."""
        chance = self.random.random()
        shares = (0.6, 0.88) if self.style == "call" else (0.82, 0.9) if self.style != "survey" else (0.7, 0.85)
        if chance < shares[0]:
            return written
        return kana if chance < shares[1] else katakana(kana)

    def _slot_sur(self) -> list[Piece]:
        return [(self._script(self.person.surname, self.person.surname_kana), "name")]

    def _slot_surc(self) -> list[Piece]:
        return [(self.person.surname, "name")]

    def _slot_surk(self) -> list[Piece]:
        kana = self.person.surname_kana
        return [(katakana(kana) if self._chance(0.25) else kana, "name")]

    def _slot_given(self) -> list[Piece]:
        return [(self._script(self.person.given, self.person.given_kana), "name")]

    def _slot_givenc(self) -> list[Piece]:
        return [(self.person.given, "name")]

    def _slot_full(self) -> list[Piece]:
        one = self.person
        space = "" if self.style == "call" else self._one(("", " ", "　", " "))
        chance = self.random.random()
        if chance < (0.55 if self.style == "call" else 0.8):
            return [(one.surname + space + one.given, "name")]
        if chance < 0.9 and self.style == "call":
            return [(one.surname_kana + one.given_kana, "name")]
        if chance < 0.94:
            return [(katakana(one.surname_kana) + space + katakana(one.given_kana), "name")]
        return [(one.surname + space + self._script(one.given_kana, one.given_kana), "name")]

    def _slot_who(self) -> list[Piece]:
        chance = self.random.random()
        if chance < 0.6:
            return self._slot_sur()
        if chance < 0.88:
            return self._slot_full()
        return self._slot_foreign() if chance < 0.93 else self._slot_given()

    def _slot_fullk(self) -> list[Piece]:
        space = self._one(("", " ", "　"))
        kana = self.person.surname_kana + space + self.person.given_kana
        return [(kana if self._chance(0.6) else katakana(kana), "name")]

    def _slot_fullkana(self) -> list[Piece]:
        kana = self.person.surname_kana + self._one((" ", "　", "")) + self.person.given_kana
        return [(katakana(kana) if self._chance(0.75) else kana, "name")]

    def _slot_foreign(self) -> list[Piece]:
        names = [
            self._one(WORDS["foreign"]) if self._chance(0.75) else self._made_up()
            for _ in range(self.random.choice((1, 2, 2, 2, 3)))
        ]
        joint = self._one(("・", "・", "", " ")) if self.style != "call" else self._one(("", "", "・"))
        return [(joint.join(names), "name")]

    def _made_up(self) -> str:
        name = "".join(self._one(KATAKANA) for _ in range(self.random.randint(2, 4)))
        return name.lstrip("ン") or "ラン"

    def _slot_latin(self) -> list[Piece]:
        names = [self._one(self._latin).capitalize() for _ in range(self.random.choice((1, 2, 2)))]
        name = " ".join(names)
        return [(name.upper() if self._chance(0.25) else name, "name")]

    def _slot_nick(self) -> list[Piece]:
        kana = self.random.choice(self._given)[1]
        end = self._one(WORDS["nick_endings"])
        name = (
            kana[:2]
            if self._chance(0.7)
            else self._one((self.person.surname[:1], self.person.given[:1], katakana(kana[:2])))
        )
        return [(name + end, "name")]

    def _explained(self, name: str) -> str:
        told = []
        for place, sign in enumerate(name):
            words = self._words.get(sign)
            radical = next((radical for radical, signs in RADICALS.items() if sign in signs), "")
            chance = self.random.random()
            if radical and chance < 0.3:
                told.append(f"{radical}の{sign}")
            elif sign in "一二三四五六七八九十千百" and chance < 0.8:
                told.append(
                    f"{self._one(('漢', '数'))}{'字' if chance < 0.3 else '数字'}の{sign}"
                    if chance < 0.5
                    else f"数字の{sign}"
                )
            elif words and chance < 0.93:
                told.append(f"{self._one(words)}の{sign}")
            elif place:
                told.append(sign)
            else:
                told.append(f"{self._one(('普通', 'ただ', '漢字'))}の{sign}")
        joint = self._one(("に", "に", "に", "と", "、", "で", "それに"))
        return joint.join(told)

    def _slot_spell(self) -> list[Piece]:
        while len(self.person.surname) > 3 or not any(sign in self._words for sign in self.person.surname):
            self.person = self._person()
        return [(self._explained(self.person.surname), "name")]

    def _slot_spellg(self) -> list[Piece]:
        while len(self.person.given) > 3 or not any(sign in self._words for sign in self.person.given):
            self.person = self._person()
        return [(self._explained(self.person.given), "name")]

    def _slot_kanaspell(self) -> list[Piece]:
        kana = self.person.surname_kana
        if self._chance(0.5):
            return [(self._one(("、", "・", "、 ")).join(kana), "name")]
        heads = defaultdict(list)
        for word in WORDS["initials"]:
            heads[word[0]].append(word)
        return [("、".join(f"{self._one(heads.get(sign, ['ひらがな']))}の{sign}" for sign in kana), "name")]

    def _slot_letters(self) -> list[Piece]:
        name = self._one(self._latin)
        if self._chance(0.5):
            return [("".join(LETTERS[sign] for sign in name if sign in LETTERS), "name")]
        return [(self._one((" ", "、", "-")).join(name.upper()), "name")]
